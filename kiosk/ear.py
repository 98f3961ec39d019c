"""The kiosk's hearing: it comes when its engine is loaded, beside the waiting screen; until then visits go by keys."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from kiosk.events import Device, DeviceFound, DeviceLost
from kiosk.interpret import meanings
from kiosk.ports import Hearing
from kiosk.rehearsal import DeafEar
from kiosk.settings import Config
from openrosa.question_set import QuestionSet
from voice.engine import Engine
from voice.engines import open_engine
from voice.errors import VoiceError
from voice.listener import Listener
from voice.microphone import Microphone
from voice.segment import Limits

log = logging.getLogger(__name__)


class Ear:
    """Hearing that comes when its engine is loaded; deaf until then."""

    def __init__(self, config: Config, put: Callable[[Any], None]) -> None:
        self._config = config
        self._put = put
        self._hearing: Hearing = DeafEar()
        self._listener: Listener | None = None
        self.engine: Engine | None = None
        self.problem = ""

    @property
    def ready(self) -> bool:
        """Whether there is an engine to hear with."""
        return self._listener is not None

    def load(self, sets: tuple[QuestionSet, ...]) -> None:
        """Load the engine and begin to hear; on a thread of its own. What is wrong is kept as `problem`."""
        voice = self._config.voice
        if voice.engine == "none":
            return
        try:
            engine = open_engine(voice.engine, voice.language, voice.models_dir)
        except VoiceError as error:
            self.problem = str(error)
            log.error("%s", error)  # noqa: TRY400  a sentence for staff
            self._put(DeviceLost(Device.MICROPHONE))
            return
        self.engine = engine
        unknown = engine.unknown_words(phrases_of(sets, voice.language))
        if unknown:
            log.warning("the model does not know these words, they can't be said as answers: %s", ", ".join(unknown))
        self._listener = Listener(
            lambda: Microphone(voice.microphone, self._put),
            engine,
            self._put,
            limits=Limits(endpoint_s=voice.endpoint_s),
        )
        self._hearing = self._listener
        self._put(DeviceFound(Device.MICROPHONE))

    def listen(self, turn: int, meanings: dict[str, str], silence_s: float) -> None:
        """See `runner.Hearing`."""
        self._hearing.listen(turn, meanings, silence_s)

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
        """End its thread."""
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
