"""Listening on a thread of its own, one listening at a time.

The stream is opened for each listening and closed at its end: the microphone is open only while a question waits (rule
1 of asking), and the operating system's own sign for "in use" tells the truth. Opening takes a moment, which is why
`Listening` is sent when the first sound has come.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from voice.engine import Engine
from voice.errors import VoiceError
from voice.events import HearingEvent, MicrophoneLost
from voice.hear import Controls, Task, hear
from voice.noise_floor import NoiseFloor
from voice.segment import VOICE_MESSAGE, Limits
from voice.source import SourceFactory


@dataclass(frozen=True)
class _Order:
    """One listening asked for, and the two ways to end it."""

    task: Task
    stopped: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)


class Listener:
    """Listens when asked to.

    Args:
        source_factory: a new source for each listening, such as `lambda: Microphone(name)`.
        engine: recognises on the listener's thread.
        on_event: told everything, on the listener's thread; should only put it into a queue.
        limits: when speech begins and ends; `silence_s` comes with each listening.
        message_limits: the same for voice messages.
    """

    def __init__(
        self,
        source_factory: SourceFactory,
        engine: Engine,
        on_event: Callable[[HearingEvent], None],
        *,
        limits: Limits | None = None,
        message_limits: Limits = VOICE_MESSAGE,
    ) -> None:
        self._source_factory = source_factory
        self._engine = engine
        self._on_event = on_event
        self._limits = limits or Limits()
        self._message_limits = message_limits
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._current: _Order | None = None
        self._lost = False
        self._floor = NoiseFloor()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def listen(
        self, turn: int, meanings: Mapping[str, str], silence_s: float, *, pause_s: float | None = None, said: str = ""
    ) -> None:
        """Listen for an answer; what was being listened for before is stopped.

        Args:
            turn: every event carries it.
            meanings: allowed phrases, lower-case, to labels. Phrases that the engine can't hear are no harm.
            silence_s: without speech for this long: Silence.
            pause_s: the person's own pause, where it is known to be longer than `limits` has it.
            said: what the kiosk last said.
        """
        limits = replace(patient(self._limits, pause_s), silence_s=silence_s)
        self._start(Task(turn, limits, dict(meanings), said))

    def record(self, turn: int, silence_s: float | None = None, max_s: float | None = None) -> None:
        """Record a voice message; what was being listened for before is stopped.

        Args:
            turn: every event carries it.
            silence_s: this much silence ends it, and nobody speaking for that long is Silence. Default 8 s.
            max_s: cut off here. Default 2 minutes.
        """
        limits = self._message_limits
        silence = limits.endpoint_s if silence_s is None else silence_s
        longest = limits.longest_s if max_s is None else max_s
        self._start(Task(turn, replace(limits, silence_s=silence, endpoint_s=silence, longest_s=longest), None))

    def finish(self) -> None:
        """End now with what there is: Recorded or Heard follows, or Silence when nobody had begun."""
        with self._lock:
            if self._current is not None:
                self._current.finished.set()

    def stop(self) -> None:
        """End now and forget it; returns at once. An event already on its way may still come: it has an older turn."""
        with self._lock:
            if self._current is not None:
                self._current.stopped.set()
                self._current = None

    def close(self) -> None:
        """Stop, and end the thread."""
        self.stop()
        self._orders.put(None)
        self._thread.join()

    def _start(self, task: Task) -> None:
        order = _Order(task)
        with self._lock:
            if self._current is not None:
                self._current.stopped.set()
            self._current = order
        self._orders.put(order)

    def _run(self) -> None:
        while (order := self._orders.get()) is not None:
            if order.stopped.is_set():
                continue
            controls = Controls(order.stopped.is_set, order.finished.is_set, was_lost=self._lost)
            try:
                source = self._source_factory()
            except VoiceError as error:
                self._lost, self._floor = True, NoiseFloor()
                self._on_event(MicrophoneLost(order.task.turn, str(error)))
                continue
            self._lost = not hear(source, self._engine, order.task, self._on_event, controls, self._floor)
            if self._lost:
                self._floor = NoiseFloor()  # the next one may be another microphone


def patient(limits: Limits, pause_s: float | None) -> Limits:
    """The same for a person whose own pause is longer: a third of it where a clear answer would be taken sooner.

    Args:
        limits: the house's.
        pause_s: how long this person may pause in what they say; None, or less than the house's: the house's.
    """
    if pause_s is None or pause_s <= limits.endpoint_s:
        return limits
    return replace(limits, endpoint_s=pause_s, early_s=max(limits.early_s, pause_s / 3))
