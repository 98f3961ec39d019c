"""What a microphone's sound says of it and its place: silent, clipped, too fast, hearing the kiosk, a loud room.

Nothing of what was said is in it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CLIPPED = 32_700
"""A sample from here on is at the end of the scale."""
CLIPPED_SHARE = 0.02
"""So many of a block's samples at the end of the scale are no single loud sound."""


@dataclass(frozen=True)
class MicrophoneUsed:
    """One listening is over; told when the microphone is closed.

    Attributes:
        heard_s: how much sound came, counted in sound.
        zero_s: of that, in blocks that were nothing but zeros.
        clipped_s: of that, in blocks that were clipped.
        taken_s: how long the sound after the first block took to come, by the clock.
        overflows: how often PortAudio said that sound was lost.
    """

    heard_s: float
    zero_s: float
    clipped_s: float
    taken_s: float
    overflows: int


def clipped_samples(pcm: bytes) -> int:
    """How many samples of 16-bit mono sound are at the end of the scale."""
    return int(np.count_nonzero(np.abs(np.frombuffer(pcm, dtype="<i2").astype(np.int32)) >= CLIPPED))


class Condition:
    """Gathers it, block by block.

    Args:
        rate_hz: what the device was asked for.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._frames = self._zero = self._clipped = 0
        self._first_s = self._last_s = 0.0
        self._overflows = 0

    def add(self, samples: npt.NDArray[np.int16], at_s: float, *, overflowed: bool = False) -> None:
        """One block.

        Args:
            samples: frames by channels.
            at_s: when it came, on any clock.
            overflowed: sound before it was lost.
        """
        if not self._frames:
            self._first_s = at_s
        frames = len(samples)
        self._frames += frames
        self._last_s = at_s
        self._overflows += overflowed
        loud = np.abs(samples.astype(np.int32))
        if not loud.any():
            self._zero += frames
        # In any channel: its others may be silent.
        elif (loud >= CLIPPED).mean(axis=0).max() >= CLIPPED_SHARE:
            self._clipped += frames

    @property
    def heard(self) -> bool:
        """Whether any sound has come."""
        return self._frames > 0

    def used(self) -> MicrophoneUsed:
        """All of it."""
        rate_hz = self._rate_hz
        return MicrophoneUsed(
            self._frames / rate_hz,
            self._zero / rate_hz,
            self._clipped / rate_hz,
            self._last_s - self._first_s,
            self._overflows,
        )


class Problems:
    """What is wrong with a microphone or its place, as its listenings add up: one bad listening is none."""

    SILENT_S = 5.0
    """So much sound, over any number of listenings, with nothing but zeros in it. A room is never that quiet."""
    CLIPPED_S = 2.0
    RATE_S = 3.0
    """Over less than that the blocks' own jitter would count."""
    RATE_OFF = 0.15
    """A wrong rate is mostly twice or half the right one. 44,100 Hz taken for 48,000, off by 0.09, does no harm."""

    LISTENINGS = 20
    """The last ones, of which are counted those in which it heard the kiosk itself, and those in a loud room."""
    OWN_PROMPTS = 3
    LOUD = 10

    def __init__(self) -> None:
        self._own_prompts: deque[bool] = deque(maxlen=self.LISTENINGS)
        self._loud: deque[bool] = deque(maxlen=self.LISTENINGS)
        self._silent_s = 0.0
        self._clips = False
        self._wrong_rate = False

    def add(self, used: MicrophoneUsed) -> None:
        """One more listening."""
        if not used.heard_s:
            return
        self._silent_s = self._silent_s + used.zero_s if used.zero_s == used.heard_s else 0.0
        if used.heard_s >= self.CLIPPED_S:
            self._clips = used.clipped_s > used.heard_s / 2
        if used.taken_s >= self.RATE_S and not used.overflows:
            self._wrong_rate = abs(used.heard_s / used.taken_s - 1) > self.RATE_OFF

    def listened(self, *, own_prompt: bool = False, loud: bool = False) -> None:
        """One listening for an answer has ended.

        Args:
            own_prompt: it heard what the kiosk had just said.
            loud: nothing could be made of it, for the room was loud or others talked.
        """
        self._own_prompts.append(own_prompt)
        self._loud.append(loud)

    def __str__(self) -> str:
        """What to do, as a sentence for staff; "" if nothing is wrong."""
        if self._silent_s >= self.SILENT_S:
            return "The microphone gives no sound. See that it is switched on; the keys still work."
        if self._wrong_rate:
            return "The microphone's sound comes at a wrong speed. Unplug it and plug it in again."
        if self._clips:
            return "The microphone is set too loud. Please tell the people who look after Sayso."
        if sum(self._own_prompts) >= self.OWN_PROMPTS:
            return "The microphone hears Sayso itself. Turn the speaker down, or move it away from the microphone."
        if sum(self._loud) >= self.LOUD:
            return "The room is often too loud to hear people. A quieter place would help; the keys still work."
        return ""
