"""The table of decisions in a digest's folder: decisions.xlsx or decisions.csv, for a spreadsheet or a text editor.

It is changed in place, cell by cell: columns, notes and colours that somebody added stay as they are.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation

from collector.digest.decisions import COLUMNS, FILLED_IN, HOW_TO, MEANINGS, NO, YES, Row, row_from
from collector.errors import CollectorError
from openrosa.folders import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

NAMES = ("decisions.xlsx", "decisions.csv")
_SHEET = "decisions"
_WIDTHS = {"id": 12, "sort": 9, "set": 16, "answers": 24, "decision": 12, "topic": 16, "picture": 18, "publish": 9}
_WIDE = 40
_MOST_ROWS = 2000
"""For which the lists of choices are offered."""
_UNREADABLE = (BadZipFile, InvalidFileException, KeyError, ValueError, csv.Error)
"""What openpyxl and csv raise for a file that is no table; UnicodeDecodeError is a ValueError."""


class Table(Protocol):
    """One file of decisions."""

    def cells(self) -> list[dict[str, str]]:
        """Each row's cells by column."""

    def change(self, number: int | None, changed: Mapping[str, str]) -> None:
        """Fill in cells of a row, counted from 0; None adds one."""

    def content(self) -> bytes:
        """The file as it is to be written."""


class Decisions:
    """The rows of one digest's folder.

    Args:
        path: of the file.
        table: what is in it.
    """

    def __init__(self, path: Path, table: Table) -> None:
        self.path = path
        self._table = table

    @property
    def rows(self) -> tuple[Row, ...]:
        """In the table's order, which is the order in which they are told. Rows without an id are notes of somebody."""
        return tuple(row_from(cells) for cells in self._table.cells() if cells.get("id", "").strip())

    def add(self, rows: Iterable[Row]) -> int:
        """Add those that are not there; what is there stays as it is. Returns: how many were added."""
        there = {row.id for row in self.rows}
        new = [row for row in rows if row.id not in there]
        for row in new:
            self._table.change(None, asdict(row))
        return len(new)

    def change(self, item: str, changed: Mapping[str, str]) -> None:
        """Fill in cells of an item that is there."""
        ids = [cells.get("id", "").strip() for cells in self._table.cells()]
        self._table.change(ids.index(item), changed)

    def refuse_open(self) -> None:
        """Raises: CollectorError: a spreadsheet has it open, and would write over what is written here."""
        for lock in (f".~lock.{self.path.name}#", f"~${self.path.name}"):
            if self.path.with_name(lock).exists():
                hint = "Save and close it there, then try again."
                raise CollectorError("Cannot write", f"{self.path}: it is open in a spreadsheet", hint)

    def save(self) -> None:
        """Write it, whole or not at all. Raises: CollectorError: it can't be, or a spreadsheet has it open."""
        self.refuse_open()
        try:
            write_whole(self.path, self._table.content(), 0o600)
        except OSError as error:
            hint = "Name a folder that you may write to."
            raise CollectorError("Cannot write", f"{self.path}: {error.strerror}", hint) from error


def decisions_in(folder: Path) -> Decisions | None:
    """The folder's table; None where there is none yet. Raises: CollectorError: there are two, or it can't be read."""
    paths = [folder / name for name in NAMES if (folder / name).is_file()]
    if not paths:
        return None
    if len(paths) > 1:
        hint = "Take the older one out of the folder."
        raise CollectorError("Cannot use both", f"{paths[0]} and {paths[1].name}", hint)
    (path,) = paths
    reader: Callable[[bytes], Table] = _Csv.read if path.suffix == ".csv" else _Xlsx.read
    try:
        found = reader(path.read_bytes())
    except OSError as error:
        raise CollectorError("Cannot read", f"{path}: {error.strerror}", "Check who may read it.") from error
    except _UNREADABLE as error:
        hint = "Save it as .xlsx, or as CSV in UTF-8, with the columns that `sayso collector digest` made."
        raise CollectorError("Cannot read", f"{path}: it is no table of decisions", hint) from error
    made = Decisions(path, found)
    ids = [row.id for row in made.rows]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise CollectorError("Cannot use", f"{path}: {twice[0]} stands there twice", "Delete one of the two rows.")
    return made


