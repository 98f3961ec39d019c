"""Keys, time and sound in any order, through the runner: nobody is left with a kiosk that waits for ever."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rehearsed import YES_NO, sheets
from rig import CIRCUMSTANCES, ListeningEar, Rig, sealed_set

from kiosk import events
from kiosk.answer import By, How, Who
from kiosk.inbox import RehearsalInbox
from kiosk.keeping.keeper import Keeper
from kiosk.keeping.store import Role, Store
from kiosk.keys.edges import Down, FoundDown, Plugged, Unplugged, Up
from kiosk.keys.presses import LEAST_DOWN_S, Presses
from kiosk.ports import Ports
from kiosk.present import view_of
from kiosk.rehearsal import NoScreen, SilentVoice
from kiosk.runner import Midnight, Runner
from kiosk.settings import Input
from kiosk.state import Rules, Stage, Visit
from kiosk.view import ANSWER_KEYS, Command
from openrosa.question_set import QuestionSet
from voice import events as sound
from voice.decide import Outcome

SET = sheets(
    "home",
    [
        ["select_one yes_no", "lift", "Is the lift good?"],
        ["audio", "message", "Is there anything else?"],
        ["note", "middle", "Nearly there."],
        ["select_one yes_no", "lights", "Are the lights good?"],
    ],
    YES_NO,
)
LINE_S = 0.9
"""How long a line takes to be said."""
ASKS = frozenset({Stage.ASK, Stage.CONFIRM, Stage.SAID_BACK})
DAY_S = 24 * 3600.0
HOUSE = Rules(preset_who=Who("resident", "self"))
ANSWERED_BY = {"yes": "green", "no": "red"}


class SlowVoice(SilentVoice):
    """A voice that takes its time, and is silent at once when it is stopped: as a speaker, it then tells nothing."""

    def __init__(self, put: Callable[[Any], None], now_s: Callable[[], float]) -> None:
        super().__init__(put)
        self.coming: list[tuple[float, Any]] = []
        self.now_s = now_s
        self.there = True

    def say(self, turn: int, lines, language: str, messages: dict[str, bytes]) -> None:
        del language, messages
        self.said.extend(line.words for line in lines if line.words)
        if not self.there:
            self.coming = [(self.now_s() + 0.01, sound.SpeakerLost(turn, "pulled out"))]
            return
        starts = [(self.now_s() + LINE_S * number, sound.LineStarted(turn, number)) for number in range(len(lines))]
        self.coming = [*starts, (self.now_s() + LINE_S * len(lines), sound.PromptFinished(turn))]

    def stop(self) -> None:
        self.coming = []

    def pull_out(self) -> None:
        """What was being said is lost, a moment later."""
        self.there = False
        if self.coming:
            self.coming = [(self.now_s() + 0.01, sound.SpeakerLost(self.coming[-1][1].turn, "pulled out"))]


@dataclass
class Home:
    """A kiosk whose time passes, and hands that press its keys.

    Attributes:
        down: key and device of what is down, with when it went down.
        pressed: how often each answer key was down for long enough to be a finger.
        on_the_screen: presses of which only time and sound may make something: (key, turn).
        lost: those of them that came to the visit when it had gone on.
        kept: how often a key's answer was kept.
    """

    one: Rig
    voice: SlowVoice
    down: dict[tuple[str, str], float] = field(default_factory=dict)
    pressed: Counter[str] = field(default_factory=Counter)
    brief_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    kept: Counter[str] = field(default_factory=Counter)
    on_the_screen: set[tuple[str, int]] = field(default_factory=set)
    lost: list[tuple[str, int]] = field(default_factory=list)

    def told(self, visit, event) -> None:
        """Before each step of the visit."""
        match event:
            case events.KeyPressed(key, turn) if key in ANSWER_KEYS:
                if (key, turn) in self.on_the_screen and turn != visit.turn:
                    self.lost.append((key, turn))
                self.on_the_screen.discard((key, turn))
            case events.Kept() if visit.stage is Stage.KEEPING and visit.pending is not None:
                answer = visit.pending
                if answer.how is How.GIVEN and answer.by is By.KEY and answer.value in ANSWERED_BY:
                    self.kept[ANSWERED_BY[answer.value]] += 1

    def happen(self, happened: Any) -> None:
        self.one.happen(happened)

    def pass_time(self, seconds: float) -> None:
        """The runner's clocks and the voice, each at its time."""
        inbox, runner = self.one.inbox, self.one.runner
        until_s, rounds = inbox.now_s() + max(seconds, 0.0), 0
        while True:
            due_s, coming = runner._due_next_s(), self.voice.coming[:1]
            at_s = min([due_s] * (due_s is not None) + [at_s for at_s, _ in coming], default=None)
            if at_s is None or at_s > until_s:
                break
            inbox.take(at_s)
            if coming and coming[0][0] <= at_s:
                self.voice.coming.pop(0)
                self.happen(coming[0][1])
            else:
                runner._pass_time()
            while inbox._happened:
                runner.take(inbox.take(None))
            rounds += 1
            assert rounds < 20_000, "the runner waits for the same moment again and again"
        inbox.take(until_s)

    # --- what may happen ----------------------------------------------------------------------------------------------

    def press(self, key: str, device: str, late_s: float) -> None:
        """It goes down, or up again if it is down; the runner hears of it a moment later."""
        turn, at_s = self.one.screen.views[-1].turn, self.one.inbox.now_s()
        where = (key, device)
        since_s = self.down.pop(where, None)
        if since_s is None:
            self.down[where] = at_s
        else:
            self.was_down(key, at_s - since_s)
        self.pass_time(late_s)
        self.on_the_screen.clear()  # another key may well change what becomes of it
        if since_s is not None:
            self.happen(Up(key, device, at_s))
            return
        if self.one.visit.turn == turn and self.one.visit.stage in ASKS and key in ANSWER_KEYS:
            self.on_the_screen.add((key, turn))
        self.happen(Down(key, turn, at_s, device=device, has_up=True))

    def was_down(self, key: str, for_s: float) -> None:
        """What bounces within 50 ms is one press: short times add up, to a finger's at the most."""
        self.brief_s[key] += for_s
        if self.brief_s[key] >= LEAST_DOWN_S:
            self.pressed[key] += 1
            self.brief_s[key] = 0.0

    def tap(self, key: str, for_s: float) -> None:
        """A plain press."""
        self.press(key, "box", 0.0)
        self.pass_time(for_s)
        self.press(key, "box", 0.0)

    def listen_to_the_end(self) -> None:
        """Let it say what it says."""
        self.pass_time(max((at_s for at_s, _ in self.voice.coming), default=0.0) - self.one.inbox.now_s())

    def plug(self, device: str, *, there: bool) -> None:
        at_s = self.one.inbox.now_s()
        self.on_the_screen.clear()
        if there:
            self.happen(Plugged(device, at_s))
            for key, its in self.down:
                if its == device:
                    self.happen(FoundDown(key, device, at_s))
            return
        for key, its in list(self.down):
            if its == device:
                self.was_down(key, at_s - self.down.pop((key, its)))
        self.happen(Unplugged(device, at_s))

    def speaker(self, *, there: bool) -> None:
        if there:
            self.voice.there = True
        else:
            self.voice.pull_out()

    def sound(self, what: str) -> None:
        """From the ear, which is open as long as the visit says so."""
        turn = self.one.visit.turn
        match what:
            case "silence":
                self.happen(sound.Silence(turn))
            case "noisy":
                self.happen(sound.Noisy(turn))
            case "speech":
                self.happen(sound.SpeechStarted(turn))
            case "message":
                self.happen(sound.Recorded(turn, bytes(64_000)))
            case "sure" | "unsure":
                self.one.hear("answer:yes", Outcome.SURE if what == "sure" else Outcome.ASK)
            case "microphone lost":
                self.happen(sound.MicrophoneLost(turn, "pulled out"))
            case "microphone found":
                self.happen(sound.MicrophoneFound(turn))

    def headphones(self, *, there: bool) -> None:
        kind = events.DeviceFound if there else events.DeviceLost
        self.on_the_screen.clear()  # pulled out, the question comes again
        self.happen(kind(events.Device.HEADPHONES))

    def midnight(self) -> None:
        self.happen(Midnight())

    # --- the end ------------------------------------------------------------------------------------------------------

    def everybody_goes(self) -> None:
        """Nobody presses or says anything any more. What is down stays down: something lies on it."""
        for (key, _), since_s in self.down.items():
            self.was_down(key, self.one.inbox.now_s() + 1.0 - since_s)
        self.pass_time(DAY_S)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("kept"), Role.KIOSK) as one:
        yield one


