"""Every stage meets every event; and thousands of generated visits meet the promises of the conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from drive import Driver
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.answer import How
from kiosk.asks import Asking
from kiosk.events import (
    Adjust,
    Device,
    DeviceFound,
    DeviceLost,
    Event,
    Finish,
    Forget,
    Heard,
    HelpAnswered,
    Keep,
    KeepFailed,
    Kept,
    KeyHeld,
    KeyPressed,
    KeyTouched,
    Listen,
    Miss,
    Noisy,
    PromptFinished,
    PromptHeard,
    Record,
    Recorded,
    Say,
    Show,
    Silence,
    SpeechStarted,
    StopListening,
    StopSaying,
    TimePassed,
    TwoKeys,
)
from kiosk.saying.sayable import everything
from kiosk.state import Rules, Stage, Visit
from kiosk.view import KEYS, Command
from kiosk.visit import TABLE, step
from question_sets import question_set


def waiting() -> Driver:
    return Driver(Visit(sets=(question_set(),), instance_id="uuid:1"))


def at_keeping() -> Driver:
    driver = waiting().to_first_question()
    driver.visit, _ = step(driver.visit, KeyPressed("green", driver.visit.turn))
    return driver


def at_forgetting() -> Driver:
    driver = waiting().to_first_question().key("green").key("stop").key("red")
    driver.visit, _ = step(driver.visit, KeyPressed("red", driver.visit.turn))
    return driver


def at_finishing() -> Driver:
    driver = waiting().to_first_question().key("green").key("stop")
    driver.visit, _ = step(driver.visit, KeyPressed("green", driver.visit.turn))
    return driver


def at_recording() -> Driver:
    driver = waiting().to_first_question()
    for _ in range(3):
        driver.key("green").finish().time()
    return driver.finish()


def at_sorry() -> Driver:
    driver = waiting().to_first_question()
    driver.commits = False
    return driver.key("green").key("green")


REACHED: dict[Stage, Callable[[], Driver]] = {
    Stage.WAITING: waiting,
    Stage.NOTE: lambda: waiting().key("start").key("green"),
    Stage.ASK: lambda: waiting().to_first_question(),
    Stage.RECORDING: at_recording,
    Stage.CONFIRM: lambda: waiting().to_first_question().finish().hear("good", sure=False),
    Stage.KEEPING: at_keeping,
    Stage.SAID_BACK: lambda: waiting().to_first_question().key("green"),
    Stage.FINISHING: at_finishing,
    Stage.FORGETTING: at_forgetting,
    Stage.SORRY: at_sorry,
    Stage.THANKS: lambda: waiting().to_first_question().key("stop"),
    Stage.PLAYBACK: lambda: at_recording().record(),
    Stage.HELP: lambda: waiting().to_first_question().key("help"),
    Stage.OVER: lambda: waiting().to_first_question().key("stop").key("start"),
}


def events_at(turn: int, number: int) -> list[Event]:
    """Every kind of event there is, at that turn."""
    return [
        *(KeyPressed(key, turn) for key in (*KEYS, "nonsense")),
        *(Heard(turn, answer=name, sure=sure) for name in ("good", "bad", "no such") for sure in (True, False)),
        *(Heard(turn, command=command, sure=sure) for command in Command for sure in (True, False)),
        *(Heard(turn, miss=miss, noisy=noisy, talk=noisy, pause_s=1.0) for miss in Miss for noisy in (True, False)),
        *(PromptHeard(turn, heard_s) for heard_s in (1.0, 100.0)),
        Silence(turn),
        KeyTouched(turn),
        KeyHeld(turn),
        TwoKeys(turn),
        Noisy(turn),
        HelpAnswered(turn, coming=True),
        *(SpeechStarted(turn, at_s) for at_s in (None, 0.5, 5.0)),
        Recorded(turn, "voice-1.wav", 3.0),
        Recorded(turn, "voice-1.wav", 0.0),
        PromptFinished(turn),
        TimePassed(turn, number),
        Kept(turn),
        KeepFailed(turn),
        *(event(device) for device in Device for event in (DeviceLost, DeviceFound)),
    ]


def all_events(visit: Visit) -> list[Event]:
    return events_at(visit.turn, visit.timer.number if visit.timer else 0)


def test_every_stage_can_be_reached_and_is_in_the_list() -> None:
    assert {stage: reach().visit.stage for stage, reach in REACHED.items()} == {stage: stage for stage in Stage}


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.value)
def test_what_the_table_has_for_a_stage_happens_and_nothing_else_does(stage: Stage) -> None:
    visit = REACHED[stage]().visit
    for event in all_events(visit):
        after, _effects = step(visit, event)
        in_table = (stage, type(event)) in TABLE or isinstance(event, DeviceLost | DeviceFound)
        if not in_table:
            assert after == visit, f"{event} changed a visit at {stage}"


@pytest.mark.parametrize(("stage", "kind"), TABLE, ids=lambda part: getattr(part, "value", None) or part.__name__)
def test_every_pair_of_the_table_is_of_use(stage: Stage, kind: type) -> None:
    by_voice = waiting().to_first_question().finish().hear("good").finish().visit
    visits = [one for one in (REACHED[stage]().visit, by_voice) if one.stage is stage]
    visits += [after for one in visits for event in all_events(one) if (after := step(one, event)[0]).stage is stage]
    changed = [
        event
        for visit in visits
        for event in all_events(visit)
        if type(event) is kind and step(visit, event)[0] != visit
    ]
    assert changed, f"no {kind.__name__} changes a visit at {stage}"


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.value)
def test_an_event_of_an_older_turn_changes_nothing_but_a_command_key_may(stage: Stage) -> None:
    visit = REACHED[stage]().visit
    for event in events_at(visit.turn - 1, visit.timer.number if visit.timer else 0):
        if isinstance(event, KeyPressed) and event.key not in {"green", "yellow", "red", "blue", "switch"}:
            continue
        if isinstance(event, KeyHeld):
            continue  # the press that it belongs to may have moved the visit on
        if not isinstance(event, DeviceLost | DeviceFound):
            assert step(visit, event) == (visit, ()), event


@pytest.mark.parametrize("stage", Stage, ids=lambda stage: stage.value)
def test_the_microphone_is_never_open_where_nothing_waits(stage: Stage) -> None:
    may_listen = {Stage.ASK, Stage.CONFIRM, Stage.SAID_BACK, Stage.RECORDING}
    visit = REACHED[stage]().visit
    for event in all_events(visit):
        after, _ = step(visit, event)
        assert not after.listening or after.stage in may_listen
        assert not (after.listening and after.speaking), "the kiosk would hear itself"


def test_the_table_names_only_what_exists() -> None:
    assert {stage for stage, _ in TABLE} == set(Stage) - {Stage.OVER}


# --- generated visits ----------------------------------------------------------------------------------------------

SETS = {
    "one": (question_set(),),
    "languages": (replace(question_set(), languages=("en", "cy")),),
    "two": (question_set(), question_set("food")),
    "private": (question_set(private=True, sensitive=True),),
}
SAYABLE = {
    name: {(line.words, line.language or spoken) for line, spoken in everything(sets, "en")}
    for name, sets in SETS.items()
}
"""What is rendered when the sets are loaded, each with the voice that says it."""

events = st.one_of(
    st.tuples(st.just("key"), st.sampled_from(KEYS), st.integers(0, 2)),
    st.tuples(st.just("hear"), st.sampled_from(["good", "bad", "okay", "noise", "1", "keep", ""]), st.booleans()),
    st.tuples(st.just("command"), st.sampled_from(list(Command)), st.booleans()),
    st.tuples(
        st.sampled_from(
            [
                "silence",
                "speech",
                "prompt",
                "time",
                "record",
                "nothing recorded",
                "lost",
                "found",
                "two",
                "held",
                "touched",
                "noisy",
                "no answer",
                "prompt heard",
                "headphones",
            ]
        ),
        st.none(),
        st.integers(0, 1),
    ),
)


PLAIN = {"silence": Silence, "two": TwoKeys, "held": KeyHeld, "touched": KeyTouched, "noisy": Noisy}


def event_of(visit: Visit, kind: str, what: object, more: int) -> Event:
    """One generated event, mostly of the visit's own turn."""
    turn = visit.turn - (more == 1 and kind not in {"hear", "command"})
    if kind in PLAIN:
        return PLAIN[kind](turn)
    match kind:
        case "key":
            return KeyPressed(str(what), visit.turn - (more == 2))
        case "hear":
            return Heard(visit.turn, answer=str(what) or None, sure=bool(more))
        case "command":
            assert isinstance(what, Command)
            return Heard(visit.turn, command=what, sure=bool(more))
        case "speech":
            return SpeechStarted(turn, 0.5 if more else None)
        case "no answer":
            return Heard(
                turn,
                miss=Miss.CLIPPED if more else Miss.TWO_ANSWERS,
                noisy=bool(more),
                talk=bool(more),
                pause_s=1.0 * more,
            )
        case "prompt heard":
            return PromptHeard(turn, 15.0 * more)
        case "prompt":
            return PromptFinished(turn)
        case "time":
            return TimePassed(turn, visit.timer.number if visit.timer else 0)
        case "record":
            return Recorded(turn, "voice-1.wav", 2.0)
        case "nothing recorded":
            return Recorded(turn, "voice-1.wav", 0.0)
        case "headphones":
            return DeviceFound(Device.HEADPHONES)
        case "lost":
            return DeviceLost(Device.MICROPHONE)
        case _:
            return DeviceFound(Device.MICROPHONE)