def new_decisions(folder: Path, suffix: str) -> Decisions:
    """A table without rows, not yet written. Args: suffix: ".xlsx" or ".csv"."""
    table: Table = _Csv([], list(COLUMNS)) if suffix == ".csv" else _Xlsx.new()
    return Decisions(folder / f"decisions{suffix}", table)


class _Csv:
    """Comma-separated, UTF-8 with the mark by which spreadsheets know it."""

    def __init__(self, rows: list[dict[str, str]], columns: list[str], between: str = ",") -> None:
        self._rows = rows
        self._columns = columns
        self._between = between

    @classmethod
    def read(cls, data: bytes) -> _Csv:
        text = data.decode("utf-8-sig")
        head = text.partition("\n")[0]
        between = max(",;\t", key=head.count)  # a spreadsheet writes what its own country uses
        reader = csv.DictReader(io.StringIO(text, newline=""), restval="", delimiter=between)
        columns = list(reader.fieldnames or ())
        _need(columns)
        return cls([{name: row[name] for name in columns} for row in reader], columns, between)

    def cells(self) -> list[dict[str, str]]:
        return self._rows

    def change(self, number: int | None, changed: Mapping[str, str]) -> None:
        if number is None:
            self._rows.append(dict.fromkeys(self._columns, ""))
            number = -1
        self._rows[number] |= changed

    def content(self) -> bytes:
        written = io.StringIO(newline="")
        writer = csv.DictWriter(written, self._columns, delimiter=self._between, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(self._rows)
        return written.getvalue().encode("utf-8-sig")


class _Xlsx:
    """A workbook, changed where it stands."""

    def __init__(self, book: Workbook, sheet: Worksheet) -> None:
        self._book = book
        self._sheet = sheet
        self._columns = {str(cell.value).strip(): cell.column for cell in sheet[1] if cell.value is not None}
        _need(self._columns)

    @classmethod
    def read(cls, data: bytes) -> _Xlsx:
        book = load_workbook(io.BytesIO(data))
        return cls(book, book[_SHEET] if _SHEET in book.sheetnames else book.worksheets[0])

    @classmethod
    def new(cls) -> _Xlsx:
        book = Workbook()
        sheet = book.active
        sheet.title = _SHEET
        sheet.append(list(COLUMNS))
        for number, name in enumerate(COLUMNS, start=1):
            letter = get_column_letter(number)
            sheet.column_dimensions[letter].width = _WIDTHS.get(name, _WIDE if name in FILLED_IN else 12)
            head = sheet.cell(1, number)
            head.font = Font(bold=True)
            head.fill = PatternFill("solid", start_color="FFF2CC" if name in FILLED_IN else "E6EEF5")
            choices = {"decision": [one.value for one in MEANINGS], "publish": [YES, NO]}.get(name)
            if choices:
                offered = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True)
                sheet.add_data_validation(offered)
                offered.add(f"{letter}2:{letter}{_MOST_ROWS}")
        sheet.freeze_panes = "B2"
        help_sheet = book.create_sheet("how to fill it in")
        for row in HOW_TO:
            help_sheet.append(row)
        help_sheet.column_dimensions["A"].width, help_sheet.column_dimensions["B"].width = 26, 90
        return cls(book, sheet)

    def cells(self) -> list[dict[str, str]]:
        return [
            {name: "" if (value := row[column - 1]) is None else str(value) for name, column in self._columns.items()}
            for row in self._sheet.iter_rows(min_row=2, values_only=True)
        ]

    def change(self, number: int | None, changed: Mapping[str, str]) -> None:
        at = self._sheet.max_row + 1 if number is None else number + 2
        for name, words in changed.items():
            cell = self._sheet.cell(at, self._columns[name])
            cell.value = words or None
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if words:
                cell.data_type = "s"  # "=..." is what somebody said, and no formula

    def content(self) -> bytes:
        written = io.BytesIO()
        self._book.save(written)
        return written.getvalue()


def _need(columns: Iterable[str]) -> None:
    """Raises: ValueError: a column is missing."""
    missing = set(COLUMNS) - set(columns)
    if missing:
        raise ValueError(", ".join(sorted(missing)))