@cache
def asked() -> tuple[QuestionSet, ...]:
    return (sealed_set(SET),)


def home(store: Store, rules: Rules, keys: Input) -> Home:
    """A kiosk at its waiting screen; the store is not made anew each time."""
    inbox, screen, ear, log, over = RehearsalInbox(), NoScreen(), ListeningEar(), [], []
    voice = SlowVoice(inbox.put, inbox.now_s)
    keeper = Keeper(store, lambda: CIRCUMSTANCES, allow_unsealed=False)

    def new_visit() -> Visit:
        return Visit(sets=asked(), instance_id=f"uuid:{uuid4()}", seed=0, language="en", rules=rules)

    def told(visit: Visit, event: events.Event) -> None:
        its.told(visit, event)

    runner = Runner(
        Ports(screen, voice, ear, keeper),
        inbox,
        new_visit,
        on_event=told,
        on_over=over.append,
        presses=Presses(keys),
    )
    its = Home(Rig(store, asked(), runner, inbox, screen, voice, ear, keeper, over, log), voice)
    runner.show(view_of(runner.visit))
    return its


KEYS = st.sampled_from(("green", "green", "green", "red", "red", "yellow", "blue", "start", "switch", "next"))
COMMANDS = st.sampled_from([command.value for command in Command])
DEVICES = st.sampled_from(("box", "box", "box", "other"))
LATE = st.sampled_from((0.0, 0.0, 0.0, 0.004, 0.012, 0.03))
PAUSES = st.sampled_from((0.001, 0.004, 0.012, 0.02, 0.04, 0.06, 0.1, 0.3, 0.9, 3.9, 19.97, 40.0))
PRESSED = st.sampled_from((0.008, 0.1, 0.1, 0.3, 1.5))
SOUNDS = ("silence", "noisy", "speech", "message", "sure", "unsure", "microphone lost", "microphone found")
HAPPENINGS = st.one_of(
    st.tuples(st.just("pass_time"), PAUSES),
    st.tuples(st.just("listen_to_the_end")),
    st.tuples(st.just("tap"), KEYS, PRESSED),
    st.tuples(st.just("press"), KEYS, DEVICES, LATE),
    st.tuples(st.just("press"), KEYS, DEVICES, LATE),
    st.tuples(st.just("press"), COMMANDS, DEVICES, LATE),
    st.tuples(st.just("sound"), st.sampled_from(SOUNDS)),
    st.tuples(st.just("speaker"), st.booleans()),
    st.tuples(st.just("plug"), DEVICES, st.booleans()),
    st.tuples(st.just("headphones"), st.booleans()),
    st.tuples(st.just("midnight")),
)
RULES = st.builds(
    lambda switches, asked_who, change_s: replace(
        HOUSE, switches=switches, preset_who=None if asked_who else HOUSE.preset_who, change_s=change_s
    ),
    st.sampled_from((0, 0, 1, 2)),
    st.booleans(),
    st.sampled_from((4.0, 1.0, 0.0)),
)
INPUTS = st.builds(
    lambda hold_s, two_s: msgspec.structs.replace(Input(), menu_hold_s=hold_s, two_keys_s=two_s),
    st.sampled_from((0.0, 1.0)),
    st.sampled_from((0.08, 0.0, 0.3)),
)
BY_NAME = {"speaker", "plug", "headphones"}
BEGINNING = (("press", "start", "box", 0.0), ("pass_time", 0.1), ("press", "start", "box", 0.0))


