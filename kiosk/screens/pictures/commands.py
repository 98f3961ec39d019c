"""What may be asked for at any moment, as a picture: each command with its sign, its word and its key."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

from kiosk.screens.colours import BLACK, DARK, GREY, WHITE, Theme
from kiosk.screens.commands import Item
from kiosk.screens.pictures.canvas import Box, Canvas
from kiosk.screens.pictures.emblems import draw_command
from kiosk.screens.pictures.scanning import scan_frame
from kiosk.screens.pictures.wording import fit, two_lines_px, width_px
from kiosk.view import Command

_FEW = 2
"""Commands that have room for more."""
_ANSWERS = frozenset({Command.DONT_KNOW, Command.RATHER_NOT_SAY})
"""Commands that answer."""
_ANSWERS_WEIGHTS = (3.0, 5.2)
"""How much of the width one answer has, or two, one below the other, as against 1 for each other command."""
_ANSWER_PX = 36
"""Their largest letters, on a screen whose shorter side is 600 px."""


@dataclass(frozen=True)
class _Cells:
    """How some commands are laid out.

    Attributes:
        box: of all of them.
        columns, rows: of cells.
        above: the sign stands above its word, not left of it.
        size_px: of the letters.
    """

    box: Box
    columns: int
    rows: int
    above: bool
    size_px: int


@dataclass(frozen=True)
class _Laid:
    """One command in its place: all of it, its sign, its word, and whether that is centred, in what letters."""

    item: Item
    cell: Box
    sign: Box
    words: Box
    centred: bool
    size_px: int


@dataclass(frozen=True)
class CommandsPicture:
    """What may be asked for at any moment, each with its sign, word and key.

    Attributes:
        size: px.
        unit: see `TilePicture`.
        items: in their order.
        scanned: the switch would take them.
        theme: the colours.
    """

    size: tuple[int, int]
    unit: float
    items: tuple[Item, ...]
    scanned: bool = False
    theme: Theme = DARK

    def draw(self) -> Canvas:
        """Signs and words, all words in letters of one size."""
        canvas = Canvas(self.size, self.theme.background)
        if not self.items:
            return canvas
        if self.scanned:
            scan_frame(canvas, self.unit, self.theme)
        for one in _laid_out(self):
            self._draw_sign(canvas, one.item, one.sign)
            fitted = fit(
                one.item.word, (one.words.width, one.words.height), one.size_px, min(one.size_px, self.least_px)
            )
            colours = (self.theme.ink, self.theme.background)
            canvas.words(one.item.word, one.words, colours, (one.size_px, 1), centred=one.centred, fitted=fitted)
        return canvas

    def places(self) -> list[tuple[Box, Command]]:
        """Where each command can be touched, px."""
        return [(one.cell, one.item.command) for one in _laid_out(self)]

    @property
    def most_px(self) -> int:
        """Letters are no larger, so that they do not outshine the answers; a few may be."""
        return round((30 if len(self.items) > _FEW else 44) * self.unit)

    @property
    def least_px(self) -> int:
        """Letters that can still be read from a chair."""
        return round(18 * self.unit)

    def lay_out(self) -> list[_Laid]:
        """Every command in its place; answers, which must be easy to find, have more room than what steers."""
        few = len(self.items) <= _FEW
        box = Canvas.inside(self.size).within(
            round((16 if few else 6) * self.unit), round((14 if few else 5) * self.unit)
        )
        answers = tuple(item for item in self.items if item.command in _ANSWERS)
        others = tuple(item for item in self.items if item.command not in _ANSWERS)
        if few or not answers or not others:
            return self._laid(self.items, self._cells(self.items, box, self.most_px))
        weight = _ANSWERS_WEIGHTS[len(answers) - 1]
        middle = box.left + round(box.width * weight / (weight + len(others)))
        left, right = Box(box.left, box.top, middle, box.bottom), Box(middle, box.top, box.right, box.bottom)
        most = round(_ANSWER_PX * self.unit)
        column = _Cells(left, 1, len(answers), above=False, size_px=0)
        column = replace(column, size_px=self._size_px(answers, column, most)[0])
        laid = self._laid(answers, column) + self._laid(
            others, self._cells(others, right, min(self.most_px, column.size_px))
        )
        return sorted(laid, key=lambda one: self.items.index(one.item))

    def _cells(self, items: tuple[Item, ...], box: Box, most_px: int) -> _Cells:
        """The layout with the largest signs, which most people go by, and letters."""
        best, most = _Cells(box, 1, len(items), above=False, size_px=self.least_px), 0.0
        for rows in (1, 2, 3):
            for above in (True, False):
                cells = _Cells(box, math.ceil(len(items) / rows), rows, above, 0)
                size, side = self._size_px(items, cells, most_px)
                good = size + side / 3 if size >= self.least_px else size / 100
                if good > most:
                    best, most = replace(cells, size_px=size), good
        return best

    def _size_px(self, items: tuple[Item, ...], cells: _Cells, most_px: int) -> tuple[int, int]:
        """The letters in which every word fits, below `least_px` where one is folded, and how wide the signs are."""
        rooms = [self._rooms(self._cell(cells, items, at), above=cells.above) for at in range(len(items))]
        size = min(
            fit(item.word, (box.width, box.height), most_px, self.least_px).size_px
            for item, (_, box) in zip(items, rooms, strict=True)
        )
        folded = any(
            width_px(word, size) > box.width
            for item, (_, box) in zip(items, rooms, strict=True)
            for word in item.word.split()
        )
        return min(size, self.least_px - 1) if folded else size, rooms[0][0].width

    def _laid(self, items: tuple[Item, ...], cells: _Cells) -> list[_Laid]:
        laid = []
        for at, item in enumerate(items):
            cell = self._cell(cells, items, at)
            sign, words = self._rooms(cell, above=cells.above)
            laid.append(_Laid(item, cell, sign, words, cells.above, cells.size_px))
        return laid

    def _cell(self, cells: _Cells, items: tuple[Item, ...], at: int) -> Box:
        """The place of one command; in a single row a longer word has more room."""
        box = cells.box
        column, row = at % cells.columns, at // cells.columns
        shares = [1.0] * cells.columns
        if cells.rows == 1 and cells.above:
            shares = [max(two_lines_px(item.word, 20), 70) + 12.0 for item in items]
        left, right = sum(shares[:column]) / sum(shares), sum(shares[: column + 1]) / sum(shares)
        return Box(
            box.left + round(box.width * left),
            box.top + box.height * row // cells.rows,
            box.left + round(box.width * right),
            box.top + box.height * (row + 1) // cells.rows,
        )

    def _rooms(self, cell: Box, *, above: bool) -> tuple[Box, Box]:
        """The places of sign and word."""
        inner = cell.within(round(3 * self.unit))
        if above:
            side = max(min(inner.width, round(inner.height * 0.48)), 0)
            left = inner.left + (inner.width - side) // 2
            return Box(left, inner.top, left + side, inner.top + side), Box(
                inner.left, inner.top + side + round(2 * self.unit), inner.right, inner.bottom
            )
        side = min(inner.height, round((70 if len(self.items) > _FEW else 100) * self.unit), inner.width // 3)
        top = inner.top + (inner.height - side) // 2
        sign = Box(inner.left, top, inner.left + side, top + side)
        return sign, Box(sign.right + round(10 * self.unit), inner.top, inner.right, inner.bottom)

    def _draw_sign(self, canvas: Canvas, item: Item, box: Box) -> None:
        side = box.width
        canvas.plate(box, side // 6, GREY)
        draw_command(canvas, item.command, box.within(side // 8))
        if item.cap:
            high = round(max(side * 0.36, 15 * self.unit))
            wide = max(high, round(high * 0.62 * len(item.cap)))
            left, top = box.left - high // 5, box.top - high // 5  # where no sign has its arrow
            cap = Box(left, top, left + wide, top + high)
            canvas.framed(cap, high // 4, (self.theme.background, max(round(2 * self.unit), 1)), WHITE)
            canvas.mark(item.cap, cap.within(high // 8), (BLACK, WHITE))


@lru_cache(maxsize=64)
def _laid_out(picture: CommandsPicture) -> list[_Laid]:
    """Reckoned once, for drawing and for touch."""
    return picture.lay_out()
