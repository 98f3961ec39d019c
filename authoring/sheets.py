"""The same questions as another kind of sheet: a workbook for an office, a Markdown table for git.

A workbook holds what a server wants too: the record's rows, and the pictures by their files' names. On the way back to
Markdown both are taken off again, for `convert` adds them each time. Whatever is written is read again by pyxform
before it is given out: a sheet that says something else than the first one is an error, never a file.
Source: https://xlsform.org for sheets and columns; pyxform's `xls2json_backends` for what is read how.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from openrosa.convert import Book, completed, read_book
from openrosa.convert_media import gather, media_columns
from openrosa.convert_record import FIELD_TYPE, GROUP, UNSHOWN, Row, scope_of, with_record_fields
from openrosa.convert_refused import SheetRefusedError
from openrosa.errors import OpenRosaError
from openrosa.xform_record import ANSWER_FIELDS, RECORD_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TABLES = ("survey", "choices", "settings", "external_choices", "entities", "osm")
"""XLSForm's sheets, in the order in which they are written; the last three are no questions that a kiosk asks."""

_WIDEST, _NARROWEST = 60, 10
"""Columns of a workbook, in letters."""
_TEXT_FORMAT = "@"
"""Excel's format for text: what is typed over a "1" stays a text too."""
_GREY = "808080"


def workbook_of(source: Path, public_key: str | None = None) -> tuple[bytes, Mapping[str, bytes]]:
    """A sheet as .xlsx, as servers take it.

    Args:
        source: a sheet that `openrosa.convert.convert` takes.
        public_key: as PEM or base64; goes before the sheet's own.

    Returns: the workbook, and the files that it names, by name.

    Raises: OpenRosaError, SheetRefusedError: as `convert`; or a workbook cannot hold what stands there.
    """
    book, files = completed(read_book(source), source, public_key)
    # Of a workbook pyxform reads a space that keeps words together as a plain one.
    book = {**book, **{name: [_plain_spaces(row) for row in book.get(name) or ()] for name in TABLES}}
    added = len(book["survey"]) != len(_without_record(book["survey"]))
    return _proven(_workbook(book, grey=added), book, source, ".xlsx"), files


def markdown_of(source: Path) -> tuple[str, Mapping[str, bytes]]:
    """A sheet as Markdown, without what `convert` adds.

    Returns: the text, and the files that it names, without those that `openmoji:CODE` stands for.

    Raises: OpenRosaError, SheetRefusedError: as `convert`; or Markdown cannot hold what stands there.
    """
    book = read_book(source)
    settings: Row = next(iter(book["settings"]), {})
    survey = [row for row in _without_record(book["survey"]) if row]
    choices = [row for row in book["choices"] if row]
    written = {
        **{name: [row for row in book.get(name) or () if row] for name in TABLES},
        "survey": _with_codes(survey, "survey", source),
        "choices": _with_codes(choices, "choices", source),
    }
    plain = {**book, **{name: [_one_line(row) for row in rows] for name, rows in written.items()}}
    files = {
        name: content
        for table in ("survey", "choices")
        for name, content in gather(_named(plain[table]), table, source)[1].items()
    }
    title = settings.get("form_title") or source.stem
    text = f"# {title}. README.md says for whom, and how to make it your own.\n\n{_tables(plain)}"
    return _proven(text.encode(), plain, source, ".md").decode(), files


def doubled_names(source: Path) -> tuple[str, ...]:
    """Names that several rows have once the record's own are there: in different groups, so that a form may.

    KoboToolbox refuses them all the same when a sheet is uploaded. Source: kpi's `ImportTask._ensure_valid_node_names`.

    Raises: OpenRosaError, SheetRefusedError: as `convert`.
    """
    rows = completed(read_book(source), source)[0]["survey"]
    names = [row["name"] for row in rows if row.get("name") and not str(row.get("type", "")).startswith("end")]
    return tuple(dict.fromkeys(name for name in names if names.count(name) > 1))


def holds(sheet: Path, content: bytes) -> bool:
    """Whether a sheet holds the same tables as these bytes of its kind; no when it cannot be read."""
    try:
        return _filled(read_book(sheet)) == _filled(_read_again(content, sheet.stem, sheet.suffix))
    except OpenRosaError:
        return False


def _without_record(rows: Sequence[Row]) -> Sequence[Row]:
    """The survey without the rows that `with_record_fields` puts in; as it is where they are the author's own."""
    kept: list[Row] = []
    inside = False
    names = {str(row.get("name", "")) for row in rows}
    made = {f"{name}_{field}" for name in names for field in ANSWER_FIELDS}
    for row, scope in zip(rows, scope_of(rows), strict=True):
        kind, name = str(row.get("type", "")).lower().replace(" ", "_"), str(row.get("name", ""))
        bare = not set(row) - {"type", "name", UNSHOWN}
        if not scope and kind == "begin_group" and name == GROUP and bare:
            inside = True
        elif inside:
            inside = not (kind == "end_group" and not scope)
            if bare and (not inside or (kind == FIELD_TYPE and name in RECORD_FIELDS)):
                continue
            kept.append(row)
        elif not (bare and kind == FIELD_TYPE and name in made):
            kept.append(row)
    return kept if with_record_fields(kept) == [row for row in rows if row] else rows


def _with_codes(rows: Sequence[Row], table: str, source: Path) -> list[Row]:
    """The rows with `openmoji:CODE` for each file that is OpenMoji's own picture."""
    done: list[Row] = []
    for row in rows:
        changed = dict(row)
        for column, value in media_columns(row):
            code = value.removeprefix("openmoji-").removesuffix(".png")
            if value == f"openmoji-{code}.png" and _is_openmoji(value, code, table, source):
                changed[column] = f"openmoji:{code}"
        done.append(changed)
    return done


