"""Puts a kiosk together from its configuration and runs it: store, sets, voice, ear, screen, runner.

The screen has the main thread, the runner one of its own, sound two. The engine is loaded beside the waiting screen, in
a process of its own: until it is there, and while it is lost, visits go by keys.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import ChainMap
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk import machine, sign
from kiosk.beside import Beside
from kiosk.display.terminal import kept_for_the_screen
from kiosk.ear import Ear
from kiosk.errors import KioskError
from kiosk.events import HoursChanged, Line
from kiosk.hours import read_hours
from kiosk.house import House, rules_of
from kiosk.inbox import RealInbox
from kiosk.keeping.day import until_tomorrow_s
from kiosk.keeping.keeper import Keeper
from kiosk.keeping.memory import leave_no_core
from kiosk.keeping.store import Role, Store
from kiosk.keeping.tally import Tally
from kiosk.keys.buttons import Buttons
from kiosk.keys.presses import Down, Presses
from kiosk.ports import Ports
from kiosk.pulling.told import sets_told
from kiosk.runner import Closed, Midnight, Runner
from kiosk.saying.sentences import sentence
from kiosk.saying.voicebox import Voicebox, recordings
from kiosk.settings import Config, Home
from kiosk.staff import requests, status
from kiosk.staff.facts import facts_of
from kiosk.staff.health import Health
from kiosk.staff.help import helper_of
from kiosk.staff.setup import desk_of
from kiosk.state import Visit
from kiosk.watchdog import PulsedInbox, Systemd, watch
from openrosa.errors import OpenRosaError
from openrosa.question_set import QuestionSet
from voice.errors import VoiceError
from voice.speaker import NoSpeaker, Speaker, Speaking
from voice.speech import SpeechCache

if TYPE_CHECKING:
    from kiosk.screens.app import KioskApp

log = logging.getLogger(__name__)

SPEECH_FOLDER = "speech"
"""In the data folder: rendered prompts."""
LOG = "kiosk.log"
"""In the data folder: what goes wrong. Never an answer, nor what was heard."""
HOURS_EVERY_S = 15.0
"""How often it is looked whether opening hours have begun or ended."""


def speech_cache(config: Config) -> SpeechCache:
    """Where the prompts are rendered to."""
    return SpeechCache(config.store.folder / SPEECH_FOLDER)


def run(
    house: House,
    *,
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
    on_waiting: Callable[[], None] = lambda: None,
    quit_keys: frozenset[str] = frozenset(),
    systemd: Systemd | None = None,
) -> None:
    """Run the kiosk in this terminal until it is closed.

    Args:
        house: as read.
        on_progress: told (done, of how many) while prompts are rendered, before the screen is up.
        on_waiting: told when the waiting screen has been drawn.
        quit_keys: terminal keys that close it; none on a kiosk.
        systemd: told how the kiosk is, where it listens.

    Raises: KioskError, VoiceError: what keeps it from starting, as a sentence.
    """
    leave_no_core()
    config, sets = house.config, house.question_sets
    rules, is_open = rules_of(config), open_by(config)
    systemd = systemd or Systemd()
    with ExitStack() as stack:
        volatile = config.store.allow_volatile
        store = stack.enter_context(Store.open(config.store.folder, Role.KIOSK, allow_volatile=volatile))
        keeper = Keeper(store, machine.circumstances, allow_unsealed=config.store.allow_unsealed)
        inbox = PulsedInbox(keeper.look)
        health = Health(config.voice, inbox.put)
        beside = Beside(house, partial(_render, config), lambda: runner.idle, inbox.put)
        asked = beside.asked
        voice = _voicebox(config, asked.media, _speaker(config, health, stack))
        unsaid = _prepare(voice, sets, config.home, on_progress)
        ear = Ear(config, health.told)
        stack.callback(ear.close)
        keeper.take_up()

        def waiting() -> None:
            watchdog.open()
            on_waiting()

        app = _screen(config, asked.media, inbox, waiting, quit_keys)
        watchdog = watch(systemd, inbox, app.call_later)
        stack.callback(watchdog.close)
        helper = helper_of(config)
        presses = Presses(config.input)
        buttons = _buttons(config, inbox, app, stack)

        def new_visit() -> Visit:
            asked.take_up()
            return Visit(
                sets=asked.question_sets,
                instance_id=machine.new_instance_id(),
                seed=machine.new_seed(),
                language=config.home.language,
                rules=rules,
                voice=ear.ready and health.microphone != "",
                hears=config.voice.language,
                headphones=bool(health.headphones),
                out_of_order=not keeper.fit(),
                closed=not is_open(),
            )

        def line() -> str:
            keys = buttons.facts() if buttons else {}
            told = {
                **health.facts(),
                **beside.own_check.facts(),
                **keys,
                "key_problem": " ".join((*presses.faults, *filter(None, (keys.get("key_problem"),)))),
                "help_problem": helper.problem,
                "can_keep": keeper.can_keep,
                "problem": unsaid or ear.problem,
            }
            watchdog.line = write_status(asked.house, store, ear, told)
            return watchdog.line

        def test_sound() -> str:
            spoken = config.home.language
            voice.say(0, (Line(sentence("press_to_start", spoken)),), spoken, {})
            return "You should hear the kiosk now."

        ports = Ports(app, voice, ear, keeper, call_help=helper.call, desk=desk_of(config, line, test_sound))
        runner = Runner(
            ports, inbox, new_visit, on_over=partial(requests.after, config.status), line=line, presses=presses
        )

        def look_and_load() -> None:
            health.look()
            ear.load(sets)
            if systemd.listens:
                sign.make(config, speech_cache(config))

        if config.hours.open:
            threading.Thread(target=_tell_hours, args=(inbox, is_open), name="hours", daemon=True).start()
        beside.begin()
        with kept_for_the_screen(config.store.folder / LOG), health.watching():
            fault = _run_all(app, runner, inbox, look_and_load)
    if fault is not None:
        raise _told(fault, config.store.folder / LOG)


def _run_all(app: KioskApp, runner: Runner, inbox: RealInbox, load: Callable[[], None]) -> BaseException | None:
    """Screen, runner and what is loaded beside them, until the screen is closed; what ended them, if anything did."""
    failed: list[BaseException] = []

    def turn_over() -> None:
        try:
            runner.run()
        except BaseException as error:  # noqa: BLE001  told on the main thread
            failed.append(error)
        finally:
            app.close()

    loading = threading.Thread(target=load, name="engine", daemon=True)
    running = threading.Thread(target=turn_over, name="runner", daemon=True)
    loading.start()
    running.start()
    threading.Thread(target=_tell_midnights, args=(inbox,), name="midnight", daemon=True).start()
    try:
        app.run(mouse=True)
    finally:
        inbox.put(Closed())
        running.join()
        loading.join()
    return next((fault for fault in (*failed, app.fault) if fault is not None), None)


def _speaker(config: Config, health: Health, stack: ExitStack) -> Speaker:
    """The house's speaker, and its headphones."""
    voice = config.voice
    speaker = Speaker(voice.speaker, health.told, headphones=voice.headphones, on_headphones=health.headphones_are)
    stack.callback(speaker.close)
    return speaker


