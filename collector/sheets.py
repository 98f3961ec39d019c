"""A form's results as a CSV and an .xlsx of the same rows, and its voice messages as files beside them.

The columns are ODK Central's. Beside each column of a choice stands one with its label (`house-home_label`), beside
that of a voice message one with its file (`more_file`). In the .xlsx every cell is a text: a value that begins with "="
is no formula there. In the CSV values stand as they came, as in Central's.
"""

from __future__ import annotations

import csv
import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, TextIO

from collector.export import GEOPOINT, LAST_COLUMNS, header, merged
from collector.folders import folder_name
from collector.sources.reading import path_of
from collector.visits import plain_version
from openrosa.question_set import Kind, Question, text_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from collector.schema import Field
    from collector.sources.forms import KnownForm
    from collector.sources.reading import Reading
    from collector.visits import Answer, Visit

MOST_ROWS = 1_048_576
"""Of a sheet, as spreadsheets read them. A form with more has a CSV alone."""
_LONGEST_SUFFIX = 5


@dataclass(frozen=True)
class _Beside:
    """A column of ours, right of the one at `path`."""

    name: str
    path: str
    is_file: bool


class FormSheet:
    """One form's rows, written as they come, for this user alone: neither file is ever whole in memory.

    Args:
        folder: where the files go.
        name: theirs, without a suffix.
        versions: of the form, the newest first.
        language: of the labels; where a set has it not, its default one.

    Raises: OSError: they can't be written.
    """

    def __init__(self, folder: Path, name: str, versions: Sequence[KnownForm], language: str | None) -> None:
        self.rows = 0
        self._folder = folder
        self._name = name
        self._language = language
        self._versions = {one.version: one for one in versions}
        self._fields, self.left_out = merged(one.xform for one in versions)
        self._beside = _beside(self._fields, versions)
        self._part = folder / f".{name}.csv.part"
        self._file = _private_text(self._part)
        self._csv = csv.writer(self._file, lineterminator="\n")
        self._csv.writerow(self._header())

    def add(self, reading: Reading, voices: Mapping[str, Path]) -> None:
        """Write a submission's row; `voices` are its voice messages' files by question. Raises: OSError."""
        cells = [_moment(reading)]
        for field in self._fields:
            value = reading.values.get(field.path, "")
            if field.kind == "geopoint":
                cells += (value.split() + [""] * len(GEOPOINT))[: len(GEOPOINT)]
                continue
            cells.append(value)
            for one in self._beside.get(field.path, ()):
                cells.append(self._said_beside(reading, one, value, voices))
        said = {**reading.columns, "KEY": reading.instance_id, "FormVersion": reading.version}
        self._csv.writerow([*cells, *(said.get(name, "") for name in LAST_COLUMNS)])
        self.rows += 1

    def keep_voice(self, visit: Visit, answer: Answer) -> Path:
        """Write a voice message as a file, named by form, visit and question.

        Raises: CollectorError: it can't be read. OSError: or not be written.
        """
        data = visit.files[answer.file]
        suffix = PurePath(answer.file).suffix
        plain = suffix.isascii() and suffix[1:].isalnum() and len(suffix) <= _LONGEST_SUFFIX
        place = self._folder / f"{self._name}-voices"
        place.mkdir(mode=0o700, exist_ok=True)
        name = f"{self._name}-{folder_name(visit.instance_id)}-{answer.name}{suffix if plain else '.wav'}"
        write_private(place / name, data)
        return place / name

    def close(self) -> tuple[Path, ...]:
        """Put both files into their place. Returns: them. Raises: OSError."""
        self._file.close()
        if self.rows >= MOST_ROWS:
            return (self._moved(self._part, ".csv"),)
        xlsx = self._folder / f".{self._name}.xlsx.part"
        write_private(xlsx, b"")
        _write_xlsx(self._part, xlsx)
        return self._moved(self._part, ".csv"), self._moved(xlsx, ".xlsx")

    def give_up(self) -> None:
        """Leave nothing half written."""
        self._file.close()
        for suffix in (".csv", ".xlsx"):
            (self._folder / f".{self._name}{suffix}.part").unlink(missing_ok=True)

    def _moved(self, part: Path, suffix: str) -> Path:
        return part.replace(self._folder / f"{self._name}{suffix}")

    def _header(self) -> list[str]:
        names = ["SubmissionDate"]
        for field in self._fields:
            names += header([field])[1 : -len(LAST_COLUMNS)]
            names += [one.name for one in self._beside.get(field.path, ())]
        return [*names, *LAST_COLUMNS]

    def _said_beside(self, reading: Reading, one: _Beside, value: str, voices: Mapping[str, Path]) -> str:
        form = self._versions.get(plain_version(reading.version))
        question = form and form.question_set and _questions(form).get(one.path)
        if not question:
            return ""
        if one.is_file:
            voice = voices.get(question.name)
            return f"{voice.parent.name}/{voice.name}" if voice else ""
        found = next((choice for choice in question.choices if choice.name == value), None)
        default = form.question_set.default_language if form and form.question_set else ""
        return text_in(found.labels, self._language or default, default) if found else ""


def write_private(path: Path, data: bytes) -> None:
    """Write a file that this user alone may read. Raises: OSError."""
    path.unlink(missing_ok=True)  # one that was there may be for others to read, or a link
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(data)


def _private_text(path: Path) -> TextIO:
    write_private(path, b"")
    return path.open("w", encoding="utf-8", newline="")


def _beside(fields: Sequence[Field], versions: Sequence[KnownForm]) -> dict[str, list[_Beside]]:
    """Our columns, by the path that they stand right of; none has the name of one of the form's own."""
    taken = {*header(fields)}
    found: dict[str, list[_Beside]] = {}
    asked = {path: question for form in reversed(versions) for path, question in _questions(form).items()}
    for field in fields:
        question = asked.get(field.path)
        if question is None or not (question.choices or question.kind is Kind.AUDIO):
            continue
        is_file = question.kind is Kind.AUDIO
        name = f"{field.path.replace('/', '-')}_{'file' if is_file else 'label'}"
        while name in taken:
            name += "_"
        taken.add(name)
        found[field.path] = [_Beside(name, field.path, is_file)]
    return found


def _questions(form: KnownForm) -> dict[str, Question]:
    return {path_of(one): one for one in form.question_set.questions} if form.question_set else {}


def _moment(reading: Reading) -> str:
    if reading.received_at is None:
        return ""
    return reading.received_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write_xlsx(source: Path, target: Path) -> None:
    """The rows of a CSV as a workbook whose every cell is a text. Raises: OSError."""
    from openpyxl import Workbook  # noqa: PLC0415 - an office has it, and it is slow to load
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("visits")
    sheet.freeze_panes = "B2"
    with source.open(encoding="utf-8", newline="") as file, _temporary_files_in(target.parent):
        for row in csv.reader(file):
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
                cell.data_type = "s"  # "=1+1" is what somebody sent, and no formula
                cells.append(cell)
            sheet.append(cells)
        book.save(target)


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """Have openpyxl write its temporary sheet beside the results, and not in a folder that everybody shares."""
    before = tempfile.tempdir
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
