"""Words in pixels: the largest letters that fit a box, in Atkinson Hyperlegible Bold. Nothing is ever left out.

Atkinson Hyperlegible: Braille Institute, SIL Open Font License 1.1; its letters are made to be told apart by people
with low vision.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from PIL import ImageFont

from kiosk.screens.words import filled, wrap

_FONT = "AtkinsonHyperlegible-Bold.ttf"
_MEASURED_PX = 200
"""Widths are measured once at this size, and taken to grow evenly with it."""
LINE = 1.16
"""From one line to the next, in sizes of the letters."""
SMALLEST_PX = 8
"""No letters are smaller: rather than leave a word out, a part goes as far as this."""


@dataclass(frozen=True)
class Fitted:
    """Words as they fit a box.

    Attributes:
        lines: the words, none left out.
        size_px: of the letters.
    """

    lines: tuple[str, ...]
    size_px: int

    @property
    def height_px(self) -> int:
        """Of all lines."""
        return round(len(self.lines) * self.size_px * LINE)


@lru_cache(maxsize=96)
def font(size_px: int) -> ImageFont.FreeTypeFont:
    """The letters at that size."""
    path = str(files("fontpkg_atkinson_hyperlegible") / "files" / _FONT)
    return ImageFont.truetype(path, size_px, layout_engine=ImageFont.Layout.BASIC)


_ACCENTS = {"\u0300": "`", "\u0301": "\u00b4", "\u0302": "\u02c6", "\u0308": "\u00a8"}
"""Combining accents, and the same as letters of their own, which the font has."""


@dataclass(frozen=True)
class Accent:
    """An accent to be drawn above a letter: Welsh needs four (as on w and y) that the font lacks.

    Attributes:
        mark: the accent as a letter of its own.
        middle_px: from the line's beginning to the middle of the letter.
        rise_px: how much higher than over a small letter.
    """

    mark: str
    middle_px: float
    rise_px: float


@lru_cache(maxsize=1024)
def _has(character: str) -> bool:
    """Whether the font has that letter; one that it lacks would be drawn as an empty box."""
    letters = font(40)
    return character.isspace() or bytes(letters.getmask(character)) != bytes(letters.getmask("\uffff"))


@lru_cache(maxsize=1024)
def _base_and_mark(character: str) -> tuple[str, str]:
    """A letter that the font has, and the accent to draw above it or "". For what can't be written: "" twice."""
    if _has(character):
        return character, ""
    for accent, alone in _ACCENTS.items():
        base, found, rest = unicodedata.normalize("NFD", character).partition(accent)
        if found and not rest and len(base) == 1 and _has(base):
            return base, alone
    return "", ""


@lru_cache(maxsize=2048)
def can_write(words: str) -> bool:
    """Whether the font has every letter of these words, or the letter and its accent."""
    return all(_base_and_mark(c)[0] for c in set(words))


def letters_of(words: str) -> str:
    """The words with letters that the font has; see `accents`."""
    return "".join(_base_and_mark(c)[0] for c in words)


def accents(words: str, size_px: int) -> list[Accent]:
    """The accents to draw above `letters_of(words)`, at that size."""
    letters = font(size_px)
    found = []
    for at, character in enumerate(words):
        base, mark = _base_and_mark(character)
        if mark:
            before = letters.getlength(letters_of(words[:at]))
            low, high = (-letters.getbbox(one, anchor="ls")[1] for one in ("x", base))
            found.append(Accent(mark, before + letters.getlength(base) / 2, max(high - low, 0)))
    return found


@lru_cache(maxsize=4096)
def _measured(words: str) -> float:
    return font(_MEASURED_PX).getlength(letters_of(words)) / _MEASURED_PX


def _measure(size_px: int) -> Callable[[str], int]:
    return lambda words: round(_measured(words) * size_px + 0.5)


@lru_cache(maxsize=4096)
def fit(words: str, box: tuple[int, int], most_px: int, least_px: int) -> Fitted:
    """The words as large as they fit, whole words first; below `least_px` only where nothing else is left.

    Args:
        words: one line, see `words.plain`.
        box: width and height, px.
        most_px: of the letters.
        least_px: the smallest that can be read from a chair; a word too long for a line is folded rather than that.
    """
    width, height = box
    each = [_measured(word) for word in words.split()]
    longest, all_of_them = max(each, default=0.0), sum(each)
    for size in _sizes(most_px, least_px):
        fewest = max(all_of_them * size / max(width, 1), 1)  # lines, were they filled to the last pixel
        if longest * size > width or fewest * size * LINE > height:
            continue
        if len(filled(words, width, _measure(size))) * size * LINE <= height:
            return Fitted(tuple(wrap(words, width, _measure(size))), size)
    for size in _sizes(least_px, SMALLEST_PX):
        lines = wrap(words, width, _measure(size))
        if len(lines) * size * LINE <= height:
            return Fitted(tuple(lines), size)
    return Fitted(tuple(wrap(words, width, _measure(SMALLEST_PX))), SMALLEST_PX)


def _sizes(most_px: int, least_px: int) -> list[int]:
    """From large to small, in steps that nobody sees, both ends included."""
    sizes, size = [], most_px
    while size > least_px:
        sizes.append(size)
        size -= max(size // 32, 1)
    return [*sizes, least_px]


def width_px(words: str, size_px: int) -> int:
    """How wide the words are on one line."""
    return round(_measured(words) * size_px + 0.5)


@lru_cache(maxsize=512)
def two_lines_px(words: str, size_px: int) -> int:
    """How wide the words are on two lines of about equal length."""
    measure = _measure(size_px)
    longest = max((measure(word) for word in words.split()), default=0)
    width = max(longest, measure(words) // 2)
    while len(lines := wrap(words, width, measure)) > 2:  # noqa: PLR2004  # two lines
        width += 1
    return max(map(measure, lines), default=0)