def _voicebox(config: Config, media: Mapping[str, Path], speaker: Speaking) -> Voicebox:
    """The kiosk's voice, with the sets' recordings and those of its own sentences."""
    voice = config.voice
    return Voicebox(
        speaker,
        speech_cache(config),
        ChainMap({**recordings(voice.recordings)}, media),  # type: ignore[arg-type]  # nothing is written to the second
        volume=voice.volume,
        rate_wpm=voice.rate_wpm,
        tail_s=voice.tail_s,
    )


def _render(config: Config, following: House, on_step: Callable[[int, int], None]) -> None:
    """Render what a house to come can say; nothing is played. Raises: VoiceError; and what `on_step` raises."""
    voice = _voicebox(config, following.media, NoSpeaker(lambda _event: None))
    voice.prepare(following.question_sets, config.home.language, on_step, languages=config.home.languages)


def _screen(
    config: Config,
    media: Mapping[str, Path],
    inbox: RealInbox,
    on_waiting: Callable[[], None],
    quit_keys: frozenset[str],
) -> KioskApp:
    """The screen, which hands its keys and touches to the inbox."""
    # Textual takes a quarter of a second to import, which only a kiosk with a screen pays.
    from kiosk.screens.app import KioskApp, Signs  # noqa: PLC0415
    from kiosk.screens.terminal_pixels import sixel_cell  # noqa: PLC0415

    language = config.home.language
    return KioskApp(
        config.keys,
        lambda key, turn, by: inbox.put(Down(key, turn, inbox.now_s(), by)),
        on_waiting,
        picture=media.get,
        cell=sixel_cell(),
        quit_keys=quit_keys,
        theme=config.screen.theme,
        terminal_keys=not config.input.devices,
        signs=Signs(
            listen=sentence("listen", language),
            your_turn=sentence("your_turn", language),
            press_a_key=sentence("press_a_key", language),
            start=sentence("press_to_start", language),
        ),
    )


