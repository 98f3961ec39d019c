"""Circle, square, diamond and triangle, with or without a face, in blocks of a quarter or a sixth of a cell.

Each answer key has its shape beside its colour, for people who do not tell the colours apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache

from rich.segment import Segment

from kiosk.screens.colours import BLACK, ink

Line = list[Segment]
"""One row of cells."""

KEY_SHAPES = {"green": "circle", "yellow": "square", "red": "diamond", "blue": "triangle"}
KEY_MARKS = {"green": "●", "yellow": "■", "red": "◆", "blue": "▲"}
"""The same shapes as one character, where there is no room to draw."""

_BLOCKS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""By bits: 1 upper left, 2 upper right, 4 lower left, 8 lower right."""
_LEFT, _RIGHT = 21, 42  # sixths that are the older half blocks, and have no number of their own


def draws_sixths(environ: Mapping[str, str]) -> bool:
    """Whether this terminal draws sixths of a cell (Unicode 13) itself, whatever its font has.

    Args:
        environ: the process's environment. Others than these draw plain blocks: foot, kitty, WezTerm, VTE from 0.62.
    """
    if environ.get("TERM", "").startswith(("foot", "xterm-kitty", "wezterm")):
        return True
    return environ.get("TERM") == "xterm-256color" and environ.get("VTE_VERSION", "0").rjust(5, "0") >= "06200"


def sixths(filled: Sequence[bool]) -> str:
    """The block of one cell. Args: filled: upper left, upper right, middle left, ... lower right."""
    bits = sum(1 << at for at, one in enumerate(filled) if one)
    match bits:
        case 0:
            return " "
        case 21:
            return "▌"
        case 42:
            return "▐"
        case 63:
            return "█"
    return chr(0x1FB00 + bits - 1 - (bits > _LEFT) - (bits > _RIGHT))


def _block(filled: Sequence[bool]) -> str:
    """The block of one cell of two times two, or of two times three parts."""
    if len(filled) == 6:  # noqa: PLR2004  # two times three
        return sixths(filled)
    return _BLOCKS[sum(1 << at for at, one in enumerate(filled) if one)]


_FACE_SCALES = {"triangle": 1.5, "diamond": 1.25}
"""How much smaller a face is where a shape has less room for it."""


_FACE_ROWS = {"circle": 3, "square": 3, "diamond": 5, "triangle": 6}


class Face(Enum):
    """How a shape looks at you."""

    GLAD = "glad"
    EVEN = "even"
    SAD = "sad"


_FACES = {
    **dict.fromkeys((0x1F600, 0x1F601, 0x1F603, 0x1F604, 0x1F60A, 0x1F642, 0x263A), Face.GLAD),
    **dict.fromkeys((0x1F610, 0x1F611, 0x1F636), Face.EVEN),
    **dict.fromkeys((0x1F641, 0x2639, 0x1F61E, 0x1F61F, 0x1F622, 0x1F626), Face.SAD),
}


def face_of(emoji: str) -> Face | None:
    """The face to draw instead of that emoji, whose own faces are all yellow; None where it is no face."""
    return _FACES.get(ord(emoji[0])) if emoji else None


def has_room_for_a_face(shape: str, rows: int, *, fine: bool) -> bool:
    """Whether a shape of so many rows is large enough for its faces to be told apart."""
    return rows >= _FACE_ROWS[shape] - (fine and shape == "diamond")


def _inside(shape: str, x: float, y: float) -> bool:
    """Whether the point lies in the shape; x and y in -1 (left, top) to 1."""
    match shape:
        case "circle":
            return x * x + y * y <= 1
        case "square":
            return abs(x) <= 0.86 and abs(y) <= 0.86  # noqa: PLR2004  # about the circle's area
        case "diamond":
            return abs(x) + abs(y) <= 1.08  # noqa: PLR2004  # the tips cut a little, to fill the room
        case _:
            return abs(x) <= (y + 1) / 2


def _inked(face: Face, x: float, y: float, pixel: tuple[float, float]) -> bool:
    """Whether the point lies in an eye or the mouth; pixel: half its width and height, no stroke is thinner."""
    half_width, half_height = pixel
    eye = abs(abs(x) - 0.34) <= max(0.1, half_width) and abs(y + 0.28) <= max(0.14, half_height)
    thick = max(0.09, half_height)
    if abs(x) > 0.52:  # noqa: PLR2004  # the mouth's half width
        return eye
    bend = 0.4 * (1 - (x / 0.52) ** 2)
    match face:
        case Face.GLAD:
            mouth = 0.16 + bend
        case Face.EVEN:
            mouth = 0.4
        case Face.SAD:
            mouth = 0.64 - bend
    return eye or abs(y - mouth) <= thick


@lru_cache(maxsize=128)
def draw(
    shape: str, face: Face | None, columns: int, rows: int, colours: tuple[str, str], *, fine: bool
) -> tuple[Line, ...]:
    """The shape as rows of cells, as large as fits and centred.

    Args:
        shape: "circle", "square", "diamond" or "triangle".
        face: drawn in black upon it, or None.
        columns: cells; a cell is twice as high as wide.
        rows: cells.
        colours: of the shape, and of what is behind it.
        fine: in sixths of a cell, not in quarters.
    """
    colour, behind = colours
    down = 3 if fine else 2  # parts of a cell from top to bottom
    radius = min(columns / 2, rows)  # in widths of a cell
    pixel = (0.25 / radius, 1 / down / radius)
    lower = 0.22 if shape == "triangle" else 0.0  # a triangle's room for a face is low
    scale = _FACE_SCALES.get(shape, 1.0)

    def kind(column: int, row: int) -> int:
        x = ((column + 0.5) / 2 - columns / 2) / radius
        y = ((row + 0.5) * 2 / down - rows) / radius
        if not _inside(shape, x, y):
            return 0
        return 2 if face and _inked(face, x * scale, (y - lower) * scale, (pixel[0] * scale, pixel[1] * scale)) else 1

    lines: list[Line] = []
    for row in range(rows):
        line: Line = []
        for column in range(columns):
            kinds = [kind(column * 2 + dx, row * down + dy) for dy in range(down) for dx in (0, 1)]
            line.append(_cell(kinds, colour, behind))
        lines.append(line)
    return tuple(lines)


def _cell(kinds: list[int], colour: str, behind: str) -> Segment:
    """One cell has two colours: where the face meets the shape's edge, what is behind gives way."""
    if 2 in kinds:  # noqa: PLR2004  # the face
        return Segment(_block([kind == 2 for kind in kinds]), ink(BLACK, colour))  # noqa: PLR2004
    return Segment(_block([kind == 1 for kind in kinds]), ink(colour, behind))


def size_for(rows: int, columns: int) -> tuple[int, int]:
    """The columns and rows of the largest shape that fits so many rows and columns."""
    rows = min(rows, math.ceil(columns / 2))
    return min(columns, rows * 2), rows
