"""A store whose file is broken: everything in it that is still whole, taken over into a new one.

A flipped bit in a sealed record is found by its checksum, and stops that record alone. One in SQLite's own structure
stops all of them, though their bytes are whole. So the records are looked for in the pages themselves, whatever the
structure says, and the checksum of each tells whether it was found whole. What was not is set aside and counted.

Source: https://www.sqlite.org/fileformat2.html, sections 1.5 (b-tree pages), 1.6 (overflow), 2.1 (records).
"""

from __future__ import annotations

import contextlib
import sqlite3
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from kiosk.keeping.database import is_damage
from kiosk.keeping.rows import checksum
from kiosk.keeping.schema import State, submissions
from openrosa.submission import Attachment, Submission

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Value: TypeAlias = "int | float | str | bytes | None"

_HEADER_BYTES = 100
"""Of the file, before the first page's own header."""
_PAGE_BYTES = 4096
"""SQLite's own default since 3.12, which no Sayso has changed."""
_LEAF_HEADER_BYTES = 8
_LEAST_CELL_BYTES = 4
_LONGEST_VARINT_BYTES = 9
_SHA256_BYTES = 32
_COLUMNS = tuple(column.name for column in submissions.c if column.name != "seq")
"""In the order of the records: a later version only ever adds at the end."""
_ATTACHMENT_VALUES = 5
_FIRST_VERSION_VALUES = 1 + 9


@dataclass
class Found:
    """What was in the pages.

    Attributes:
        submissions: the columns of each row by its number; what an older version did not have is missing.
        attachments: by the submission's number, then by position.
    """

    submissions: dict[int, dict[str, Value]] = field(default_factory=dict)
    attachments: dict[int, dict[int, Attachment]] = field(default_factory=dict)

    def damaged(self) -> set[int]:
        """Numbers of the submissions that are there and not whole, and of those of which only files are left."""
        orphans = self.attachments.keys() - self.submissions.keys()
        return orphans | {seq for seq, row in self.submissions.items() if not self._whole(seq, row)}

    def _whole(self, seq: int, row: Mapping[str, Value]) -> bool:
        if row["xml"] is None:  # delivered, and erased
            return row["state"] == State.DELIVERED.value
        return checksum(submission_of(row, self.attachments.get(seq, {}))) == row["sha256"]


def is_sound(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with the file's structure. It reads all of it: a second for 100 MB."""
    uri = f"{path.absolute().as_uri()}?mode=rw"  # a journal left by a power cut is rolled back first
    try:
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=5)) as connection:
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            connection.execute("PRAGMA cell_size_check = ON")
            if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
                return False
            return not _unknown_states(connection)
    except sqlite3.DatabaseError as error:
        # Busy, read-only, full: no damage; whoever opens it says so.
        return isinstance(error, sqlite3.OperationalError) and not is_damage(error)


def _unknown_states(connection: sqlite3.Connection) -> bool:
    """Whether a row stands where no code would look for it."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'submission'").fetchone():
        return False
    known = [state.value for state in State]
    marks = ", ".join("?" * len(known))
    query = f"SELECT 1 FROM submission WHERE state NOT IN ({marks}) LIMIT 1"  # noqa: S608 - question marks only
    return connection.execute(query, known).fetchone() is not None


def find(data: bytes) -> Found:
    """All records in the pages of a database file, whatever its structure says.

    Args:
        data: the whole file.
    """
    found = Found()
    for values, rowid in _records(data):
        match values:
            case [None, str(), str(), str(), int(), str(), None | bytes(), bytes(sha256), *_] if (
                len(values) >= _FIRST_VERSION_VALUES and len(sha256) == _SHA256_BYTES
            ):
                found.submissions.setdefault(rowid, dict(zip(_COLUMNS, values[1:], strict=False)))
            case [int(seq), int(position), str(name), str(kind), bytes(content)] if len(values) == _ATTACHMENT_VALUES:
                found.attachments.setdefault(seq, {}).setdefault(position, Attachment(name, content, kind))
    return found


def submission_of(row: Mapping[str, Value], files: Mapping[int, Attachment]) -> Submission:
    """A row's submission, with its files in order."""
    xml = row["xml"] if isinstance(row["xml"], bytes) else b""
    its = tuple(files[position] for position in sorted(files))
    instance_id, form_id, version = (str(row[name]) for name in ("instance_id", "form_id", "version"))
    return Submission(instance_id, form_id, version, xml, its, sealed=bool(row["sealed"]))


