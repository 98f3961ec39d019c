"""Short tones: the microphone is open, an answer was taken. Made here, not recorded: nothing to license or to lose."""

from __future__ import annotations

from enum import Enum

import numpy as np

from voice.audio import from_float

_RAMP_S = 0.01
"""Faded in and out, or it clicks."""


class Tone(Enum):
    """Which tone: pitches in Hz, one after the other, and how long each sounds in seconds."""

    OPEN = ((660.0, 880.0), 0.09)
    ANSWER = ((880.0, 660.0), 0.09)
    KEY = ((740.0,), 0.06)


def tone(which: Tone, rate_hz: int = 44_100, volume: float = 0.3) -> bytes:
    """A tone as 16-bit mono.

    Args:
        which: which.
        rate_hz: of the result.
        volume: 0.0 to 1.0 of full scale.
    """
    pitches, each_s = which.value
    count = round(rate_hz * each_s)
    ramp = round(rate_hz * _RAMP_S)
    shape = np.ones(count)
    shape[:ramp] = np.linspace(0.0, 1.0, ramp)
    shape[-ramp:] = np.linspace(1.0, 0.0, ramp)
    times = np.arange(count) / rate_hz
    parts = [np.sin(2 * np.pi * pitch * times) * shape * volume for pitch in pitches]
    return from_float(np.concatenate(parts).astype(np.float32))
