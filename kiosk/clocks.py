"""What the clock on the wall tells a kiosk that waits: midnight, and opening hours."""

from __future__ import annotations

import time
from collections.abc import Callable

from kiosk import machine
from kiosk.events import HoursChanged
from kiosk.hours import read_hours
from kiosk.inbox import RealInbox
from kiosk.keeping.day import until_tomorrow_s
from kiosk.runner import Midnight
from kiosk.settings import Config

HOURS_EVERY_S = 15.0
"""How often it is looked whether opening hours have begun or ended."""


def tell_midnights(inbox: RealInbox) -> None:
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


def tell_hours(inbox: RealInbox, is_open: Callable[[], bool]) -> None:
    """Looked at again and again: a clock that is put right makes another hour of it."""
    before: bool | None = None  # so that it is told once in any case: it may have changed since the first screen
    while True:
        time.sleep(HOURS_EVERY_S)
        if (now := is_open()) != before:
            inbox.put(HoursChanged(is_open=now))
            before = now
