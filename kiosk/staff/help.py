"""Calling somebody: starts the home's own program, which is told nothing of the visit.

"Help" must work at any moment and hold up nothing: the program runs beside the kiosk, in a process group of its own.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from kiosk.errors import KioskError
from kiosk.settings import Config
from kiosk.staff import requests

log = logging.getLogger(__name__)

AT_MOST_EVERY_S = 60.0
LONGEST_S = 60.0
"""A program that runs for longer is ended, with everything that it started."""
TAKEN_WITHIN_S = 10.0
"""systemd takes a request within a moment."""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""The whole of the program's environment."""


class Calling(Protocol):
    """What both ways of calling somebody have in common."""

    @property
    def problem(self) -> str:
        """Why the last call came to nothing, as a sentence for staff; "" if it did not, or is not over."""

    def call(self) -> bool:
        """Call somebody; returns at once. False if nobody can be called."""


def helper_of(config: Config) -> Calling:
    """The way that the configuration says."""
    return Request(config.status) if config.help.request else Helper(config.help.command)


class Request:
    """Leaves a file, upon which systemd runs the home's program: outside the kiosk's sandbox, with a network.

    Args:
        status: the file beside which it is left.
        now_s: seconds on a clock that never goes back.
    """

    def __init__(self, status: Path, now_s: Callable[[], float] = time.monotonic) -> None:
        self._status = status
        self._now_s = now_s
        self._called_s: float | None = None
        self._unwritten = ""

    @property
    def problem(self) -> str:
        """Looked up in the files that systemd takes away and leaves."""
        if self._unwritten:
            return self._unwritten
        if requests.is_there(self._status, requests.HELP_FAILED):
            return "Help could not be called: the program for it failed."
        waits = self._called_s is not None and self._now_s() - self._called_s >= TAKEN_WITHIN_S
        if waits and requests.is_there(self._status, requests.HELP):
            return "Help could not be called: nothing takes the request."
        return ""

    def call(self) -> bool:
        """Leave the request. A call within a minute of the last counts as made, unless that one has failed."""
        now_s = self._now_s()
        if self._called_s is not None and now_s - self._called_s < AT_MOST_EVERY_S and not self.problem:
            return True
        stands = requests.taken(self._status, requests.HELP)  # nobody took the last one
        requests.taken(self._status, requests.HELP_FAILED)
        try:
            requests.leave(self._status, requests.HELP)
        except KioskError as error:
            self._unwritten = f"Help could not be called: {error}"
            log.error("%s", error)  # noqa: TRY400  a sentence for staff
            return False
        self._unwritten, self._called_s = "", now_s
        return not stands


class Helper:
    """Starts `help.command`.

    Args:
        command: the program and its arguments, as configured; empty: there is none.
        now_s: seconds on a clock that never goes back.
        longest_s: after which the program is ended.
    """

    def __init__(
        self, command: tuple[str, ...], now_s: Callable[[], float] = time.monotonic, longest_s: float = LONGEST_S
    ) -> None:
        self._command = command
        self._now_s = now_s
        self._longest_s = longest_s
        self._called_s: float | None = None
        self._watching: threading.Thread | None = None
        self.problem = ""
        """Why the last call came to nothing, as a sentence for staff; "" if it did not, or is not over."""

    def call(self) -> bool:
        """Call somebody; returns at once.

        A call within a minute of the last counts as made, unless that one is known to have failed.

        Returns: False if the program cannot be started or there is none.
        """
        if not self._command:
            return False
        now_s = self._now_s()
        if self._called_s is not None and now_s - self._called_s < AT_MOST_EVERY_S and not self.problem:
            return True
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PATH": PATH},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            met = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self._failed(f"it cannot be started ({met})")
            return False
        self._called_s, self.problem = now_s, ""
        self._watching = threading.Thread(target=self._watch, args=(process,), name="help", daemon=True)
        self._watching.start()
        return True

    def wait(self) -> None:
        """Until the last call is over: for tests, and for a kiosk that ends."""
        if self._watching is not None:
            self._watching.join()

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """See it end, or end it; either way nothing of it is left behind."""
        try:
            code = process.wait(self._longest_s)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its session, and so its group, has its number
            process.wait()
            self._failed(f"it was not done after {self._longest_s:.0f} seconds")
            return
        if code:
            self._failed(f"it ended with {code}")

    def _failed(self, met: str) -> None:
        """Note it by the program's own name: its arguments may be a telephone number."""
        name = os.path.basename(self._command[0])  # noqa: PTH119  any text may stand there
        self.problem = f"Help could not be called: {name}: {met}."
        log.error("%s", self.problem)
