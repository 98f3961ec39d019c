"""A recording in noise, so that what was said is heard and is not sure."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from voice.audio import from_float, load, to_float, write_wav


def in_noise(recording: Path, folder: Path, snr_db: float = 3.0) -> Path:
    """The recording with a hiss so far below it, always the same, as a file in the folder."""
    said = to_float(load(recording))
    hiss = np.random.default_rng(1).standard_normal(len(said)).astype(np.float32)
    hiss *= np.float32(np.sqrt(np.mean(said**2) / np.mean(hiss**2)) * 10 ** (-snr_db / 20))
    target = folder / f"{recording.stem}-in-noise.wav"
    write_wav(target, from_float(((said + hiss) / 2).astype(np.float32)))
    return target