def _records(data: bytes) -> Iterator[tuple[list[Value], int]]:
    """Every record that can be read on any page, with its row number. What does not read as one is passed over."""
    for start in range(0, len(data) - len(data) % _PAGE_BYTES, _PAGE_BYTES):
        page = data[start : start + _PAGE_BYTES]
        at = (_HEADER_BYTES if start == 0 else 0) + _LEAF_HEADER_BYTES
        seen: set[int] = set()
        # Neither the page's kind nor its count of cells is believed: a flipped bit there must not hide whole records.
        while at + 2 <= _PAGE_BYTES:
            cell = int.from_bytes(page[at : at + 2], "big")
            if not at < cell <= _PAGE_BYTES - _LEAST_CELL_BYTES:
                if cell == 0:
                    break
            elif cell not in seen:
                seen.add(cell)
                with contextlib.suppress(ValueError, IndexError, struct.error):
                    yield _cell(data, page, cell)
            at += 2


def _cell(data: bytes, page: bytes, at: int) -> tuple[list[Value], int]:
    """A record and its row number. Raises: ValueError, IndexError, struct.error: there is none."""
    size, at = _varint(page, at)
    rowid, at = _varint(page, at)
    largest = _PAGE_BYTES - 35
    if not 0 < size <= len(data):
        raise ValueError
    local = size
    if size > largest:
        least = (_PAGE_BYTES - 12) * 32 // 255 - 23
        local = least + (size - least) % (_PAGE_BYTES - 4)
        local = local if local <= largest else least
    payload = bytearray(page[at : at + local])
    at += local
    while len(payload) < size:
        (number,) = struct.unpack_from(">I", page, at)
        page, at = data[(number - 1) * _PAGE_BYTES : number * _PAGE_BYTES], 0
        if number < 1 or len(page) != _PAGE_BYTES:
            raise ValueError
        payload += page[4 : 4 + size - len(payload)]
    return _values(bytes(payload)), rowid


def _values(payload: bytes) -> list[Value]:
    """A record's values. Raises: ValueError, IndexError: it is none."""
    end, at = _varint(payload, 0)
    body, values = end, list[Value]()
    while at < end:
        kind, at = _varint(payload, at)
        length = _length(kind)
        raw = payload[body : body + length]
        if len(raw) != length:
            raise ValueError
        values.append(_value(kind, raw))
        body += length
    if at != end or body != len(payload):
        raise ValueError
    return values


def _length(kind: int) -> int:
    if kind < len(_LENGTHS):
        return _LENGTHS[kind]
    if kind < _FIRST_BLOB:
        raise ValueError
    return (kind - _FIRST_BLOB) // 2


_LENGTHS = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
_REAL, _ZERO, _ONE, _FIRST_BLOB = 7, 8, 9, 12


def _value(kind: int, raw: bytes) -> Value:
    if kind == 0:
        return None
    if kind == _REAL:
        return float(struct.unpack(">d", raw)[0])
    if kind in (_ZERO, _ONE):
        return kind - _ZERO
    if kind < _FIRST_BLOB:
        return int.from_bytes(raw, "big", signed=True)
    return raw if kind % 2 == 0 else raw.decode("utf-8", "replace")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """SQLite's number of one to nine bytes, and where it ends."""
    value = 0
    for place in range(_LONGEST_VARINT_BYTES - 1):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 - the last byte has no eighth bit
            return value, at + place + 1
    return value << 8 | data[at + _LONGEST_VARINT_BYTES - 1], at + _LONGEST_VARINT_BYTES
