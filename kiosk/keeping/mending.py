"""Opening a store that may be broken: what is whole goes into a new file, what is not is set aside and counted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from kiosk.keeping.database import known_revision, meeting, open_database, writing
from kiosk.keeping.salvage import Found, Value, find, is_sound
from kiosk.keeping.schema import State, attachments, submissions
from kiosk.keeping.tally import DAMAGED
from openrosa.folders import sync_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    import sqlalchemy as sa

log = logging.getLogger(__name__)

MENDING_SUFFIX = ".mending"
DAMAGED_SUFFIX = ".damaged"
"""The broken file, kept beside the new one for whoever repairs it, where something in it could not be read."""
_OURS = b"CREATE TABLE submission"


def mend(path: Path, today: date) -> tuple[int, int] | None:
    """Put a new database in the place of a broken one, with everything that is whole.

    Nothing is touched where SQLite finds the file sound, where it is of a newer version, or where nothing of ours is in
    it. A power cut in the middle leaves the old file, and the next start begins again.

    Args:
        path: of the database. Only the kiosk calls this, which alone may make one.
        today: the day on which the damaged ones are set aside.

    Returns: how many were taken over whole, and how many are damaged; None where there was nothing to mend.
    Raises: KioskError: the disk says no; the broken file is as it was.
    """
    if not path.exists() or path.stat().st_size == 0 or is_sound(path):
        return None
    with meeting("Cannot mend the store", path):
        data = path.read_bytes()
        found = find(data)
        if not known_revision(path) or not (found.submissions or _OURS in data):
            return None
        new = path.with_name(path.name + MENDING_SUFFIX)
        new.unlink(missing_ok=True)
        engine = open_database(new, migrate=True)
        try:
            with writing(engine) as connection:
                damaged = _take_over(connection, found, today)
        finally:
            engine.dispose()
        if damaged:
            path.replace(path.with_name(path.name + DAMAGED_SUFFIX))
        path.with_name(path.name + "-journal").unlink(missing_ok=True)  # the old one's; it fits the new one no more
        new.replace(path)
        sync_folder(path.parent)
    whole = len(found.submissions.keys() | found.attachments.keys()) - damaged
    log.warning("The store was damaged: %d visits were taken over whole, %d are set aside as damaged.", whole, damaged)
    return whole, damaged


def _take_over(connection: sa.Connection, found: Found, today: date) -> int:
    """Write what was found; how many of it are damaged."""
    damaged = found.damaged()
    ids: set[str] = set()
    for seq in sorted(found.submissions.keys() | found.attachments.keys()):
        values = _row(found.submissions.get(seq, {}), seq, ids, today, damaged=seq in damaged)
        ids.add(str(values["instance_id"]))
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        # By hand: the values go in as they were found, a date as its text.
        insert = f"INSERT INTO {submissions.name} (seq, {names}) VALUES (?, {marks})"  # noqa: S608 - names of columns
        connection.exec_driver_sql(insert, (seq, *values.values()))
        for position, file in found.attachments.get(seq, {}).items():
            row = {"submission_seq": seq, "position": position, "name": file.name, "content_type": file.content_type}
            connection.execute(attachments.insert(), {**row, "data": file.data})
    return len(damaged)


def _row(row: Mapping[str, Value], seq: int, ids: set[str], today: date, *, damaged: bool) -> dict[str, Value]:
    """A row's columns as they are to stand in the new file."""
    if damaged:
        instance_id = str(row.get("instance_id", ""))
        if not instance_id or instance_id in ids:
            instance_id = f"damaged:{seq}"
        kept = {name: row.get(name, "") for name in ("form_id", "version")}
        content = {name: row.get(name) or b"" for name in ("xml", "sha256")}
        aside = {"state": State.SET_ASIDE.value, "reason": DAMAGED, "set_aside_on": today.isoformat()}
        ended = {"sealed": 1, "sensitive": row.get("sensitive", 0) or 0, "complete": row.get("complete")}
        return {"instance_id": instance_id, **kept, **content, **aside, **ended}
    values: dict[str, Value] = {name: value for name, value in row.items() if value is not None}
    if values["state"] not in {state.value for state in State}:
        values["state"] = State.WAITING.value  # sent a second time it is still one
    return values
