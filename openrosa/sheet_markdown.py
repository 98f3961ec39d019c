"""A sheet written as Markdown, changed in one cell and left alone elsewhere: for a column that a command fills in.

pyxform reads such sheets (`pyxform.xls2json_backends`); it writes none. Cut here where pyxform cuts them: at each bar
without a backslash; a row whose first cell is filled begins a sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_RULE = re.compile(r"[|-]+$")
"""Markdown's own line between header and rows, as pyxform knows it: `|---|---|`."""
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class SheetRow:
    """One row of a sheet below its header.

    Attributes:
        line: its line in the file, from 0.
        cells: what stands in each column that is filled.
    """

    line: int
    cells: dict[str, str]


def rows(text: str, sheet: str) -> tuple[SheetRow, ...]:
    """The rows of one sheet, its header left out."""
    header: list[str] = []
    found: list[SheetRow] = []
    for line, cells in _lines(text, sheet):
        if not header:
            header = cells
            continue
        named = zip(header, cells, strict=False)
        found.append(SheetRow(line, {name: cell for name, cell in named if name and cell}))
    return tuple(found)


def columns(text: str, sheet: str) -> tuple[str, ...]:
    """The names of its columns; empty where there is no such sheet."""
    return tuple(next((tuple(filter(None, cells)) for _, cells in _lines(text, sheet)), ()))


def with_cell(text: str, sheet: str, line: int, column: str, value: str, *, after: str = "") -> str:
    """The same text with one cell filled.

    Args:
        text: the whole file.
        sheet: the sheet's name.
        line: the row's line in the file.
        column: its name; made where there is none.
        value: what to write.
        after: the column behind which to make it; the last one where that is not there.
    """
    lines = text.split("\n")
    of_sheet = list(_lines(text, sheet))
    header_line, header = of_sheet[0]
    if column in header:
        place = header.index(column)
    else:
        place = header.index(after) + 1 if after in header else len(header)
        for at, _ in of_sheet:
            lines[at] = _with(lines[at], place, f" {column} " if at == header_line else " ", new=True)
    lines[line] = _with(lines[line], place, f" {value} ", new=False)
    return "\n".join(lines)


def _with(line: str, place: int, cell: str, *, new: bool) -> str:
    """A row with one cell put in at that place, or in place of the one there; what stands round the row stays."""
    before, *cells, behind = _BAR.split(line)
    cells += [" "] * (place + (not new) - len(cells))
    cells[place : place + (not new)] = [cell]
    return "|".join([before, *cells, behind])


def _lines(text: str, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """The table's lines of one sheet, header first, as (line, cells)."""
    current = ""
    for number, line in enumerate(text.split("\n")):
        if not line.strip().startswith("|"):
            continue
        if _RULE.match(line.strip()):
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in _raw(line)]
        if cells and cells[0]:
            current = cells[0]
        elif current == sheet and any(cells):
            yield number, cells


def _raw(line: str) -> list[str]:
    """A row's cells as they are written: what stands between its first bar and its last."""
    return _BAR.split(line)[1:-1]
