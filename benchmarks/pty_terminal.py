"""A terminal that writes down when each picture was complete: a pty, and no more of an emulator than is needed.

It says that it can show a picture at once (DEC mode 2026, "synchronised output", as foot does), so that the
application marks where each picture ends; that mark's arrival is when a picture counts as shown. What the emulator
then takes to draw it is not in it.

Source: the mode's specification, github.com/contour-terminal/vt-extensions "synchronized-output".
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

COLUMNS, ROWS = 160, 45
"""Wide enough for a tile's words to stand in one row."""
_ASKS_FOR_SYNC = b"\x1b[?2026$p"
_HAS_SYNC = b"\x1b[?2026;2$y"
_PICTURE_ENDS = b"\x1b[?2026l"
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?<>=$ ]*([@-~])|[\]P_][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])")
_FRAMES = str.maketrans(dict.fromkeys("│┃║─━═┌┐└┘┏┓┗┛╭╮╰╯╔╗╚╝▌▐█▀▄▁▂▃▅▆▇", " "))


@dataclass(frozen=True)
class Picture:
    """What was drawn in one go: `at_s` on the monotonic clock when it was complete, and the words that were in it."""

    at_s: float
    words: str


class Terminal:
    """A running program and its screen; made by `Terminal.start`."""

    def __init__(self, master: int, process: subprocess.Popen[bytes], started_s: float) -> None:
        self.process = process
        self.started_s = started_s
        self._master = master
        self._rest = b""
        self._pictures: list[Picture] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    @classmethod
    @contextmanager
    def start(cls, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Iterator[Terminal]:
        """The program in a terminal for as long as the block lasts."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        known = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        started_s = time.monotonic()
        process = subprocess.Popen(
            [*command],
            env={**known, **{key: value for key, value in environment.items() if key not in {"TMUX", "LC_ALL"}}},
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        terminal = cls(master, process, started_s)
        try:
            yield terminal
        finally:
            terminal._end()

    def press(self, key: str) -> float:
        """Press a key, as the bytes it sends.

        Returns: when, on the monotonic clock.
        """
        at_s = time.monotonic()
        os.write(self._master, key.encode())
        return at_s

    def shown(self, *words: str, since_s: float = 0.0, within_s: float = 40.0) -> Picture:
        """The first picture, complete after `since_s`, that holds any of these words; "" is any picture.

        Raises: TimeoutError: none came.
        """
        deadline = time.monotonic() + within_s
        looked = 0
        with self._news:
            while True:
                for picture in self._pictures[looked:]:
                    looked += 1
                    if picture.at_s > since_s and any(one in picture.words for one in words):
                        return picture
                left_s = deadline - time.monotonic()
                if left_s <= 0 or self.process.poll() is not None:
                    last = self._pictures[-1].words if self._pictures else self._rest.decode(errors="replace")
                    raise TimeoutError(f"none of {words} on the screen; last drawn: {last}")
                self._news.wait(min(left_s, 0.5))

    def last(self) -> Picture:
        """The latest picture."""
        with self._news:
            return self._pictures[-1]

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 65_536)
            except OSError:  # the program has ended: Linux says EIO
                return
            at_s = time.monotonic()
            if _ASKS_FOR_SYNC in self._rest + data:
                os.write(self._master, _HAS_SYNC)
            *pictures, self._rest = (self._rest + data).split(_PICTURE_ENDS)
            if pictures:
                with self._news:
                    self._pictures += [Picture(at_s, _words(one)) for one in pictures]
                    self._news.notify_all()

    def _end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self._reader.join(5)
        os.close(self._master)


def _words(drawn: bytes) -> str:
    """The words drawn: without colours and frames, single spaces between."""
    text = _ESCAPE.sub(lambda found: "" if found[1] == "m" else " ", drawn.decode(errors="replace"))
    return " ".join(text.translate(_FRAMES).split())
