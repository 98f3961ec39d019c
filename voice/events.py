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
    """Somebody began to speak. An end follows (Heard, Noisy, Recorded, a loss) unless the listening is stopped.

    `at_s`: from the first sound of the listening, counted in sound.
    """

    turn: int
    at_s: float = 0.0


@dataclass(frozen=True)
class Heard:
    """Somebody has spoken and this was made of it.

    `heard_s`: how much sound the listening took.
    """

    turn: int
    utterance: Utterance
    decision: Decision
    heard_s: float = 0.0


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
    """How loud it is, about ten times a second while the microphone is open.

    Attributes:
        dbfs: as in `audio.level_dbfs`.
        floor_dbfs: how loud the room is when nobody speaks (`noise_floor`); None while that is not known.
    """

    turn: int
    dbfs: float
    floor_dbfs: float | None = None


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


@dataclass(frozen=True)
class EngineFailed:
    """Somebody spoke, and there is no engine to recognise it. `reason` is a sentence for staff."""

    turn: int
    reason: str


HearingEvent = (
    Listening
    | SpeechStarted
    | Heard
    | Silence
    | Noisy
    | Level
    | Recorded
    | MicrophoneLost
    | MicrophoneFound
    | EngineFailed
)


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
