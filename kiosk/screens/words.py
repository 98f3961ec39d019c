"""Words and emoji in cells: wrapping, centring, and which single character stands for a picture."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from rich.cells import cell_len

_CODE = re.compile(r"(?:^|[^0-9A-Za-z])([0-9A-F]{4,5})(?:-[0-9A-F]{4,5})*(?:\.[A-Za-z]{3,4})?$")
_JOINERS = "\u200c\u200d"  # format characters that some scripts cannot be written without


def plain(words: str) -> str:
    """The words on one line, without anything that could move a terminal's cursor or change its state."""
    seen = (c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} or c in _JOINERS else " " for c in words)
    return " ".join("".join(seen).split())


def wrap(words: str, width: int, measure: Callable[[str], int] = cell_len) -> list[str]:
    """The words in as few lines as fit, of about equal length; nothing is left out, a word too long is folded.

    Args:
        words: one line, see `plain`.
        width: cells; at least 2, as wide as the widest character.
        measure: how many cells a text is wide.
    """
    width = max(width, 2)
    lines = filled(words, width, measure)
    narrow, wide = max((measure(word) for word in words.split()), default=1), width
    while narrow < wide:  # the narrowest width that needs no more lines: no last line of a single short word
        middle = (narrow + wide) // 2
        if len(filled(words, middle, measure)) <= len(lines):
            wide = middle
        else:
            narrow = middle + 1
    return filled(words, wide, measure)


def filled(words: str, width: int, measure: Callable[[str], int]) -> list[str]:
    """The words in as few lines as fit, each as full as it can be; `wrap` makes as many, of about equal length."""
    lines: list[str] = []
    line = ""
    for word in words.split():
        joined = f"{line} {word}" if line else word
        if measure(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *folded, line = _fold(word, width, measure)
        lines.extend(folded)
    return [*lines, line] if line else lines


def _fold(word: str, width: int, measure: Callable[[str], int]) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and measure(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def emoji(name: str | None, file_of: Callable[[str], Path | None] | None = None) -> str:
    """The one character that stands for a picture, in cells with the space it needs; "" where there is none.

    Of joined emoji only the first is taken: terminals differ in how wide they draw the others.

    Args:
        name: `openmoji:1F3E0`, or a media name that ends in such a code (`openmoji-1F3E0.svg`), or None.
        file_of: where the media's file is; its name may hold the code where the media's name does not.
    """
    if name is None:
        return ""
    found = _CODE.search(name.upper() if name.startswith("openmoji") else name)  # else "face" would be a code
    if found is None and file_of is not None and (path := file_of(name)) is not None:
        found = _CODE.search(path.name)
    if found is None:
        return ""
    code = int(found[1], 16)
    character = chr(code) if code <= 0x10FFFF else ""  # noqa: PLR2004  # the last code point of Unicode
    if not character.isprintable() or character.isspace():
        return ""
    return character if cell_len(character) == 2 else character + " "  # noqa: PLR2004  # drawn two cells wide
