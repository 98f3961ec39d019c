"""A terminal's keys: a held key is one press, and each key's name as it is printed on the screen.

A terminal reports no key-up; a held key comes again after about 600 ms and then every 40 ms.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.keys import format_key

QUIET_S = 0.7
"""A key counts again only after it has not come for so long."""


class HeldKeys:
    """Lets a key through once, however long it is held or however it trembles.

    Args:
        clock: seconds that never go back.
        quiet_s: how long a key must not have come before it counts again.
    """

    def __init__(self, clock: Callable[[], float], quiet_s: float = QUIET_S) -> None:
        self._clock = clock
        self._quiet_s = quiet_s
        self._last_at: dict[str, float] = {}

    def counts(self, key: str) -> bool:
        """Whether this is a new press; a repeat does not count, and extends the wait."""
        now = self._clock()
        last_at = self._last_at.get(key)
        self._last_at[key] = now
        return last_at is None or now - last_at >= self._quiet_s


def printed(key: str) -> str:
    """What is printed on that key: "question_mark" is "?", "space" stays "space"."""
    return format_key(key)
