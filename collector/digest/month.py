"""Which visits are a month's: those that arrived in it.

By arrival, not by the day of the visit: a kiosk may be offline for weeks, and its clock may be wrong; by arrival each
visit is in one month's digest, whenever that is made. Days are UTC, as everywhere in the collector.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from collector.errors import CollectorError
from collector.kiosk_health import FORM_ID as HEALTH
from collector.results import read, stored_submissions
from collector.sources.database import DatabaseSource, reading_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from collector.database import Database
    from collector.sources.forms import Forms
    from collector.sources.gather import Source
    from collector.sources.reading import Reading

_WRITTEN = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True)
class CalendarMonth:
    """A month of a year; written as 2026-11."""

    year: int
    month: int

    @classmethod
    def of(cls, written: str) -> Self:
        """The month that is written so. Raises: CollectorError: it is none."""
        match = _WRITTEN.fullmatch(written)
        if match is None or match[1] == "0000":
            raise CollectorError("Cannot use the month", f"{written!r}", "Write year and month, such as 2026-11.")
        return cls(int(match[1]), int(match[2]))

    def has(self, at: datetime) -> bool:
        """Whether that moment is in it, UTC."""
        day = at.astimezone(UTC)
        return (day.year, day.month) == (self.year, self.month)

    def is_over(self, now: datetime) -> bool:
        """Whether nothing more can arrive in it."""
        day = now.astimezone(UTC)
        return (day.year, day.month) > (self.year, self.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


class MonthOfDatabase(DatabaseSource):
    """What arrived at a collector in one month; of other months nothing is opened.

    Args:
        database: the collector's.
        month: which.
        waiting: gets the instance ids of sensitive forms' visits that nobody had opened before, as readings are taken.
    """

    def __init__(self, database: Database, month: CalendarMonth, waiting: set[str]) -> None:
        super().__init__(database)
        self._month = month
        self._waiting = waiting

    def readings(self, forms: Forms, private_key: RSAPrivateKey | None, form_id: str | None) -> Iterator[Reading]:
        """The month's visits, oldest first; what kiosks tell of themselves is none."""
        del forms  # it has the form of each
        for stored in stored_submissions(self.database, form_id):
            if stored.form_id == HEALTH or not self._month.has(stored.received_at):
                continue
            if stored.unopened:
                self._waiting.add(stored.instance_id)
            yield reading_of(stored, read(stored, private_key))


class MonthOfExport:
    """What arrived in one month, by what another server has exported. Who listened there, no file says.

    Args:
        source: a zip of ODK Central.
        month: which.
    """

    def __init__(self, source: Source, month: CalendarMonth) -> None:
        self._source = source
        self._month = month

    def add_forms(self, forms: Forms) -> None:
        """As the source does."""
        self._source.add_forms(forms)

    def readings(self, forms: Forms, private_key: RSAPrivateKey | None, form_id: str | None) -> Iterator[Reading]:
        """The month's visits; what can't be read and has no time is told of in each month."""
        for one in self._source.readings(forms, private_key, form_id):
            if one.form_id != HEALTH and (self._month.has(one.received_at) if one.received_at else bool(one.why)):
                yield one
