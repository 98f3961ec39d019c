"""The staff's screen: names and values in the terminal's own letters, in as many columns as they need. Pure.

Nothing scrolls and nothing is cut off: what is told here has been chosen to fit, which `holds` tells.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment

from kiosk.screens.cells import Look, middle
from kiosk.screens.colours import ink
from kiosk.screens.layout import Rect
from kiosk.screens.shapes import Line
from kiosk.screens.words import plain, wrap
from kiosk.view import View

_MOST_COLUMNS = 3
_GAP = 2
"""Cells between a name and its value, and between columns."""
_NAME_SHARE = 0.45
"""How much of a column the names may take."""
_LEAST_VALUE = 12
"""Cells; in a narrower column words would be folded."""
Entry = tuple[str, str]
Block = list[Entry]
"""One name and value in rows: (what stands under the names, what stands under the values)."""


def staff(view: View, place: Rect, look: Look) -> list[Line]:
    """The whole part: the sentence above, then the names and values.

    Args:
        view: for its words, line and rows.
        place: of the part.
        look: what it is painted with.
    """
    theme = look.theme
    head_ink = ink(theme.ink, theme.background)
    lines: list[Line] = [[Segment(line, head_ink)] for line in _head(view, place.width)]
    for text in _laid_out(view, place.width - _GAP, place.height - len(lines))[0]:
        row: Line = []
        for at, (name, value) in enumerate(text):
            gap = " " * _GAP
            row += [
                Segment((gap if at else "") + name + gap, ink(theme.line, theme.background, bold=False)),
                Segment(value, head_ink),
            ]
        lines.append(row)
    return middle(lines, place.width, place.height, theme.background)


def holds(view: View, place: Rect) -> bool:
    """Whether all of it fits there with no word folded."""
    rows, whole = _laid_out(view, place.width - _GAP, place.height - len(_head(view, place.width)))
    return whole and len(rows) + len(_head(view, place.width)) <= place.height


def _head(view: View, width: int) -> list[str]:
    lines = [*wrap(plain(view.words), width - _GAP), *wrap(plain(view.line), width - _GAP)]
    return [*lines, ""] if lines and view.rows else lines


def _laid_out(view: View, width: int, height: int) -> tuple[list[list[Entry]], bool]:
    """Rows of columns of (name, value), padded; the fewest columns that fit. Second: all of it fits, unfolded."""
    entries = [(plain(name), plain(value)) for name, value in view.rows]
    if not entries:
        return [], True
    best: tuple[list[list[Entry]], bool] = ([], False)
    for count in range(1, _MOST_COLUMNS + 1):
        across = (width - _GAP * (count - 1)) // count
        blocks, whole = _blocks(entries, across)
        if not blocks:
            break
        rows = _side_by_side(_columns(blocks, count), across)
        if len(rows) <= height and whole:
            return rows, True
        if not best[0] or len(rows) < len(best[0]):
            best = rows, whole
    return best[0], best[1] and len(best[0]) <= height


def _blocks(entries: Sequence[Entry], across: int) -> tuple[list[Block], bool]:
    """Each entry in rows as wide as its column; whether no word was folded."""
    widest = max(max((cell_len(word) for word in name.split()), default=0) for name, _ in entries)
    names = min(max(cell_len(name) for name, _ in entries), max(round(across * _NAME_SHARE), widest))
    values = across - names - _GAP
    if values < _LEAST_VALUE:
        return [], False
    blocks = []
    for name, value in entries:
        left, right = wrap(name, names), wrap(value, values)
        high = max(len(left), len(right), 1)
        left, right = [*left, *[""] * (high - len(left))], [*right, *[""] * (high - len(right))]
        blocks.append([(_padded(a, names), _padded(b, values)) for a, b in zip(left, right, strict=True)])
    whole = all(cell_len(word) <= values for _, value in entries for word in value.split())
    return blocks, whole


def _columns(blocks: Sequence[Block], count: int) -> list[Block]:
    """The blocks in their order, in columns that are as short as can be; no block is parted."""
    total = sum(map(len, blocks))
    for high in range(-(-total // count), total + 1):
        columns: list[Block] = [[]]
        for block in blocks:
            if columns[-1] and len(columns[-1]) + len(block) > high:
                columns.append([])
            columns[-1] += block
        if len(columns) <= count:
            return columns
    return [[row for block in blocks for row in block]]


def _side_by_side(columns: Sequence[Block], across: int) -> list[list[Entry]]:
    empty = (" " * (across - _GAP - 1), " ")
    high = max((len(column) for column in columns), default=0)
    return [[column[at] if at < len(column) else empty for column in columns] for at in range(high)]


def _padded(words: str, width: int) -> str:
    return words + " " * (width - cell_len(words))
