"""A real collector on SQLite and loopback, with a form; and what it holds, as one row a visit."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from loopback_collector import xform

from collector.database import Database, open_data
from collector.forms import add_form
from collector.keys import new_key
from collector.limits import Limits
from collector.results import stored_submissions
from collector.serve import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openrosa.submission import Submission

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MOST_BYTES = 20_000
"""Small, so that a visit with messages comes in several posts."""


@dataclass(frozen=True)
class Office:
    address: tuple[str, int]
    token: str
    database: Database
    data: Path

    def url(self, port: int | None = None, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{port or self.address[1]}/key/{self.token}"

    def has(self, visits: list[Submission]) -> list[str]:
        """What is wrong with what has come in of these visits: "" for each that is there once, whole."""
        wanted = {one.instance_id: one for one in visits}
        found = [one for one in stored_submissions(self.database) if one.instance_id in wanted]
        wrong = [f"{len(found)} rows of {len(wanted)} visits"] if len(found) != len(wanted) else []
        for row in found:
            visit = wanted[row.instance_id]
            files = {one.name: one.data for one in visit.attachments}
            if row.xml != visit.xml or dict(row.files) != files:
                wrong.append(f"{row.instance_id} has {sorted(row.files)} of {sorted(files)}")
        return wrong


@contextmanager
def an_office(folder: Path, most_bytes: int = MOST_BYTES) -> Iterator[Office]:
    """It takes any number of requests a minute: a schedule's thousand would be one kiosk's."""
    limits = Limits(most_bytes=most_bytes, per_minute=10**9, unknown_per_minute=10**9)
    with closing(open_data(folder)) as database:
        add_form(database, xform(), {}, NOW)
        token = new_key(database, "Elm Road", NOW)
        with running(database, lambda: NOW, limits=limits) as url:
            parts = urlsplit(url)
            yield Office((parts.hostname or "", parts.port or 0), token, database, folder)
