"""The only place where things happen: takes what happened out of one inbox, steps the visit, performs the effects.

Only the runner changes a visit. How one spoken answer flows, with no way back: microphone -> utterance -> interpreted
-> here -> step -> Keep, sealed and committed -> Say and Show -> the next question.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from kiosk import events
from kiosk.errors import KioskError
from kiosk.foresee import next_views
from kiosk.inbox import Inbox, SetsChanged, StoreChanged
from kiosk.keys.edges import Down, Edge, FoundDown, Plugged, Unplugged, Up
from kiosk.keys.presses import Presses
from kiosk.ports import Ports
from kiosk.present import view_of
from kiosk.saying.prompts import reading_s
from kiosk.settings import Input
from kiosk.state import Stage, Visit
from kiosk.told import event_of
from kiosk.view import ScreenName, View
from kiosk.visit import step
from openrosa.errors import OpenRosaError
from voice import events as sound
from voice.noise_floor import as_in_a_quiet_room

log = logging.getLogger(__name__)

_HUSHED = frozenset({Stage.ASK, Stage.CONFIRM, Stage.SAID_BACK})
"""Here speech stops when a key goes down."""
_WAITS_FOR_KEYS = events.TimePassed | events.Silence | events.Noisy | events.Heard | events.PromptHeard
"""What would put something else under a finger: it waits until it is known what becomes of the key that is down."""


@dataclass(frozen=True)
class Closed:
    """Put into the inbox to end the run."""


@dataclass(frozen=True)
class Midnight:
    """Put into the inbox when a day is over: staff are told the state as of then."""


class Runner:
    """Runs one visit after the other.

    Args:
        ports: what to act on.
        inbox: where everything that happens arrives, and the clock.
        new_visit: makes the next visit, its instance id included.
        on_event: told every event before it is stepped; `rehearse` and the tests write it down, a kiosk never does.
        on_over: told when a visit is over, with the visit.
        line: the one line for staff on the waiting screen.
        presses: what of the keys' ups and downs is a press.
    """

    def __init__(
        self,
        ports: Ports,
        inbox: Inbox,
        new_visit: Callable[[], Visit],
        *,
        on_event: Callable[[Visit, events.Event], None] | None = None,
        on_over: Callable[[Visit], None] | None = None,
        line: Callable[[], str] | None = None,
        presses: Presses | None = None,
    ) -> None:
        self._ports = ports
        self._inbox = inbox
        self._new_visit = new_visit
        self._on_event = on_event
        self._on_over = on_over
        self._line = line
        self._presses = presses or Presses(Input())
        self._messages: dict[str, bytes] = {}
        self._captions: tuple[events.Line, ...] = ()
        self._due_s: float | None = None
        self._to_read: deque[tuple[float, int]] = deque()
        self._hushed: int | None = None
        self._held_back: list[events.Event] = []
        self.visit = new_visit()

    @property
    def idle(self) -> bool:
        """Whether nobody is there: no visit has begun, and staff are not at their screen. Asked from any thread."""
        return self.visit.stage is Stage.WAITING and not self._ports.desk.active

    def run(self) -> None:
        """Until Closed comes, or, in a rehearsal, nothing more can happen."""
        self.show(view_of(self.visit))
        while True:
            happened = self._inbox.take(self._due_next_s())
            if isinstance(happened, Closed):
                self._ports.speaking.stop()
                self._ports.hearing.stop()
                return
            if happened is not None:
                self.take(happened)
            elif not self._pass_time():
                return

    def _due_next_s(self) -> float | None:
        """When the next clock runs out; None: none is on."""
        read_s = self._to_read[0][0] if self._to_read else None
        clocks = (self._due_s, read_s, self._presses.due_s, self._ports.desk.due_s)
        return min((at_s for at_s in clocks if at_s is not None), default=None)

    def _pass_time(self) -> bool:
        """Whichever clock ran out: keys', staff's, the visit's, or that of a prompt which nobody can hear.

        Returns: False when none was on.
        """
        now_s, desk = self._inbox.now_s(), self._ports.desk
        if self._due_next_s() is None:
            return False
        faults = self._presses.faults
        self._take_presses(self._presses.pass_time(now_s))
        if faults != self._presses.faults:
            self._waiting_again()
        if desk.due_s is not None and desk.due_s <= now_s:
            view = desk.pass_time(now_s)
            if view is not None:
                self._ports.screen.show(replace(view, turn=self.visit.turn))
            elif not desk.active:
                self.show(view_of(self.visit))
        timer = self.visit.timer
        if self._due_s is not None and self._due_s <= now_s and timer is not None:
            self._due_s = None
            self._take_event(events.TimePassed(self.visit.turn, timer.number))
        elif self._to_read and self._to_read[0][0] <= now_s:
            self._read_on(self._to_read.popleft()[1])
        return True

    def _read_on(self, index: int) -> None:
        """What nobody can hear stands on the screen for as long as it takes to read, line by line."""
        if index < len(self._captions):
            self.take(sound.LineStarted(self.visit.turn, index))
        else:
            self._take_event(events.PromptFinished(self.visit.turn))

    def take(self, happened: Any) -> None:
        """One thing that happened: a visit's event, or sound's."""
        match happened:
            case sound.Level(turn, dbfs, floor_dbfs):
                if turn == self.visit.turn:
                    self._ports.screen.level(as_in_a_quiet_room(dbfs, floor_dbfs))
            case sound.LineStarted(turn, index):
                if turn == self.visit.turn and index < len(self._captions):
                    self._ports.screen.light(self._captions[index].tile, self._captions[index].words)
            case Down() | Up() | FoundDown() | Plugged() | Unplugged() as edge:
                self._take_edge(edge)
            case Midnight():
                self._waiting_again()
            case StoreChanged() | SetsChanged():
                if self.visit.stage is Stage.WAITING and not self._ports.desk.active:
                    self._begin_anew()
            case _:
                event = self._event_of(happened)
                if event is not None:
                    self._take_event(event)

    def _take_edge(self, edge: Edge) -> None:
        """A key went down or up. Speech stops before it is known what becomes of it; a visit can wait for that."""
        faults = self._presses.faults
        happened, visit = self._presses.take(edge), self.visit
        if isinstance(edge, Down) and self._presses.touched and edge.turn == visit.turn and visit.stage in _HUSHED:
            self._to_read.clear()
            self._ports.speaking.stop()
            self._ports.screen.hush()
            self._hushed = visit.turn
        self._take_presses(happened)
        if faults != self._presses.faults or isinstance(edge, Plugged | Unplugged):
            self._waiting_again()

    def _take_presses(self, happened: tuple[events.Event, ...]) -> None:
        """What became of keys. Speech that they stopped, and that nothing came of, has ended; then what had to wait."""
        for event in happened:
            self._take_event(event)
        if self._presses.pending:
            return
        if self._hushed == self.visit.turn and self.visit.speaking:
            self._take_event(events.PromptFinished(self.visit.turn))
        self._hushed = None
        held_back, self._held_back = self._held_back, []
        for event in held_back:
            self._take_event(event)

    def _take_event(self, event: events.Event) -> None:
        """One event of the visit; while nobody is there a key may be staff's."""
        if isinstance(event, _WAITS_FOR_KEYS) and self._presses.pending:
            self._held_back.append(event)
            return
        desk = self._ports.desk
        if desk.active and isinstance(event, events.TwoKeys | events.KeyHeld | events.KeyTouched):
            return
        if isinstance(event, events.KeyPressed) and (desk.active or self.visit.stage is Stage.WAITING):
            taken = desk.take(event.key, self._inbox.now_s())
            if taken.view is not None:
                self._ports.screen.show(replace(taken.view, turn=self.visit.turn))
            elif taken.used and not desk.active:
                self.show(view_of(self.visit))
            if taken.used:
                return
        if isinstance(event, events.PromptFinished) and event.turn == self.visit.turn:
            self._ports.screen.hush()
        self._step(event)
        if isinstance(event, events.DeviceFound | events.DeviceLost | events.HoursChanged):
            self._waiting_again()

    def _waiting_again(self) -> None:
        """On the waiting screen the line for staff may be another one now."""
        if self.visit.stage is Stage.WAITING and not self._ports.desk.active:
            self.show(view_of(self.visit))

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong with keys, in sentences for staff."""
        return self._presses.faults

    def show(self, view: View) -> None:
        """On the waiting screen with the one line for staff."""
        if view.screen in {ScreenName.WAITING, ScreenName.OUT_OF_ORDER, ScreenName.CLOSED} and self._line is not None:
            view = replace(view, line=self._line())
        self._ports.screen.show(view)
        self._ports.screen.expect(next_views(self.visit))

    def _event_of(self, happened: Any) -> events.Event | None:
        """As the visit knows it; a voice message stays here, and what can't be heard is given time to be read."""
        match happened:
            case sound.Recorded(turn, pcm):
                return self._message(turn, pcm)
            case sound.SpeakerLost(turn, _) if turn == self.visit.turn:
                times_s = accumulate((reading_s((line,)) for line in self._captions), initial=self._inbox.now_s())
                self._to_read = deque((at_s, index) for index, at_s in enumerate(times_s))
        return event_of(happened)

    def _message(self, turn: int, pcm: bytes) -> events.Recorded:
        """A voice message stays in memory to the end of the visit.

        Its name tells nothing but the visit's id, which is chance: servers put the files of all visits into one folder.
        """
        name = f"{self.visit.instance_id.removeprefix('uuid:')}-voice-{len(self._messages) + 1}.wav"
        duration_s = len(pcm) / 32_000  # 16-bit mono at 16,000 Hz
        if pcm and turn == self.visit.turn:
            self._messages[name] = pcm
        return events.Recorded(turn, name, duration_s)

    def _step(self, event: events.Event) -> None:
        """Step, perform, and hear at once what the store says: nothing comes between keeping and its outcome."""
        if self._on_event is not None:
            self._on_event(self.visit, event)
        before = self.visit.timer
        self.visit, effects = step(self.visit, event)
        if self.visit.timer is not before:
            timer = self.visit.timer
            self._due_s = None if timer is None else self._inbox.now_s() + timer.delay_s
        stored = [word for effect in effects if (word := self._perform(effect)) is not None]
        for word in stored:
            self._step(word)
        if self.visit.stage is Stage.OVER:
            self._begin_anew()

    def _perform(self, effect: events.Effect) -> events.Kept | events.KeepFailed | events.HelpAnswered | None:
        """One effect; the store's word, or the helper's, where it was asked."""
        ports = self._ports
        match effect:
            case events.Say(turn, lines):
                self._captions = lines
                self._to_read.clear()
                ports.speaking.say(turn, lines, self.visit.language, self._messages)
            case events.StopSaying():
                self._to_read.clear()
                ports.speaking.stop()
                ports.screen.hush()
            case events.Listen(turn, meanings, silence_s, pause_s):
                said = " ".join(line.words for line in self._captions if line.words)
                ports.hearing.listen(turn, dict(meanings), silence_s, pause_s=pause_s, said=said)
            case events.Record(turn, silence_s, max_s):
                ports.hearing.record(turn, silence_s, max_s)
            case events.StopListening():
                if self.visit.stage is Stage.RECORDING:
                    ports.hearing.finish()
                else:
                    ports.hearing.stop()
            case events.Show(view):
                if self.visit.stage is not Stage.OVER:  # the next visit shows its own first screen
                    self.show(view)
            case events.Adjust(command):
                ports.speaking.adjust(command)
            case events.CallHelp(turn):
                return events.HelpAnswered(turn, ports.call_help())
            case events.Keep(turn):
                return self._store(turn, lambda: ports.keeper.keep(self.visit, self._messages))
            case events.Finish(turn, complete):
                return self._store(turn, lambda: ports.keeper.finish(self.visit, self._messages, complete=complete))
            case events.Forget(turn):
                word = self._store(turn, lambda: ports.keeper.forget(self.visit))
                if isinstance(word, events.Kept):
                    self._messages.clear()
                return word
        return None

    def _store(self, turn: int, work: Callable[[], None]) -> events.Kept | events.KeepFailed:
        """Do it; what failed is for staff to read, never for the log to tell whose words it was about."""
        try:
            work()
        except (KioskError, OpenRosaError) as error:
            log.error("%s", error)  # noqa: TRY400  a sentence for staff; a trace would hold no more that helps them
            return events.KeepFailed(turn)
        return events.Kept(turn)

    def _begin_anew(self) -> None:
        """The visit is over: nothing of it stays in memory, and the house's settings come back."""
        over = self.visit
        self._messages.clear()
        self._captions = ()
        self._due_s = None
        self._ports.speaking.reset()
        self._ports.speaking.look()
        try:
            self._ports.keeper.close_open()  # one that could not be finished waits in the outbox as it is
        except KioskError as error:
            log.error("%s", error)  # noqa: TRY400  as above
        if self._on_over is not None:
            self._on_over(over)
        self.visit = replace(self._new_visit(), turn=over.turn + 1)
        if over.another:  # which was offered, and accepted
            self.visit = replace(self.visit, closed=False)
        self.show(view_of(self.visit))
        if over.another:
            self._step(events.KeyPressed("start", self.visit.turn))