@given(st.lists(HAPPENINGS, max_size=40), RULES, INPUTS)
@settings(max_examples=300, deadline=None)
def test_whatever_happens_a_visit_ends_by_itself_no_press_is_lost_and_none_counts_twice(store, happenings, rules, keys):
    its = home(store, rules, keys)
    for name, *what in (*BEGINNING, *happenings):
        if name in BY_NAME:
            getattr(its, name)(*what[:-1], there=what[-1])
        else:
            getattr(its, name)(*what)
    its.everybody_goes()
    assert its.one.visit.stage is Stage.WAITING, "nobody is there, and the kiosk waits for ever"
    assert its.one.over, "the visit has come to its end"
    assert its.lost == [], "it was pressed at what was on the screen, and only time passed and people spoke"
    for key, times in its.kept.items():
        assert times <= its.pressed[key], f"{key} answered more often than a finger pressed it"


# --- what was found so, one by one ---------------------------------------------------------------------------------


@pytest.fixture
def at_the_lift(store) -> Home:
    """The first question was said, and is waited at."""
    its = home(store, HOUSE, Input())
    its.tap("start", 0.1)
    its.listen_to_the_end()
    assert its.one.visit.question.name == "lift"
    its.listen_to_the_end()
    return its


@pytest.mark.parametrize("key", ["green", "start", "explain", "louder", "switch"])
def test_a_key_that_changes_nothing_while_the_answer_is_said_back_does_not_stop_the_visit(at_the_lift, key):
    at_the_lift.tap("green", 0.2)
    assert at_the_lift.one.visit.stage is Stage.SAID_BACK
    at_the_lift.pass_time(0.1)
    assert at_the_lift.one.visit.speaking
    at_the_lift.tap(key, 0.2)
    at_the_lift.pass_time(10.0)
    assert at_the_lift.one.visit.question.name == "message", "it went on by itself"


