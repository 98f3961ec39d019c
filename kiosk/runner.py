"""The only place where things happen: takes what happened out of one inbox, steps the visit, performs the effects.

Only the runner changes a visit. How one spoken answer flows, with no way back: microphone -> utterance -> interpreted
-> here -> step -> Keep, sealed and committed -> Say and Show -> the next question.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from kiosk import events
from kiosk.errors import KioskError
from kiosk.inbox import Inbox
from kiosk.interpret import meant
from kiosk.keeper import Keeper
from kiosk.present import view_of
from kiosk.prompts import reading_s
from kiosk.state import Stage, Visit
from kiosk.view import Command, ScreenName, View
from kiosk.visit import step
from openrosa.errors import OpenRosaError
from voice import events as sound
from voice.decide import Outcome

log = logging.getLogger(__name__)


class Screen(Protocol):
    """What the runner needs of a screen."""

    def show(self, view: View) -> None:
        """Put the whole of it up."""

    def light(self, key: str | None, words: str = "") -> None:
        """This tile, or the question, is being said now."""

    def level(self, dbfs: float) -> None:
        """How loud the microphone is."""

    def hush(self) -> None:
        """Nothing is being said any more: no tile is lit."""


class Speaking(Protocol):
    """What it needs of a voice. Answers with `voice.events`: LineStarted and PromptFinished."""

    def say(self, turn: int, lines: Sequence[events.Line], language: str, messages: dict[str, bytes]) -> None:
        """Say these lines, one after the other. `messages`: the sound of voice messages, by file name."""

    def stop(self) -> None:
        """Be quiet at once."""

    def adjust(self, command: Command) -> None:
        """Louder, quieter or slower."""

    def reset(self) -> None:
        """Back to the house's volume and speed."""


class Hearing(Protocol):
    """What it needs of an ear. Answers with `voice.events`."""

    def listen(self, turn: int, meanings: dict[str, str], silence_s: float) -> None:
        """Open the microphone for an answer."""

    def record(self, turn: int, silence_s: float, max_s: float) -> None:
        """Open it for a voice message."""

    def finish(self) -> None:
        """Close it; a message being recorded ends with Recorded."""

    def stop(self) -> None:
        """Close it; nothing follows."""


@dataclass(frozen=True)
class Closed:
    """Put into the inbox to end the run."""


@dataclass
class Ports:
    """Everything the runner acts on."""

    screen: Screen
    speaking: Speaking
    hearing: Hearing
    keeper: Keeper
    call_help: Callable[[], bool] = lambda: False
    """Call somebody; False where nobody can be called."""


class Runner:
    """Runs one visit after the other.

    Args:
        ports: what to act on.
        inbox: where everything that happens arrives, and the clock.
        new_visit: makes the next visit, its instance id included.
        on_event: told every event before it is stepped; `rehearse` and the tests write it down, a kiosk never does.
        on_over: told when a visit is over, with the visit.
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
    ) -> None:
        self._ports = ports
        self._inbox = inbox
        self._new_visit = new_visit
        self._on_event = on_event
        self._on_over = on_over
        self._line = line
        self._messages: dict[str, bytes] = {}
        self._captions: tuple[events.Line, ...] = ()
        self._due_s: float | None = None
        self._read_until_s: float | None = None
        self.visit = new_visit()

    def run(self) -> None:
        """Until Closed comes, or, in a rehearsal, nothing more can happen."""
        self.show(view_of(self.visit))
        while True:
            happened = self._inbox.take(self._read_until_s if self._due_s is None else self._due_s)
            if isinstance(happened, Closed):
                self._ports.speaking.stop()
                self._ports.hearing.stop()
                return
            if happened is None:
                happened = self._what_is_due()
            if happened is None:
                return
            self.take(happened)

    def _what_is_due(self) -> events.TimePassed | events.PromptFinished | None:
        """Which clock ran out: the visit's, or that of a prompt which nobody can hear. None: neither was on."""
        timer = self.visit.timer
        if self._due_s is not None and timer is not None:
            self._due_s = None
            return events.TimePassed(self.visit.turn, timer.number)
        if self._read_until_s is not None:
            self._read_until_s = None
            return events.PromptFinished(self.visit.turn)
        return None

    def take(self, happened: Any) -> None:
        """One thing that happened: a visit's event, or sound's."""
        match happened:
            case sound.Level(turn, dbfs):
                if turn == self.visit.turn:
                    self._ports.screen.level(dbfs)
            case sound.LineStarted(turn, index):
                if turn == self.visit.turn and index < len(self._captions):
                    self._ports.screen.light(self._captions[index].tile, self._captions[index].words)
            case _:
                for event in self._events_of(happened):
                    if isinstance(event, events.PromptFinished) and event.turn == self.visit.turn:
                        self._ports.screen.hush()
                    self._step(event)
                    if self.visit.stage is Stage.WAITING and isinstance(event, events.DeviceFound | events.DeviceLost):
                        self.show(view_of(self.visit))  # the line for staff may be another one now

    def show(self, view: View) -> None:
        """On the waiting screen with the one line for staff."""
        if view.screen is ScreenName.WAITING and self._line is not None:
            view = replace(view, line=self._line())
        self._ports.screen.show(view)

    def _events_of(self, happened: Any) -> tuple[events.Event, ...]:
        """Sound's event as the visit knows it."""
        match happened:
            case sound.Heard(turn, _, decision):
                answer, command = meant(decision.meaning)
                if decision.outcome is Outcome.NO_MATCH:
                    answer = command = None
                return (events.Heard(turn, answer, command, sure=decision.outcome is Outcome.SURE),)
            case sound.SpeechStarted(turn):
                return (events.SpeechStarted(turn),)
            case sound.Noisy(turn):
                return (events.Noisy(turn),)
            case sound.Silence(turn):
                return (events.Silence(turn),)
            case sound.PromptFinished(turn):
                return (events.PromptFinished(turn),)
            case sound.Recorded(turn, pcm):
                return (self._message(turn, pcm),)
            case sound.MicrophoneLost(_, reason):
                log.warning("microphone lost: %s", reason)
                return (events.DeviceLost(events.Device.MICROPHONE),)
            case sound.MicrophoneFound():
                return (events.DeviceFound(events.Device.MICROPHONE),)
            case sound.SpeakerLost(turn, reason):
                log.warning("speaker lost: %s", reason)
                if turn == self.visit.turn:
                    self._read_until_s = self._inbox.now_s() + reading_s(self._captions)
                return (events.DeviceLost(events.Device.SPEAKER),)
            case sound.Listening():
                return ()
            case _:
                return (happened,)

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
                self._captions, self._read_until_s = lines, None
                ports.speaking.say(turn, lines, self.visit.language, self._messages)
            case events.StopSaying():
                self._read_until_s = None
                ports.speaking.stop()
                ports.screen.hush()
            case events.Listen(turn, meanings, silence_s):
                ports.hearing.listen(turn, dict(meanings), silence_s)
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
        try:
            self._ports.keeper.close_open()  # one that could not be finished waits in the outbox as it is
        except KioskError as error:
            log.error("%s", error)  # noqa: TRY400  as above
        if self._on_over is not None:
            self._on_over(over)
        self.visit = replace(self._new_visit(), turn=over.turn + 1)
        self.show(view_of(self.visit))
        if over.another:
            self._step(events.KeyPressed("start", self.visit.turn))
