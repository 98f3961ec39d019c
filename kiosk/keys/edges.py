"""What raw keys do: down, up, there, gone. `kiosk.keys.buttons` and the screen tell, `kiosk.keys.presses` sifts."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.answer import By


@dataclass(frozen=True)
class Down:
    """A key went down.

    Attributes:
        key: what it does, a name of `kiosk.view.KEYS`.
        turn: that of the view which was on the screen.
        at_s: when, on the clock that `pass_time` is told.
        by: what is recorded for an answer given with it.
        device: the input device's name; "" for a terminal's key and for touch.
        has_up: its going up is told too. A terminal's keys and touch come without.
    """

    key: str
    turn: int
    at_s: float
    by: By = By.KEY
    device: str = ""
    has_up: bool = False


@dataclass(frozen=True)
class FoundDown:
    """A key was down already when its device was opened: it is stuck, until it goes up."""

    key: str
    device: str
    at_s: float


@dataclass(frozen=True)
class Up:
    """A key went up."""

    key: str
    device: str
    at_s: float


@dataclass(frozen=True)
class Plugged:
    """A device is there, and its keys are read: at the start, or later."""

    device: str
    at_s: float


@dataclass(frozen=True)
class Unplugged:
    """A device is gone, with all its keys."""

    device: str
    at_s: float


Edge = Down | FoundDown | Up | Plugged | Unplugged
