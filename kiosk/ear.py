"""The kiosk's hearing: it comes when its engine is loaded, beside the waiting screen; until then visits go by keys.

The engine has a process of its own, which may be lost and come back: in between visits go by keys again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from kiosk.events import Device, DeviceFound, DeviceLost
from kiosk.interpret import meanings
from kiosk.ports import Hearing
from kiosk.rehearsal import DeafEar
from kiosk.settings import Config
from kiosk.staff.status import CALL
from openrosa.question_set import QuestionSet
from voice.engine import Engine
from voice.engine_process import EngineChange, EngineLost, EngineProcess, EngineReady, EngineRefused
from voice.engine_timing import Timing
from voice.errors import EngineGone
from voice.listener import Listener
from voice.microphone import Microphone
from voice.segment import Limits
from voice.source import SourceFactory

log = logging.getLogger(__name__)

LOST_TOO_OFTEN = 3
"""In a row: somebody should look. Once or twice is mended by itself before anybody could."""


class Ear:
    """Hearing that comes when its engine is loaded; deaf until then, and again while the engine is lost.

    Args:
        config: the house's.
        put: where everything that happens goes: `Health.told`.
        source: where sound comes from; the house's microphone if None.
        timing: of the engine's process.
    """

    def __init__(
        self,
        config: Config,
        put: Callable[[Any], None],
        source: SourceFactory | None = None,
        timing: Timing | None = None,
    ) -> None:
        self._config = config
        self._put = put
        self._source = source or (lambda: Microphone(config.voice.microphone, put))
        self._timing = timing
        self._hearing: Hearing = DeafEar()
        self._listener: Listener | None = None
        self._process: EngineProcess | None = None
        self.engine: Engine | None = None
        """Once it has been loaded."""
        self.problem = ""

    @property
    def ready(self) -> bool:
        """Whether there is an engine to hear with just now."""
        return self._listener is not None and self._process is not None and self._process.ready

    def load(self, sets: tuple[QuestionSet, ...]) -> None:
        """Begin to load the engine, in a process of its own. What is wrong is kept as `problem`."""
        voice = self._config.voice
        if voice.engine == "none":
            return
        process = EngineProcess(
            voice.engine,
            voice.language,
            voice.models_dir,
            on_change=lambda change: self._engine_is(change, process, sets),
            timing=self._timing,
        )
        self._process = process
        process.start()

    def _engine_is(self, change: EngineChange, engine: EngineProcess, sets: tuple[QuestionSet, ...]) -> None:
        """On the thread that looks after the engine's process."""
        match change:
            case EngineReady():
                self.problem = ""
                if self._listener is None:
                    self._begin(engine, sets)
                self._put(DeviceFound(Device.MICROPHONE))
            case EngineLost(reason, in_a_row):
                log.warning("the speech engine was lost, %d in a row: %s", in_a_row, reason)
                if in_a_row >= LOST_TOO_OFTEN:
                    self.problem = f"Hearing stops again and again; the keys still work. {CALL}"
                self._put(change)
            case EngineRefused(error):
                self.problem = str(error)
                log.error("%s", error)
                self._put(DeviceLost(Device.MICROPHONE))

    def _begin(self, engine: EngineProcess, sets: tuple[QuestionSet, ...]) -> None:
        """The first time that it is loaded."""
        self.engine = engine
        with suppress(EngineGone):  # it was lost again already, which is told next
            unknown = engine.unknown_words(phrases_of(sets, self._config.voice.language))
            if unknown:
                log.warning(
                    "the model does not know these words, they can't be said as answers: %s", ", ".join(unknown)
                )
        self._listener = Listener(
            self._source, engine, self._put, limits=Limits(endpoint_s=self._config.voice.endpoint_s)
        )
        self._hearing = self._listener

    def listen(
        self, turn: int, meanings: dict[str, str], silence_s: float, *, pause_s: float | None = None, said: str = ""
    ) -> None:
        """See `runner.Hearing`."""
        self._hearing.listen(turn, meanings, silence_s, pause_s=pause_s, said=said)

    def record(self, turn: int, silence_s: float, max_s: float) -> None:
        """See `runner.Hearing`."""
        self._hearing.record(turn, silence_s, max_s)

    def finish(self) -> None:
        """See `runner.Hearing`."""
        self._hearing.finish()

    def stop(self) -> None:
        """See `runner.Hearing`."""
        self._hearing.stop()

    def close(self) -> None:
        """End its thread and the engine's process."""
        self._hearing.stop()
        if self._process is not None:
            self._process.close()  # first: the listener may be waiting for it
        if self._listener is not None:
            self._listener.close()


def phrases_of(sets: tuple[QuestionSet, ...], language: str) -> tuple[str, ...]:
    """Everything that people may say to these sets, each once."""
    return tuple(
        dict.fromkeys(
            phrase
            for one in sets
            for question in one.questions
            for phrase, _ in meanings(question, language, one.default_language)
        )
    )
