"""A terminal that writes down when each picture was complete: a pty, and no more of an emulator than is needed.

It answers what a kiosk asks of a terminal, and says that it can show a picture at once (DEC mode 2026, "synchronised
output", as foot does), so that the application marks where each picture ends; that mark's arrival is when a picture
counts as shown. What the emulator then takes to draw it is not in it.

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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PLAIN = (160, 45, 0, 0)
"""Columns, rows, and a cell's width and height in px, 0 for a terminal without sixel. Wide enough for a tile's words to
stand in one row."""
FOOT = (80, 25, 16, 32)
"""A kiosk's: foot on 1280 x 800 px, which shows sixel pictures. There the words can't be read from what is sent."""
_ASKS_FOR_SYNC = b"\x1b[?2026$p"
_HAS_SYNC = b"\x1b[?2026;2$y"
_ASKS_WHAT_IT_IS = b"\x1b[c"
_IS_PLAIN, _HAS_SIXEL = b"\x1b[?62;22c", b"\x1b[?62;4;22c"
_SIXEL = b"\x1bP"
_PICTURE_ENDS = b"\x1b[?2026l"
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?<>=$ ]*([@-~])|[\]P_][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])")
_FRAMES = str.maketrans(dict.fromkeys("│┃║─━═┌┐└┘┏┓┗┛╭╮╰╯╔╗╚╝▌▐█▀▄▁▂▃▅▆▇", " "))


@dataclass(frozen=True)
class Picture:
    """What was drawn in one go.

    Attributes:
        at_s: when it was complete, on the monotonic clock.
        words: that were in it.
        sixels: how many sixel pictures were in it.
        size_bytes: of what was sent.
    """

    at_s: float
    words: str
    sixels: int
    size_bytes: int


class Terminal:
    """A running program and its screen; made by `Terminal.start`."""

    def __init__(
        self, master: int, process: subprocess.Popen[bytes], started_s: float, kind: tuple[int, int, int, int]
    ) -> None:
        self.process = process
        self.started_s = started_s
        _, _, wide, high = kind
        self._is = f"\x1b[6;{high};{wide}t".encode() + _HAS_SIXEL if wide else _IS_PLAIN
        self._master = master
        self._rest = b""
        self._pictures: list[Picture] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    @classmethod
    @contextmanager
    def start(
        cls,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        kind: tuple[int, int, int, int] = PLAIN,
    ) -> Iterator[Terminal]:
        """The program in a terminal, `PLAIN` or `FOOT`, for as long as the block lasts."""
        columns, rows, wide, high = kind
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, columns * wide, rows * high))
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
        terminal = cls(master, process, started_s, kind)
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

    def sixel_shown(self, parts: int = 1, since_s: float = 0.0, within_s: float = 40.0) -> Picture:
        """The first picture, complete after `since_s`, with so many sixels in it. Raises: TimeoutError: none came."""
        return self._first(lambda picture: picture.sixels >= parts, "sixel picture", since_s, within_s)

    def shown(self, *words: str, since_s: float = 0.0, within_s: float = 40.0) -> Picture:
        """The first picture, complete after `since_s`, that holds any of these words; "" is any picture.

        Raises: TimeoutError: none came.
        """
        return self._first(lambda picture: any(one in picture.words for one in words), str(words), since_s, within_s)

    def _first(self, fits: Callable[[Picture], bool], what: str, since_s: float, within_s: float) -> Picture:
        deadline = time.monotonic() + within_s
        looked = 0
        with self._news:
            while True:
                for picture in self._pictures[looked:]:
                    looked += 1
                    if picture.at_s > since_s and fits(picture):
                        return picture
                left_s = deadline - time.monotonic()
                if left_s <= 0 or self.process.poll() is not None:
                    last = self._pictures[-1].words if self._pictures else self._rest.decode(errors="replace")
                    raise TimeoutError(f"no {what} on the screen; last drawn: {last}")
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
            if _ASKS_WHAT_IT_IS in self._rest + data:
                os.write(self._master, self._is)
                data = data.replace(_ASKS_WHAT_IT_IS, b"")  # answered once
            *pictures, self._rest = (self._rest + data).split(_PICTURE_ENDS)
            if pictures:
                with self._news:
                    self._pictures += [_picture(at_s, one) for one in pictures]
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


def _picture(at_s: float, drawn: bytes) -> Picture:
    sixels = drawn.count(_SIXEL)
    return Picture(at_s, "" if sixels else _words(drawn), sixels, len(drawn))


def _words(drawn: bytes) -> str:
    """The words drawn: without colours and frames, single spaces between."""
    text = _ESCAPE.sub(lambda found: "" if found[1] == "m" else " ", drawn.decode(errors="replace"))
    return " ".join(text.translate(_FRAMES).split())
