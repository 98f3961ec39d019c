"""An answer, and who gave it: the words of the record (docs/record.md)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from openrosa.record_words import How

__all__ = ["Answer", "By", "How"]


class By(Enum):
    """What an answer was given with: the first word of NAME_by."""

    VOICE = "voice"
    KEY = "key"
    TOUCH = "touch"
    SWITCH = "switch"


@dataclass(frozen=True)
class Answer:
    """One answer to one question.

    Attributes:
        how: given, or one of the answers that are no choice.
        value: the choice's name, or the file name of a voice message; "" unless given.
        by: what it was given with.
        corrected: it replaced another answer, or something misheard.
    """

    how: How
    value: str = ""
    by: By = By.KEY
    corrected: bool = False

    def same_as(self, other: Answer | None) -> bool:
        """Whether both say the same, whatever they were given with."""
        return other is not None and (self.how, self.value) == (other.how, other.value)


@dataclass(frozen=True)
class Who:
    """Who is here: `who`, `how` and `by_whom` of the record; "" where it was not said."""

    who: str = ""
    how: str = ""
    by_whom: str = ""
