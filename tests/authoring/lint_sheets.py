"""Sheets for the lint: a set about which it has nothing to say, to be changed in one thing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from authoring.lint.lint import Linted, lint
from authoring.lint.wording_list import wording_for
from openrosa.convert import convert
from openrosa.findings import Finding
from openrosa.xform import read
from voice.engine import Engine

Row = Mapping[str, str]
NOTE: Row = {
    "type": "note",
    "name": "hello",
    "label": "The people who live here wrote this.",
    "image": "openmoji:1F44B",
}
ROOM: Row = {
    "type": "select_one good",
    "name": "room",
    "label": "How is your own room?",
    "hint": "What do you think of it? Think of your bed.",
    "image": "openmoji:1F6CF",
}
GARDEN: Row = {
    "type": "select_one good",
    "name": "garden",
    "label": "How is the garden?",
    "hint": "What do you think of it? Think of the bench.",
    "image": "openmoji:1F333",
}
GOOD: tuple[Row, ...] = (
    {"list_name": "good", "name": "good", "label": "Good", "image": "openmoji:1F642"},
    {"list_name": "good", "name": "okay", "label": "Okay", "image": "openmoji:1F610"},
    {"list_name": "good", "name": "not_good", "label": "Not good", "image": "openmoji:1F641"},
)
YES_NO: tuple[Row, ...] = (
    {"list_name": "good", "name": "yes", "label": "Yes", "image": "openmoji:1F642"},
    {"list_name": "good", "name": "no", "label": "No", "image": "openmoji:1F641"},
)
SETTINGS: Row = {"form_title": "Visit", "form_id": "visit", "version": "1", "default_language": "English (en)"}
TRANSLATED = ("label", "hint", "guidance_hint", "image", "audio")


def sheet(
    survey: tuple[Row, ...] = (NOTE, ROOM),
    choices: tuple[Row, ...] = GOOD,
    settings: Row = SETTINGS,
    language: str = "English (en)",
) -> str:
    """A set as a Markdown sheet."""
    settings = {**settings, "default_language": language}
    parts = (("survey", survey), ("choices", choices), ("settings", (settings,)))
    return "\n".join(_table(name, rows, language) for name, rows in parts)


def question(**changed: str) -> str:
    """The set with its one question changed."""
    return sheet((NOTE, {**ROOM, **changed}))


def answers(*labels: str, **said: str) -> str:
    """The set with other choices: their labels, and by name what may be said for them."""
    names = [label.lower().replace(" ", "_").strip("?!.") for label in labels]
    rows = [
        {"list_name": "good", "name": name, "label": label, "say_en": said.get(name, ""), "image": f"openmoji:1F64{at}"}
        for at, (name, label) in enumerate(zip(names, labels, strict=True))
    ]
    return sheet(choices=tuple(rows))


def linted(text: str, folder: Path, engine: Engine | None = None, wording: Path | None = None) -> Linted:
    """What is said of a sheet, recordings being made up in its folder."""
    path = folder / "visit.md"
    path.write_text(text, encoding="utf-8")
    converted = convert(path)
    question_set, findings = read(converted.xform, path.name, places=converted.places)
    assert question_set is not None, [str(finding) for finding in findings]
    lists = wording_for(path, wording)
    return lint(question_set, path.name, lists, places=converted.places, hear=lambda _: engine)


def found(text: str, folder: Path, code: str, engine: Engine | None = None) -> list[Finding]:
    """The findings of one code."""
    return [finding for finding in linted(text, folder, engine).findings if finding.code == code]


def _table(name: str, rows: tuple[Row, ...], language: str) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    heads = [f"{column}::{language}" if column in TRANSLATED else column for column in columns]
    lines = [f"| {name} |", f"| | {' | '.join(heads)} |"]
    lines += [f"| | {' | '.join(row.get(column, '') for column in columns)} |" for row in rows]
    return "\n".join(lines)
