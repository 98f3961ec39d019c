"""What may be said and what it means: every phrase has one meaning, and every meaning leads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.interpret import called_like_commands, commands, meanings, meant, phrase_of, shared
from kiosk.saying.sentences import SPOKEN_COMMANDS
from kiosk.view import Command
from openrosa.question_set import Choice, Kind, Question
from question_sets import question_set

HOME = question_set().question("home")


def asking(*choices: Choice) -> Question:
    return Question("lift", "/data/lift", Kind.SELECT_ONE, {"en": "Is it?"}, choices=choices)


def means(question: Question, language: str = "en") -> dict[str, str]:
    return dict(meanings(question, language, "en"))


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("Good", "good"),
        ("I don\u2019t like it!", "i don't like it"),
        ("  so-so,  really ", "so so really"),
        ("a_b", "a b"),
        ("Nac ydy", "nac ydy"),
        ("좋아요", "좋아요"),
        ("…", ""),
    ],
)
def test_words_become_a_phrase_as_a_recogniser_knows_it(words, phrase):
    assert phrase_of(words) == phrase


@given(st.text())
def test_a_phrase_stays_what_it_is(words):
    assert phrase_of(phrase_of(words)) == phrase_of(words)


def test_a_choice_can_be_said_by_its_label_and_by_its_other_words():
    found = means(HOME)
    assert {found[phrase] for phrase in ("good", "yes", "happy")} == {"answer:good"}
    assert {found[phrase] for phrase in ("not good", "no")} == {"answer:bad"}
    assert found["ok"] == "answer:okay"


def test_a_figure_can_be_said_as_its_word():
    found = means(question_set().question("score"))
    assert [found[word] for word in ("one", "two", "three", "four")] == [f"answer:{number}" for number in range(1, 5)]
    assert "1" not in found


@pytest.mark.parametrize("command", Command)
def test_every_command_can_be_said_and_leads_back_to_itself(command):
    found = means(HOME)
    phrases = SPOKEN_COMMANDS["en"][command.value]
    assert phrases
    assert {meant(found[phrase]) for phrase in phrases} == {(None, command)}


def test_every_meaning_leads_to_a_choice_or_a_command():
    for question in question_set().questions:
        names = {choice.name for choice in question.choices}
        for phrase, meaning in meanings(question, "en", "en"):
            answer, command = meant(meaning)
            assert phrase == phrase_of(phrase)
            assert (answer in names) != (command is not None)
    assert meant("") == (None, None)


def test_a_phrase_that_two_choices_share_means_neither_and_is_named():
    question = asking(Choice("one", {"en": "1"}), Choice("other", {"en": "One"}, {"en": ("other",)}))
    assert "one" not in means(question)
    assert means(question)["other"] == "answer:other"
    assert shared(question, "en", "en") == ("one",)
    assert shared(HOME, "en", "en") == ()


def test_a_phrase_said_twice_for_one_choice_is_shared_with_nobody():
    question = asking(Choice("one", {"en": "One"}, {"en": ("one", "1")}), Choice("other", {"en": "Other"}))
    assert shared(question, "en", "en") == ()
    assert means(question)["one"] == "answer:one"


def test_a_choice_that_is_called_like_a_command_is_meant_and_is_named():
    question = asking(Choice("halt", {"en": "Stop"}), Choice("go", {"en": "Go"}))
    assert means(question)["stop"] == "answer:halt"
    assert called_like_commands(question, "en", "en") == (("stop", Command.STOP),)
    assert called_like_commands(HOME, "en", "en") == ()


def test_a_phrase_that_two_choices_share_with_a_command_means_none_of_them():
    question = asking(Choice("one", {"en": "Stop"}), Choice("other", {"en": "stop!"}))
    assert "stop" not in means(question)


def test_a_kind_of_a_language_has_the_words_of_the_language():
    assert set(means(HOME, "en-GB")) == set(means(HOME))


def test_a_language_without_words_for_commands_has_none_and_takes_the_default_languages_labels():
    assert tuple(commands("cy")) == ()
    assert means(HOME, "cy") == {"good": "answer:good", "ok": "answer:okay", "not good": "answer:bad"}
