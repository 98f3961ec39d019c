"""The day: the finest time that is ever kept or shown. In a small home an hour is a name."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta


def today() -> date:
    """The day here, by the machine's own clock."""
    return datetime.now().astimezone().date()


def until_tomorrow_s(now: datetime | None = None) -> float:
    """How long it is to the next midnight here, in seconds; never 0.

    Args:
        now: an aware time; None: the machine's own clock.
    """
    now = now or datetime.now().astimezone()
    # Through the local calendar, so that a day of 23 or 25 hours is one.
    midnight = datetime.combine(now.astimezone().date() + timedelta(days=1), time()).astimezone()
    return max(1.0, (midnight - now).total_seconds())