@settings(max_examples=400, deadline=None)
@given(
    which=st.sampled_from(sorted(SETS)),
    seed=st.integers(0, 2**32),
    switches=st.integers(0, 2),
    happenings=st.lists(st.tuples(events, st.booleans()), min_size=1, max_size=80),
)
def test_no_sequence_of_events_raises_or_loses_a_kept_answer(
    which: str, seed: int, switches: int, happenings: list[tuple[tuple[str, object, int], bool]]
) -> None:
    visit = Visit(sets=SETS[which], instance_id="uuid:1", seed=seed, rules=Rules(switches=switches))
    visit, _ = step(visit, KeyPressed("start", 0))
    for (kind, what, more), commits in happenings:
        event = event_of(visit, kind, what, more)
        visit = checked(visit, event, which)
        while visit.stage in {Stage.KEEPING, Stage.FINISHING, Stage.FORGETTING}:
            visit = checked(visit, Kept(visit.turn) if commits else KeepFailed(visit.turn), which)
        if visit.stage is Stage.HELP and not visit.speaking and visit.timer is None:
            visit = checked(visit, HelpAnswered(visit.turn, coming=commits), which)


def checked(before: Visit, event: Event, which: str) -> Visit:
    """One step, and everything that must be true after it."""
    after, effects = step(before, event)
    assert after.turn >= before.turn
    assert len(effects) <= 12
    for name, answer in before.answers.items():
        if after.answers.get(name) == answer:
            continue
        was_forgotten = before.stage is Stage.FORGETTING and isinstance(event, Kept)
        was_replaced = before.stage is Stage.KEEPING and isinstance(event, Kept) and before.pending is not None
        no_longer_relevant = name not in after.relevant_names(before.answers_with_pending)
        own = before.question is not None and before.question.name == name
        assert was_forgotten or (was_replaced and (own or no_longer_relevant)), f"{event} lost {name}"
    for name in after.answers.keys() - before.answers.keys():
        assert isinstance(event, Kept), f"{name} was taken for kept before it was"
    lines = [line for effect in effects if isinstance(effect, Say) for line in effect.lines if line.words]
    unprepared = {(line.words, line.language or after.language) for line in lines} - SAYABLE[which]
    assert not unprepared, "a prompt that was not rendered when the set was loaded"
    said_of = {line.words for line in lines}
    for effect in effects:
        match effect:
            case (
                Keep(turn) | Finish(turn, _) | Forget(turn) | Say(turn, _) | Listen(turn, _, _, _) | Record(turn, _, _)
            ):
                assert turn <= after.turn
            case Show(view):
                assert view.turn == after.turn
                names_it = view.screen.value in {"confirm", "said_back"} and any(tile.chosen for tile in view.tiles)
                private = after.asking is Asking.QUESTION and after.question is not None and after.question.private
                assert not (private and names_it), "a private answer is lit"
            case Adjust() | StopSaying() | StopListening() | _:
                pass
    claims = [words for words in said_of if words.startswith("You said")]
    own_question = before.asking is not Asking.QUESTION
    assert not claims or isinstance(event, Kept | KeyPressed) or own_question, "said back before it was kept"
    return after


