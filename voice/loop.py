"""The speaker as the microphone hears it: a tone and a sentence are played, and looked for in what was recorded.

The tone is a sweep: correlated with itself it has one sharp peak, which stands far above a room's noise even where the
tone itself is hardly heard, and tells to some milliseconds when it came.
Source: A. Farina, "Simultaneous measurement of impulse response and distortion with a swept-sine technique", AES 2000;
here the linear sweep, correlated, for one path and one delay.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.audio import QUIETEST_DBFS, RATE_HZ, active_dbfs, from_float, level_dbfs, to_float
from voice.condition import CLIPPED_SHARE, clipped_samples
from voice.errors import VoiceError
from voice.events import LineStarted, PromptFinished, SpeakerLost, SpeakingEvent
from voice.microphone import PERIOD_S
from voice.sound import Sound
from voice.source import LOST, Source
from voice.speaker import Speaking

QUIET_S = 1.0
"""The room alone, before anything is played."""
AFTER_S = 1.5
"""So much later than it was played may a sound come: a wireless speaker's delay."""
LONGEST_S = 40.0
TONE_S, PAUSE_S = 0.6, 0.4
FROM_HZ, TO_HZ = 400.0, 3_400.0
"""What every speaker plays and every microphone hears."""
TONE_VOLUME = 0.5
CLEAR_DB = 20.0
"""The tone's peak above the correlation of everything else. The highest of 100,000 values of noise stands at 13 dB."""
_MEDIAN = 0.67
"""Of the size of random noise, by its root mean square."""
_TURN = 1
_PLAYED_HZ = 48_000
_BLOCK_BYTES = 640


@dataclass(frozen=True)
class Heard:
    """What the microphone heard of the speaker.

    Attributes:
        silent: nothing but zeros came.
        noise_dbfs: of the room, before anything was played.
        clearness_db: how far the tone stands out, by correlation.
        tone_dbfs: how loud it was; -120 where it was not heard.
        speech_dbfs: how loud the sentence was, without its pauses; None where none was played, or no tone heard.
        clipped_share: of what was played, as much of it as came clipped, 0 to 1.
        delay_s: how much later the tone came than the speaker said that it is heard; None where it did not come.
        lost: how often sound was lost on its way in.
    """

    silent: bool
    noise_dbfs: float
    clearness_db: float
    tone_dbfs: float
    speech_dbfs: float | None
    clipped_share: float
    delay_s: float | None
    lost: int

    @property
    def hears(self) -> bool:
        """Whether the tone came."""
        return self.delay_s is not None


class Recording:
    """What comes from a source, on a thread of its own, with the time at which it began."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._blocks: list[bytes] = []
        self._came = threading.Condition()
        self._error: VoiceError | None = None
        self.begun_s = math.nan
        """By the monotonic clock."""
        self.lost = 0
        self._thread = threading.Thread(target=self._run, name="measuring", daemon=True)

    def begin(self) -> None:
        """Raises: VoiceError: it can't be opened."""
        self._source.open()
        self._thread.start()

    def end(self) -> None:
        """Close it."""
        self._source.close()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def pcm(self) -> bytes:
        """All there is so far."""
        with self._came:
            return b"".join(self._blocks)

    def wait(self, until: Callable[[float], bool]) -> None:
        """Wait for sound until `until` is true of the seconds that came. Raises: VoiceError: no more comes."""
        with self._came:
            while not until(sum(map(len, self._blocks)) / (2 * RATE_HZ)):
                if self._error is not None:
                    raise self._error
                self._came.wait(LONGEST_S)

    def _run(self) -> None:
        try:
            for block in self._source.blocks():
                with self._came:
                    if not self._blocks:
                        self.begun_s = time.monotonic() - PERIOD_S
                    if block == LOST:
                        self.lost += 1
                    else:
                        self._blocks.append(block)
                    self._came.notify_all()
        except VoiceError as error:
            with self._came:
                self._error = error
                self._came.notify_all()


def tone(rate_hz: int) -> npt.NDArray[np.float32]:
    """The sweep, -1.0 to 1.0, faded in and out."""
    times = np.arange(round(TONE_S * rate_hz)) / rate_hz
    sweep = np.sin(2 * np.pi * (FROM_HZ * times + (TO_HZ - FROM_HZ) / (2 * TONE_S) * times**2))
    ramp = np.minimum(1.0, np.minimum(times, TONE_S - times) / 0.01)
    return np.asarray(sweep * ramp, dtype=np.float32)


