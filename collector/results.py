"""What came in, read again: opened with the office's key where it is sealed, one submission after the other.

A submission that can't be opened is told of and stops no other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import select

from collector.arrivals import expected_files
from collector.database import attachments, forms, keys, submissions
from collector.schema import read_schema
from openrosa.errors import OpenRosaError
from openrosa.protocol import parse_xml
from openrosa.sealing import open_submission

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from collector.database import Database

PAGE = 50
"""Submissions read at once: memory stays bounded, and the database is free for arrivals in between."""


@dataclass(frozen=True)
class Stored:
    """One submission as it came.

    Attributes:
        files: its attachments by name, sealed as they are.
        expected: the names of the attachments that it names.
        key_id, key_name: whose token it came with.
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


def stored_submissions(database: Database, form_id: str | None = None) -> Iterator[Stored]:
    """Every submission, oldest first, of one form or of all."""
    after = 0
    joined = submissions.join(keys, keys.c.id == submissions.c.key).join(
        forms, (forms.c.form_id == submissions.c.form_id) & (forms.c.version == submissions.c.version)
    )
    columns = (submissions, keys.c.name.label("key_name"), forms.c.xform)
    while True:
        page = (
            select(*columns).select_from(joined).where(submissions.c.id > after).order_by(submissions.c.id).limit(PAGE)
        )
        if form_id is not None:
            page = page.where(submissions.c.form_id == form_id)
        with database.reading() as connection:
            rows = connection.execute(page.order_by(submissions.c.id).limit(PAGE)).all()
        if not rows:
            return
        after = rows[-1].id
        for row in rows:
            with database.reading() as connection:
                found = connection.execute(select(attachments).where(attachments.c.submission == row.id))
                files = {one.name: one.data for one in found}
            yield Stored(
                instance_id=row.instance_id,
                form_id=row.form_id,
                version=row.version,
                sealed=row.sealed,
                # SQLite keeps no time zone; what was stored is UTC.
                received_at=row.received_at.replace(tzinfo=row.received_at.tzinfo or UTC),
                key_id=row.key,
                key_name=row.key_name,
                xform=row.xform,
                xml=row.xml,
                files=MappingProxyType(files),
                expected=expected_files(row.xform, row.xml),
            )


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
