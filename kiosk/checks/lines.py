"""What a check says: one line for each thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kiosk.errors import KioskError
from openrosa.errors import OpenRosaError
from voice.errors import VoiceError


class Level(Enum):
    """What a line is."""

    FINE = "fine"
    ADVICE = "advice"  # it opens all the same
    ERROR = "error"  # not fit to open


@dataclass(frozen=True)
class Line:
    """One thing that was looked at.

    Attributes:
        level: fine, advice or error.
        what: what was looked at: "microphone", "set my_home.xml".
        met: what was found there.
        todo: what to do; "" where it is fine.
    """

    level: Level
    what: str
    met: str
    todo: str = ""


def fine(what: str, met: str) -> Line:
    """Nothing to do."""
    return Line(Level.FINE, what, met)


def advice(what: str, met: str, todo: str) -> Line:
    """It opens, but somebody should know."""
    return Line(Level.ADVICE, what, met, todo)


def error(what: str, met: str, todo: str) -> Line:
    """Not fit to open."""
    return Line(Level.ERROR, what, met, todo)


def refused(what: str, by: KioskError | OpenRosaError | VoiceError) -> Line:
    """What an error says, as a line."""
    return Line(Level.ERROR, what, f"{by.op} {by.subject}", by.hint)
