"""What there is to record: the texts of a Markdown sheet in one language, and the kiosk's own sentences."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from kiosk.errors import KioskError
from kiosk.saying.sentences import catalogue_of, to_record
from openrosa.convert import convert
from openrosa.errors import OpenRosaError
from openrosa.question_set import QuestionSet
from openrosa.sheet_markdown import SheetRow, columns, rows, with_cell
from openrosa.xform import read
from openrosa.xform_words import NO_TRANSLATION, language_code

MEDIA = "media"
"""Beside the sheet: where `convert` looks for recordings."""


@dataclass(frozen=True)
class Wording:
    """One text to record.

    Attributes:
        name: `home`, `good/okay` for a choice, or the kiosk's own sentence's id.
        what: the same for people.
        words: what to read out.
        file: where it goes.
        recorded: whether it is there already.
        on_kept: to be called when it has been written.
    """

    name: str
    what: str
    words: str
    file: Path
    recorded: Callable[[], bool]
    on_kept: Callable[[], None]


def of_kiosk(language: str, folder: Path) -> list[Wording]:
    """The kiosk's own sentences. Raises: KioskError: it has none in that language."""
    code = catalogue_of(language)
    if not code:
        raise KioskError(
            "Cannot record",
            f"'{language}': the kiosk says nothing in it yet",
            "docs/languages.md tells how to translate.",
        )
    return [
        Wording(name, f"the kiosk's own, {name}", words, file, file.is_file, _nothing)
        for name, words in to_record(code)
        for file in (folder / code / f"{name}.wav",)
    ]


def of_set(sheet: Path, language: str) -> tuple[str, list[Wording]]:
    """The language, and the texts of a sheet in it that a form can have recordings for.

    Args:
        sheet: a Markdown sheet.
        language: its code; "" for the sheet's own default.

    Raises: OpenRosaError: it is no Markdown sheet, cannot be asked, or has no such language.
    """
    if sheet.suffix.lower() != ".md":
        raise OpenRosaError(
            "Cannot record",
            f"{sheet.name}: it is no Markdown sheet",
            "Save it as .md; or record with another program and name the files in a column audio::LANGUAGE.",
        )
    made = convert(sheet)
    found, findings = read(made.xform, sheet.name, places=made.places)
    if found is None:
        first = next(finding for finding in findings if finding.level == "error")
        raise OpenRosaError("Cannot record", f"{sheet.name}: {first}", "`sayso questions check` tells all.")
    language = language or found.default_language
    if language not in found.languages:
        known = ", ".join(found.languages)
        raise OpenRosaError("Cannot record", f"'{language}': {sheet.name} has {known}", "Add label::NAME (CODE) first.")
    return language, [*_questions(sheet, found, language), *_choices(sheet, found, language)]


def _questions(sheet: Path, found: QuestionSet, language: str) -> Iterator[Wording]:
    text = _text(sheet)
    column = _audio_column(text, "survey", language)
    asked = {question.name: question for question in found.questions}
    for row in rows(text, "survey"):
        question = asked.get(row.cells.get("name", ""))
        if question is None:
            continue
        words = question.spoken.get(language) or question.labels.get(language)
        if words:
            key = {"name": question.name}
            yield _wording(sheet, row, "survey", key, column, question.name, question.name, words, language)


def _choices(sheet: Path, found: QuestionSet, language: str) -> Iterator[Wording]:
    text = _text(sheet)
    column = _audio_column(text, "choices", language)
    asked = {choice.name for question in found.questions for choice in question.choices}
    label = _label_column(text, "choices", language)
    for row in rows(text, "choices"):
        listed, name = row.cells.get("list_name", row.cells.get("list name", "")), row.cells.get("name", "")
        words = row.cells.get(label, "")
        if name in asked and words:
            key = {"list_name": listed, "name": name}
            file = f"choice-{listed}-{name}"
            yield _wording(sheet, row, "choices", key, column, f"{listed}/{name}", file, words, language)


def _wording(  # noqa: PLR0913, PLR0917  a row with its sheet, its cell, and what both are called
    sheet: Path,
    row: SheetRow,
    table: str,
    key: dict[str, str],
    column: str,
    name: str,
    file: str,
    words: str,
    code: str,
) -> Wording:
    named = row.cells.get(column, "")
    folder = next((one for one in (sheet.parent, sheet.parent / MEDIA) if named and (one / named).is_file()), None)
    own = sheet.parent / MEDIA / f"{sheet.stem}-{code}-{re.sub(r'[^A-Za-z0-9_-]', '_', file)}.wav"
    # A recording of somebody else's, in another format, is not written over: the sheet then names the new one.
    path = folder / named if folder is not None and named.lower().endswith(".wav") else own
    what = f"choice {name}" if table == "choices" else f"question {name}"
    on_kept = partial(_name_it, sheet, table, key, column, path.name, code)
    return Wording(name, what, words, path, partial(_is_named, sheet, table, key, column, path), on_kept)


def _is_named(sheet: Path, table: str, key: dict[str, str], column: str, path: Path) -> bool:
    row = _row(_text(sheet), table, key)
    named = row.cells.get(column, "") if row else ""
    return bool(named) and (named != path.name or path.is_file())


def _name_it(sheet: Path, table: str, key: dict[str, str], column: str, name: str, code: str) -> None:
    """Write a recording's name into the sheet, which somebody may have changed meanwhile. Raises: OpenRosaError."""
    text = _text(sheet)
    row = _row(text, table, key)
    if row is None:
        raise OpenRosaError("Cannot write", f"{sheet}: {key['name']} is gone from it", "Start this command again.")
    after = _label_column(text, table, code)
    if row.cells.get(column) == name:
        return
    try:
        with NamedTemporaryFile("w", encoding="utf-8", dir=sheet.parent, prefix=".sayso-", delete=False) as out:
            out.write(with_cell(text, table, row.line, column, name, after=after))
        made = Path(out.name)
        made.chmod(sheet.stat().st_mode & 0o777)
        os.replace(made, sheet)  # noqa: PTH105  the same as Path.replace, and says so
    except OSError as error:
        raise OpenRosaError("Cannot write", f"{sheet}: {error.strerror}", "Let it be written to.") from error


def _row(text: str, table: str, key: dict[str, str]) -> SheetRow | None:
    for row in rows(text, table):
        cells = {**row.cells, "list_name": row.cells.get("list_name", row.cells.get("list name", ""))}
        if all(cells.get(name, "") == value for name, value in key.items()):
            return row
    return None


def _label_column(text: str, table: str, language: str) -> str:
    """The column of the labels in that language, as the sheet spells it."""
    for column in columns(text, table):
        kind, _, named = column.partition("::")
        if kind == "label" and (language_code(named) == language or (not named and language == NO_TRANSLATION)):
            return column
    return "label"


def _audio_column(text: str, table: str, language: str) -> str:
    """The column of the recordings: the one that there is, or one named like the labels'."""
    _, _, named = _label_column(text, table, language).partition("::")
    wanted = f"audio::{named}" if named else "audio"
    return next((one for one in columns(text, table) if one in (wanted, f"media::{wanted}")), wanted)


def _text(sheet: Path) -> str:
    try:
        return sheet.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OpenRosaError("Cannot read", f"{sheet}: {error}", "Give a Markdown sheet in UTF-8.") from error


def _nothing() -> None:
    """The kiosk finds its own recordings by their names."""
