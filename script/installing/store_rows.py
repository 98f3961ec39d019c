"""Rows of one database compared with another's, and carried over into one of another version's making.

What was kept is never lost: going back to a version that does not know the newer tables takes the rows along, and looks
afterwards at every one of them.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from installing import disk

NEEDED: dict[str, dict[str, tuple[str, ...]]] = {
    "kiosk": {
        "submission": ("seq", "instance_id", "form_id", "version", "xml", "sha256"),
        "attachment": ("submission_seq", "position", "name", "content_type", "data"),
    },
    "collector": {
        "keys": ("id", "name", "token_sha256"),
        "submissions": ("id", "instance_id", "form_id", "version", "xml", "sha256"),
        "attachments": ("submission", "name", "sha256"),
        "pieces": ("submission", "name", "number", "data"),
    },
}
"""What must be the same in both, whatever else a version's tables have."""
_OTHER_STATE = ("state", "waiting", "delivered")
_BUSY_S = 20


class RowsError(Exception):
    """Something would be lost."""


@contextlib.contextmanager
def opened(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """The database in a file that is there; one transaction. A journal that a power cut left is rolled back.

    Raises: sqlite3.Error.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY_S, isolation_level=None)
    try:
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        if write:
            for pragma in ("journal_mode = TRUNCATE", "synchronous = EXTRA", "secure_delete = ON"):
                connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()


def tables(connection: sqlite3.Connection) -> dict[str, list[str]]:
    """Name of each table that holds rows of ours -> its columns."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    names = [str(row[0]) for row in connection.execute(query) if row[0] != "alembic_version"]
    return {name: [str(row[1]) for row in connection.execute(f"PRAGMA table_info({_quoted(name)})")] for name in names}


def digests(connection: sqlite3.Connection, columns: dict[str, tuple[str, ...]]) -> dict[str, dict[str, str]]:
    """Table -> key of each row (its first column) with a running number -> hash of those columns' values."""
    found: dict[str, dict[str, str]] = {}
    for table, names in columns.items():
        rows = found.setdefault(table, {})
        chosen = ", ".join(map(_quoted, names))
        for row in connection.execute(f"SELECT {chosen} FROM {_quoted(table)} ORDER BY {chosen}"):  # noqa: S608  names only
            rows[f"{row[0]}/{len(rows)}"] = hashlib.sha256(repr(row).encode("utf-8", "surrogateescape")).hexdigest()
    return found


def same(role: str, one: Path, other: Path) -> int:
    """How many rows both have, the same in all that matters. Raises: RowsError: they are not; sqlite3.Error."""
    with opened(one) as first, opened(other) as second:
        return _same(role, first, second)


def _same(role: str, first: sqlite3.Connection, second: sqlite3.Connection) -> int:
    needed = NEEDED[role]
    for connection in (first, second):
        there = tables(connection)
        for table, names in needed.items():
            if lacking := set(names) - set(there.get(table, ())):
                raise RowsError(f"the table {table} has no {', '.join(sorted(lacking))}")
    before, after = digests(first, needed), digests(second, needed)
    for table in needed:
        if before[table] != after[table]:
            met = f"{len(before[table])} rows on one side, {len(after[table])} on the other"
            raise RowsError(f"the table {table} is not the same: {met}")
    return sum(map(len, before.values()))


def carry(role: str, source: Path, target: Path) -> int:
    """Copy every row into an empty database of another version; how many.

    Columns and tables that the other one does not have stay behind; all that matters (`NEEDED`) is compared before it
    is committed. Numbers that were used are not used again.

    Raises: RowsError: something that matters would be lost; sqlite3.Error.
    """
    with opened(source) as old, opened(target, write=True) as new:
        new.execute("PRAGMA defer_foreign_keys = ON")
        theirs, ours = tables(old), tables(new)
        for table in ours:
            names = [name for name in ours[table] if name in theirs.get(table, ())]
            if names:
                _copy(old, new, table, names)
        _copy_numbers(old, new)
        return _same(role, old, new)


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str, names: list[str]) -> None:
    chosen, marks = ", ".join(map(_quoted, names)), ", ".join("?" * len(names))
    insert = f"INSERT INTO {_quoted(table)} ({chosen}) VALUES ({marks})"  # noqa: S608  names of columns
    for row in old.execute(f"SELECT {chosen} FROM {_quoted(table)} ORDER BY rowid"):  # noqa: S608  the same
        try:
            new.execute(insert, row)
        except sqlite3.IntegrityError:
            new.execute(insert, _known_state(names, row))


