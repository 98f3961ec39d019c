"""The page's sentences: easy-read, all there, and marked where nobody has checked them."""

from __future__ import annotations

import re
import string
from datetime import date
from pathlib import Path

import catalogues
import pytest
from babel.messages.pofile import read_po

from collector.figures.tally import WHO_IN_WORDS
from collector.page.words import FOLDER, words_in

MOST_WORDS = 15
"""In a sentence: Department of Health 2010, "Making written information easier to understand"."""


def _entries(path: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], bool]]:
    with (FOLDER / path).open("rb") as file:
        found = read_po(file, abort_invalid=True)
    return {str(one.context): (_forms(one.id), _forms(one.string), one.fuzzy) for one in found if one.id}


def _forms(said: object) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said or ())  # type: ignore[arg-type] # Babel's list or tuple


ENGLISH = _entries("page.pot")
WELSH = _entries("cy/LC_MESSAGES/page.po")


@pytest.mark.parametrize("name", ENGLISH)
def test_a_sentence_is_short(name: str) -> None:
    for form in ENGLISH[name][0]:
        for sentence in re.split(r"[.?!:] ", form):
            assert len(sentence.split()) <= MOST_WORDS, sentence


def test_words_that_people_did_not_choose_are_not_used() -> None:
    said = " ".join(form for forms, _, _ in ENGLISH.values() for form in forms).lower()
    refused = ("service user", "client", "patient", "unit", "resident", "proxy", "respondent", "sample", "significant")
    assert [word for word in refused if re.search(rf"\b{word}s?\b", said)] == []


def test_welsh_has_every_sentence_with_the_same_braces_and_each_is_marked_as_unchecked() -> None:
    assert WELSH.keys() == ENGLISH.keys()
    for name, (english, welsh, fuzzy) in WELSH.items():
        assert english == ENGLISH[name][0], name
        assert all(welsh), name
        assert {_gaps(form) for form in welsh} == {_gaps(english[-1])}, name
        assert fuzzy, name


def test_the_catalogue_is_in_step_with_its_template(tmp_path: Path) -> None:
    template = FOLDER / "page.pot"
    assert template in catalogues.TEMPLATES
    path = catalogues.place(template, "cy")
    catalogues.write(catalogues.updated(catalogues.read(template), catalogues.read(path), "cy"), tmp_path / "page.po")
    assert (tmp_path / "page.po").read_bytes() == path.read_bytes(), "run script/catalogues.py"


def _gaps(form: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(form) if name)


@pytest.mark.parametrize("code", WHO_IN_WORDS)
def test_each_kind_of_person_has_a_heading_and_a_sentence(code: str) -> None:
    words = words_in("en")
    assert words(code)
    assert words(f"about {code}").endswith(".")


@pytest.mark.parametrize(
    ("language", "found"),
    [("en", "en"), ("cy", "cy"), ("cy-GB", "cy"), ("pl", "en"), ("default", "en"), ("../../cy", "en"), ("", "en")],
    ids=["english", "welsh", "welsh-gb", "polish", "no-language", "a-path", "nothing"],
)
def test_a_language_without_sentences_has_english_ones(language: str, found: str) -> None:
    assert words_in(language).language == found


def test_numbers_and_days_are_said_as_the_language_has_them() -> None:
    assert [words_in("en")("visits", n) for n in (0, 1, 2)] == ["0 visits", "1 visit", "2 visits"]
    assert words_in("cy")("visits", 3) == "3 ymweliad"
    assert words_in("en").day(date(2026, 11, 2)) == "2 November 2026"
    assert words_in("cy").day(date(2026, 11, 2)) == "2 Tachwedd 2026"


def test_what_is_in_no_catalogue_is_an_error_here_and_never_on_a_page() -> None:
    with pytest.raises(KeyError):
        words_in("cy")("no such sentence")
