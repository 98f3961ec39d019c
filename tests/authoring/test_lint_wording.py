"""The lint on wording: what it meets in a set, and that it says nothing once that is mended."""

import socket
from pathlib import Path

import nltk
import pytest
from lint_sheets import GOOD, NOTE, ROOM, YES_NO, answers, found, linted, question, sheet

LONG = "Think of your bed, your chair, your window, your door, your things on the shelf, your lamp."
SETS = "Think of your bed. Think of your chair. Think of your door."
THINGS = ("bath", "chair", "table", "window", "kitchen", "garden", "fence", "lamp", "door", "carpet", "shelf", "radio")
HARD = " ".join(
    f"The organisation facilitates extraordinary {one} arrangements for everybody at home." for one in THINGS
)
EASY = " ".join(f"We all live in this old house with a big red {one}." for one in THINGS)
CASES = {
    "too-many-words": ("QS200", question(hint=LONG), question(hint=SETS)),
    "too-many-words-in-a-note": ("QS200", sheet(({**NOTE, "guidance_hint": LONG}, ROOM)), sheet()),
    "two-ideas-by-and": ("QS201", question(label="How are your room and your garden?"), question()),
    "two-ideas-by-or": ("QS201", question(label="Who cooks or cleans?"), question(label="Who cooks?")),
    "two-questions": ("QS201", question(label="How is it? Who chose it?"), question(label="Who chose it?")),
    "both-sides-of-one-idea-are-one": (
        "QS201",
        question(label="Is your room big or your bed small?"),
        question(label="Is your room good or not good?"),
    ),
    "two-ideas-by-if": (
        "QS201",
        question(label="If you could change one thing, what would it be?"),
        question(label="What should change first?"),
    ),
    "negative": ("QS202", question(label="What do you not like?"), question(label="What do you like?")),
    "negative-n't": ("QS202", question(label="What can't you do here?"), question(label="What can you do here?")),
    "negative-in-a-hint": (
        "QS202",
        question(hint="What is never good? Think of your bed."),
        question(hint="What is good? You need not say."),
    ),
    "how-often": (
        "QS203",
        question(label="How often do you go out?"),
        question(label="Who went out with you today?"),
    ),
    "usually": ("QS203", question(label="Who usually cooks?"), question(label="Who cooked today?")),
    "last-month": (
        "QS203",
        question(label="What changed in the last month?"),
        question(label="What is new in the house?"),
    ),
    "last-time": (
        "QS203",
        question(label="When were you last at the dentist?"),
        question(label="Who went to the dentist with you?"),
    ),
    "tag": ("QS205", question(label="You like it here, don't you?"), question(label="How is it here?")),
    "how-happy": ("QS205", question(label="How happy are you with it?"), question(label="What do you think of it?")),
    "how-much-do-you-like": (
        "QS205",
        question(label="How much do you like your room?"),
        question(label="How is your own room?"),
    ),
    "happy-as-the-only-feeling": (
        "QS205",
        question(label="Are you happy in your home?"),
        question(label="Are you happy or sad in your home?"),
    ),
    "do-you-think": (
        "QS205",
        question(label="Do you think that staff are kind?"),
        question(label="What do you think of the staff?"),
    ),
    "do-you-like": ("QS205", question(label="Do you like your room?"), question(label="What do you like here?")),
    "not-wanted": (
        "QS207",
        question(label="Who helps the service users?"),
        question(label="Who helps the people we support?"),
    ),
    "not-wanted-in-a-choice": ("QS207", answers("Clients", "Staff"), answers("People", "Staff")),
    "hard-to-picture": (
        "QS208",
        question(label="What do you think of your accommodation?"),
        question(label="What do you think of your home?"),
    ),
    "long-word": (
        "QS208",
        question(label="Where do you keep your photographs of celebrations?"),
        question(label="Where do you keep your photos?"),
    ),
    "passive": ("QS209", question(label="Are you told what is for tea?"), question(label="Do staff tell you?")),
    "passive-with-a-subject": (
        "QS209",
        question(label="Was your door opened by staff?"),
        question(label="Did staff open your door?"),
    ),
    "a-feeling-is-no-passive": (
        "QS209",
        question(label="Are you given a key?"),
        question(label="When are you tired?"),
    ),
    "comparison": ("QS210", question(label="What is better than last week?"), question(label="What is good today?")),
    "two-in-one-choice": ("QS211", answers("Clean and warm", "Cold"), answers("Clean", "Cold")),
    "two-in-one-choice-by-slash": ("QS211", answers("Family / friends", "Staff"), answers("Family", "Staff")),
    "reading-age": (
        "QS212",
        sheet(({**NOTE, "guidance_hint": HARD}, ROOM)),
        sheet(({**NOTE, "guidance_hint": EASY}, ROOM)),
    ),
}


