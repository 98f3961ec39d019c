"""Results as CSV with the columns of ODK Central, so that what reads Central's files reads these.

One file a form, a column for each leaf of the form's own schema: what a form does not declare is in no file. Values are
written as they came: a sheet that takes "=1+1" for a formula is the reader's to guard against, and docs/collector.md
says how. Repeats, which no kiosk asks, are left out and named.
Source: docs.getodk.org, "Getting the submission data", and the header of a file that Central exported.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from collector.errors import CollectorError
from collector.forms import all_forms
from collector.results import Result, Unread, read, stored_submissions
from collector.schema import Field, read_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from collector.database import Database
    from collector.results import Stored

LAST_COLUMNS = (
    "KEY",
    "SubmitterID",
    "SubmitterName",
    "AttachmentsPresent",
    "AttachmentsExpected",
    "Status",
    "ReviewState",
    "DeviceID",
    "Edits",
    "FormVersion",
)
NOT_DECRYPTED = "not decrypted"
MISSING = "missing encrypted form data"
GEOPOINT = ("Latitude", "Longitude", "Altitude", "Accuracy")
"""A place has a column for each of these."""


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        files: one a form.
        rows: of all files.
        unread: the submissions whose row holds no answers, and why.
        left_out: repeats, as "form_id: path".
        opened: the numbers of sensitive forms' visits that nobody had opened before.
    """

    files: tuple[Path, ...]
    rows: int
    unread: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    opened: tuple[int, ...]


def export(database: Database, folder: Path, private_key: RSAPrivateKey | None = None) -> Exported:
    """Write every form's results into a folder, which is made when it is not there.

    Raises: CollectorError: the folder can't be written.
    """
    files: list[Path] = []
    unread: list[tuple[str, str]] = []
    left_out: list[str] = []
    opened: list[int] = []
    rows = 0
    taken: set[str] = set()
    for form_id, xforms in _xforms(database).items():
        fields, repeats = merged(xforms)
        left_out += [f"{form_id}: {path}" for path in repeats]
        path = folder / f"{file_name(form_id, taken)}.csv"

        def lines(form_id: str = form_id, fields: Sequence[Field] = fields) -> Iterator[list[str]]:
            yield header(fields)
            for stored in stored_submissions(database, form_id):
                result = read(stored, private_key)
                if isinstance(result, Unread):
                    unread.append((stored.instance_id, result.why))
                elif stored.unopened:
                    opened.append(stored.number)
                yield _row(stored, result, fields)

        rows += _written(path, lines()) - 1
        files.append(path)
    return Exported(tuple(files), rows, tuple(unread), tuple(left_out), tuple(opened))


def header(fields: Sequence[Field]) -> list[str]:
    """The names of the columns, in Central's order."""
    names = ["SubmissionDate"]
    for field in fields:
        name = field.path.replace("/", "-")
        names += [f"{name}-{part}" for part in GEOPOINT] if field.kind == "geopoint" else [name]
    return [*names, *LAST_COLUMNS]


def _row(stored: Stored, result: Result | Unread, fields: Sequence[Field]) -> list[str]:
    values = result.values if isinstance(result, Result) else {}
    cells = [stored.received_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")]
    for field in fields:
        value = values.get(field.path, "")
        cells += (value.split() + [""] * len(GEOPOINT))[: len(GEOPOINT)] if field.kind == "geopoint" else [value]
    status = "" if isinstance(result, Result) else MISSING if result.missing else NOT_DECRYPTED
    present = sum(name in stored.files for name in stored.expected)
    return [
        *cells,
        stored.instance_id,
        str(stored.key_id),
        stored.key_name,
        str(present),
        str(len(stored.expected)),
        status,
        "",  # ReviewState: nobody reviews here
        "",  # DeviceID: a kiosk does not send one
        "0",  # Edits: a visit is not edited
        stored.version,
    ]


def _xforms(database: Database) -> dict[str, list[bytes]]:
    """The versions of each form, newest first."""
    found: dict[str, list[bytes]] = {}
    for form in all_forms(database):
        found.setdefault(form.form_id, []).insert(0, form.xform)
    return found


def merged(xforms: Iterable[bytes]) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    """The newest version's columns, then those that only older versions have."""
    schemas = [read_schema(xform) for xform in xforms]
    fields = {field.path: field for schema in reversed(schemas) for field in schema.fields}
    order = dict.fromkeys(field.path for schema in schemas for field in schema.fields)
    repeats = dict.fromkeys(path for schema in schemas for path in schema.repeats)
    return tuple(fields[path] for path in order), tuple(repeats)


def _written(path: Path, lines: Iterable[list[str]]) -> int:
    """Written beside and moved into place: a reader never meets half a file. Returns: how many lines."""
    beside = path.with_name(f".{path.name}.part")
    count = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # For this user alone: these are people's answers.
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600, exist_ok=False)
        with beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for line in lines:
                writer.writerow(line)
                count += 1
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        hint = "Name a folder with --to that you may write to."
        raise CollectorError("Cannot write", f"{path}: {error.strerror}", hint) from None
    return count


def file_name(form_id: str, taken: set[str]) -> str:
    """A form's id as a file name; ids that differ only in what a file name can't hold are numbered."""
    name = re.sub(r"[^\w.-]", "_", form_id).lstrip(".") or "form"
    number = 1
    while (numbered := name if number == 1 else f"{name}-{number}").casefold() in taken:
        number += 1
    taken.add(numbered.casefold())
    return numbered[:150]
