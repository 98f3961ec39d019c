"""The check's part for the disk: how much room there is, and how long a synced write takes.

An answer is said back when it is on the disk: on a slow card everybody waits, and one that grows slow is wearing out.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kiosk.checks.lines import Line, advice, error, fine
from kiosk.staff import facts
from kiosk.staff.facts import LOW_DISK_BYTES

WHAT = "disk"
WRITES = 20
WRITE_BYTES = 16_384
"""About what one sealed answer is."""
SLOW_S = 0.25
"""Somebody who waits for so long presses again."""
TOO_SLOW_S = 3.0


def disk(folder: Path, now_s: Callable[[], float] = time.monotonic) -> Iterator[Line]:
    """Room, and the slowest of a few synced writes. Nothing stays: the file written to has no name.

    Args:
        folder: the data folder; a line on it is not drawn where it is not there yet.
        now_s: a clock that never goes back.
    """
    if not folder.is_dir():
        return
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < LOW_DISK_BYTES:
        yield advice(WHAT, f"{folder} has {free_bytes / 1e6:.0f} MB left", "Free some space on that disk.")
    try:
        took_s = _writes(folder, now_s)
    except OSError as met:
        yield error(WHAT, f"{folder} cannot be written in: {met.strerror}", "See what is wrong with that disk.")
        return
    slowest_s = max(took_s)
    met_words = f"the slowest of {len(took_s)} synced writes took {slowest_s * 1000:.0f} ms"
    todo = "Take a card or disk that is made for many writes ('endurance'), and replace one that grows slow."
    if slowest_s > TOO_SLOW_S:
        yield error(WHAT, met_words, todo)
    elif slowest_s > SLOW_S:
        yield advice(WHAT, f"{met_words}: people wait for so long after each answer", todo)
    else:
        yield fine(WHAT, f"{facts.disk(folder)['disk']}; {met_words}")


def _writes(folder: Path, now_s: Callable[[], float]) -> list[float]:
    """How long each took, in seconds. Raises: OSError."""
    took_s = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(WRITES):
            begun_s = now_s()
            file.write(os.urandom(WRITE_BYTES))
            file.flush()
            os.fsync(file.fileno())
            took_s.append(now_s() - begun_s)
    return took_s
