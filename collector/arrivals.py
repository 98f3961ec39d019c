"""What arrives: taken once, whatever the network repeats.

Same id and same bytes: taken already. Same id and other bytes: refused, and what is here stays. One transaction holds a
whole post, so what was answered with 201 is on the disk. Sums are compared, not bytes: whoever takes need not read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from sqlalchemy import insert, select

from collector.audit import Event, note
from collector.database import insert_if_new
from collector.schema import read_schema
from collector.tables import attachments, forms, keys, pieces, submissions
from openrosa.errors import OpenRosaError
from openrosa.submission import Attachment, check_name, read_envelope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from collector.audit import Tally
    from collector.database import Database
    from collector.keys import Key

PIECE_BYTES = 1 << 18
LONGEST_ID = 250
"""Letters of an instanceID; a UUID has 41. An index can't hold any length."""


class Outcome(Enum):
    """What became of a post."""

    TAKEN = "taken"
    TAKEN_BEFORE = "taken_before"
    CONFLICT = "conflict"
    UNKNOWN_FORM = "unknown_form"


@dataclass(frozen=True)
class Arrival:
    """The outcome, and one sentence for whoever sent it; `alert` where somebody has to be told of it."""

    outcome: Outcome
    message: str
    alert: bool = False


@dataclass(frozen=True)
class Part:
    """A file of a post, wherever its bytes are; `file` can be read from its begin more than once."""

    name: str
    content_type: str
    size_bytes: int
    sha256: bytes
    file: BinaryIO

    @classmethod
    def of(cls, name: str, content_type: str, file: BinaryIO) -> Part:
        """A file, read once for its sum."""
        digest, size_bytes = hashlib.sha256(), 0
        file.seek(0)
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            size_bytes += len(piece)
        return cls(name, content_type, size_bytes, digest.digest(), file)


class _ConflictError(Exception):
    """Leaves the transaction, so that nothing of the post is kept."""


def receive(
    database: Database,
    key: Key,
    xml: bytes,
    files: Sequence[Attachment | Part],
    now: datetime,
    *,
    address: str = "",
    by_office: bool = False,
    tally: Tally | None = None,
) -> Arrival:
    """Take one post of a submission, sealed or plain; its attachments may come over several.

    An attachment that the submission does not name is not kept: nothing undeclared is. Files for a submission that came
    with another token are taken only if that one was revoked, or the office itself brings them.

    Args:
        database: where to.
        key: whose token it came with.
        xml: the instance, or the manifest of a sealed one.
        files: beside it.
        now: the time of arrival.
        address: of the sender, for the audit log.
        by_office: not over the network, but from a stick in somebody's hand.
        tally: keeps one sender from filling the audit log; without it every line is written.
    Raises: OpenRosaError: it is no submission, or an attachment's name could lead out of a folder.
    """
    envelope = read_envelope(xml)
    if len(envelope.instance_id) > LONGEST_ID:
        met = f"the submission: its instanceID has more than {LONGEST_ID} letters"
        raise OpenRosaError("Cannot accept", met, "Use uuid: and a UUID.")
    for one in files:
        check_name(one.name)
    version = envelope.version or ""
    here = (forms.c.form_id == envelope.form_id) & (forms.c.version == version)
    with database.reading() as connection:
        xform = connection.scalar(select(forms.c.xform).where(here))
    if xform is None:
        return Arrival(Outcome.UNKNOWN_FORM, f"There is no form {envelope.form_id!r} of version {version!r} here.")
    expected = set(expected_files(xform, xml))
    sensitive = read_schema(xform).sensitive
    row = {
        "instance_id": envelope.instance_id,
        "form_id": envelope.form_id,
        "version": version,
        "sealed": envelope.sealed,
        "xml": xml,
        "sha256": hashlib.sha256(xml).digest(),
        "key": key.id,
        "received_at": now,
        "sensitive": sensitive,
    }
    # In one order always: two posts that wait for each other's files would both fail.
    wanted = sorted((_part(one) for one in files if one.name in expected), key=lambda one: one.name)

    def refused(event: Event) -> None:
        put = tally.note if tally is not None else note
        put(database, event, now, key=key.id, address=address, instance_id=envelope.instance_id)

    try:
        with database.writing() as connection:
            new, other = _keep(connection, row, wanted, by_office=by_office)
    except _ConflictError as conflict:
        refused(Event.CONFLICT)
        return Arrival(Outcome.CONFLICT, str(conflict))
    if other and not by_office:
        refused(Event.OTHER_KIOSK)
    if new:
        return Arrival(Outcome.TAKEN, "Received.", alert=sensitive)
    return Arrival(Outcome.TAKEN_BEFORE, "Received before.")


def _keep(connection: Connection, row: dict[str, Any], files: Sequence[Part], *, by_office: bool) -> tuple[bool, bool]:
    """Whether it is new, and whether it came before with another token.

    Raises: _ConflictError: other bytes are here under one of its names.
    """
    new = insert_if_new(connection, submissions, row)
    same_id = submissions.c.instance_id == row["instance_id"]
    columns = (submissions.c.id, submissions.c.sha256, submissions.c.key)
    found = connection.execute(select(*columns).where(same_id)).one()
    if found.sha256 != row["sha256"]:
        raise _ConflictError("Another submission has this instanceID.")
    other = found.key != row["key"]
    for one in files:
        head = {"submission": found.id, "name": one.name}
        sums = {"content_type": one.content_type, "size_bytes": one.size_bytes, "sha256": one.sha256}
        if insert_if_new(connection, attachments, head | sums):
            if other and not by_office and _in_use(connection, found.key):
                raise _ConflictError("This submission came from another kiosk.")
            one.file.seek(0)
            for number, data in enumerate(iter(lambda file=one.file: file.read(PIECE_BYTES), b"")):  # type: ignore[misc]
                connection.execute(insert(pieces).values(**head, number=number, data=data))
            continue
        same_name = (attachments.c.submission == found.id) & (attachments.c.name == one.name)
        if connection.scalar(select(attachments.c.sha256).where(same_name)) != one.sha256:
            raise _ConflictError(f"Another file {one.name!r} came with this submission.")
    return new, other


def _in_use(connection: Connection, key: int) -> bool:
    here = (keys.c.id == key) & keys.c.revoked_at.is_(None)
    return connection.scalar(select(keys.c.id).where(here)) is not None


def _part(one: Attachment | Part) -> Part:
    return one if isinstance(one, Part) else Part.of(one.name, one.content_type, BytesIO(one.data))


def expected_files(xform: bytes, xml: bytes) -> tuple[str, ...]:
    """The names of the files that belong to a submission: those that its manifest, or its answers, name.

    Raises: OpenRosaError: either is not what it should be.
    """
    envelope = read_envelope(xml)
    if envelope.xml_file is not None:
        return (*envelope.media, envelope.xml_file)
    return read_schema(xform).files_in(envelope.root)