@settings(max_examples=150, deadline=None)
@given(
    which=st.sampled_from(sorted(SETS)),
    seed=st.integers(0, 2**32),
    switches=st.integers(0, 2),
    keys=st.lists(st.sampled_from(KEYS), max_size=30),
)
def test_when_everybody_leaves_the_visit_comes_to_its_end_by_itself(
    which: str, seed: int, switches: int, keys: list[str]
) -> None:
    rules = Rules(switches=switches)
    driver = Driver(Visit(sets=SETS[which], instance_id="uuid:1", seed=seed, rules=rules)).key("start")
    for key in keys:
        driver.key(key)
    for _ in range(400 if driver.visit.switching else 40):
        if driver.visit.stage is Stage.OVER:
            return
        before = driver.visit
        driver.finish()
        if driver.visit.timer is not None:
            driver.time()
        assert driver.visit != before, f"nothing moves at {before.stage}"
    raise AssertionError(f"still at {driver.visit.stage}")


def test_a_generated_visit_notices_a_lost_answer() -> None:
    """The promise above can fail: a step that loses an answer is seen."""
    visit = waiting().to_first_question().key("green").visit
    robbed = replace(visit, answers={})
    assert visit.answers["home"].how is How.GIVEN
    assert robbed.answers.get("home") != visit.answers["home"]