@pytest.mark.parametrize("comes", ["silence", "noisy", "sure", "unsure"])
def test_an_answer_key_that_is_down_comes_before_what_the_ear_tells_meanwhile(at_the_lift, comes):
    at_the_lift.press("red", "box", 0.0)
    at_the_lift.pass_time(0.03)
    at_the_lift.sound(comes)
    at_the_lift.pass_time(0.1)
    assert at_the_lift.one.visit.answers["lift"].value == "no"


def test_an_answer_key_that_is_down_when_the_time_runs_out_still_answers(at_the_lift):
    timer_s = at_the_lift.one.runner._due_s
    at_the_lift.pass_time(timer_s - at_the_lift.one.inbox.now_s() - 0.03)
    at_the_lift.tap("red", 0.2)
    assert at_the_lift.one.visit.answers["lift"].value == "no"


def test_what_the_ear_told_is_taken_when_nothing_came_of_the_key(at_the_lift):
    at_the_lift.press("red", "box", 0.0)
    at_the_lift.sound("sure")
    at_the_lift.pass_time(0.008)
    at_the_lift.press("red", "box", 0.0)
    at_the_lift.pass_time(0.2)
    assert at_the_lift.one.visit.answers["lift"].value == "yes"


def test_a_shock_of_8_ms_is_no_answer_though_the_runner_hears_of_its_end_late(at_the_lift):
    at_the_lift.press("green", "box", 0.0)
    at_the_lift.pass_time(0.008)
    at_the_lift.press("green", "box", 0.03)
    at_the_lift.pass_time(1.0)
    assert not at_the_lift.one.visit.answers


def test_a_press_of_20_ms_is_one_though_the_runner_hears_of_its_beginning_late(at_the_lift):
    at_the_lift.press("green", "box", 0.0)
    at_the_lift.pass_time(0.02)
    at_the_lift.press("green", "box", 0.0)
    at_the_lift.pass_time(1.0)
    assert at_the_lift.one.visit.answers


def test_staff_are_told_of_a_key_when_it_is_stuck_and_when_it_trembles_no_more(store):
    its = home(store, HOUSE, Input())
    its.one.runner._line = lambda: " ".join(its.one.runner.faults) or "All well"
    its.press("again", "box", 0.0)
    its.pass_time(60.0)
    assert its.one.screen.views[-1].line == 'The again key of "box" is stuck.'
    its.press("again", "box", 0.0)
    assert its.one.screen.views[-1].line == "All well"
    for _ in range(12):
        its.tap("back", 0.02)
        its.pass_time(0.02)
    assert its.one.screen.views[-1].line == 'The back key of "box" trembles.'
    its.pass_time(60.0)
    assert its.one.screen.views[-1].line == "All well"
