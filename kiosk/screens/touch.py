"""Mouse and touch: what lies under the finger. Pure.

A tile is its key and a command its command; on the waiting screen everything is the start key, and on a note's screen
everything else goes on. A finger or button counts when it goes down, as a key does: nobody has to lift it in the same
place, and what comes after it (a drag, a second click) is nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.screens.layout import Rect
from kiosk.view import ANSWER_KEYS, START_KEY, ScreenName, View

PRIMARY = 1
"""The button of a mouse that counts, and what a terminal calls a finger."""


@dataclass(frozen=True)
class Target:
    """A place that can be touched.

    Attributes:
        place: in cells.
        key: what touching it presses, a name of `kiosk.view.KEYS`.
    """

    place: Rect
    key: str


def key_at(view: View, targets: Sequence[Target], x: int, y: int) -> str | None:
    """The key that a touch there presses, None where it presses nothing.

    Args:
        view: what is on the screen.
        targets: its tiles and commands.
        x: column.
        y: row.
    """
    for target in targets:
        at = target.place
        if at.x <= x < at.x + at.width and at.y <= y < at.y + at.height:
            return target.key
    match view.screen:
        case ScreenName.WAITING | ScreenName.CLOSED:
            return START_KEY
        case ScreenName.NOTE:
            return ANSWER_KEYS[0]
        case _:
            return None