def _known_state(names: list[str], row: tuple[Any, ...]) -> list[Any]:
    """The row in a state that every version knows: what has bytes is sent (again), what has none was delivered."""
    column, with_bytes, without = _OTHER_STATE
    if column not in names:
        raise RowsError("a row does not fit the other version's table")
    values = dict(zip(names, row, strict=True))
    values[column] = with_bytes if values.get("xml") is not None else without
    return list(values.values())


def _copy_numbers(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    with contextlib.suppress(sqlite3.OperationalError):  # neither counts
        for name, number in old.execute("SELECT name, seq FROM sqlite_sequence").fetchall():
            new.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, name))


def ids(path: Path) -> set[str]:
    """The ids of all visits in a kiosk's database. Raises: sqlite3.Error."""
    with opened(path) as connection:
        return {str(row[0]) for row in connection.execute("SELECT instance_id FROM submission")}


def forget_others(path: Path, kept: set[str]) -> int:
    """Delete every visit that is not one of those: it was forgotten since; how many."""
    with opened(path, write=True) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        gone = [(each,) for each in _ids(connection) - kept]
        marks = "SELECT seq FROM submission WHERE instance_id = ?"
        connection.executemany(f"DELETE FROM attachment WHERE submission_seq IN ({marks})", gone)  # noqa: S608  a constant
        connection.executemany("DELETE FROM submission WHERE instance_id = ?", gone)
    return len(gone)


def _ids(connection: sqlite3.Connection) -> set[str]:
    return {str(row[0]) for row in connection.execute("SELECT instance_id FROM submission")}


def version(path: Path) -> str | None:
    """The version of a database's tables; None where that can't be told. Changes nothing."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(found[0]) if found else None
    except sqlite3.Error:
        return None


def open_visits(path: Path) -> int | None:
    """How many visits are going on; None while that can't be told. Takes nobody's turn and changes nothing."""
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=0.5)) as connection:
            found = connection.execute("SELECT count(*) FROM submission WHERE state = 'open'").fetchone()
            return int(found[0])
    except sqlite3.OperationalError:
        return None  # the kiosk is writing, most likely
    except sqlite3.Error:
        return 0  # damaged: the kiosk's next start mends it


def undelivered(path: Path) -> int | None:
    """How many visits a server does not have; None where that can't be told. Changes nothing."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT count(*) FROM submission WHERE state <> 'delivered'").fetchone()
            return int(found[0])
    except sqlite3.Error:
        return None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def main(argv: list[str]) -> None:
    """`same ROLE ONE OTHER`, `carry ROLE SOURCE TARGET` or `forget kiosk NEWER OLDER`, as the database's own user."""
    what, role, one, other = argv[0], argv[1], Path(argv[2]), Path(argv[3])
    try:
        if what == "same":
            told = {"rows": same(role, one, other)}
        elif what == "carry":
            told = {"rows": carry(role, one, other)}
        else:
            told = {"forgotten": _forgotten(one, other)}
    except (RowsError, sqlite3.Error) as error:
        sys.exit(f"{error}")
    disk.sync_folder(other.parent)
    sys.stdout.write(json.dumps(told))


def _forgotten(newer: Path, older: Path) -> int:
    """Take out of the older one what the newer one has no more, as far as that can still be read."""
    try:
        kept = ids(newer)
    except sqlite3.Error:
        return 0
    return forget_others(older, kept)


if __name__ == "__main__":
    main(sys.argv[1:])