def _prepare(
    voice: Voicebox, sets: tuple[QuestionSet, ...], home: Home, on_progress: Callable[[int, int], None]
) -> str:
    """Render what will be said; the sentence for staff where that can't be done, else "". The words are shown still."""
    try:
        voice.prepare(sets, home.language, on_progress, languages=home.languages)
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


def _buttons(config: Config, inbox: RealInbox, app: KioskApp, stack: ExitStack) -> Buttons | None:
    """The input devices' keys, where some are named. Raises: KioskError: they can't be read here."""
    if not config.input.devices:
        return None
    buttons = Buttons(config.input, config.buttons, inbox.put, lambda: app.turn_shown)
    stack.callback(buttons.close)
    return buttons


def _tell_midnights(inbox: RealInbox) -> None:
    """What staff see is as of last midnight: at the next one it is another."""
    while True:
        # A clock that is put right from the network would make a longer sleep miss its midnight.
        time.sleep(min(3600.0, until_tomorrow_s()))
        inbox.put(Midnight())


def open_by(config: Config) -> Callable[[], bool]:
    """Whether it is within opening hours now. A clock that nobody has set must not close a kiosk for good.

    Raises: KioskError: hours that are none.
    """
    hours = read_hours(config.hours.open)
    return lambda: hours is None or not machine.clock_trusted() or hours.open_at(machine.time_of_day())


def _tell_hours(inbox: RealInbox, is_open: Callable[[], bool]) -> None:
    """Looked at again and again: a clock that is put right makes another hour of it."""
    before: bool | None = None  # so that it is told once in any case: it may have changed since the first screen
    while True:
        time.sleep(HOURS_EVERY_S)
        if (now := is_open()) != before:
            inbox.put(HoursChanged(is_open=now))
            before = now


def write_status(house: House, store: Store, ear: Ear, more: Mapping[str, Any]) -> str:
    """Write the status file; the line for the waiting screen. A status that can't be written is told in the line."""
    config = house.config
    facts: dict[str, Any] = {
        **facts_of(config.store.folder, house.question_sets),
        "sets": sets_told(house),
        "engine": f"{ear.engine.name} {ear.engine.model}" if ear.engine else config.voice.engine,
        **more,
    }
    try:
        counts = store.tally()
    except KioskError as error:
        log.error("%s", error)  # noqa: TRY400  a sentence for staff
        counts, facts["can_keep"] = Tally(), False
    try:
        return status.write(config.status, counts, facts, machine.today())
    except KioskError as error:
        log.error("%s", error)  # noqa: TRY400  the same
        return status.line(counts, {**facts, "problem": facts.get("problem") or str(error)})
