"""Asks the terminal, before the screen takes it, whether it shows sixel pictures and how large its cells are.

Primary device attributes: a 4 among them means sixel (DEC STD 070; xterm's control sequences). `CSI 16 t` asks for a
cell's size, where the kernel's window size has no pixels.
"""

from __future__ import annotations

import array
import fcntl
import os
import re
import select
import termios
import time
import tty
from collections.abc import Callable

_ASK = b"\x1b[16t\x1b[c"
_ATTRIBUTES = re.compile(rb"\x1b\[\?([0-9;]*)c")
_CELL = re.compile(rb"\x1b\[6;(\d+);(\d+)t")
ANSWER_S = 0.5
"""How long a terminal has to answer; every one that is in use does so at once."""


def sixel_cell(
    reading: int = 0, writing: int = 2, clock: Callable[[], float] = time.monotonic, answer_s: float = ANSWER_S
) -> tuple[int, int] | None:
    """Width and height in px of a cell of a terminal that shows sixel; None where there is none, or it is no terminal.

    Args:
        reading: the file descriptor of the terminal's keys.
        writing: that of its screen.
        clock: seconds that never go back.
        answer_s: how long to wait.
    """
    if not (os.isatty(reading) and os.isatty(writing)):
        return None
    answer = _asked(reading, writing, clock, answer_s)
    attributes = _ATTRIBUTES.search(answer)
    if attributes is None or b"4" not in attributes[1].split(b";")[1:]:
        return None
    if told := _CELL.search(answer):
        high, wide = int(told[1]), int(told[2])
        return (wide, high) if wide and high else None
    return _cell_of_window(writing)


def _asked(reading: int, writing: int, clock: Callable[[], float], answer_s: float) -> bytes:
    """What the terminal answers, up to the end of its attributes."""
    before = termios.tcgetattr(reading)
    answer = b""
    try:
        tty.setcbreak(reading, termios.TCSANOW)
        os.write(writing, _ASK)
        end_at = clock() + answer_s
        while not _ATTRIBUTES.search(answer):
            left_s = end_at - clock()
            if left_s <= 0 or not select.select([reading], [], [], left_s)[0]:
                break
            more = os.read(reading, 1024)
            if not more:
                break
            answer += more
    finally:
        termios.tcsetattr(reading, termios.TCSANOW, before)
    return answer


def _cell_of_window(writing: int) -> tuple[int, int] | None:
    """A cell's size by the kernel's rows, columns, width and height of the window."""
    window = array.array("H", [0, 0, 0, 0])
    fcntl.ioctl(writing, termios.TIOCGWINSZ, window)
    rows, columns, width, height = window
    return (width // columns, height // rows) if rows and columns and width and height else None