@pytest.mark.parametrize(("code", "bad", "mended"), CASES.values(), ids=CASES.keys())
def test_what_is_hard_to_answer_is_told_with_its_place_and_is_gone_when_mended(
    code: str, bad: str, mended: str, tmp_path: Path
):
    told = found(bad, tmp_path, code)
    assert told
    assert {finding.level for finding in told} == {"advice"}
    assert all(finding.met and finding.write for finding in told)
    assert all(finding.place.startswith("visit.md") for finding in told)
    assert found(mended, tmp_path, code) == []


def test_of_the_set_that_the_cases_change_nothing_is_told(tmp_path: Path):
    assert linted(sheet(), tmp_path).findings == ()


def test_a_finding_names_the_row_and_the_column_where_the_words_stand(tmp_path: Path):
    (told,) = found(question(label="Who usually cooks?"), tmp_path, "QS203")
    assert str(told).startswith("QS203 visit.md, survey row 3, column label::English (en), \"room\": met 'usually'")
    (told,) = found(answers("Clean and warm", "Cold"), tmp_path, "QS211")
    assert str(told).startswith('QS211 visit.md, choices row 2, column label::English (en), "clean_and_warm": met two')


def test_a_note_may_say_not_and_a_choice_may_be_called_not_good(tmp_path: Path):
    text = sheet(({**NOTE, "guidance_hint": "We wrote it. Staff can't open it. It is no emergency line."}, ROOM), GOOD)
    assert found(text, tmp_path, "QS202") == []
    assert found(answers("Good", "I don't know"), tmp_path, "QS202") == []


def test_words_that_two_questions_share_are_told_once(tmp_path: Path):
    choices = ({**GOOD[0], "label": "Clean and warm"}, *GOOD[1:])
    other = {**ROOM, "name": "garden", "label": "How is the garden?"}
    assert len(found(sheet((NOTE, ROOM, other), choices), tmp_path, "QS211")) == 1


@pytest.mark.parametrize("language", ["Cymraeg (cy)", "Deutsch (de)"])
def test_rules_for_english_are_not_for_other_languages_but_words_are_counted(language: str, tmp_path: Path):
    row = {**ROOM, "label": "Are you not happy, don't you?", "hint": "a b c d e f g h i j k l m n o p. Q r."}
    codes = {finding.code for finding in linted(sheet((NOTE, row), language=language), tmp_path).findings}
    assert codes == {"QS200"}


@pytest.mark.parametrize("language", ["English (en-GB)", "English"])
def test_rules_for_english_are_for_every_kind_of_it(language: str, tmp_path: Path):
    row = {**ROOM, "label": "Who usually cooks?"}
    assert found(sheet((NOTE, row), language=language), tmp_path, "QS203")


def test_a_set_of_a_few_words_has_no_reading_age(tmp_path: Path):
    hard = sheet(({**NOTE, "guidance_hint": HARD[:200]}, ROOM))
    assert found(hard, tmp_path, "QS212") == []


def test_yes_and_no_with_a_third_answer_or_a_next_question_is_more_than_yes_and_no(tmp_path: Path):
    alone = sheet(choices=YES_NO)
    (told,) = found(alone, tmp_path, "QS204")
    assert told.name == "room"
    maybe = {"list_name": "good", "name": "sometimes", "label": "Sometimes", "image": "openmoji:1F610"}
    assert found(sheet(choices=(*YES_NO, maybe)), tmp_path, "QS204") == []
    after = {**ROOM, "type": "audio", "name": "more", "label": "What is it like?", "relevant": "${room} = 'no'"}
    assert found(sheet((NOTE, ROOM, after), YES_NO), tmp_path, "QS204") == []


def test_a_set_of_nothing_but_yes_and_no_rests_on_it(tmp_path: Path):
    other = {**ROOM, "name": "garden", "label": "How is the garden?"}
    told = found(sheet((NOTE, ROOM, other), YES_NO), tmp_path, "QS204")
    assert [finding.name for finding in told] == ["room", "garden", ""]


def test_the_reading_age_asks_nothing_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(nltk, "download", refused)
    (told,) = found(CASES["reading-age"][1], tmp_path, "QS212")
    assert "years" in told.met
