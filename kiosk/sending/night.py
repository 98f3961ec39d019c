"""When visits are sent: at night, at a moment that nobody knows beforehand; those of a sensitive form at once.

A server stamps what arrives to the millisecond, and whoever watches the house's network sees when something is sent: in
a house of five a time is a name. So what goes out by day ended before last midnight, however often it is tried again. A
kiosk that is switched off at night sends when it is switched on.

Nothing is remembered from one start to the next, so no clock that jumps can leave a visit behind: whatever did not end
on the day that the clock shows is due, be it a day of 1970 or of 2050.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from kiosk.keeping.store import Store


@dataclass(frozen=True)
class Night:
    """When each night's sending begins.

    Args:
        at: time of day.
        spread_s: it begins within so long after that.
        seed: the kiosk's own; with the day it gives the moment, so that a restart draws no second one.
    """

    at: time
    spread_s: float
    seed: bytes = field(repr=False)

    def begins(self, day: date) -> datetime:
        """The moment of that day, by the clock on the wall; where `at` is late, there is less time to spread over."""
        digest = hashlib.sha256(self.seed + day.isoformat().encode("ascii")).digest()
        rng = Random(digest)  # noqa: S311 - drawn from a secret seed
        begin = datetime.combine(day, self.at)
        left_s = (datetime.combine(day, time.max) - begin).total_seconds()
        return begin + timedelta(seconds=rng.uniform(0, min(self.spread_s, left_s)))

    def has_begun(self, now: datetime) -> bool:
        """Whether this day's moment is over.

        Args:
            now: by the clock on the wall, without a time zone.
        """
        return self.begins(now.date()) <= now


class Due:
    """What is to be sent now.

    Args:
        store: opened as the uploader.
        night: when the rest is sent.
    """

    def __init__(self, store: Store, night: Night) -> None:
        self._store = store
        self._night = night
        self._sensitive: dict[str, bool] = {}

    def at(self, now: datetime) -> list[str]:
        """Instance ids, by the clock on the wall, without a time zone. Raises: KioskError: the store can't be read."""
        waiting = self._store.waiting()
        if not waiting:
            self._sensitive.clear()
            return []
        self._sensitive = {each: self._is_sensitive(each) for each in waiting}
        if not self._night.has_begun(now):
            return [each for each in waiting if self._sensitive[each]]
        ended_today = set(self._store.waiting(ended_on=now.date()))
        return [each for each in waiting if self._sensitive[each] or each not in ended_today]

    def came(self) -> bool:
        """Whether a sensitive form's visit waits that was not there when `at` was asked last.

        It is worth a try now, however long the server is being left alone. Raises: KioskError: as `at`.
        """
        new = (each for each in self._store.waiting() if each not in self._sensitive)
        return any(self._store.is_sensitive(each) for each in new)

    def _is_sensitive(self, instance_id: str) -> bool:
        known = self._sensitive.get(instance_id)
        return self._store.is_sensitive(instance_id) if known is None else known
