"""A program in a pseudo-terminal of its own: keys go in, what was drawn comes out. Imports nothing of the project.

    with PseudoTerminal.start(command, environment) as terminal:
        terminal.wait_for("Press the big key")
        terminal.press("\r")
        terminal.wait_until_ended()

What was drawn is the text written so far without its escape sequences: enough to see that words were put up.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

USUAL_S = 60.0
"""Far more than anything takes: a loaded machine is not a failure."""
LAST_WORDS_S = 10.0
"""Where something that the program started keeps the terminal open."""
ROWS, COLUMNS = 24, 100
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|[ -/]*[0-~])")
_FRAMES = re.compile("[\u2500-\u259f]")
"""Lines and blocks are no words."""
ENTER_ALTERNATE_SCREEN, LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"
HIDE_CURSOR, SHOW_CURSOR = b"\x1b[?25l", b"\x1b[?25h"


class PseudoTerminal:
    """A running program and its terminal; made by `PseudoTerminal.start`."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self._master = master
        self.raw = b""
        self._cut = False
        self.before = termios.tcgetattr(master)

    @classmethod
    @contextmanager
    def start(cls, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Iterator[PseudoTerminal]:
        """The program for as long as the block lasts; it is its session's leader, and the terminal is its only one."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environment, "TERM": "xterm-256color"},
            cwd=folder,
            start_new_session=True,
        )
        terminal = cls(process, master)
        os.close(slave)
        try:
            yield terminal
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            os.close(master)

    def press(self, keys: str) -> None:
        """Type these characters."""
        os.write(self._master, keys.encode())

    def drawn(self) -> str:
        """Every word written so far, with single spaces between them and without frames."""
        text = _ESCAPES.sub(b" ", self.raw).decode(errors="replace")
        return " ".join(_FRAMES.sub(" ", text).split())

    def wait_for(self, words: str, *, since: int = 0, within_s: float = USUAL_S) -> int:
        """Read until these words were drawn.

        Args:
            words: with single spaces.
            since: look only behind this place in `drawn`.
            within_s: fail after this.
        Returns: the place behind them.
        """
        deadline = time.monotonic() + within_s
        while (place := self.drawn().find(words, since)) < 0:
            assert time.monotonic() < deadline, f"{words!r} was not drawn, but: {self.drawn()[-2000:]}"
            if not self._read(0.2) and self.process.poll() is not None and not self._read(0):
                raise AssertionError(f"it ended with {self.process.returncode} and drew: {self.drawn()[-2000:]}")
        return place + len(words)

    def wait_until_ended(self, within_s: float = USUAL_S) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + within_s
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it did not end within {within_s} s: {self.drawn()[-2000:]}"
            self._read(0.2)
        # What it wrote last is on its way through the kernel still: only a line that is cut has told everything.
        until = time.monotonic() + LAST_WORDS_S
        while not self._cut and time.monotonic() < until:
            self._read(0.2)
        return self.process.returncode

    @property
    def restored(self) -> bool:
        """Whether the terminal is as the program found it: no alternate screen, a cursor, and its own modes."""
        whole = self.raw.rfind(LEAVE_ALTERNATE_SCREEN) >= self.raw.rfind(ENTER_ALTERNATE_SCREEN)
        cursor = self.raw.rfind(SHOW_CURSOR) >= self.raw.rfind(HIDE_CURSOR)
        return whole and cursor and termios.tcgetattr(self._master) == self.before

    def _read(self, wait_s: float) -> bool:
        """Take what there is; False where there was nothing."""
        ready, _, _ = select.select([self._master], [], [], wait_s)
        if not ready:
            return False
        try:
            found = os.read(self._master, 65536)
        except OSError:  # the program has gone, and its side of the terminal with it
            self._cut = True
            return False
        self.raw += found
        return bool(found)
