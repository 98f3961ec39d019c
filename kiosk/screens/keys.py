"""A terminal's keys: a held key is one press, and each key's name as it is printed on the screen.

A terminal reports no key-up; a held key comes again after about 600 ms and then every 40 ms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import events
from textual.keys import format_key

QUIET_S = 0.7
"""A key counts again only after it has not come for so long."""
_RUN_S = 0.05
"""Characters of one thing that a terminal sends come within a few milliseconds."""


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


class Strays:
    """Tells keys from what a terminal sends that is no key, and that Textual hands on as keys, a character each.

    A late answer of the terminal (`CSI ? 62 ; 4 c`) would otherwise press "4". Such a run begins with a character that
    is no key here, and the others follow at once, as no finger does.
    """

    def __init__(self) -> None:
        self._stray_at = float("-inf")

    def is_stray(self, event: events.Key, *, known: bool) -> bool:
        """Whether this belongs to such a run. Args: known: it is one of the kiosk's keys."""
        if known and event.time - self._stray_at >= _RUN_S:
            return False
        self._stray_at = event.time
        return True


def name_of(event: events.Key, names: Mapping[str, str]) -> str | None:
    """The name of the key in the configuration; a key with a modifier is only itself, not its character."""
    if (name := names.get(event.key)) is not None:
        return name
    return None if "+" in event.key else names.get(event.character or "")


def printed(key: str) -> str:
    """What is printed on that key: "question_mark" is "?", "space" stays "space"."""
    return format_key(key)
