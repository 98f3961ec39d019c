"""A commented start for a new question set: a Markdown sheet and a README, from the sheets in `start/`.

Those are sheets themselves, in English and a machine-made Welsh, with comments round their tables. A language that is
not wanted loses its columns; one that there are no words for gets empty ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.saying.prompts import english_name, own_name
from openrosa.errors import OpenRosaError
from openrosa.folders import write_whole

START = Path(__file__).parent / "start"
KINDS = ("opinions", "story", "sensitive")
WRITTEN = ("en", "cy")
"""Languages that there are words in."""
_WRITTEN_BY_MACHINE = "cy"
_UNCHECKED = "attribute::sayso_unchecked"
_BAR = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"\((?P<code>[^()]+)\)$")
_SAY = re.compile(r"say_(?P<code>\w+)$")
_CONDITIONAL = re.compile(r"\[\[(?P<for>\w+)\]\](?P<line>.*)")
_PICTURES = "image::"
"""Columns whose cells a new language takes over; words it gets from people."""


@dataclass(frozen=True)
class Start:
    """What a new set begins with.

    Attributes:
        folder: where it goes; its name, made plain, is the form's id and the sheet's name.
        kind: one of `KINDS`.
        languages: codes, the default one first; the first is one of `WRITTEN`.
        title: what people call it.
    """

    folder: Path
    kind: str
    languages: tuple[str, ...]
    title: str = ""

    @property
    def form_id(self) -> str:
        """Small letters, digits and underscores, beginning with a letter."""
        plain = re.sub(r"[^a-z0-9]+", "_", self.folder.resolve().name.lower()).strip("_")
        return plain if plain[:1].isalpha() else f"set_{plain}".rstrip("_")

    @property
    def sheet(self) -> Path:
        """Where the questions go."""
        return self.folder / f"{self.form_id}.md"


def write_start(start: Start) -> tuple[Path, Path]:
    """Write the sheet and the README.

    Returns: their paths.

    Raises: OpenRosaError: something of that name is there, a language that nothing can be said in, or no permission.
    """
    _look(start.languages)
    title = " ".join(start.title.split()) or start.form_id.replace("_", " ").capitalize()
    words = {
        "title": title,
        "form_id": start.form_id,
        "code": start.languages[0],
        "default_language": _column_name(start.languages[0]),
    }
    readme = start.folder / "README.md"
    for path in (start.sheet, readme):
        if path.exists():
            hint = "Give another folder: nothing is written over."
            raise OpenRosaError("Cannot begin a set", f"{path}: it is there already", hint)
    sheet = "\n".join(_with_languages((START / f"{start.kind}.md").read_text(encoding="utf-8"), start.languages))
    told = "\n".join(_fitting((START / "README.md").read_text(encoding="utf-8"), {start.kind, *start.languages}))
    try:
        start.folder.mkdir(parents=True, exist_ok=True)
        write_whole(readme, _filled(told, words).encode())
        cells = {**words, "title": title.replace("|", r"\|")}
        write_whole(start.sheet, _filled(sheet, cells).encode())
    except OSError as error:
        hint = "Give a folder that you may write to."
        raise OpenRosaError("Cannot begin a set", f"{start.folder}: {error.strerror}", hint) from error
    return start.sheet, readme


def _look(languages: Sequence[str]) -> None:
    """Raises: OpenRosaError: a code that no language has, twice the same, or no words to begin with."""
    for code in languages:
        if english_name(code) == code:
            raise OpenRosaError("Cannot begin a set", f"'{code}': it is no language's code", "Write such as en,cy.")
    if len(set(languages)) < len(languages):
        raise OpenRosaError("Cannot begin a set", f"{','.join(languages)}: one stands there twice", "Write each once.")
    if languages[0] not in WRITTEN:
        known = " and ".join(english_name(code) for code in WRITTEN)
        hint = f"Begin with --language en,{languages[0]}, have it translated by people, and take the other out again."
        raise OpenRosaError("Cannot begin a set", f"'{languages[0]}': there are words in {known} only", hint)


def _column_name(code: str) -> str:
    """As XLSForm names a language: `Cymraeg (cy)`."""
    return f"{own_name(code)} ({code})"


def _fitting(text: str, tags: set[str]) -> Iterator[str]:
    """The lines that are for all, and those for one of these kinds and languages."""
    for line in text.split("\n"):
        tagged = _CONDITIONAL.fullmatch(line)
        if tagged is None or tagged["for"] not in (*KINDS, *WRITTEN):
            yield line
        elif tagged["for"] in tags:
            yield tagged["line"]


def _filled(text: str, words: dict[str, str]) -> str:
    for name, value in words.items():
        text = text.replace(f"[[{name}]]", value)
    return text


def _with_languages(text: str, languages: Sequence[str]) -> Iterator[str]:
    """The sheet's lines with these languages' columns, each language behind the one before."""
    header: list[str] = []
    for line in text.split("\n"):
        if not line.startswith("|"):
            yield line
            continue
        cells = [cell.strip() for cell in _BAR.split(line)[1:-1]]
        if cells[0]:  # the sheet's name: its header follows
            header = []
            yield line
            continue
        columns = header or cells
        yield "| |" + "".join(f" {cell} |" if cell else " |" for cell in _chosen(columns, cells, languages))
        header = columns


def _chosen(header: Sequence[str], cells: Sequence[str], languages: Sequence[str]) -> Iterator[str]:
    """A row's cells: those of no language where they stand, those of languages once, in the languages' order."""
    by_column = dict(zip(header, cells, strict=True))
    is_header = header == cells
    done: set[str] = set()
    for column in header[1:]:
        code = _code_of(column)
        if not code:
            if column != _UNCHECKED or _WRITTEN_BY_MACHINE in languages:
                yield by_column[column]
            continue
        kind = column.removesuffix(f" ({code})").rpartition("::")[0] if "::" in column else "say"
        if kind in done:
            continue
        done.add(kind)
        for wanted in languages:
            named = f"say_{wanted}" if kind == "say" else f"{kind}::{_column_name(wanted)}"
            first = f"{kind}::{_column_name(WRITTEN[0])}"
            copied = by_column.get(first, "") if named.startswith(_PICTURES) else ""
            yield named if is_header else by_column.get(named, copied)


def _code_of(column: str) -> str:
    found = _CODE.search(column) if "::" in column else _SAY.match(column)
    return found["code"] if found else ""
