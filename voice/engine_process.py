"""An engine in a process of its own: when it crashes or stalls, the kiosk goes on and the engine is started again.

Recognisers are large C and C++ libraries; a fault in one ends the process that it runs in, and none can be interrupted.
So the engine has a process, which gets each utterance over a socket and sends back what it made of it. One thread
starts that process, waits for its end, and starts the next after a pause that grows from 1 s to 60 s.

The process is started anew by the interpreter, not forked: it inherits no database, no sound card, no socket but its
own line, and not the terminal. Stopping is killing: the engine keeps nothing.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from voice.engine_line import LineEnded, Worker
from voice.engine_timing import LONGEST_PAUSE_S, Timing, pause_s
from voice.errors import EngineGone, VoiceError
from voice.utterance import Utterance
from voice.weights import Weights

WORKER = (sys.executable, "-m", "voice.engine_worker")
_WORDS_WITHIN_S = 30.0
_BYTES_A_SECOND = 32_000
"""As in `voice.audio`, which would bring libraries for files of sound along."""


@dataclass(frozen=True)
class EngineReady:
    """The engine is loaded, for the first time or again."""


@dataclass(frozen=True)
class EngineLost:
    """Its process has ended, or was ended because it did not answer; another is started after a pause.

    Attributes:
        reason: a sentence for staff; nothing of what was said.
        in_a_row: how often it was lost without having run for a minute in between.
    """

    reason: str
    in_a_row: int


@dataclass(frozen=True)
class EngineRefused:
    """It can't be had as it is configured; nothing is tried again."""

    error: VoiceError


EngineChange = EngineReady | EngineLost | EngineRefused


class EngineProcess:
    """An `Engine` whose recogniser runs in a process of its own, looked after until `close`.

    `start` returns at once; `on_change` tells when the engine is loaded. What is asked before that, or while there is
    none, raises EngineGone.

    Args:
        name, language, models_dir: as for `voice.engines.open_engine`.
        on_change: told what became of it, on a thread of its own; must not raise. May ask the engine when it is ready.
        timing: how long things may take, and the clock.
        command: the process; it gets the number of its end of the line as one more argument.
    """

    def __init__(
        self,
        name: str,
        language: str,
        models_dir: Path,
        *,
        on_change: Callable[[EngineChange], None] = lambda _change: None,
        timing: Timing | None = None,
        command: Sequence[str] = WORKER,
    ) -> None:
        self._job = (name, language, models_dir.resolve())
        self._on_change = on_change
        self._timing = timing or Timing()
        self._command = tuple(command)
        self._asking = threading.Lock()
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._worker: Worker | None = None
        self._is_ready = False
        self._refused: VoiceError | None = None
        self._reason = "it is still being loaded"
        self.name = name
        self.model = ""
        self.weights: Weights | None = None
        """These are the loaded engine's once it has been ready."""
        self._thread = threading.Thread(target=self._look_after, name="engine process", daemon=True)

    def start(self) -> None:
        """Begin to load it; once."""
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether it can recognise now."""
        return self._is_ready

    @property
    def pid(self) -> int | None:
        """The number of its process, for measuring; None while there is none."""
        worker = self._worker
        return worker.pid if worker else None

    def wait_until_ready(self, within_s: float) -> None:
        """Wait for the engine.

        Raises:
            VoiceError: it can't be had as it is configured.
            EngineGone: it was not loaded in that time.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_ready or self._refused or self._closed.is_set(), within_s)
            if self._refused is not None:
                raise self._refused
            if not self._is_ready:
                raise self._gone()

    def unknown_words(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """See `Engine`. Raises: EngineGone."""
        words: tuple[str, ...] = self._ask(("unknown_words", tuple(phrases)), _WORDS_WITHIN_S)
        return words

    def recognise(self, turn: int, pcm: bytes, meanings: Mapping[str, str]) -> Utterance:
        """See `Engine`.

        Raises:
            EngineGone: the process crashed over it, did not answer in the time that `Timing.answer_s` gives, or there
                is none just now.
        """
        within_s = self._timing.answer_s(len(pcm) / _BYTES_A_SECOND)
        heard: Utterance = self._ask(("recognise", turn, pcm, dict(meanings)), within_s)
        return heard

    def close(self) -> None:
        """End the process, and what looks after it."""
        with self._changed:
            self._closed.set()
            self._changed.notify_all()
            if self._worker is not None:
                self._worker.kill()
        if self._thread.ident is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def _ask(self, asked: tuple[Any, ...], within_s: float) -> Any:
        with self._asking:
            worker = self._worker
            if worker is None or not self._is_ready:
                raise self._gone()
            try:
                answer = worker.ask(asked, within_s)
            except LineEnded as error:
                self._reason = str(error)
                raise self._gone() from error
        match answer:
            case ("done", result):
                return result
            case ("refused", op, subject, hint):
                raise VoiceError(op, subject, hint)
        worker.kill()
        raise self._gone()

    def _gone(self) -> EngineGone:
        hint = "It is started again by itself; until then answer by key."
        return EngineGone("Cannot recognise speech", f"with '{self.name}': {self._reason}", hint)

    def _look_after(self) -> None:
        """Start it, wait for its end, again and again.

        The kernel ends the process when the thread that started it ends: this one, which therefore lasts.
        """
        in_a_row = 0
        while not self._closed.is_set():
            began_s = self._timing.now_s()
            self._reason = self._live_once()
            if self._closed.is_set() or self._refused is not None:
                break
            in_a_row = 1 if self._timing.now_s() - began_s >= LONGEST_PAUSE_S else in_a_row + 1
            self._on_change(EngineLost(self._reason, in_a_row))
            self._timing.wait(self._closed, pause_s(in_a_row))
        if self._refused is not None:
            self._on_change(EngineRefused(self._refused))

    def _live_once(self) -> str:
        """One process from its start to its end. Returns: why it ended."""
        try:
            worker = Worker(self._command)
        except OSError as error:
            return f"its process can't be started ({error.strerror})"
        with self._changed:
            self._worker = worker
            if self._closed.is_set():
                worker.kill()
        try:
            if self._load(worker):
                self._on_change(EngineReady())
            else:
                worker.kill()
            return worker.wait()
        except LineEnded as error:
            return str(error)
        finally:
            with self._changed:
                self._worker, self._is_ready = None, False
                self._changed.notify_all()
            worker.kill()
            with self._asking:  # whoever is asking is told at once; a line is not closed under somebody's hands
                worker.close()

    def _load(self, worker: Worker) -> bool:
        """Whether the engine is loaded. Raises: LineEnded."""
        answer = worker.ask(self._job, self._timing.load_s)
        with self._changed:
            match answer:
                case ("ready", name, model, weights):
                    self.name, self.model, self.weights, self._is_ready = name, model, weights, True
                case ("refused", op, subject, hint) if not self.model:
                    self._refused = VoiceError(op, subject, hint)
                case ("refused", op, subject, _):
                    worker.reason = f"{op} {subject}"  # it was there before: it may come back
            self._changed.notify_all()
            return self._is_ready
