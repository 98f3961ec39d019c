"""The lint on hearing: answers that sound alike, that are commands, or that the speech model does not know."""

from pathlib import Path

import pytest
from lint_sheets import GOOD, answers, found, linted, sheet

from authoring.lint.phonemes import alike, phonemes
from voice.engine import Engine
from voice.engines import open_engine

CASES = {
    "alike": ("QS300", answers("Bath", "Path", "Garden"), answers("Bath", "Footway", "Garden")),
    "alike-in-what-may-be-said": (
        "QS300",
        answers("Room", "Garden", room="my flat", garden="my plot, my flats"),
        answers("Room", "Garden", room="my flat", garden="my plot"),
    ),
    "the-same-when-it-is-said": ("QS300", answers("1", "Many", many="one"), answers("1", "Many", many="lots")),
    "called-like-a-command": ("QS302", answers("Help", "Rest"), answers("A hand", "Rest")),
    "like-a-command": ("QS303", answers("Bad", "Good"), answers("Poor", "Good")),
    "unknown-word": ("QS301", answers("Frumbly", "Garden"), answers("Kitchen", "Garden")),
}


@pytest.fixture(scope="module")
def trial() -> Engine:
    return open_engine("pocketsphinx", "en", Path("models"))


@pytest.mark.parametrize(("code", "bad", "mended"), CASES.values(), ids=CASES.keys())
def test_what_cannot_be_heard_is_told_and_is_gone_when_mended(
    code: str, bad: str, mended: str, tmp_path: Path, trial: Engine
):
    told = found(bad, tmp_path, code, trial)
    assert [finding.name for finding in told] == ["room"]
    assert all(finding.level == "advice" for finding in told)
    assert found(mended, tmp_path, code, trial) == []


def test_both_phrases_and_their_choices_are_named(tmp_path: Path):
    (told,) = found(CASES["alike"][1], tmp_path, "QS300")
    assert told.met == "'bath' for bath and 'path' for path, which sound alike"


def test_a_choice_of_which_no_word_is_known_can_be_answered_by_key_alone(tmp_path: Path, trial: Engine):
    (told,) = found(answers("Frumbly", "Garden"), tmp_path, "QS301", trial)
    assert told.met == "'frumbly' for frumbly, not known to en-us: it can be answered by key alone"
    (told,) = found(answers("Frumbly", "Garden", frumbly="kitchen"), tmp_path, "QS301", trial)
    assert told.met == "'frumbly' for frumbly, not known to en-us"


def test_good_okay_and_not_good_can_be_told_apart(tmp_path: Path, trial: Engine):
    assert linted(sheet(), tmp_path, trial).findings == ()


def test_phrases_of_one_choice_may_sound_alike(tmp_path: Path):
    assert found(answers("Cat", "Dog", cat="cats, cap"), tmp_path, "QS300") == []


@pytest.mark.parametrize(
    ("language", "one", "two", "so"),
    [
        ("en", "no", "now", True),
        ("en", "yes", "no", False),
        ("en", "good", "not good", False),
        ("en", "a bit", "a lot", False),
        ("en", "the living room", "the living rooms", True),
        ("en", "the living room", "the dining room", False),
        ("cy", "ydw", "ydy", True),
        ("cy", "da", "iawn", False),
        ("de", "Haus", "Maus", True),
    ],
    ids=[
        "no-now",
        "yes-no",
        "good-not-good",
        "bit-lot",
        "long-alike",
        "long-unlike",
        "ydw-ydy",
        "da-iawn",
        "haus-maus",
    ],
)
def test_two_phrases_are_alike_when_one_sound_of_a_few_is_another(language: str, one: str, two: str, so: bool):
    sounds = phonemes((one, two), language)
    assert sounds is not None
    assert alike(sounds[one], sounds[two]) is so


def test_a_phrase_that_espeak_says_in_two_breaths_is_one_phrase():
    sounds = phonemes(("good", "i don't know " * 40, "bad"), "en")
    assert sounds is not None
    assert len(sounds) == 3
    assert len(sounds["good"]) == 3


def test_a_language_that_espeak_does_not_speak_is_not_looked_at_and_that_is_said(tmp_path: Path):
    assert phonemes(("good",), "qqq") is None
    met = linted(sheet(choices=GOOD, language="Qqq (qqq)"), tmp_path)
    assert met.not_looked_at == ("choices that sound alike in 'qqq': espeak-ng is missing, or does not speak it",)


def test_without_espeak_the_rest_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    met = linted(answers("Help", "Path", "Bath"), tmp_path)
    assert [finding.code for finding in met.findings] == ["QS302"]
    assert "espeak-ng is missing" in met.not_looked_at[0]