def _is_openmoji(name: str, code: str, table: str, source: Path) -> bool:
    """Whether the file of that name is the one that OpenMoji has; where there is no file it is taken to be."""
    try:
        ours = gather([{"image": f"openmoji:{code}"}], table, source)[1][name]
    except (SheetRefusedError, KeyError):
        return False
    try:
        return gather([{"image": name}], table, source)[1][name] == ours
    except SheetRefusedError:
        return True


def _named(rows: Sequence[Row]) -> list[Row]:
    """The rows' cells that name files of their own."""
    return [
        {column: value for column, value in media_columns(row) if not value.startswith("openmoji:")} for row in rows
    ]


def _one_line(row: Row) -> Row:
    """A row as Markdown can hold it: a table's cell has one line."""
    return {column: " ".join(str(value).split()) for column, value in row.items()}


def _plain_spaces(row: Row) -> Row:
    return {column: str(value).replace("\u00a0", " ") for column, value in row.items()}


def _columns(book: Book, table: str) -> list[str]:
    """Its columns in the sheet's order, with those behind that only rows have."""
    header: Row = next(iter(book.get(f"{table}_header") or ()), {})
    filled = [column for row in book.get(table) or () for column in row]
    named = [column for column in header if column != UNSHOWN or column in filled]
    return list(dict.fromkeys(str(column) for column in (*named, *filled) if column))


def _filled(book: Book) -> dict[str, list[Row]]:
    """What stands in its tables, without empty rows and cells."""
    filled = {
        name: [{column: value for column, value in row.items() if value} for row in book.get(name) or ()]
        for name in TABLES
    }
    return {name: [row for row in rows if row] for name, rows in filled.items() if any(rows)}


def _proven(content: bytes, book: Book, source: Path, suffix: str) -> bytes:
    """The same bytes. Raises: OpenRosaError: pyxform reads something else in them than what was to be written."""
    found, wanted = _filled(_read_again(content, source.stem, suffix)), _filled(book)
    if found == wanted:
        return content
    place = next(_differences(wanted, found), "its tables")
    hint = "Write that cell more plainly."
    raise OpenRosaError("Cannot write", f"{source.name} as {suffix}: {place} would be read differently", hint)


def _read_again(content: bytes, name: str, suffix: str) -> Book:
    with TemporaryDirectory(prefix="sayso-sheet-") as folder:
        made = Path(folder, f"{name}{suffix}")
        made.write_bytes(content)
        return read_book(made)


def _differences(wanted: dict[str, list[Row]], found: dict[str, list[Row]]) -> Iterator[str]:
    for table, rows in wanted.items():
        there = found.get(table, [])
        for number, row in enumerate(rows, 2):
            other = there[number - 2] if number - 2 < len(there) else {}
            for column, value in row.items():
                if other.get(column) != value:
                    yield f"{table} row {number}, column {column}"


def _tables(book: Book) -> str:
    """Every table in Markdown, each sheet's name in the first column, as pyxform reads it."""

    def line(cells: Sequence[str]) -> str:
        escaped = (cell.replace("|", r"\|") for cell in cells)
        return "| |" + "".join(f" {cell} |" if cell else " |" for cell in escaped)

    written: list[str] = []
    for table in TABLES:
        if columns := _columns(book, table):
            rows = [line([str(row.get(column) or "") for column in columns]) for row in book[table]]
            written.append("\n".join([f"| {table} |", line(columns), *rows]))
    return "\n\n".join(written) + "\n"


def _workbook(book: Book, *, grey: bool) -> bytes:
    """Every table as a sheet of text cells, its header bold and in sight; what `convert` added may be grey.

    Raises: OpenRosaError: letters that a workbook cannot hold.
    """
    # A tenth of a second to import, which nothing else in this room needs.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.utils.exceptions import IllegalCharacterError  # noqa: PLC0415

    made = Workbook()
    made.remove(made.active)
    top = Alignment(wrap_text=True, vertical="top")
    added = _added(book["survey"]) if grey else frozenset()
    for table in TABLES:
        columns = _columns(book, table)
        if not columns:
            continue
        sheet = made.create_sheet(table)
        sheet.freeze_panes = "A2"
        rows: list[Row] = [dict(zip(columns, columns, strict=True)), *book[table]]
        for number, row in enumerate(rows, 1):
            font = Font(bold=True) if number == 1 else Font(color=_GREY if id(row) in added else None)
            for place, column in enumerate(columns, 1):
                cell = sheet.cell(number, place)
                cell.number_format, cell.font, cell.alignment = _TEXT_FORMAT, font, top
                if value := str(row.get(column) or ""):
                    try:
                        cell.value = value
                        cell.data_type = "s"  # "=1" is no formula here
                    except (IllegalCharacterError, ValueError) as error:
                        subject = f"{table} row {number}, column {column}: letters that a workbook cannot hold"
                        raise OpenRosaError("Cannot write", subject, "Take out what cannot be printed.") from error
        for place, column in enumerate(columns, 1):
            widest = max(len(str(row.get(column) or "")) for row in rows)
            sheet.column_dimensions[get_column_letter(place)].width = max(_NARROWEST, min(_WIDEST, widest + 2))
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _added(survey: Sequence[Row]) -> frozenset[int]:
    """The rows that `convert` has put in, by their identity."""
    return frozenset(map(id, survey)) - frozenset(map(id, _without_record(survey)))
