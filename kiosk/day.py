"""The day: the finest time that is ever kept or shown. In a small home an hour is a name."""

from __future__ import annotations

from datetime import date, datetime


def today() -> date:
    """The day here, by the machine's own clock."""
    return datetime.now().astimezone().date()
