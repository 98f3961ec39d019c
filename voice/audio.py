"""Sound as this room passes it about: 16-bit little-endian mono at 16,000 Hz, as plain bytes.

Source: what both engines and the voice activity detector were trained on.
"""

from __future__ import annotations

import math
import wave
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from voice.errors import VoiceError

RATE_HZ = 16_000
SAMPLE_BYTES = 2
FULL_SCALE = 32_768
QUIETEST_DBFS = -120.0
"""What digital silence is called, which has no logarithm."""
_ACTIVE_DB = 20.0
_WINDOW_S = 0.05


def load(path: Path | str) -> bytes:
    """A WAV or FLAC file of any rate and number of channels.

    Args:
        path: the file.

    Returns: 16-bit little-endian mono at `RATE_HZ`.

    Raises:
        VoiceError: no such file, or not sound.
    """
    return samples_at(path, RATE_HZ)


def samples_at(path: Path | str, rate_hz: int) -> bytes:
    """The same at another rate: what a speaker that does not know 16,000 Hz has to be given.

    Raises:
        VoiceError: no such file, or not sound.
    """
    try:
        samples, file_rate_hz = soundfile.read(str(path), dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise VoiceError(
            "Cannot read the recording", f"'{path}': {_reason(error, path)}", "Give a WAV or FLAC file."
        ) from error
    mono = samples.mean(axis=1, dtype=np.float32)
    return from_float(resample(mono, file_rate_hz, rate_hz))


def resample(samples: npt.NDArray[np.float32], from_hz: int, to_hz: int) -> npt.NDArray[np.float32]:
    """The same sound at another rate.

    Args:
        samples: mono, -1.0 to 1.0.
        from_hz: its rate.
        to_hz: the rate wanted.
    """
    if from_hz == to_hz:
        return samples
    return np.asarray(soxr.resample(samples, from_hz, to_hz), dtype=np.float32)


def from_float(samples: npt.NDArray[np.float32]) -> bytes:
    """Mono samples from -1.0 to 1.0 as 16-bit bytes; what is louder is clipped, never wrapped round."""
    scaled = np.clip(np.rint(samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1)
    return bytes(scaled.astype("<i2").tobytes())


def to_float(pcm: bytes) -> npt.NDArray[np.float32]:
    """16-bit bytes as samples from -1.0 to 1.0."""
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(FULL_SCALE)


def duration_s(pcm: bytes, rate_hz: int = RATE_HZ) -> float:
    """How long that many bytes sound."""
    return len(pcm) / (SAMPLE_BYTES * rate_hz)


def size_bytes(seconds: float, rate_hz: int = RATE_HZ) -> int:
    """How many bytes sound that long; always whole samples."""
    return round(seconds * rate_hz) * SAMPLE_BYTES


def level_dbfs(pcm: bytes) -> float:
    """Root mean square in decibels below full scale: 0 is a full-scale square wave, -120 is silence or nothing."""
    if not pcm:
        return QUIETEST_DBFS
    rms = math.sqrt(float(np.mean(np.square(to_float(pcm), dtype=np.float64))))
    if rms <= 0:
        return QUIETEST_DBFS
    return max(QUIETEST_DBFS, 20 * math.log10(rms))


def active_dbfs(pcm: bytes) -> float:
    """How loud the speech in it is, in dBFS, without its pauses."""
    windows = _windows(to_float(pcm))
    power = np.mean(np.square(windows, dtype=np.float64), axis=1)
    loudest = float(np.max(power, initial=0.0))
    if loudest <= 0:
        return QUIETEST_DBFS
    return 10 * float(np.log10(np.mean(power[power >= loudest * 10 ** (-_ACTIVE_DB / 10)])))


def _windows(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Cut into windows; what is shorter than one is one."""
    length = max(1, min(round(_WINDOW_S * RATE_HZ), len(samples)))
    return samples[: len(samples) // length * length].reshape(-1, length)


def write_wav(file: Path | str | IO[bytes], pcm: bytes, rate_hz: int = RATE_HZ) -> None:
    """A WAV file of 16-bit mono sound, to a path or an open binary file."""
    with wave.open(str(file) if isinstance(file, Path) else file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(SAMPLE_BYTES)
        out.setframerate(rate_hz)
        out.writeframes(pcm)


def _reason(error: Exception, path: Path | str) -> str:
    """What a person can understand of a library's words."""
    if not Path(path).exists():
        return "there is no such file"
    if Path(path).is_dir():
        return "it is a folder"
    if isinstance(error, PermissionError):
        return "it may not be read"
    return "it is not sound that can be read"
