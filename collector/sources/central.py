"""Visits in a zip that ODK Central has exported: a CSV for each form, and voice messages in `media/`.

Central decrypts with the passphrase before it writes the zip; what it could not decrypt has a Status and no answers. A
zip says nothing of its form but the name of its CSV: the form itself has to be named.
Source: getodk/central-backend at v2026.2, lib/data/briefcase.js and attachments.js; docs.getodk.org, "Getting the
submission data". Both kinds of headers are read: with the groups' names (`house-home`) and without (`home`).
"""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from functools import partial
from io import TextIOWrapper
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - zlib's own name is any error's

from collector.errors import CollectorError
from collector.export import LAST_COLUMNS, NOT_DECRYPTED
from collector.sources.reading import LazyFiles, Reading
from collector.sources.stick import unknown_form
from openrosa.stick import LARGEST_FILE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from collector.sources.forms import Forms, KnownForm

MEDIA = "media/"
REJECTED = "rejected"
_TO_DO = {NOT_DECRYPTED: f"{NOT_DECRYPTED}: export it from Central with the passphrase"}
"""What Central says in `Status`, with what helps."""
_SANITIZED = re.compile(r'[/?<>\\:*|"\x00-\x1f\x80-\x9f]')
"""What Central takes out of a file's name. Source: the sanitize-filename package."""
_BROKEN = (BadZipFile, ZlibError, csv.Error, UnicodeDecodeError, NotImplementedError, RuntimeError, EOFError, OSError)
"""What a zip that is damaged, has a password, or is none, makes the standard library raise."""
_HINT = "Download it from Central again, as it is."


class CentralSource:
    """A zip as `submissions.csv.zip` gives it.

    Raises: CollectorError: it is no zip, or there is no table of submissions in it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with ZipFile(path) as archive:
                self._tables = [name for name in archive.namelist() if _is_table(archive, name)]
        except _BROKEN as error:
            raise CollectorError("Cannot read", f"{path.name}: {_met(error)}", _HINT) from None
        if not self._tables:
            hint = "Give the zip of all data that Central's submissions page exports."
            raise CollectorError("Cannot read", f"{path.name}: there is no table of submissions in it", hint)

    def add_forms(self, forms: Forms) -> None:
        """A zip has none."""

    def readings(self, forms: Forms, private_key: RSAPrivateKey | None, form_id: str | None) -> Iterator[Reading]:
        """Its rows, in Central's order. Of a table that is damaged none is read: what it says may be anything."""
        del private_key  # Central has decrypted
        with ZipFile(self._path) as archive:
            media = {name.removeprefix(MEDIA) for name in archive.namelist() if name.startswith(MEDIA)}
            for table in self._tables:
                stem = PurePosixPath(table).stem
                here = next((one.form_id for one in forms if _SANITIZED.sub("", one.form_id) == stem), stem)
                if form_id not in (None, here):
                    continue
                try:
                    _check(archive, table)
                    with archive.open(table) as raw, TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
                        for row in csv.DictReader(text, restval=""):
                            yield self._reading(row, here, forms, media)
                except _BROKEN as error:
                    yield Reading(table, here, "", "", None, why=f"it is damaged: {_met(error)}")

    def _reading(self, row: Mapping[str, str], form_id: str, forms: Forms, media: set[str]) -> Reading:
        version = row.get("FormVersion", "")
        form = forms.find(form_id, version) or _only(forms, form_id, row)
        values = _values(row, form) if form else {}
        status = row.get("Status", "")
        why = _TO_DO.get(status, status) or ("" if form else unknown_form(form_id, version))
        if not why and row.get("ReviewState") == REJECTED:
            why = "it was rejected in Central's review"
        named = {_SANITIZED.sub("", value): value for value in values.values()}
        return Reading(
            instance_id=row.get("KEY", ""),
            form_id=form_id,
            version=form.version if form and "FormVersion" not in row else version,
            home=row.get("SubmitterName", ""),
            received_at=_time(row.get("SubmissionDate", "")),
            values=values,
            files=LazyFiles((named[name] for name in media & named.keys()), partial(self._file)),
            columns={name: row.get(name, "") for name in LAST_COLUMNS},
            why=why,
        )

    def _file(self, name: str) -> bytes:
        """A voice message. Raises: CollectorError: it is damaged or too large."""
        inside = f"{MEDIA}{_SANITIZED.sub('', name)}"
        try:
            with ZipFile(self._path) as archive, archive.open(inside) as file:
                data = file.read(LARGEST_FILE_BYTES + 1)
        except (*_BROKEN, KeyError) as error:
            raise CollectorError("Cannot read", f"{name} in {self._path.name}: {_met(error)}", _HINT) from None
        if len(data) > LARGEST_FILE_BYTES:
            met = f"it has more than {LARGEST_FILE_BYTES} bytes"
            raise CollectorError("Cannot read", f"{name} in {self._path.name}: {met}", _HINT)
        return data


def _is_table(archive: ZipFile, name: str) -> bool:
    """Whether it is the table of a form's submissions, not one of a repeat in it."""
    if "/" in name or not name.endswith(".csv"):
        return False
    with archive.open(name) as file:
        header = file.readline(1_000_000).decode("utf-8-sig", "replace")
    columns = next(csv.reader([header]), [])
    return "KEY" in columns and "SubmissionDate" in columns


def _check(archive: ZipFile, name: str) -> None:
    """Read a file to its end, where its checksum is. Raises: what a damaged one makes the standard library raise."""
    with archive.open(name) as file:
        while file.read(1_000_000):
            pass


def _only(forms: Forms, form_id: str, row: Mapping[str, str]) -> KnownForm | None:
    """The form of a table without versions, as Central wrote it before 2023: the one that was named."""
    versions = forms.versions(form_id)
    return versions[0] if "FormVersion" not in row and len(versions) == 1 else None


def _values(row: Mapping[str, str], form: KnownForm) -> dict[str, str]:
    """The row's answers by path, what is empty left out."""
    found = {}
    for field in form.schema.fields:
        for name in (field.path.replace("/", "-"), field.path.rpartition("/")[2]):
            if name in row:
                if row[name]:
                    found[field.path] = row[name]
                break
    return found


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _met(error: BaseException) -> str:
    return error.strerror or "it can't be read" if isinstance(error, OSError) else str(error) or type(error).__name__
