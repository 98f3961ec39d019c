"""One key of one device as it is, and what is taken to be one pressing of it; `kiosk.keys.presses` changes them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from kiosk.answer import By

MOST_DOWNS = 10
"""So many times a key may go down within a moment without trembling."""


class Stage(Enum):
    """What became of a press."""

    PENDING = "pending"  # an answer that does not count yet
    COUNTED = "counted"
    SPENT = "spent"  # it was one of two at once


@dataclass(eq=False)
class Press:
    """What is taken to be one pressing of a key."""

    key: str
    turn: int
    by: By
    since_s: float
    stage: Stage
    sound: bool  # down long enough to be a finger
    downs: int = 1
    down_s: float = 0.0  # in all, without the time since it went down last
    held: bool = False  # KeyHeld was told, or never will be
    beside: list[Press] = field(default_factory=list)  # answer keys that it went down together with
    chord: int = 0  # which two keys at once it belongs to


@dataclass(eq=False)
class Contact:
    """One key of one device, as it is.

    Attributes:
        down_since_s: since when it is down, as far as the filter knew then; None: it is up.
        down_at_s: the stamp of that, which may be older.
    """

    key: str
    device: str
    has_up: bool
    down_since_s: float | None = None
    down_at_s: float = 0.0
    up_since_s: float | None = None
    edge_s: float = 0.0
    downs: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_DOWNS + 1))
    press: Press | None = None
    trembles: bool = False
    stuck: bool = False

    @property
    def fault(self) -> str:
        """Why it is not listened to, as a sentence for staff; "" where it is."""
        name = f"The {self.key.replace('_', ' ')} key" + (f' of "{self.device}"' if self.device else "")
        if self.stuck:
            return f"{name} is stuck."
        return f"{name} trembles." if self.trembles else ""
