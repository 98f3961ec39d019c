"""What arrives: taken once, whatever the network repeats.

Same id and same bytes: taken already. Same id and other bytes: refused, and what is here stays. One transaction holds a
whole post, so what was answered with 201 is on the disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from collector.database import attachments, forms, insert_if_new, submissions
from collector.schema import read_schema
from openrosa.submission import check_name, read_envelope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from collector.database import Database
    from collector.keys import Key
    from openrosa.submission import Attachment


class Outcome(Enum):
    """What became of a post."""

    TAKEN = "taken"
    TAKEN_BEFORE = "taken_before"
    CONFLICT = "conflict"
    UNKNOWN_FORM = "unknown_form"


@dataclass(frozen=True)
class Arrival:
    """The outcome, and one sentence for whoever sent it."""

    outcome: Outcome
    message: str


class _ConflictError(Exception):
    """Leaves the transaction, so that nothing of the post is kept."""


def receive(database: Database, key: Key, xml: bytes, files: Sequence[Attachment], now: datetime) -> Arrival:
    """Take one post of a submission, sealed or plain; its attachments may come over several.

    An attachment that the submission does not name is not kept: nothing undeclared is.

    Raises: OpenRosaError: it is no submission, or an attachment's name could lead out of a folder.
    """
    envelope = read_envelope(xml)
    for one in files:
        check_name(one.name)
    version = envelope.version or ""
    here = (forms.c.form_id == envelope.form_id) & (forms.c.version == version)
    with database.reading() as connection:
        xform = connection.scalar(select(forms.c.xform).where(here))
    if xform is None:
        return Arrival(Outcome.UNKNOWN_FORM, f"There is no form {envelope.form_id!r} of version {version!r} here.")
    expected = set(expected_files(xform, xml))
    row = {
        "instance_id": envelope.instance_id,
        "form_id": envelope.form_id,
        "version": version,
        "sealed": envelope.sealed,
        "xml": xml,
        "key": key.id,
        "received_at": now,
    }
    wanted = [one for one in files if one.name in expected]
    try:
        with database.writing() as connection:
            new = _keep(connection, row, wanted)
    except _ConflictError as conflict:
        return Arrival(Outcome.CONFLICT, str(conflict))
    return Arrival(Outcome.TAKEN, "Received.") if new else Arrival(Outcome.TAKEN_BEFORE, "Received before.")


def _keep(connection: Connection, row: dict[str, Any], files: Sequence[Attachment]) -> bool:
    """Whether it is new. Raises: _ConflictError: other bytes are here under one of its names."""
    new = insert_if_new(connection, submissions, row)
    same_id = submissions.c.instance_id == row["instance_id"]
    found = connection.execute(select(submissions.c.id, submissions.c.xml).where(same_id)).one()
    if found.xml != row["xml"]:
        raise _ConflictError("Another submission has this instanceID.")
    for one in files:
        file = {"submission": found.id, "name": one.name, "content_type": one.content_type, "data": one.data}
        if insert_if_new(connection, attachments, file):
            continue
        same_name = (attachments.c.submission == found.id) & (attachments.c.name == one.name)
        if connection.scalar(select(attachments.c.data).where(same_name)) != one.data:
            raise _ConflictError(f"Another file {one.name!r} came with this submission.")
    return new


def expected_files(xform: bytes, xml: bytes) -> tuple[str, ...]:
    """The names of the files that belong to a submission: those that its manifest, or its answers, name.

    Raises: OpenRosaError: either is not what it should be.
    """
    envelope = read_envelope(xml)
    if envelope.xml_file is not None:
        return (*envelope.media, envelope.xml_file)
    return read_schema(xform).files_in(envelope.root)
