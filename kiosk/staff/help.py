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

log = logging.getLogger(__name__)

AT_MOST_EVERY_S = 60.0
LONGEST_S = 60.0
"""A program that runs for longer is ended, with everything that it started."""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""The whole of the program's environment."""


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
