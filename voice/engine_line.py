"""One process of the engine, and the line to it. What starts the next one is `voice.engine_process`."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from pickle import UnpicklingError
from typing import Any


class LineEnded(Exception):  # noqa: N818  no error of its own: whoever asked makes something of it
    """The process has ended, or was ended because it did not answer."""


class Worker:
    """One process and the line to it. Raises: OSError: it can't be started."""

    def __init__(self, command: Sequence[str]) -> None:
        self.reason = ""
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as failed, theirs:
            failed.callback(ours.close)
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                # The screen is drawn on the terminal, and what these libraries print there may be what somebody said.
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # away from the terminal: Ctrl-C and its hanging up are not for this process
                cwd=Path(__file__).parent.parent,
            )
            failed.pop_all()
        self._line = Connection(ours.detach())

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def ask(self, asked: tuple[Any, ...], within_s: float) -> tuple[Any, ...]:
        """Send and wait for the answer; a process that does not answer in that time is ended.

        A timer ends it rather than a time-out of the line, because a process that is stopped takes nothing in either:
        sending would wait for ever once the socket is full.

        Raises:
            LineEnded: why.
        """
        timer = threading.Timer(within_s, self._stalled, (within_s,))
        timer.daemon = True
        timer.start()
        try:
            self._line.send(asked)
            answer: tuple[Any, ...] = self._line.recv()
        except (EOFError, OSError, UnpicklingError) as error:
            self.kill()
            raise LineEnded(self.wait()) from error
        finally:
            timer.cancel()
        if answer[0] == "fault":
            self.reason = f"a fault of Sayso's own ended it ({answer[1]} at {answer[2]})"
            self.kill()
            raise LineEnded(self.wait())
        return answer

    def wait(self) -> str:
        """Wait for its end. Returns: why, as what comes behind "the engine: "."""
        code = self._process.wait()
        if self.reason:
            return self.reason
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
            return f"its process was ended by {name}"
        return f"its process ended by itself (exit code {code})"

    def kill(self) -> None:
        """End it, if it has not ended."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def close(self) -> None:
        """Wait for its end, and close the line."""
        self._process.wait()
        self._line.close()

    def _stalled(self, within_s: float) -> None:
        self.reason = f"it did not answer within {within_s:.3g} s"
        self.kill()
