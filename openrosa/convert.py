"""XLSForm -> XForm: a sheet as Markdown, .xlsx or .csv becomes the form that a kiosk runs and any ODK server takes.

pyxform does the converting; this file hands it the record's own rows, the pictures and the key, and says its errors
with the sheet's row. Source: https://xlsform.org and pyxform's xls2xform.
"""

from __future__ import annotations

import os
import re
from codecs import BOM_UTF8
from dataclasses import dataclass, field, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import DefinitionData, get_xlsform
from pyxform.xls2xform import convert as pyxform_convert

from openrosa.convert_media import gather
from openrosa.convert_record import UNSHOWN, Row, scope_of, with_record_fields
from openrosa.convert_refused import SheetRefusedError
from openrosa.errors import OpenRosaError
from openrosa.xform_record import public_key_der

if TYPE_CHECKING:
    from collections.abc import Mapping
from copy import deepcopy

SHEET_SUFFIXES = (".md", ".xlsx", ".csv")
"""What is read as a sheet; anything else as an XForm."""

Book = dict[str, Any]
"""Tables by name, each a list of rows by column, as pyxform passes them about."""

_HEADERS = {"type": "type", "name": "name", "list_name": "list_name", "list name": "list_name"}
_BROKEN = (PyXFormError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, BadZipFile, ParseError)
"""What pyxform and openpyxl raise for a sheet that is not one; UnicodeDecodeError is a ValueError."""


@dataclass(frozen=True)
class Converted:
    """A form and what goes with it.

    Attributes:
        xform: UTF-8 XML.
        media: the files that it names, by name.
        warnings: what pyxform says about the sheet.
        places: where the sheet has a path (`/data/feel`) or a choice (`list/good`): "survey row 7"; for
            `openrosa.xform.read`.
    """

    xform: bytes
    media: Mapping[str, bytes] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)


def convert(source: Path, public_key: str | None = None) -> Converted:
    """The form of a sheet.

    Args:
        source: a .md, .xlsx or .csv file; its name without the suffix is the form's id where the sheet gives none.
        public_key: the organisation's RSA key as PEM or base64; goes before the sheet's own.

    Raises:
        SheetRefusedError: what stands in the sheet, with its row.
        OpenRosaError: the file cannot be read, a file that it names is missing, or the key is none.
    """
    book = read_book(source)
    _xform(book, source)  # as it was written, so that pyxform's errors carry the sheet's own rows
    whole, files = completed(book, source, public_key)
    xform, warnings = _xform(whole, source)
    settings: Row = next(iter(whole["settings"]), {})
    root = str(settings.get("name") or "data")
    return Converted(xform.encode(), files, warnings, _places(book["survey"], whole["choices"], root))


def read_book(source: Path) -> Book:
    """A sheet's tables as pyxform has them: `survey`, `choices`, `settings` with rows, `survey_header` with columns.

    Args:
        source: a .md, .xlsx or .csv file.

    Raises:
        SheetRefusedError: no table that can be read.
        OpenRosaError: the file cannot be read, or is none of these.
    """
    if source.suffix.lower() not in SHEET_SUFFIXES:
        subject = f"{source.name}: it is not one of {', '.join(SHEET_SUFFIXES)}"
        raise OpenRosaError("Cannot convert", subject, "Save it as .xlsx.")
    try:
        data = source.read_bytes()
    except OSError as error:
        raise OpenRosaError("Cannot read", f"{source}: {error.strerror}", "Give the path of a sheet.") from error
    return _book(data, source)


def completed(book: Book, source: Path, public_key: str | None = None) -> tuple[Book, dict[str, bytes]]:
    """The same tables with what a server wants: the record's rows, pictures by their files' names, the key.

    Args:
        book: as `read_book` gave it; left as it is.
        source: where files are looked for, and what errors name.
        public_key: as for `convert`.

    Returns: the tables, and the files that they name.

    Raises: SheetRefusedError, OpenRosaError: a file that is missing, or a key that is none.
    """
    survey, files = gather(book["survey"], "survey", source)
    choices, more = gather(book["choices"], "choices", source)
    settings = dict(book["settings"][0]) if book["settings"] else {}
    if public_key is not None:
        settings["public_key"] = _key(public_key)
    whole = {**book, "survey": with_record_fields(survey), "choices": choices}
    whole["survey_header"] = [{**next(iter(book["survey_header"]), {}), UNSHOWN: None}]
    if settings:
        whole |= {"settings": [settings], "settings_header": [dict.fromkeys(settings)]}
    return whole, {**files, **more}


def write(converted: Converted, target: Path) -> None:
    """Write the form to `target` (`NAME.xml`) and its files to `NAME-media/`, as ODK's tools do.

    Raises: OpenRosaError: it cannot be written.
    """
    write_with_media(target, converted.xform, converted.media)


def write_with_media(target: Path, content: bytes, media: Mapping[str, bytes]) -> None:
    """Write a form or a sheet to `target`, and the files that it names to `NAME-media/` beside it.

    Each file is replaced at once, `target` last: whoever reads meanwhile finds a whole form whose files are there.
    Files of the folder that the form does not name are left alone.

    Raises: OpenRosaError: it cannot be written.
    """
    folder = target.with_name(f"{target.stem}-media")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if media:
            folder.mkdir(exist_ok=True)
        with TemporaryDirectory(prefix=".sayso-", dir=target.parent) as work:
            for name, data in (*media.items(), ("", content)):
                made = Path(work, "file")
                made.write_bytes(data)
                os.replace(made, folder / name if name else target)  # noqa: PTH105  the same as Path.replace, and says so
    except OSError as error:
        hint = "Give a folder that you may write to, with --to."
        raise OpenRosaError("Cannot write", f"{target}: {error.strerror}", hint) from error


