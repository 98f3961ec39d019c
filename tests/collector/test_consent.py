"""Who may hear a voice: what somebody said of it decides, on a page as before a panel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from collector.consent import asks_consent, for_the_office, withheld
from collector.figures.figures import figures
from collector.visits import Answer, Gathered, How, Visit
from openrosa.convert import convert
from openrosa.question_set import QuestionSet
from openrosa.xform import read

SETS = Path(__file__).parents[2] / "question_sets"
AGREED = {"hear": "everybody", "share": "voice", "about": "me"}


@cache
def shipped(name: str) -> QuestionSet:
    question_set, _ = read(convert(SETS / name / f"{name}.md").xform, name)
    assert question_set is not None
    return question_set


def told(number: int, chosen: dict[str, str], *, how: str = "self") -> Visit:
    """A visit to good_news with these choices, and a voice message to each question that asks for one."""
    news = shipped("good_news")
    voices = [one.name for one in news.questions if one.kind.value == "audio"]
    answers = {name: Answer(name, How.GIVEN, value=value) for name, value in chosen.items()}
    answers |= {name: Answer(name, How.GIVEN, value=f"{name}.wav", file=f"{name}.wav") for name in voices}
    return Visit(
        instance_id=f"uuid:{number}",
        form_id="good_news",
        version=news.version,
        home="Elm Road",
        received_on=None,
        day=None,
        who="resident",
        how=how,
        by_whom="staff" if how == "proxy" else "",
        language="en",
        complete=True,
        answers=answers,
        files={f"{name}.wav": b"RIFF" for name in voices},
    )


@pytest.mark.parametrize(
    ("chosen", "how", "why"),
    [
        pytest.param(AGREED, "self", "", id="everybody, in this voice"),
        pytest.param(AGREED, "with_help", "", id="with help"),
        pytest.param(AGREED, "proxy", "somebody else agreed", id="by somebody else"),
        pytest.param({**AGREED, "hear": "team"}, "self", "nobody said", id="the newsletter team alone"),
        pytest.param({**AGREED, "share": "words"}, "self", "nobody said", id="in words alone"),
        pytest.param({"hear": "everybody"}, "self", "nobody said", id="not asked how"),
        pytest.param({}, "self", "nobody said", id="nothing said"),
        pytest.param({**AGREED, "about": "other"}, "self", "about somebody else", id="of somebody else"),
    ],
)
def test_a_story_is_heard_by_those_whom_its_teller_named(chosen, how, why):
    assert withheld(told(1, chosen, how=how), shipped("good_news")).startswith(why)
    assert bool(withheld(told(1, chosen, how=how), shipped("good_news"))) is bool(why)


def test_a_set_that_does_not_ask_says_itself_who_hears_it():
    assert not asks_consent(shipped("my_home"))
    assert withheld(told(1, {}), shipped("my_home")) == ""


@pytest.mark.parametrize("name", ["my_name", "agree"])
def test_a_name_and_the_consent_itself_are_for_the_office(name):
    assert name in {one.name for one in shipped("good_news").questions}
    assert for_the_office(name)


def test_a_page_gets_the_stories_that_everybody_may_hear_and_no_name():
    visits = [*(told(number, AGREED) for number in range(3)), *(told(number, {}) for number in range(10, 14))]
    news = shipped("good_news")
    gathered = Gathered({("good_news", news.version): news}, tuple(visits), (), {})
    (found,) = figures(gathered, "good_news")
    (group,) = found.homes[0].groups
    by_name = {one.name: one for one in group.questions}
    assert (by_name["story"].given, len(by_name["story"].messages)) == (7, 3)
    assert {one.instance_id for one in by_name["story"].messages} == {"uuid:0", "uuid:1", "uuid:2"}
    assert (by_name["my_name"].given, by_name["my_name"].messages) == (7, ())
