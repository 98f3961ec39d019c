"""What a speaker is given to play, and all of it as one stretch of samples at the device's rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.audio import from_float, resample, samples_at, to_float

LEAD_IN_S = 0.12
"""Silence before the first sound, from the stream's start: amplifiers wake up slowly and would swallow a word."""
WAKING_S = 0.15
"""The same where nothing was played for some seconds, so that an amplifier may have gone to sleep."""


@dataclass(frozen=True)
class Sound:
    """One thing to play.

    Attributes:
        sound: a WAV or FLAC file, several that follow on one another, or 16-bit mono samples.
        pause_after_s: silence behind it.
        volume: 0.0 to 1.0.
        rate_hz: of the samples; a file knows its own.
    """

    sound: Path | bytes | tuple[Path, ...]
    pause_after_s: float = 0.0
    volume: float = 1.0
    rate_hz: int = 16_000


@dataclass
class Prompt:
    """What is being played: all of it as samples, and where each line begins.

    Attributes:
        turn: of its events.
        samples: at the device's rate; the lead-in alone until `fill` has made the rest.
        starts: places of the lines.
        place: the next sample to be played.
    """

    turn: int
    samples: npt.NDArray[np.int16]
    starts: list[int] = field(default_factory=list)
    place: int = 0


def lead_in(turn: int, lead_s: float, rate_hz: int) -> Prompt:
    """What is played while the sounds are read and converted: that takes no longer then."""
    return Prompt(turn, np.zeros(round(lead_s * rate_hz), dtype=np.int16))


def fill(prompt: Prompt, sounds: tuple[Sound, ...], rate_hz: int) -> None:
    """Put all sounds behind the prompt's lead-in, as one stretch of samples at the device's rate.

    Raises:
        VoiceError: a file can't be read.
    """
    parts = [np.zeros(len(prompt.samples), dtype=np.float32)]
    for sound in sounds:
        prompt.starts.append(sum(len(part) for part in parts))
        if isinstance(sound.sound, bytes):
            samples = resample(to_float(sound.sound), sound.rate_hz, rate_hz)
        else:
            files = (sound.sound,) if isinstance(sound.sound, Path) else sound.sound
            samples = to_float(b"".join(samples_at(file, rate_hz) for file in files))
        parts += [samples * np.float32(sound.volume), np.zeros(round(sound.pause_after_s * rate_hz), dtype=np.float32)]
    prompt.samples = np.frombuffer(from_float(np.concatenate(parts)), dtype="<i2")