def measure(
    source: Source,
    speaker_on: Callable[[Callable[[SpeakingEvent], None]], Speaking],
    sentence: Path | None,
    volume: float,
) -> Heard:
    """Play a tone and a sentence, and hear them.

    Args:
        source: the microphone; opened and closed here.
        speaker_on: makes the speaker, which tells its events to what it is given; closed here.
        sentence: a sound file; None plays the tone alone.
        volume: 0.0 to 1.0, the house's.

    Raises: VoiceError: microphone or speaker can't be opened, or was lost.
    """
    happened: queue.SimpleQueue[tuple[float, SpeakingEvent]] = queue.SimpleQueue()
    speaker = speaker_on(lambda event: happened.put((time.monotonic(), event)))
    recording = Recording(source)
    try:
        recording.begin()
        recording.wait(lambda came_s: came_s >= QUIET_S)
        quiet = len(recording.pcm)
        pcm = from_float(tone(_PLAYED_HZ) * np.float32(TONE_VOLUME))
        sounds = [Sound(pcm, PAUSE_S, volume, _PLAYED_HZ)]
        if sentence is not None:
            sounds.append(Sound(sentence, 0.0, volume))
        speaker.play(_TURN, sounds)
        started_s, ended_s = _played(happened)
        recording.wait(lambda came_s: recording.begun_s + came_s >= ended_s + AFTER_S)
    finally:
        recording.end()
        speaker.close()
    begun_s, lost = recording.begun_s, recording.lost
    return analysed(recording.pcm, quiet, started_s - begun_s, spoken=sentence is not None, lost=lost)


def _played(happened: queue.SimpleQueue[tuple[float, SpeakingEvent]]) -> tuple[float, float]:
    """When the tone began and when all was over, by the monotonic clock. Raises: VoiceError: the speaker was lost."""
    started_s = math.nan
    with suppress(queue.Empty):
        while True:
            at_s, event = happened.get(timeout=LONGEST_S)
            match event:
                case LineStarted(_, 0):
                    started_s = at_s
                case PromptFinished():
                    return started_s, at_s
                case SpeakerLost(_, reason):
                    raise VoiceError("Cannot play", f"a tone: {reason.rstrip('.')}", "See what the speaker lacks.")
    raise VoiceError("Cannot play", "a tone: the speaker does not end", "Plug it in again.")


def analysed(pcm: bytes, quiet: int, started_s: float, *, spoken: bool = True, lost: int = 0) -> Heard:
    """What is in a recording of it.

    Args:
        pcm: 16-bit mono at 16,000 Hz.
        quiet: so many bytes of it are the room alone.
        started_s: when the tone began, by the speaker's word, in seconds from the recording's beginning.
        spoken: a sentence was played behind the tone.
        lost: how often sound was lost in it.
    """
    room, played = pcm[:quiet], pcm[quiet:]
    shape = tone(RATE_HZ)
    background = _correlated(to_float(room), shape)
    found = _correlated(to_float(played), shape)
    # Noise may begin with the tone: the median of what was recorded meanwhile is no tone either.
    each = (float(np.median(part)) / _MEDIAN for part in (background, found) if len(part))
    noise = max(*each, 1e-6)
    place = int(np.argmax(found)) if len(found) else 0
    peak = float(found[place]) if len(found) else 0.0
    clearness_db = 20 * math.log10(max(peak, 1e-9) / noise)
    hears = clearness_db >= CLEAR_DB
    begin = 2 * place
    end = begin + 2 * len(shape)
    return Heard(
        silent=not any(pcm),
        noise_dbfs=level_dbfs(room),
        clearness_db=clearness_db,
        tone_dbfs=level_dbfs(played[begin:end]) if hears else QUIETEST_DBFS,
        speech_dbfs=active_dbfs(played[end:]) if hears and spoken and len(played) > end else None,
        clipped_share=_clipped(played[begin:] if hears else played),
        delay_s=(quiet // 2 + place) / RATE_HZ - started_s if hears else None,
        lost=lost,
    )


def _correlated(sound: npt.NDArray[np.float32], shape: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """How well the shape fits at each place of the sound, by Fourier transform."""
    if len(sound) < len(shape):
        return np.zeros(0)
    size = 1 << (len(sound) + len(shape)).bit_length()
    spectrum = np.fft.rfft(sound.astype(np.float64), size) * np.conj(np.fft.rfft(shape.astype(np.float64), size))
    return np.asarray(np.abs(np.fft.irfft(spectrum, size)[: len(sound) - len(shape) + 1]))


def _clipped(pcm: bytes) -> float:
    """The share of its 20 ms blocks that are clipped, of those with any sound in them."""
    blocks = [pcm[place : place + _BLOCK_BYTES] for place in range(0, len(pcm), _BLOCK_BYTES)]
    loudest = max(map(level_dbfs, blocks), default=QUIETEST_DBFS)
    loud = [block for block in blocks if level_dbfs(block) > loudest - 20]
    clipped = sum(clipped_samples(block) >= CLIPPED_SHARE * len(block) / 2 for block in loud)
    return clipped / len(loud) if loud else 0.0
