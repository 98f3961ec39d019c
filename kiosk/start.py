"""Puts a kiosk together from its configuration and runs it: store, sets, voice, ear, screen, runner.

The screen has the main thread, the runner one of its own, sound two. The engine is loaded beside the waiting screen:
until it is there, visits go by keys.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from kiosk import machine, status
from kiosk.ear import Ear
from kiosk.errors import KioskError
from kiosk.health import Health
from kiosk.help import Helper
from kiosk.house import House, rules_of
from kiosk.inbox import RealInbox
from kiosk.keeper import Keeper
from kiosk.ports import Ports
from kiosk.presses import Down, Presses
from kiosk.runner import Closed, Runner
from kiosk.sentences import sentence
from kiosk.settings import Config
from kiosk.state import Visit
from kiosk.store import Counts, Role, Store
from kiosk.terminal import kept_for_the_screen
from kiosk.voicebox import Voicebox
from openrosa.errors import OpenRosaError
from openrosa.question_set import QuestionSet
from voice.errors import VoiceError
from voice.speaker import Speaker
from voice.speech import SpeechCache

log = logging.getLogger(__name__)

SPEECH_FOLDER = "speech"
"""In the data folder: rendered prompts."""
LOG = "kiosk.log"
"""In the data folder: what goes wrong. Never an answer, nor what was heard."""


def speech_cache(config: Config) -> SpeechCache:
    """Where the prompts are rendered to."""
    return SpeechCache(config.store.folder / SPEECH_FOLDER)


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
    from kiosk.screens.terminal_pixels import sixel_cell  # noqa: PLC0415

    config, sets = house.config, house.question_sets
    rules = rules_of(config)
    inbox = RealInbox()
    failed: list[BaseException] = []
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(config.store.folder, Role.KIOSK))
        health = Health(config.voice, inbox.put)
        speaker = Speaker(config.voice.speaker, health.told)
        stack.callback(speaker.close)
        voice = Voicebox(
            speaker,
            speech_cache(config),
            {name: path for one in house.sets for name, path in one.media.items()},
            volume=config.voice.volume,
            rate_wpm=config.voice.rate_wpm,
            tail_s=config.voice.tail_s,
        )
        unsaid = _prepare(voice, sets, config.home.language, on_progress)
        ear = Ear(config, health.told)
        stack.callback(ear.close)
        keeper = Keeper(store, machine.circumstances, allow_unsealed=config.store.allow_unsealed)
        keeper.close_open()
        media = {name: path for one in house.sets for name, path in one.media.items()}
        app = KioskApp(
            config.keys,
            lambda key, turn, by: inbox.put(Down(key, turn, inbox.now_s(), by)),
            on_waiting,
            picture=media.get,
            cell=sixel_cell(),
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
            return write_status(
                config, store, ear, {**health.facts(), "can_keep": keeper.can_keep, "problem": unsaid or ear.problem}
            )

        helper = Helper(config.help.command)
        ports = Ports(app, voice, ear, keeper, call_help=helper.call)
        runner = Runner(ports, inbox, new_visit, line=line, presses=Presses(config.input))

        def turn_over() -> None:
            try:
                runner.run()
            except BaseException as error:  # noqa: BLE001  told below, on the main thread
                failed.append(error)
            finally:
                app.close()

        def look_and_load() -> None:
            health.look()
            ear.load(sets)

        loading = threading.Thread(target=look_and_load, name="engine", daemon=True)
        running = threading.Thread(target=turn_over, name="runner", daemon=True)
        with kept_for_the_screen(config.store.folder / LOG):
            loading.start()
            running.start()
            try:
                app.run(mouse=True)
            finally:
                inbox.put(Closed())
                running.join()
                loading.join()
    for fault in (*failed, app.fault):
        if fault is not None:
            raise _told(fault, config.store.folder / LOG)


def _prepare(
    voice: Voicebox, sets: tuple[QuestionSet, ...], language: str, on_progress: Callable[[int, int], None]
) -> str:
    """Render what will be said; the sentence for staff where that can't be done, else "". The words are shown still."""
    try:
        voice.prepare(sets, language, on_progress)
    except VoiceError as error:
        log.error("%s", error)  # noqa: TRY400  a sentence for staff
        return str(error)
    return ""


def _told(error: BaseException, log_file: Path) -> BaseException:
    """What ended the kiosk, as a sentence. Of a fault of Sayso's own only the places are logged.

    The message of such an error, and the values round it, may be somebody's answer.
    """
    if isinstance(error, KioskError | OpenRosaError | VoiceError) or not isinstance(error, Exception):
        return error
    name = type(error).__name__
    log.critical("a fault of Sayso's own, %s:\n%s", name, "".join(traceback.format_tb(error.__traceback__)))
    return KioskError(
        "Cannot go on",
        f"for a fault of Sayso's own ({name})",
        f"What was kept is safe. Start it again, and report {log_file}: it holds no answers.",
    )


def write_status(config: Config, store: Store, ear: Ear, more: Mapping[str, Any]) -> str:
    """Write the status file; the line for the waiting screen. A status that can't be written is told in the line."""
    facts: dict[str, Any] = {
        "software": machine.software(),
        "engine": f"{ear.engine.name} {ear.engine.model}" if ear.engine else config.voice.engine,
        **more,
    }
    try:
        counts = store.counts()
    except KioskError as error:
        log.error("%s", error)  # noqa: TRY400  a sentence for staff
        counts, facts["can_keep"] = Counts(), False
    try:
        return status.write(config.status, counts, facts, machine.today())
    except KioskError as error:
        log.error("%s", error)  # noqa: TRY400  the same
        return status.line(counts, {**facts, "problem": facts.get("problem") or str(error)})
