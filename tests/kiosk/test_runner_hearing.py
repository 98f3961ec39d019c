"""What sound tells reaches the visit as it was told, and what the visit knows of a person reaches the ear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rehearsed import yes_no
from rig import Rig, rig

from kiosk import events
from kiosk.events import Miss
from kiosk.rehearsal import NoScreen
from kiosk.saying.sentences import ENGLISH
from kiosk.state import Stage
from voice import events as sound
from voice.decide import Decision, Outcome
from voice.utterance import Evidence, Utterance


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Rig]:
    """At the first question, the microphone open."""
    with rig(tmp_path, yes_no("first", "second")) as one:
        one.key("start")
        assert one.visit.listening
        yield one


def heard(home: Rig, outcome: Outcome, heard_s: float = 3.0, **evidence: float) -> sound.Heard:
    """An utterance that means yes where it means anything."""
    found = replace(Evidence("yes", "yes", "yes", 0.5, -20.0, "test", 1.0), **evidence)  # type: ignore[arg-type]
    taken = outcome in {Outcome.SURE, Outcome.ASK}
    decision = Decision(outcome, "yes", "answer:yes") if taken else Decision(outcome)
    return sound.Heard(home.visit.turn, Utterance(home.visit.turn, "yes", found), decision, heard_s)


EVENTS = {
    Outcome.SURE: events.Heard(0, "yes", sure=True),
    Outcome.ASK: events.Heard(0, "yes"),
    Outcome.NO_MATCH: events.Heard(0, miss=Miss.NO_ANSWER),
    Outcome.TWO_ANSWERS: events.Heard(0, miss=Miss.TWO_ANSWERS),
    Outcome.CLIPPED: events.Heard(0, miss=Miss.CLIPPED),
    Outcome.OWN_PROMPT: events.PromptHeard(0, 3.0),
}


def test_every_outcome_is_an_event_of_its_own() -> None:
    assert set(EVENTS) == set(Outcome)
    assert len(set(EVENTS.values())) == len(EVENTS)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    EVENTS.items(),
    ids=lambda part: getattr(part, "value", ""),
)
def test_each_outcome_reaches_the_visit_as_itself(home: Rig, outcome: Outcome, expected: events.Event) -> None:
    turn = home.visit.turn
    home.happen(heard(home, outcome))
    assert replace(expected, turn=turn) in home.log  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("evidence", "noisy", "talk"),
    [
        ({"snr_db": 20.0}, False, False),
        ({"snr_db": 3.0}, True, False),
        ({"snr_db": 20.0, "duration_s": 6.0}, True, True),
    ],
)
def test_a_miss_says_whether_it_was_the_room_or_talk(
    home: Rig, evidence: dict[str, float], noisy: bool, talk: bool
) -> None:
    turn = home.visit.turn
    home.happen(heard(home, Outcome.NO_MATCH, pause_s=0.5, **evidence))
    assert events.Heard(turn, noisy=noisy, talk=talk, pause_s=0.5) in home.log


def test_two_misses_in_noise_close_the_microphone_until_the_next_question(home: Rig) -> None:
    for _ in range(2):
        home.happen(heard(home, Outcome.NO_MATCH, snr_db=2.0))
    assert (home.visit.noisy, home.visit.listening) == (True, False)
    assert ENGLISH["noisy"] in home.voice.said
    asked = home.ear.asked.count("listen")
    home.key("green")
    home.time()
    assert home.ear.asked.count("listen") == asked + 1
    assert home.visit.listening


def test_the_ear_is_told_what_was_last_said_and_how_long_this_person_pauses(home: Rig) -> None:
    _silence_s, pause_s, said = home.ear.listens[-1]
    assert pause_s == pytest.approx(home.visit.rules.pause_s)
    assert "Yes." in said
    assert "No." in said
    home.happen(heard(home, Outcome.NO_MATCH, pause_s=1.1))
    assert home.ear.listens[-1][1] == pytest.approx(1.65)
    home.happen(heard(home, Outcome.ASK))
    assert "I heard: Yes" in home.ear.listens[-1][2]


def test_when_the_kiosk_heard_itself_it_says_nothing_and_listens_for_what_is_left(home: Rig) -> None:
    before_s, said, turn = home.ear.listens[-1][0], len(home.voice.said), home.visit.turn
    home.happen(heard(home, Outcome.OWN_PROMPT, heard_s=3.0))
    assert home.ear.listens[-1][0] == pytest.approx(before_s - 3.0)
    assert (len(home.voice.said), home.visit.turn, home.visit.stage) == (said, turn, Stage.ASK)
    home.happen(heard(home, Outcome.SURE))
    assert home.record("uuid:1")["first"] == "yes"


class Meter(NoScreen):
    """A screen of which the level alone is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[float] = []

    def level(self, dbfs: float) -> None:
        self.levels.append(dbfs)


def test_the_level_that_is_shown_is_that_of_speech_and_not_of_the_room(home: Rig) -> None:
    meter = home.runner._ports.screen = Meter()
    for dbfs, floor_dbfs in ((-20.0, None), (-20.0, -70.0), (-40.0, -40.0), (-20.0, -40.0)):
        home.happen(sound.Level(home.visit.turn, dbfs, floor_dbfs))
    assert meter.levels == [-20.0, -20.0, -58.0, -38.0]
