"""What is said: each text in the language it was found in, each recording in its own, each sentence in pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.answer import Answer, How
from kiosk.asks import OWN, Asking
from kiosk.events import Line, Piece
from kiosk.saying.prompts import (
    Tongue,
    choice_line,
    confirm_lines,
    english_name,
    heading_lines,
    hint_lines,
    language_lines,
    languages_of,
    own_name,
    question_lines,
    said_back_lines,
)
from kiosk.saying.sayable import everything
from openrosa.convert import convert
from openrosa.question_set import Choice, Kind, Media, Question, QuestionSet
from openrosa.xform import load

HOME = Path(__file__).parents[3] / "question_sets" / "my_home" / "my_home.md"
WELSH = Tongue("cy", "en")
GOOD = Choice("good", {"en": "Good.", "cy": "Da"}, key="green")
BAD = Choice("bad", {"en": "Bad"}, key="red")
FEEL = Question("feel", "/data/feel", Kind.SELECT_ONE, {"en": "How is it?", "cy": "Sut mae?"}, choices=(GOOD, BAD))


def one_set(*questions: Question, languages: tuple[str, ...] = ("en", "cy")) -> QuestionSet:
    return QuestionSet("one", "1", "One", languages, languages[0], questions, b"<data/>")


@pytest.fixture(scope="module")
def home() -> QuestionSet:
    return load(convert(HOME).xform, "my_home.xml")


def test_a_text_that_is_missing_is_said_in_the_language_it_was_found_in_by_that_languages_voice():
    only_english = Question("q", "/q", Kind.NOTE, {"en": "Hello."}, hints={"en": "Think."}, headings=({"en": "House"},))
    for lines in (question_lines, hint_lines, heading_lines):
        assert [line.language for line in lines(only_english, WELSH)] == ["en"]
    assert question_lines(FEEL, WELSH)[0] == Line("Sut mae?", pause_after_s=0.5)


def test_a_choice_without_a_translation_is_said_whole_in_the_language_it_has():
    line = choice_line(BAD, WELSH)
    assert (line.words, line.language, line.tile) == ("Red: Bad.", "en", "red")
    assert choice_line(GOOD, WELSH).words == "Gwyrdd: Da."


def test_words_to_speak_in_another_language_do_not_come_before_a_label_in_the_visits():
    asked = Question("q", "/q", Kind.NOTE, {"en": "Good?", "cy": "Da?"}, spoken={"en": "Is it good here?"})
    assert question_lines(asked, WELSH)[0].words == "Da?"
    assert question_lines(asked, Tongue("en", "en"))[0].words == "Is it good here?"


def test_a_recording_in_another_language_is_not_played_for_words_that_are_there():
    asked = Question(
        "q",
        "/q",
        Kind.NOTE,
        {"en": "Hello.", "cy": "Helo."},
        audio={"en": Media("hello.wav")},
        image={"en": Media("a")},
    )
    assert question_lines(asked, WELSH)[0].media is None
    assert question_lines(asked, Tongue("en", "en"))[0].media == "hello.wav"
    without = Question("q", "/q", Kind.NOTE, {"en": "Hello."}, audio={"en": Media("hello.wav")})
    assert question_lines(without, WELSH)[0].media == "hello.wav"
    assert WELSH.media(asked.image) == "a"  # a picture is understood in every language


def test_a_set_without_translations_is_in_the_visits_language():
    asked = Question("q", "/q", Kind.NOTE, {"default": "Hello."}, audio={"default": Media("hello.wav")})
    (line,) = question_lines(asked, Tongue("en", "default"))
    assert (line.words, line.media, line.language) == ("Hello.", "hello.wav", "")


def test_a_choices_own_recording_stands_in_each_sentence_about_it():
    good = Choice("good", {"en": "Good"}, key="green", audio={"en": Media("good.wav")})
    asked = Question("q", "/q", Kind.SELECT_ONE, {"en": "?"}, choices=(good, BAD))
    english, answer = Tongue("en", "en"), Answer(How.GIVEN, "good")
    recorded = Piece("Good", "good.wav")
    assert choice_line(good, english).pieces == (Piece("Green", "sayso/en/key_green"), recorded)
    assert said_back_lines(asked, answer, english, aloud=True)[1].pieces == (
        Piece("You said:", "sayso/en/you_said"),
        recorded,
    )
    assert [piece.media for piece in confirm_lines(asked, answer, english)[0].pieces] == [
        "sayso/en/i_heard.1",
        "good.wav",
        "sayso/en/i_heard.2",
        "sayso/en/key_green",
        "sayso/en/i_heard.3",
        "good.wav",
        "sayso/en/i_heard.4",
    ]


def test_the_kiosks_own_questions_and_sentences_can_be_recordings():
    who = OWN[Asking.WHO]
    assert question_lines(who, WELSH)[0].media == "sayso/cy/who"
    assert choice_line(who.choices[0], WELSH).pieces[1].media == "sayso/cy/i_live_here"
    assert WELSH.line("thank_you") == Line("Diolch.", media="sayso/cy/thank_you")


def test_a_language_without_a_catalogue_hears_the_kiosks_own_sentences_in_english():
    assert Tongue("fr", "fr").line("thank_you") == Line("Thank you.", media="sayso/en/thank_you", language="en")


def test_a_kind_of_a_language_keeps_its_own_voice():
    assert Tongue("en-GB", "en-GB").line("thank_you").language == ""


def test_languages_are_chosen_by_their_own_names_each_in_its_own_voice():
    assert [(line.words, line.language, line.tile) for line in language_lines(("en", "cy"))] == [
        ("Which language would you like?", "en", None),
        ("Pa iaith hoffech chi?", "cy", None),
        ("Green: English.", "en", "green"),
        ("Melyn: Cymraeg.", "cy", "yellow"),
    ]
    assert (own_name("cy"), own_name("xx"), english_name("cy"), english_name("xx")) == ("Cymraeg", "xx", "Welsh", "xx")


def test_a_language_that_the_kiosk_does_not_speak_is_named_in_its_own_voice_all_the_same():
    asked, _, french = language_lines(("en", "fr"))
    assert (asked.language, french.language, french.words) == ("en", "fr", "Yellow: Français.")
    assert french.pieces[0] == Piece("Yellow", "sayso/en/key_yellow")


def test_the_languages_of_a_visit_are_those_of_all_its_sets():
    first, second = one_set(FEEL), one_set(FEEL, languages=("fr", "en"))
    assert languages_of((first, second, one_set(FEEL, languages=("default",)))) == ("en", "cy", "fr")


def test_everything_is_there_in_every_language_that_people_may_choose(home):
    said = {(line.words, line.language or language) for line, language in everything((home,), "en")}
    assert {("Thank you.", "en"), ("Diolch.", "cy"), ("Gwyrdd: Da.", "cy"), ("Melyn: Cymraeg.", "cy")} <= said
    english = {(line.words, line.language or language) for line, language in everything((home,), "en", ("en",))}
    assert {language for _, language in english} == {"en"}
    assert english < said


def test_a_private_answer_is_named_in_no_language(home):
    listen = home.question("listen")
    for tongue in (WELSH, Tongue("en", "en")):
        lines = (
            *confirm_lines(listen, Answer(How.GIVEN, "yes"), tongue),
            *said_back_lines(listen, Answer(How.GIVEN, "yes"), tongue, aloud=True),
        )
        assert not any(line.pieces for line in lines)
