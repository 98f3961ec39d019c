"""Is this kiosk fit to open? One line for each thing that has to be there: fine, advice, or an error with what to do.

No lock is taken, nothing is made that stays, and no visit is read: it may run beside the kiosk, which it then leaves in
peace. The quick half plays, records and fetches nothing; the kiosk itself looks at most of it each night.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from kiosk.checks import engine, keys, machine, server, staff
from kiosk.checks.clock import clock
from kiosk.checks.disk import disk
from kiosk.checks.display import screen
from kiosk.checks.lines import Level, Line, fine, refused
from kiosk.checks.power import power_and_temperature
from kiosk.checks.sets import check_sets
from kiosk.checks.sound import sound
from kiosk.checks.swap import swap
from kiosk.config import Config
from kiosk.errors import KioskError
from kiosk.house import rules_of
from kiosk.keeping.day import today


def check(config: Config, source: Path, *, quick: bool = False) -> Iterator[Line]:
    """Look at everything; each line comes when it is known, because a model takes seconds to load.

    Args:
        config: as read; a wrong one has been refused by `config.load` already.
        source: the file that it was read from.
        quick: without sound, microphone, network, and without loading the speech engine.
    """
    yield configuration(config, source)
    ear, line = (None, engine.model_there(config)) if quick else engine.open_ear(config)
    yield from check_sets(config, ear)
    yield line
    if ear is not None and (heard := engine.tried(config, ear)) is not None:
        yield heard
    devices = tuple(machine.devices(config))
    yield from devices
    yield machine.speaks(config.home.language, config.voice.rate_wpm)
    if not quick and fit(devices):
        yield from sound(config)
    yield from keys.findings(config)
    yield screen()
    yield from machine.store(config)
    yield from disk(config.store.folder)
    yield from swap()
    yield clock(today())
    yield from power_and_temperature()
    address = server.settings(config)
    yield address
    if not quick and address.level is not Level.ERROR:
        yield from server.reached(config)
    yield machine.status_file(config)
    yield from staff.findings(config)


def fit(lines: Iterable[Line]) -> bool:
    """Whether the kiosk may open with these."""
    return all(line.level is not Level.ERROR for line in lines)


def configuration(config: Config, source: Path) -> Line:
    """What the file's own reader cannot know."""
    try:
        rules_of(config)
    except KioskError as unusable:
        return refused("configuration", unusable)
    return fine("configuration", str(source))
