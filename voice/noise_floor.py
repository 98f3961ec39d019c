"""How loud the room is when nobody speaks: followed while the microphone is open, and kept from listening to listening.

Counts sound, not the clock: the same sound gives the same floor. The quietest moment of the last seconds is the room,
for speech has gaps and a hoover has none. Source: R. Martin, "Noise power spectral density estimation based on optimal
smoothing and minimum statistics", IEEE Transactions on Speech and Audio Processing 9(5), 2001; here over all
frequencies at once, for one figure is enough.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from voice.audio import FULL_SCALE, QUIETEST_DBFS, size_bytes

FRAME_S = 0.02
WINDOW_S = 4.0
"""The quietest moment of so much sound. Speech that is read aloud has a gap in it at least; a floor that rises is
known after it."""
QUIET_DBFS = -58.0
"""No louder than this, a room does not move a level that is shown."""
_PART_S = 0.5
KNOWN_AFTER_S = 1.0
"""After less sound than this the quietest moment may be somebody's word."""
_SMOOTHED = 0.8
"""Of the power before, kept with each frame: about 0.1 s count."""
_FRAME_BYTES = size_bytes(FRAME_S)


class NoiseFloor:
    """The floor under one microphone; another one needs its own."""

    def __init__(self) -> None:
        self._rest = b""
        self._power: float | None = None
        self._parts: deque[float] = deque(maxlen=round(WINDOW_S / _PART_S))
        self._part = math.inf
        self._frames = 0

    @property
    def dbfs(self) -> float | None:
        """The floor in dBFS as in `audio.level_dbfs`; None before enough was heard."""
        if self._frames * FRAME_S < KNOWN_AFTER_S:
            return None
        lowest = min(self._part, *self._parts)
        return max(QUIETEST_DBFS, 10 * math.log10(lowest))

    def add(self, pcm: bytes) -> None:
        """More sound: 16-bit mono at 16,000 Hz, in pieces of any size."""
        data = self._rest + pcm
        whole = len(data) // _FRAME_BYTES * _FRAME_BYTES
        self._rest = data[whole:]
        samples = np.frombuffer(data[:whole], dtype="<i2").reshape(-1, _FRAME_BYTES // 2)
        for power in np.mean(np.square(samples / FULL_SCALE), axis=1).tolist():
            if power > 0:  # no room is that quiet: a device that is only waking
                self._frame(power)

    def _frame(self, power: float) -> None:
        self._power = power if self._power is None else _SMOOTHED * self._power + (1 - _SMOOTHED) * power
        self._part = min(self._part, self._power)
        self._frames += 1
        if self._frames % round(_PART_S / FRAME_S) == 0:
            self._parts.append(self._part)
            self._part = math.inf


def as_in_a_quiet_room(dbfs: float, floor_dbfs: float | None) -> float:
    """A level turned down by as much as the room is louder than a quiet one, so that what is shown is speech.

    Args:
        dbfs: how loud it is.
        floor_dbfs: the room's floor; None where it is not known.
    """
    return dbfs - max(0.0, (QUIET_DBFS if floor_dbfs is None else floor_dbfs) - QUIET_DBFS)
