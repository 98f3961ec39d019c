"""What can happen to a visit (events, past tense) and what it asks for (effects, imperative). Plain values.

An event of an older turn is dropped by the visit: a late silence must not skip a question. Keys carry the turn that was
on the screen when they were pressed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kiosk.answer import By
from kiosk.view import Command, View

# --- events --------------------------------------------------------------------------------------------------------


class Device(Enum):
    """What can be lost and found again during a visit."""

    MICROPHONE = "microphone"
    SPEAKER = "speaker"
    HEADPHONES = "headphones"


@dataclass(frozen=True)
class KeyPressed:
    """A key of `kiosk.view.KEYS` went down while the view of `turn` was on the screen."""

    key: str
    turn: int
    by: By = By.KEY


@dataclass(frozen=True)
class KeyTouched:
    """A key went down and came to nothing, for it trembled: it only ended the speech."""

    turn: int


@dataclass(frozen=True)
class KeyHeld:
    """An answer key has been held down for as long as the house's setting for the menu says."""

    turn: int


@dataclass(frozen=True)
class TwoKeys:
    """Two answer keys went down at once: neither of them counts."""

    turn: int


@dataclass(frozen=True)
class Noisy:
    """The room is too loud to hear anybody: something speaks that never pauses."""

    turn: int


class Miss(Enum):
    """Why speech was neither an answer nor a command."""

    NO_ANSWER = "no_answer"
    TWO_ANSWERS = "two_answers"
    CLIPPED = "clipped"


@dataclass(frozen=True)
class Heard:
    """An utterance was interpreted.

    Attributes:
        answer: the choice's name, or None.
        command: what was asked for, or None. Neither: see `miss`.
        sure: the evidence agrees; otherwise it has to be asked.
        miss: why it was neither; of no meaning where it was.
        noisy: it was neither, and probably lost in noise, or talk.
        talk: it was neither, and probably not said to the kiosk: a television, or others.
        pause_s: the longest pause in it.
    """

    turn: int
    answer: str | None = None
    command: Command | None = None
    sure: bool = False
    miss: Miss = Miss.NO_ANSWER
    noisy: bool = False
    talk: bool = False
    pause_s: float = 0.0


@dataclass(frozen=True)
class PromptHeard:
    """The microphone heard what the kiosk itself has just said; the listening has ended after `heard_s` of sound."""

    turn: int
    heard_s: float


@dataclass(frozen=True)
class Silence:
    """Nobody spoke for as long as the listening was to wait, counted in sound."""

    turn: int


@dataclass(frozen=True)
class SpeechStarted:
    """Somebody began to speak: the turn's timers stop, so that a late beginner is heard.

    `at_s`: how long the microphone had been open; None where that is not known.
    """

    turn: int
    at_s: float | None = None


@dataclass(frozen=True)
class Recorded:
    """A voice message ended; its sound stays with the runner under `message`.

    Attributes:
        message: its file name in the record; neutral.
        duration_s: how long somebody spoke; 0 when nothing was said.
    """

    turn: int
    message: str
    duration_s: float


@dataclass(frozen=True)
class PromptFinished:
    """Everything of the turn's prompt was said."""

    turn: int


@dataclass(frozen=True)
class TimePassed:
    """The visit's timer ran out."""

    turn: int
    number: int


@dataclass(frozen=True)
class Kept:
    """What was asked to be kept, finished or forgotten is committed."""

    turn: int


@dataclass(frozen=True)
class KeepFailed:
    """It is not committed; nothing may be claimed."""

    turn: int


@dataclass(frozen=True)
class HelpAnswered:
    """Somebody was called for help, or nobody could be."""

    turn: int
    coming: bool


@dataclass(frozen=True)
class DeviceLost:
    """A device vanished."""

    device: Device


@dataclass(frozen=True)
class DeviceFound:
    """A device is back."""

    device: Device


@dataclass(frozen=True)
class HoursChanged:
    """Opening hours have begun, or have ended.

    Attributes:
        is_open: which of them.
    """

    is_open: bool


Event = (
    KeyPressed
    | KeyTouched
    | KeyHeld
    | TwoKeys
    | Noisy
    | Heard
    | PromptHeard
    | Silence
    | SpeechStarted
    | Recorded
    | PromptFinished
    | TimePassed
    | Kept
    | KeepFailed
    | HelpAnswered
    | DeviceLost
    | DeviceFound
    | HoursChanged
)

# --- effects -------------------------------------------------------------------------------------------------------


class Tone(Enum):
    """A sound that is no word."""

    MICROPHONE_OPEN = "microphone_open"
    ANSWERED = "answered"


@dataclass(frozen=True)
class Piece:
    """A part of a line that has a recording of its own: "You said", or a choice.

    Attributes:
        words: spoken where there is no recording.
        media: the recording's media name, or `sayso/LANGUAGE/ID` for one of the kiosk's own sentences.
    """

    words: str
    media: str


@dataclass(frozen=True)
class Line:
    """One thing to be said, without a break in it.

    Attributes:
        words: shown as the caption, and spoken where there is no recording.
        language: in which to speak them; "" for the visit's own.
        media: by preference, the recording of that media name.
        pieces: the same in parts, played one after the other where one of them has a recording.
        tile: the key of the tile that is lit meanwhile.
        pause_after_s: silence after it.
        tone: a sound instead of words.
        message: play this voice message back instead of words.
    """

    words: str = ""
    media: str | None = None
    tile: str | None = None
    pause_after_s: float = 0.3
    tone: Tone | None = None
    message: str | None = None
    language: str = ""
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Say:
    """Say these lines; PromptFinished follows unless it is stopped."""

    turn: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class StopSaying:
    """Be quiet at once."""


@dataclass(frozen=True)
class Listen:
    """Open the microphone for an answer.

    Attributes:
        meanings: (phrase, meaning) for everything that may be said; see `kiosk.interpret`.
        silence_s: Silence follows when nobody has begun to speak for so long.
        pause_s: how long this person may pause in what they say.
    """

    turn: int
    meanings: tuple[tuple[str, str], ...]
    silence_s: float
    pause_s: float


@dataclass(frozen=True)
class Record:
    """Open the microphone for a voice message, which ends after `silence_s` without speech or `max_s` in all."""

    turn: int
    silence_s: float
    max_s: float


@dataclass(frozen=True)
class StopListening:
    """Close the microphone. A voice message that was being recorded ends with Recorded."""


@dataclass(frozen=True)
class Show:
    """Put this on the screen."""

    view: View


@dataclass(frozen=True)
class Keep:
    """Seal and commit the visit as it is now; Kept or KeepFailed follows."""

    turn: int


@dataclass(frozen=True)
class Finish:
    """Seal and commit the visit and put it in the outbox, in one transaction; Kept or KeepFailed follows."""

    turn: int
    complete: bool


@dataclass(frozen=True)
class Forget:
    """Delete everything of this visit and commit that; Kept or KeepFailed follows."""

    turn: int


@dataclass(frozen=True)
class Adjust:
    """Louder, quieter, slower or faster, from now on and for this visit only."""

    command: Command


@dataclass(frozen=True)
class CallHelp:
    """Call somebody; HelpAnswered follows."""

    turn: int


Effect = Say | StopSaying | Listen | Record | StopListening | Show | Keep | Finish | Forget | Adjust | CallHelp
