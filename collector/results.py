"""What came in, read again: opened with the office's key where it is sealed, one submission after the other.

A submission that can't be opened is told of and stops no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from collector.arrivals import expected_files
from collector.schema import read_schema
from collector.tables import attachments, forms, keys, pieces, submissions
from openrosa.errors import OpenRosaError
from openrosa.protocol import parse_xml
from openrosa.sealing import open_submission

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from sqlalchemy import Connection

    from collector.database import Database

PAGE = 50
"""Submissions read at once: memory stays bounded, and the database is free for arrivals in between."""
NUMBERS = 10_000
"""Submissions' numbers that are looked for at once."""
PAGE_BYTES = 8_000_000
"""Files of one page that are read together; of a page with more, each submission's are read by themselves."""


@dataclass(frozen=True)
class Stored:
    """One submission as it came.

    Attributes:
        files: its attachments by name, sealed as they are.
        expected: the names of the attachments that it names.
        key_id, key_name: whose token it came with.
        number: the collector's own, in order of arrival.
        unopened: of a sensitive form, and never opened yet.
    """

    instance_id: str
    form_id: str
    version: str
    sealed: bool
    received_at: datetime
    key_id: int
    key_name: str
    xform: bytes = field(repr=False)
    xml: bytes = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    expected: tuple[str, ...] = ()
    number: int = 0
    unopened: bool = False


@dataclass(frozen=True)
class Result:
    """One submission that can be read.

    Attributes:
        xml: the instance.
        files: its attachments by the names that the answers use.
        values: what the form's own schema finds in it, by path such as "sayso/who".
    """

    stored: Stored
    xml: bytes = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Unread:
    """One submission that can't be read, and why; `missing` when its sealed XML has not come."""

    stored: Stored
    why: str
    missing: bool = False


def newest_of_each_key(database: Database, form_id: str) -> tuple[int, ...]:
    """The number of the last submission of a form that came with each token, in order of arrival."""
    query = select(func.max(submissions.c.id)).where(submissions.c.form_id == form_id).group_by(submissions.c.key)
    with database.reading() as connection:
        return tuple(sorted(connection.scalars(query)))


def stored_submissions(
    database: Database, form_id: str | None = None, *, only: Sequence[int] | None = None
) -> Iterator[Stored]:
    """Every submission, oldest first. Page by page on both databases: no cursor stays open.

    Args:
        database: the collector's.
        form_id: of one form; None: of all.
        only: those of these numbers, of whatever form; None: all of them.
    """
    joined = submissions.join(keys, keys.c.id == submissions.c.key)
    columns = (*submissions.c, keys.c.name.label("key_name"))
    xforms: dict[tuple[str, str], bytes] = {}
    for numbers in _pages(database, form_id) if only is None else _cut(only):
        page = select(*columns).select_from(joined).where(submissions.c.id.in_(numbers)).order_by(submissions.c.id)
        with database.reading() as connection:
            rows = connection.execute(page).all()
            total = select(func.sum(attachments.c.size_bytes)).where(attachments.c.submission.in_(numbers))
            together = (connection.scalar(total) or 0) <= PAGE_BYTES
            files = _files(connection, numbers) if together else {}
            for form in {(row.form_id, row.version) for row in rows} - xforms.keys():
                xforms[form] = _xform(connection, *form)
        for row in rows:
            if not together:
                with database.reading() as connection:
                    files = _files(connection, [row.id])
            xform = xforms[row.form_id, row.version]
            yield Stored(
                instance_id=row.instance_id,
                form_id=row.form_id,
                version=row.version,
                sealed=row.sealed,
                # SQLite keeps no time zone; what was stored is UTC.
                received_at=row.received_at.replace(tzinfo=row.received_at.tzinfo or UTC),
                key_id=row.key,
                key_name=row.key_name,
                xform=xform,
                xml=row.xml,
                files=MappingProxyType(files.pop(row.id, {})),
                expected=expected_files(xform, row.xml),
                number=row.id,
                unopened=row.sensitive and row.opened_at is None,
            )


def _pages(database: Database, form_id: str | None) -> Iterator[Sequence[int]]:
    """The submissions' numbers, a page at a time.

    Numbers are looked for by the thousand and rows then by their numbers: asked for the next 50 rows of a form, a
    PostgreSQL that has not counted its rows yet sorts all that are left, for each page.
    """
    after = 0
    while True:
        found = select(submissions.c.id).where(submissions.c.id > after).order_by(submissions.c.id).limit(NUMBERS)
        if form_id is not None:
            found = found.where(submissions.c.form_id == form_id)
        with database.reading() as connection:
            numbers = connection.scalars(found).all()
        if not numbers:
            return
        after = numbers[-1]
        yield from _cut(numbers)


def _cut(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """In pages."""
    for start in range(0, len(numbers), PAGE):
        yield numbers[start : start + PAGE]


def _files(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, bytes]]:
    """The attachments of these submissions, put together from their pieces."""
    named = select(attachments.c.submission, attachments.c.name).where(attachments.c.submission.in_(numbers))
    found: dict[int, dict[str, list[bytes]]] = {}
    for one in connection.execute(named.order_by(attachments.c.submission, attachments.c.name)):
        found.setdefault(one.submission, {})[one.name] = []
    order = (pieces.c.submission, pieces.c.name, pieces.c.number)
    for one in connection.execute(select(pieces).where(pieces.c.submission.in_(numbers)).order_by(*order)):
        found[one.submission][one.name].append(one.data)
    return {number: {name: b"".join(data) for name, data in files.items()} for number, files in found.items()}


def _xform(connection: Connection, form_id: str, version: str) -> bytes:
    here = (forms.c.form_id == form_id) & (forms.c.version == version)
    return bytes(connection.execute(select(forms.c.xform).where(here)).scalar_one())


def read(stored: Stored, private_key: RSAPrivateKey | None) -> Result | Unread:
    """What one submission says.

    Args:
        stored: as it came.
        private_key: the office's key, or None: then sealed ones stay unread.
    """
    xml, files = stored.xml, stored.files
    if stored.sealed:
        if stored.expected[-1] not in stored.files:
            return Unread(stored, "its sealed XML has not arrived", missing=True)
        if private_key is None:
            return Unread(stored, "it is sealed, and no --key was given")
        try:
            opened = open_submission(stored.xml, stored.files, private_key)
        except OpenRosaError as error:
            return Unread(stored, error.subject.partition(": ")[2] or str(error))
        if not opened.signature_ok:
            return Unread(stored, "its files do not fit its signature: they are damaged or mixed up")
        xml, files = opened.xml, opened.attachments
    try:
        values = read_schema(stored.xform).values(parse_xml(xml, "the submission"))
    except OpenRosaError as error:
        return Unread(stored, str(error))
    return Result(stored, xml, MappingProxyType(dict(files)), MappingProxyType(values))
