"""Puts a kiosk together from its configuration and runs it: store, sets, voice, ear, screen, runner.

The screen has the main thread, the runner one of its own, sound two. The engine is loaded beside the waiting screen:
until it is there, visits go by keys.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from kiosk import machine, status
from kiosk.answer import Who
from kiosk.asks import BY_WHOM, WHO_IS
from kiosk.errors import KioskError
from kiosk.events import Device, DeviceFound, DeviceLost, KeyPressed
from kiosk.inbox import RealInbox
from kiosk.interpret import meanings
from kiosk.keeper import Keeper, check_sealable
from kiosk.rehearsal import DeafEar
from kiosk.runner import Closed, Hearing, Ports, Runner
from kiosk.sentences import sentence
from kiosk.sets import LoadedSet, load_sets
from kiosk.settings import Config
from kiosk.state import Rules, Visit
from kiosk.store import Role, Store
from kiosk.terminal import kept_for_the_screen
from kiosk.voicebox import Voicebox
from openrosa.question_set import QuestionSet
from voice.engine import Engine, open_engine
from voice.errors import VoiceError
from voice.listener import Listener
from voice.microphone import Microphone
from voice.segment import Limits
from voice.speaker import Speaker
from voice.speech import SpeechCache

log = logging.getLogger(__name__)

SPEECH_FOLDER = "speech"
"""In the data folder: rendered prompts."""
LOG = "kiosk.log"
"""In the data folder: what goes wrong. Never an answer, nor what was heard."""


@dataclass(frozen=True)
class House:
    """What was read before anything is opened: a fault in it ends the start with one sentence."""

    config: Config
    sets: tuple[LoadedSet, ...]

    @property
    def question_sets(self) -> tuple[QuestionSet, ...]:
        """The sets without their files."""
        return tuple(one.question_set for one in self.sets)


def read_house(config: Config) -> House:
    """Read and check the sets. Raises: KioskError, OpenRosaError."""
    sets = load_sets(config.sets)
    for one in sets:
        check_sealable(one.question_set, allow_unsealed=config.store.allow_unsealed)
    rules_of(config)
    return House(config, sets)


def rules_of(config: Config) -> Rules:
    """The settings of [asking] as the visit has them. Raises: KioskError: a preset that there is not."""
    asking = config.asking
    known = {name: who for name, who in WHO_IS.items() if who.who} | {name: Who(name, "self") for name in BY_WHOM}
    if asking.preset_who and asking.preset_who not in known:
        raise KioskError(
            "Cannot use configuration",
            f"asking.preset_who = '{asking.preset_who}'",
            f"Write one of {', '.join(known)}, or leave it out.",
        )
    return Rules(
        change_s=asking.change_s,
        ask_again_s=asking.ask_again_s,
        ask_again_later_s=asking.ask_again_later_s,
        offer_stop_s=asking.offer_stop_s,
        message_silence_s=asking.message_silence_s,
        message_max_s=asking.message_max_s,
        speak_keyed_answers=asking.speak_keyed_answers,
        preset_who=known.get(asking.preset_who),
    )


def speech_cache(config: Config) -> SpeechCache:
    """Where the prompts are rendered to."""
    return SpeechCache(config.store.folder / SPEECH_FOLDER)


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
            lambda: Microphone(voice.microphone), engine, self._put, limits=Limits(endpoint_s=voice.endpoint_s)
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


def run(
    house: House,
    *,
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
    on_waiting: Callable[[], None] = lambda: None,
    quit_keys: frozenset[str] = frozenset(),
) -> None:
    """Run the kiosk in this terminal until it is closed.

    Args:
        house: as read.
        on_progress: told (done, of how many) while prompts are rendered, before the screen is up.
        on_waiting: told when the waiting screen has been drawn.
        quit_keys: terminal keys that close it; none on a kiosk.

    Raises: KioskError, VoiceError: what keeps it from starting, as a sentence.
    """
    # Textual takes a quarter of a second to import, which only a kiosk with a screen pays.
    from kiosk.screens.app import KioskApp, Signs  # noqa: PLC0415

    config, sets = house.config, house.question_sets
    rules = rules_of(config)
    inbox = RealInbox()
    failed: list[BaseException] = []
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(config.store.folder, Role.KIOSK))
        speaker = Speaker(config.voice.speaker, inbox.put)
        stack.callback(speaker.close)
        voice = Voicebox(
            speaker,
            speech_cache(config),
            {name: path for one in house.sets for name, path in one.media.items()},
            volume=config.voice.volume,
            rate_wpm=config.voice.rate_wpm,
            tail_s=config.voice.tail_s,
        )
        try:
            voice.prepare(sets, config.home.language, on_progress)
        except VoiceError as error:
            log.error("%s", error)  # noqa: TRY400  the words stay on the screen
        ear = Ear(config, inbox.put)
        stack.callback(ear.close)
        keeper = Keeper(store, machine.circumstances, allow_unsealed=config.store.allow_unsealed)
        keeper.close_open()
        app = KioskApp(
            config.keys,
            lambda key, turn: inbox.put(KeyPressed(key, turn)),
            on_waiting,
            quit_keys=quit_keys,
            signs=Signs(
                listen=sentence("listen", config.home.language),
                your_turn=sentence("your_turn", config.home.language),
                press_a_key=sentence("press_a_key", config.home.language),
                start=sentence("press_to_start", config.home.language),
            ),
        )

        def new_visit() -> Visit:
            return Visit(
                sets=sets,
                instance_id=machine.new_instance_id(),
                seed=machine.new_seed(),
                language=config.home.language,
                rules=rules,
                voice=ear.ready,
                hears=config.voice.language,
            )

        def line() -> str:
            return write_status(config, store, ear)

        runner = Runner(Ports(app, voice, ear, keeper), inbox, new_visit, line=line)

        def turn_over() -> None:
            try:
                runner.run()
            except BaseException as error:  # noqa: BLE001  told below, on the main thread
                failed.append(error)
            finally:
                app.close()

        loading = threading.Thread(target=partial(ear.load, sets), name="engine", daemon=True)
        running = threading.Thread(target=turn_over, name="runner", daemon=True)
        loading.start()
        running.start()
        try:
            with kept_for_the_screen(config.store.folder / LOG):
                app.run(mouse=False)
        finally:
            inbox.put(Closed())
            running.join()
            loading.join()
    if failed:
        raise failed[0]


def write_status(config: Config, store: Store, ear: Ear) -> str:
    """Write the status file; the line for the waiting screen. A status that can't be written is told in the line."""
    facts: dict[str, Any] = {
        "software": machine.software(),
        "engine": f"{ear.engine.name} {ear.engine.model}" if ear.engine else config.voice.engine,
        "problem": ear.problem,
    }
    try:
        return status.write(config.status, store.counts(), facts, machine.today())
    except KioskError as error:
        log.error("%s", error)  # noqa: TRY400  a sentence for staff
        return status.line(store.counts(), {**facts, "problem": str(error)})
