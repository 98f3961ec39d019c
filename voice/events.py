"""What sound tells the rest, past tense, as plain values.

Every one carries the turn of the listening or the prompt it belongs to, so that a late one can be dropped.

A microphone that vanishes belongs to the listening it vanished from.
"""

from __future__ import annotations

from dataclasses import dataclass

from voice.decide import Decision
from voice.utterance import Utterance


@dataclass(frozen=True)
class Listening:
    """The microphone is open and its first sound has arrived: from now on nothing is missed."""

    turn: int


@dataclass(frozen=True)
class SpeechStarted:
    """Somebody began to speak. One of Heard, Recorded, MicrophoneLost follows unless the listening is stopped."""

    turn: int


@dataclass(frozen=True)
class Heard:
    """Somebody has spoken and this was made of it."""

    turn: int
    utterance: Utterance
    decision: Decision


@dataclass(frozen=True)
class Silence:
    """Nobody began to speak within the listening's time. The microphone is closed."""

    turn: int


@dataclass(frozen=True)
class Noisy:
    """Something spoke for all the time that an answer has, and was none. The microphone is closed."""

    turn: int


@dataclass(frozen=True)
class Level:
    """How loud it is, about ten times a second while the microphone is open; `dbfs` as in `audio.level_dbfs`."""

    turn: int
    dbfs: float


@dataclass(frozen=True)
class Recorded:
    """A voice message, 16-bit mono at 16,000 Hz."""

    turn: int
    pcm: bytes


@dataclass(frozen=True)
class MicrophoneLost:
    """The microphone can't be opened or went away. `reason` is a sentence for staff."""

    turn: int
    reason: str


@dataclass(frozen=True)
class MicrophoneFound:
    """A microphone that was lost delivers sound again."""

    turn: int


HearingEvent = Listening | SpeechStarted | Heard | Silence | Noisy | Level | Recorded | MicrophoneLost | MicrophoneFound


@dataclass(frozen=True)
class LineStarted:
    """The sound with that place in the list begins to be heard now."""

    turn: int
    index: int


@dataclass(frozen=True)
class PromptFinished:
    """Every sound of that list has been heard to its end. Not sent when it was stopped."""

    turn: int


@dataclass(frozen=True)
class SpeakerLost:
    """The speaker can't be opened or went away. No PromptFinished follows. `reason` is a sentence for staff."""

    turn: int
    reason: str


SpeakingEvent = LineStarted | PromptFinished | SpeakerLost
