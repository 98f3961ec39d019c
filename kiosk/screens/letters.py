"""Large letters, three cells high, in sixth-of-a-cell blocks: words that can be read from across a room.

Only for terminals that draw these blocks themselves; words with a character that is not here are shown plainly.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from rich.segment import Segment

from kiosk.screens.colours import ink
from kiosk.screens.shapes import Line, sixths
from kiosk.screens.words import wrap

CELL_ROWS = 3
"""Rows of cells that one line of letters takes."""
_DOT_ROWS = CELL_ROWS * 3
_SPACE_DOTS = 3

# Dots of each letter, row by row from the top, rows parted by "/": seven above the line, two below it; empty rows at
# the end are left out.
_LETTERS = {
    "A": ".###./#...#/#...#/#####/#...#/#...#/#...#",
    "B": "####./#...#/#...#/####./#...#/#...#/####.",
    "C": ".###./#...#/#..../#..../#..../#...#/.###.",
    "D": "####./#...#/#...#/#...#/#...#/#...#/####.",
    "E": "####/#.../#.../###./#.../#.../####",
    "F": "####/#.../#.../###./#.../#.../#...",
    "G": ".###./#...#/#..../#.###/#...#/#...#/.###.",
    "H": "#...#/#...#/#...#/#####/#...#/#...#/#...#",
    "I": "###/.#./.#./.#./.#./.#./###",
    "J": "..##/...#/...#/...#/...#/#..#/.##.",
    "K": "#...#/#..#./#.#../##.../#.#../#..#./#...#",
    "L": "#.../#.../#.../#.../#.../#.../####",
    "M": "#...#/##.##/#.#.#/#.#.#/#...#/#...#/#...#",
    "N": "#...#/##..#/##..#/#.#.#/#..##/#..##/#...#",
    "O": ".###./#...#/#...#/#...#/#...#/#...#/.###.",
    "P": "####./#...#/#...#/####./#..../#..../#....",
    "Q": ".###./#...#/#...#/#...#/#.#.#/#..#./.##.#",
    "R": "####./#...#/#...#/####./#.#../#..#./#...#",
    "S": ".####/#..../#..../.###./....#/....#/####.",
    "T": "#####/..#../..#../..#../..#../..#../..#..",
    "U": "#...#/#...#/#...#/#...#/#...#/#...#/.###.",
    "V": "#...#/#...#/#...#/#...#/#...#/.#.#./..#..",
    "W": "#...#/#...#/#...#/#.#.#/#.#.#/##.##/#...#",
    "X": "#...#/#...#/.#.#./..#../.#.#./#...#/#...#",
    "Y": "#...#/#...#/.#.#./..#../..#../..#../..#..",
    "Z": "#####/....#/...#./..#../.#.../#..../#####",
    "a": "//.##./...#/.###/#..#/.###",
    "b": "#.../#.../###./#..#/#..#/#..#/###.",
    "c": "//.##./#..#/#.../#..#/.##.",
    "d": "...#/...#/.###/#..#/#..#/#..#/.###",
    "e": "//.##./#..#/####/#.../.###",
    "f": ".##/.#./###/.#./.#./.#./.#.",
    "g": "//.###/#..#/#..#/#..#/.###/...#/.##.",
    "h": "#.../#.../###./#..#/#..#/#..#/#..#",
    "i": "#/./#/#/#/#/#",
    "j": ".#/../.#/.#/.#/.#/.#/.#/#.",
    "k": "#.../#.../#..#/#.#./##../#.#./#..#",
    "l": "#./#./#./#./#./#./.#",
    "m": "//##.#./#.#.#/#.#.#/#.#.#/#.#.#",
    "n": "//###./#..#/#..#/#..#/#..#",
    "o": "//.##./#..#/#..#/#..#/.##.",
    "p": "//###./#..#/#..#/#..#/###./#.../#...",
    "q": "//.###/#..#/#..#/#..#/.###/...#/...#",
    "r": "//#.#/##./#../#../#..",
    "s": "//.###/#.../.##./...#/###.",
    "t": ".#./.#./###/.#./.#./.#./..#",
    "u": "//#..#/#..#/#..#/#..#/.###",
    "v": "//#...#/#...#/#...#/.#.#./..#..",
    "w": "//#...#/#...#/#.#.#/#.#.#/.#.#.",
    "x": "//#..#/#..#/.##./#..#/#..#",
    "y": "//#..#/#..#/#..#/#..#/.###/...#/.##.",
    "z": "//####/...#/.##./#.../####",
    "0": ".##./#..#/#..#/#..#/#..#/#..#/.##.",
    "1": ".#/##/.#/.#/.#/.#/.#",
    "2": ".##./#..#/...#/..#./.#../#.../####",
    "3": "###./...#/...#/.##./...#/...#/###.",
    "4": "..##/.#.#/#..#/#..#/####/...#/...#",
    "5": "####/#.../###./...#/...#/#..#/.##.",
    "6": ".##./#..#/#.../###./#..#/#..#/.##.",
    "7": "####/...#/..#./..#./.#../.#../.#..",
    "8": ".##./#..#/#..#/.##./#..#/#..#/.##.",
    "9": ".##./#..#/#..#/.###/...#/#..#/.##.",
    ".": "//////#",
    ",": "//////.#/#.",
    "?": ".##./#..#/...#/..#./.#../..../.#..",
    "!": "#/#/#/#/#/./#",
    "'": "#/#",
    '"': "#.#/#.#",
    ":": "///#/././#",
    ";": "///.#/../../.#/#.",
    "-": "////###",
    "+": "///.#./###/.#.",
    "/": "...#/...#/..#./..#./.#../.#../#...",
    "(": ".#/#./#./#./#./#./.#",
    ")": "#./.#/.#/.#/.#/.#/#.",
    "&": ".#../#.#./#.#./.#../#.##/#..#/.##.",
    "…": "//////#.#.#",
}
_SAME = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"}
_ACCENTS = {
    "\u0300": "#../.#.",
    "\u0301": "..#/.#.",
    "\u0302": ".#./#.#",
    "\u0303": ".##/##.",
    "\u0308": "#.#/...",
}
"""Above small letters that leave their two upper rows free."""
_ACCENTED = set("aceimnoruvwxy")
_DOTLESS = "//.#./.#./.#./.#./.#."

Dots = tuple[tuple[bool, ...], ...]


def _dots(drawn: str) -> Dots:
    rows = drawn.split("/")
    width = max(map(len, rows))
    return tuple(tuple(c == "#" for c in row.ljust(width, ".")) for row in [*rows, *[""] * (_DOT_ROWS - len(rows))])


_DRAWN: Mapping[str, Dots] = {letter: _dots(drawn) for letter, drawn in _LETTERS.items()}


@lru_cache(maxsize=512)
def letter(character: str) -> Dots | None:
    """A character's dots, nine rows of them, or None where it can't be drawn."""
    character = _SAME.get(character, character)
    if character in _DRAWN:
        return _DRAWN[character]
    parts = unicodedata.normalize("NFD", character)
    if len(parts) != 2 or parts[1] not in _ACCENTS or parts[0] not in _ACCENTED:  # noqa: PLR2004  # a letter and its accent
        return None
    base, mark = parts[0], parts[1]
    below = _dots(_DOTLESS) if base == "i" else _DRAWN[base]
    accent = _dots(_ACCENTS[mark])
    width = len(below[0])
    left = (width - len(accent[0])) // 2
    above = tuple(tuple(left <= at < left + len(row) and row[at - left] for at in range(width)) for row in accent[:2])
    return (*above, *below[2:])


def _width_dots(words: str) -> int:
    return sum(_SPACE_DOTS + 1 if c == " " else len((letter(c) or ((),))[0]) + 1 for c in words)


def cells(words: str) -> int:
    """How many cells the words are wide in large letters; a letter is half as many as it has dots across."""
    return (_width_dots(words) + 1) // 2


def large(words: str, width: int, rows: int, colours: tuple[str, str]) -> list[Line] | None:
    """The words in large letters, each line as many cells wide as the widest; None where they do not fit.

    Args:
        words: one line, see `words.plain`.
        width: cells.
        rows: rows of cells that there are.
        colours: of the letters, and of what is behind them.
    """
    if not words or any(c != " " and letter(c) is None for c in words):
        return None
    if max(cells(word) for word in words.split()) > width:
        return None
    lines = wrap(words, width, cells)
    if len(lines) * CELL_ROWS > rows:
        return None
    widest = max(map(cells, lines))
    style = ink(colours[0], colours[1], bold=False)
    air = [[Segment(" " * widest, style)]] if len(lines) * (CELL_ROWS + 1) <= rows + 1 else []
    drawn: list[Line] = []
    for at, line in enumerate(lines):
        drawn += air if at else []
        drawn += [[Segment(text, style)] for text in _line(line, widest, alone=len(lines) == 1)]
    return drawn


@lru_cache(maxsize=64)
def _line(words: str, width: int, *, alone: bool) -> tuple[str, ...]:
    """Rows of cells of one line; a line alone that needs nothing below stands in the middle of its rows."""
    dots: list[list[bool]] = [[] for _ in range(_DOT_ROWS)]
    for character in words:
        glyph = None if character == " " else letter(character)
        for row in range(_DOT_ROWS):
            dots[row] += [*(glyph[row] if glyph else [False] * _SPACE_DOTS), False]
    if alone and not any(dots[-1] + dots[-2]):
        dots = [dots[-1], *dots[:-1]]
    padded = [line + [False] * (width * 2 - len(line)) for line in dots]
    return tuple(
        "".join(
            sixths([padded[top * 3 + dy][column * 2 + dx] for dy in range(3) for dx in range(2)])
            for column in range(width)
        )
        for top in range(CELL_ROWS)
    )
