"""Circle, square, diamond and triangle, with or without a face, in quarter-cell blocks.

Each answer key has its shape beside its colour, for people who do not tell the colours apart.
"""

from __future__ import annotations

import math
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


_FACE_SCALES = {"triangle": 1.5, "diamond": 1.25}
"""How much smaller a face is where a shape has less room for it."""


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
def draw(shape: str, face: Face | None, columns: int, rows: int, colours: tuple[str, str]) -> tuple[Line, ...]:
    """The shape as rows of cells, as large as fits and centred.

    Args:
        shape: "circle", "square", "diamond" or "triangle".
        face: drawn in black upon it, or None.
        columns: cells; a cell is twice as high as wide.
        rows: cells.
        colours: of the shape, and of what is behind it.
    """
    colour, behind = colours
    radius = min(columns / 2, rows)  # in widths of a cell
    pixel = (0.25 / radius, 0.5 / radius)
    down = 0.22 if shape == "triangle" else 0.0  # a triangle's room for a face is low

    def kind(column: int, row: int) -> int:
        x = ((column + 0.5) / 2 - columns / 2) / radius
        y = (row + 0.5 - rows) / radius
        if not _inside(shape, x, y):
            return 0
        scale = _FACE_SCALES.get(shape, 1.0)
        return 2 if face and _inked(face, x * scale, (y - down) * scale, (pixel[0] * scale, pixel[1] * scale)) else 1

    lines: list[Line] = []
    for row in range(rows):
        line: Line = []
        for column in range(columns):
            quarters = [kind(column * 2 + dx, row * 2 + dy) for dy in (0, 1) for dx in (0, 1)]
            line.append(_cell(quarters, colour, behind))
        lines.append(line)
    return tuple(lines)


def _cell(quarters: list[int], colour: str, behind: str) -> Segment:
    """One cell has two colours: where the face meets the shape's edge, what is behind gives way."""
    if 2 in quarters:  # noqa: PLR2004  # the face
        bits = sum(1 << at for at, kind in enumerate(quarters) if kind == 2)  # noqa: PLR2004
        return Segment(_BLOCKS[bits], ink(BLACK, colour))
    bits = sum(1 << at for at, kind in enumerate(quarters) if kind)
    return Segment(_BLOCKS[bits], ink(colour, behind))


def size_for(rows: int, columns: int) -> tuple[int, int]:
    """The columns and rows of the largest shape that fits so many rows and columns."""
    rows = min(rows, math.ceil(columns / 2))
    return min(columns, rows * 2), rows
