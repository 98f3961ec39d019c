"""Opening hours: from when to when a home wants its kiosk to ask. Pure; the clock comes in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from kiosk.errors import KioskError

_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00))")
"""09:00-20:00. Over midnight, 20:00-02:00, is meant as it says."""


@dataclass(frozen=True)
class Hours:
    """From when to when, on every day.

    Attributes:
        opens_minute, closes_minute: since midnight, by the clock on the wall; 1440 is the end of the day.
    """

    opens_minute: int
    closes_minute: int

    def open_at(self, now: time) -> bool:
        """Whether it is open at that time of day: from the first minute on, until the last one begins."""
        minute = now.hour * 60 + now.minute
        if self.opens_minute < self.closes_minute:
            return self.opens_minute <= minute < self.closes_minute
        return minute >= self.opens_minute or minute < self.closes_minute


def read_hours(text: str) -> Hours | None:
    """The hours in a setting; None: it is always open. Raises: KioskError: it is no such span."""
    if not text.strip():
        return None
    found = _SPAN.fullmatch(text.strip().replace(" ", ""))
    hint = "Write from when to when, such as 09:00-20:00; leave it empty for always."
    if found is None:
        raise KioskError("Cannot use opening hours", f"'{text.strip()}'", hint)
    opens_h, opens_m, *closes = (int(part) for part in found.groups() if part is not None)
    hours = Hours(opens_h * 60 + opens_m, closes[0] * 60 + closes[1])
    if hours.opens_minute == hours.closes_minute:
        raise KioskError("Cannot use opening hours", f"'{text.strip()}': it opens as it closes", hint)
    return hours
