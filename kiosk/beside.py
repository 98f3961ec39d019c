"""What the kiosk does by itself while nobody is there: it looks for new questions, and whether all is in order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
LAST_LINE_S = 10.0
"""For what it is at when the kiosk ends. Looking for sound devices points stderr elsewhere for a moment: what is said
of the end would be lost."""


class _OverError(Exception):
    """The kiosk ends."""


class Beside:
    """On a thread of its own.

    Args:
        house: as read at the start.
        render: renders what a house can say.
        idle: whether nobody is there.
        put: the runner's inbox.
        problem: what went wrong beside the runner, which nothing tells it: a call for help fails when it is long over.

    Attributes:
        asked: what is asked now.
        own_check: the last check, and when the next is due.
    """

    def __init__(
        self,
        house: House,
        render: Render,
        idle: Callable[[], bool],
        put: Callable[[Any], None],
        problem: Callable[[], str] = lambda: "",
    ) -> None:
        self._problem, self._told = problem, ""
        self._over = threading.Event()
        self.asked = AskedSets(house, render, idle, lambda: put(SetsChanged()))
        self.own_check = OwnCheck(
            house.config,
            lambda: idle() and not self._over.is_set(),
            now=machine.now,
            hours=read_hours(house.config.hours.open),
        )
        self._put = put

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look as long as this lasts; first some seconds after its beginning, when the waiting screen stands."""
        thread = threading.Thread(target=self._run, name="beside", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join(LAST_LINE_S)

    def look(self) -> None:
        """Do what is to be done now. While somebody is there it waits, or leaves it for the next time."""
        self.asked.look()
        problem = self._problem()
        if self.own_check.due:
            self.own_check.run(self._wait)
        elif problem == self._told:
            return
        self._told = problem
        self._put(Midnight())  # staff are told anew

    def _run(self) -> None:
        while not self._over.wait(EVERY_S):
            try:
                self.look()
            except _OverError:
                return
            except (KioskError, OpenRosaError, VoiceError, OSError) as error:
                log.error("%s", error)  # noqa: TRY400  a sentence for staff; it is looked again

    def _wait(self, seconds: float) -> None:
        if self._over.wait(seconds):
            raise _OverError
