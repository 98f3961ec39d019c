"""What `sayso questions listen` goes through is what a visit says: word by word, pause by pause, in the same order."""

from __future__ import annotations

from pathlib import Path

import pytest
from drive import Driver

from authoring.passages import condition, passages, texts
from kiosk.answer import Who
from kiosk.asks import Asking
from kiosk.events import Line, Say
from kiosk.state import Rules, Stage, Visit
from openrosa.convert import convert
from openrosa.question_set import Kind, QuestionSet
from openrosa.xform import load

FOLDER = Path(__file__).parents[2] / "question_sets"
WHO = Who(who="resident", how="self")
MOST_STEPS = 300
SHEET = """| survey |
| | type | name | label | relevant | bind::sayso_private |
| | note | hello | Hello. | | |
| | select_one yn | lift | Is the lift good? | | |
| | begin_group | more | More | ${lift} = 'no' | |
| | select_one yn | stairs | Are the stairs good? | selected(${lift}, 'no') and ${lift} != 'yes' | yes |
| | audio | why | Why? | string-length(${stairs}) > 1 | |
| | end_group | | | | |

| choices |
| | list_name | name | label |
| | yn | yes | Yes, it is |
| | yn | no | No |
"""


def shipped(name: str) -> QuestionSet:
    return load(convert(FOLDER / name / f"{name}.md").xform, name)


@pytest.fixture
def lift(tmp_path: Path) -> QuestionSet:
    path = tmp_path / "lift.md"
    path.write_text(SHEET, encoding="utf-8")
    return load(convert(path).xform, path.name)


def said_in_a_visit(question_set: QuestionSet, language: str) -> list[Line]:
    """Every line of a visit that takes the first choice of all, by voice."""
    rules = Rules(preset_who=WHO, languages=(language,))
    driver = Driver(Visit((question_set,), "uuid:1", language=language, rules=rules)).key("start")
    for _ in range(MOST_STEPS):
        visit = driver.visit
        if visit.asking is Asking.KEEP_OR_FORGET:
            last = [effect.turn for effect in driver.effects if isinstance(effect, Say)][-1]
            said = [effect.lines for effect in driver.effects if isinstance(effect, Say) and effect.turn != last]
            return [line for lines in said for line in lines if line.message is None]
        match visit.stage:
            case Stage.ASK if visit.speaking:
                driver.finish()
            case Stage.ASK if visit.asking is Asking.REVIEW:
                driver.key("green")
            case Stage.ASK if visit.question is not None:
                driver.hear(visit.question.choices[0].name)
            case Stage.RECORDING:
                driver.record()
            case Stage.SAID_BACK if not visit.speaking:
                driver.time()
            case _:
                driver.finish()
    raise AssertionError("the visit does not end")


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("name", ["my_home", "my_ideas", "good_news", "you_said_we_did"])
def test_the_straight_way_is_what_a_visit_says(name, language):
    found = shipped(name)
    asked = said_in_a_visit(found, language)
    rest = iter(asked)
    expected = [line for one in passages(found, language, again=False) if not one.only_if for line in one.lines]
    missing = [line for line in expected if line not in rest]  # in order: each is looked for behind the one before
    assert missing == []
    sometimes = {line for one in passages(found, language, again=False) if one.only_if for line in one.lines}
    assert set(asked) <= {*expected, *sometimes}


def test_every_question_is_said_also_one_that_is_asked_only_sometimes(lift):
    assert [
        (one.name, one.only_if) for one in passages(lift, "en", again=False) if one.what in ("note", "question")
    ] == [
        ("hello", ""),
        ("lift", ""),
        ("stairs", 'lift is "No" and lift is "No" and lift is not "Yes, it is"'),
        ("why", 'lift is "No" and string-length(stairs) > 1'),
    ]


def test_a_condition_on_what_is_no_choice_stays_as_it_is_written(lift):
    assert condition(lift, lift.question("why"), "en").endswith("string-length(stairs) > 1")


def test_what_is_said_only_sometimes_comes_where_it_would(lift):
    found = [(one.name, one.what) for one in passages(lift, "en") if one.name == "lift"]
    answers = [("lift", "heard"), ("lift", "said back")]
    assert found == [("lift", "question"), ("lift", "again"), ("lift", "explain"), *answers, *answers]


def test_an_answer_that_is_private_is_not_said_here_either(lift):
    private = [one for one in passages(lift, "en") if one.name == "stairs" and one.what in ("heard", "said back")]
    assert len(private) == 2
    words = " ".join(line.words for one in private for line in one.lines)
    assert "Yes" not in words
    assert "No" not in words


def test_the_hint_is_said_on_the_second_asking_and_on_explain():
    found = shipped("my_home")
    hint = found.question("room").hints["en"]
    with_hint = [one.what for one in passages(found, "en") if hint in [line.words for line in one.lines]]
    assert with_hint == ["again", "explain"]
    assert [one.what for one in texts(found, "en") if one.name == "room"] == ["question", "hint"]


def test_the_kiosks_own_questions_stand_round_the_set_where_they_are_wanted(lift):
    found = [one.name for one in passages(lift, "en", whole=True, again=False)]
    assert found[:3] == ["who", "by_whom", "hello"]
    assert found[-2:] == ["keep_or_forget", "goodbye"]
    assert not {"who", "goodbye"} & {one.name for one in passages(lift, "en", again=False)}


def test_each_choice_is_said_alone_with_its_key_and_a_pause(lift):
    (asked,) = [one for one in passages(lift, "en", again=False) if (one.name, one.what) == ("lift", "question")]
    choices = [line for line in asked.lines if line.tile]
    assert {line.tile for line in choices} == {choice.key for choice in lift.question("lift").choices}
    assert all(line.pause_after_s > 0.4 for line in choices)
    assert [one.kind for one in lift.questions] == [Kind.NOTE, Kind.SELECT_ONE, Kind.SELECT_ONE, Kind.AUDIO]
