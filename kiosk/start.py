"""Puts a kiosk together from its configuration and runs it: store, sets, voice, ear, screen, runner.

The screen has the main thread, the runner one of its own, sound two. The engine is loaded beside the waiting screen, in
a process of its own: until it is there, and while it is lost, visits go by keys.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk import machine, sign
from kiosk.beside import Beside
from kiosk.clocks import open_by, tell_hours, tell_midnights
from kiosk.display.terminal import kept_for_the_screen
from kiosk.ear import Ear
from kiosk.errors import KioskError
from kiosk.events import Line
from kiosk.house import House, rules_of
from kiosk.inbox import RealInbox
from kiosk.keeping.keeper import Keeper
from kiosk.keeping.memory import leave_no_core
from kiosk.keeping.store import Role, Store
from kiosk.keeping.tally import Tally
from kiosk.keys.presses import Presses
from kiosk.parts import buttons_of, prepare, render, screen_of, speaker_of, speech_cache, voicebox_of
from kiosk.ports import Ports
from kiosk.pulling.told import sets_told
from kiosk.runner import Closed, Runner
from kiosk.saying.sentences import sentence
from kiosk.staff import requests, status
from kiosk.staff.facts import facts_of
from kiosk.staff.health import Health
from kiosk.staff.help import helper_of
from kiosk.staff.setup import desk_of
from kiosk.state import Visit
from kiosk.watchdog import PulsedInbox, Systemd, watch
from openrosa.errors import OpenRosaError
from voice.errors import VoiceError

if TYPE_CHECKING:
    from kiosk.screens.app import KioskApp

log = logging.getLogger(__name__)

LOG = "kiosk.log"
"""In the data folder: what goes wrong. Never an answer, nor what was heard."""


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
        kept = config.store
        store = stack.enter_context(Store.open(kept.folder, Role.KIOSK, allow_volatile=kept.allow_volatile))
        keeper = Keeper(store, machine.circumstances, allow_unsealed=kept.allow_unsealed)
        inbox = PulsedInbox(keeper.look)
        health = Health(config.voice, inbox.put)
        beside = Beside(house, partial(render, config), lambda: runner.idle, inbox.put, lambda: helper.problem)
        sound = stack.enter_context(ExitStack())
        speaker = speaker_of(config, health, sound)
        voice = voicebox_of(config, beside.asked.media, speaker)
        unsaid = prepare(voice, sets, config.home, on_progress)
        ear = Ear(config, health.told)
        sound.callback(ear.close)
        keeper.take_up()

        def waiting() -> None:
            watchdog.open()
            on_waiting()

        app = screen_of(config, beside.asked.media, inbox, waiting, quit_keys)
        watchdog = watch(systemd, inbox, app.call_later, speaker.pulse)
        stack.callback(watchdog.close)
        helper = helper_of(config)
        presses = Presses(config.input)
        buttons = buttons_of(config, inbox, app, stack)

        def new_visit() -> Visit:
            beside.asked.take_up()
            return Visit(
                sets=beside.asked.question_sets,
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
            watchdog.line = write_status(beside.asked.house, store, ear, told)
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
            threading.Thread(target=tell_hours, args=(inbox, is_open), name="hours", daemon=True).start()
        # Whoever looks for a sound device points stderr elsewhere for a moment: they end first, or the last sentence,
        # which is said when the screen is closed, would be lost with what the libraries say.
        with kept_for_the_screen(kept.folder / LOG), sound, health.watching(), beside.looking():
            fault = _run_all(app, runner, inbox, look_and_load)
    if fault is not None:
        raise _told(fault, kept.folder / LOG)


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
    threading.Thread(target=tell_midnights, args=(inbox,), name="midnight", daemon=True).start()
    try:
        app.run(mouse=True)
    finally:
        inbox.put(Closed())
        running.join()
        loading.join()
    return next((fault for fault in (*failed, app.fault) if fault is not None), None)


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
