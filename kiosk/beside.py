"""What the kiosk does by itself while nobody is there: it looks for new questions, and whether all is in order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from kiosk import machine
from kiosk.checks.by_itself import OwnCheck
from kiosk.errors import KioskError
from kiosk.hours import read_hours
from kiosk.house import House
from kiosk.inbox import SetsChanged
from kiosk.pulling.taking import AskedSets, Render
from kiosk.runner import Midnight
from openrosa.errors import OpenRosaError
from voice.errors import VoiceError

log = logging.getLogger(__name__)

EVERY_S = 10.0
"""How often it is looked whether something is to be done. It costs reading a link for each set."""


class Beside:
    """On a thread of its own, once begun; it ends with the process.

    Args:
        house: as read at the start.
        render: renders what a house can say.
        idle: whether nobody is there.
        put: the runner's inbox.

    Attributes:
        asked: what is asked now.
        own_check: the last check, and when the next is due.
    """

    def __init__(self, house: House, render: Render, idle: Callable[[], bool], put: Callable[[Any], None]) -> None:
        self.asked = AskedSets(house, render, idle, lambda: put(SetsChanged()))
        self.own_check = OwnCheck(house.config, idle, now=machine.now, hours=read_hours(house.config.hours.open))
        self._put = put

    def begin(self) -> None:
        """Begin to look; the first time some seconds later, when the waiting screen stands."""
        threading.Thread(target=self._run, name="beside", daemon=True).start()

    def look(self) -> None:
        """Do what is to be done now. While somebody is there it waits, or leaves it for the next time."""
        self.asked.look()
        if self.own_check.due:
            self.own_check.run()
            self._put(Midnight())  # staff are told anew

    def _run(self) -> None:
        while True:
            time.sleep(EVERY_S)
            try:
                self.look()
            except (KioskError, OpenRosaError, VoiceError, OSError) as error:
                log.error("%s", error)  # noqa: TRY400  a sentence for staff; it is looked again
