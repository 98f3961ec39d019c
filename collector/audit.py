"""The audit log: who was let in and out, and what was refused. No token is in it, and nothing that was said."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from collector.limits import Rate
from collector.tables import audit, keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collector.database import Database

LINES_A_MINUTE = 20
"""Of one event of one sender; the repeats beyond are counted in one line."""
PAGE = 1000


class Event(StrEnum):
    """What happened."""

    KEY_MADE = "key_made"
    KEY_REVOKED = "key_revoked"
    UNKNOWN = "token_unknown"
    REVOKED = "token_revoked"
    TOO_MANY = "too_many"
    CONFLICT = "conflict"
    OTHER_KIOSK = "other_kiosk"


@dataclass(frozen=True)
class Line:
    """One line of the log.

    Attributes:
        key: the kiosk's name, or "".
        count: how many times at least, since the line before.
    """

    at: datetime
    event: str
    key: str
    address: str
    instance_id: str
    count: int


def note(
    database: Database,
    event: Event,
    now: datetime,
    *,
    key: int | None = None,
    address: str = "",
    instance_id: str = "",
    count: int = 1,
) -> None:
    """Write one line; `key` is a key's number."""
    row = {"at": now, "event": event, "key": key, "address": address, "instance_id": instance_id, "count": count}
    with database.writing() as connection:
        # Inline: the number of the new row is not asked for, so who writes needs no right to read.
        connection.execute(insert(audit).values(row).inline())


def lines(database: Database) -> Iterator[Line]:
    """Every line, oldest first."""
    after = 0
    joined = audit.outerjoin(keys, keys.c.id == audit.c.key)
    while True:
        page = (
            select(audit, audit.c.count.label("times"), keys.c.name)
            .select_from(joined)
            .where(audit.c.id > after)
            .order_by(audit.c.id)
            .limit(PAGE)
        )
        with database.reading() as connection:
            rows = connection.execute(page).all()
        if not rows:
            return
        after = rows[-1].id
        for row in rows:
            # SQLite keeps no time zone; what was stored is UTC.
            at = row.at.replace(tzinfo=row.at.tzinfo or UTC)
            yield Line(at, row.event, row.name or "", row.address, row.instance_id, row.times)


class Tally:
    """Notes events, and counts the repeats of one sender: nobody can fill the disk with refusals."""

    def __init__(self) -> None:
        self._rate = Rate(LINES_A_MINUTE)
        self._more: dict[tuple[Event, int | None, str], int] = {}
        self._lock = threading.Lock()

    def note(
        self,
        database: Database,
        event: Event,
        now: datetime,
        *,
        key: int | None = None,
        address: str = "",
        instance_id: str = "",
    ) -> None:
        """As `note`; beyond so many a minute it is only counted."""
        who = (event, key, address)
        with self._lock:
            write = not self._rate.wait_s(who, now)
            if not write:
                # Whoever comes from too many addresses is counted under none.
                who = who if len(self._more) < PAGE else (event, None, "")
                self._more[who] = self._more.get(who, 0) + 1
        if write:
            note(database, event, now, key=key, address=address, instance_id=instance_id)

    def write_down(self, database: Database, now: datetime) -> None:
        """Write what was only counted, a line for each sender."""
        with self._lock:
            more, self._more = self._more, {}
        for (event, key, address), count in more.items():
            note(database, event, now, key=key, address=address, count=count)