def _key(text: str) -> str:
    """The key as it goes into the form: base64 without lines."""
    try:
        public_key_der(text)
    except ValueError as error:
        raise OpenRosaError(
            "Cannot use", f"the public key: {error}", "`sayso collector keys pair FOLDER` makes one."
        ) from error
    return "".join("".join(line for line in text.strip().splitlines() if "-----" not in line).split())


def _book(data: bytes, source: Path) -> Book:
    """The sheets by name as pyxform reads them, with `type`, `name` and `list_name` spelt so."""
    try:
        with catch_warnings():
            simplefilter(
                "ignore", UserWarning
            )  # openpyxl's, about a workbook's decorations, which nobody asks for here
            read: DefinitionData = get_xlsform(data.removeprefix(BOM_UTF8), file_type=source.suffix.lower())
    except _BROKEN as error:
        write_instead = "an XLSForm, with a sheet 'survey' that has the columns type, name and label"
        if isinstance(error, UnicodeDecodeError):
            raise SheetRefusedError(
                "QS022", source.name, "text that is not UTF-8", "it as CSV UTF-8, or .xlsx"
            ) from error
        said = str(error) if isinstance(error, PyXFormError) and "not recognized" not in str(error) else ""
        raise SheetRefusedError("QS022", source.name, said or "no table that can be read", write_instead) from error
    book: Book = {part.name: getattr(read, part.name) for part in fields(DefinitionData)}
    book["fallback_form_name"] = re.sub(r"[^\w.-]", "_", source.stem)
    for sheet in ("survey", "choices", "settings"):
        header = book[f"{sheet}_header"] or ()
        single = not any("::" in str(column) for row in header for column in row)
        book[sheet] = [_spelt(row, single_colons=single) for row in book[sheet] or ()]
        book[f"{sheet}_header"] = [_spelt(row, single_colons=single) for row in header]
    return book


def _spelt(row: Row, *, single_colons: bool) -> Row:
    """The row with the columns' names as all of this program writes them.

    Older sheets have `label:english`. pyxform reads that where no column of the sheet has two colons, which one that is
    added here has.
    """
    spelt: Row = {}
    for column, value in row.items():
        name = _HEADERS.get(str(column).strip().lower(), column)
        spelt[re.sub(r":+", "::", name).replace("jr::", "jr:") if single_colons else name] = value
    return spelt


def _xform(book: Book, source: Path) -> tuple[str, tuple[str, ...]]:
    """The form that pyxform makes of the sheets, and its warnings."""
    try:
        result = pyxform_convert(deepcopy(book), validate=False)  # it changes what it is given
    except _BROKEN as error:
        raise _refused(error, book, source) from error
    return str(result.xform), tuple(str(warning) for warning in result.warnings)


def _refused(error: BaseException, book: Book, source: Path) -> SheetRefusedError:
    """An error of pyxform with the sheet's row: the one it gives, else the row that holds what it quotes."""
    said = " ".join(str(error).split()) if isinstance(error, PyXFormError) else f"{type(error).__name__}, {error}"
    row = re.match(r"\[row : (\w+)\]\s*", said)
    said = said[row.end() :] if row else said
    known = row is not None and row.group(1) != "unknown"  # a row that pyxform made of another one has none
    place = f"survey row {row.group(1)}" if row and known else _row_of(said, book["survey"])
    sheet = re.match(r"On the '(\w+)' sheet, (the '([^']+)' value (?:'[^']*' )?is \w+\. )?", said)
    if sheet is not None:
        place = place.replace("survey", sheet.group(1), 1)
        place += f", column {sheet.group(3)}" if sheet.group(3) else ""
        said = said[sheet.end() :]
    where = f"{source.name}, {place}" if place else source.name
    return SheetRefusedError("QS022", where, said.rstrip("."), "what XLSForm has there, https://xlsform.org")


def _row_of(said: str, rows: list[Row]) -> str:
    quoted = set(re.findall(r"'([^']+)'", said))
    for number, row in enumerate(rows, 2):
        if quoted & {str(row.get("name", "")), str(row.get("type", ""))}:
            return f"survey row {number}"
    return ""


def _places(survey: list[Row], choices: list[Row], root: str) -> dict[str, str]:
    """Where each path and each choice stands."""
    places: dict[str, str] = {}
    for number, (row, scope) in enumerate(zip(survey, scope_of(survey), strict=True), 2):
        if row.get("name"):
            places.setdefault("/" + "/".join([root, *scope, str(row["name"])]), f"survey row {number}")
    counts: dict[str, int] = {}
    for number, row in enumerate(choices, 2):
        listed = str(row.get("list_name", ""))
        if listed:
            places.setdefault(f"{listed}/{row.get('name', '')}", f"choices row {number}")
            places[f"{listed}-{counts.setdefault(listed, 0)}"] = f"choices row {number}"  # pyxform's own text id
            counts[listed] += 1
    return places
