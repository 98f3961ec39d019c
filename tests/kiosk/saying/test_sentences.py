"""What the kiosk itself says: every sentence in every language, with the same gaps, in step with its template."""

from __future__ import annotations

import ast
import importlib.util
import re
import string
from pathlib import Path

import pytest

from kiosk.errors import KioskError
from kiosk.saying.sentences import CATALOGUES, ENGLISH, FOLDER, SPOKEN_COMMANDS, Part, _read, parts, sentence, unchecked
from kiosk.view import ANSWER_KEYS, Command

ROOT = Path(__file__).parents[3]
_spec = importlib.util.spec_from_file_location("catalogues", ROOT / "script" / "catalogues.py")
assert _spec is not None
assert _spec.loader is not None
catalogues = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(catalogues)

ASKED_BY = {"own", "line", "sentence", "_own", "spoken_in", "parts"}
LANGUAGES = sorted(CATALOGUES)


def gaps(words: str) -> set[str]:
    return {gap for _, gap, _, _ in string.Formatter().parse(words) if gap}


def code_of_the_kiosk() -> list[ast.AST]:
    return [node for path in (ROOT / "kiosk").rglob("*.py") for node in ast.walk(ast.parse(path.read_text()))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_there_in_every_language(language):
    assert CATALOGUES[language].keys() == ENGLISH.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_same_gaps(language):
    assert {name: gaps(words) for name, words in CATALOGUES[language].items()} == {
        name: gaps(words) for name, words in ENGLISH.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_are_in_step_with_their_template(language, tmp_path):
    file = FOLDER / language / "LC_MESSAGES" / "sayso.po"
    catalogues.write(
        catalogues.updated(catalogues.read(catalogues.TEMPLATE), catalogues.read(file), language), tmp_path / "a"
    )
    assert (tmp_path / "a").read_text() == file.read_text(), "run script/catalogues.py"


def test_every_sentence_that_the_code_asks_for_is_there():
    asked = {
        node.args[0].value
        for node in code_of_the_kiosk()
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        if getattr(node.func, "attr", getattr(node.func, "id", "")) in ASKED_BY
    }
    assert len(asked) > 30
    assert asked - ENGLISH.keys() == set()


def test_no_sentence_is_kept_that_nobody_says():
    written = {node.value for node in code_of_the_kiosk() if isinstance(node, ast.Constant)}
    known = {command.value for command in Command} | {f"key_{key}" for key in ANSWER_KEYS}
    assert ENGLISH.keys() - written - known == set()


def test_what_may_be_said_is_there_for_every_command_in_english():
    assert set(SPOKEN_COMMANDS["en"]) == {command.value for command in Command}
    assert all(phrase == phrase.strip() and phrase for said in SPOKEN_COMMANDS["en"].values() for phrase in said)


def test_welsh_is_marked_as_unchecked_and_english_is_not():
    assert unchecked("cy") == len(CATALOGUES["cy"])
    assert unchecked("en") == 0


def test_a_kind_of_a_language_is_said_in_it_and_an_unknown_language_in_english():
    assert sentence("thank_you", "cy-GB") == "Diolch."
    assert sentence("thank_you", "fr") == "Thank you."


def test_a_sentence_with_gaps_is_cut_into_pieces_for_recordings():
    assert parts("you_said", "en") == (Part("You said:", "you_said", gap=False), Part("", "answer", gap=True))
    assert [part.name for part in parts("i_heard", "en") if not part.gap] == [f"i_heard.{n}" for n in (1, 2, 3, 4)]
    assert parts("thank_you", "en") == (Part("Thank you.", "thank_you", gap=False),)


def test_a_changed_english_sentence_leaves_its_translation_unchecked(tmp_path):
    template = catalogues.read(catalogues.TEMPLATE)
    file = tmp_path / "cy" / "sayso.po"
    welsh = (FOLDER / "cy" / "LC_MESSAGES" / "sayso.po").read_text()
    file.parent.mkdir()
    welsh = re.sub(r"^#, fuzzy(, )?", lambda found: "#, " if found[1] else "", welsh, flags=re.MULTILINE)
    file.write_text(welsh.replace('msgid "Thank you."', 'msgid "Thanks."'))
    after = catalogues.updated(template, catalogues.read(file), "cy")
    assert [(one.context, one.string) for one in after if one.id and one.fuzzy] == [("thank_you", "Diolch.")]


def test_a_damaged_catalogue_is_one_sentence(tmp_path):
    (tmp_path / "sayso.po").write_text('msgid "a"\nnonsense\n')
    with pytest.raises(KioskError, match="Cannot read a catalogue"):
        _read(tmp_path / "sayso.po")
