"""What may be asked for at any moment, as a picture: each command with its sign, its word and its key."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kiosk.screens.colours import BLACK, DARK, GREY, WHITE, Theme
from kiosk.screens.commands import Item
from kiosk.screens.pictures.canvas import Box, Canvas
from kiosk.screens.pictures.emblems import draw_command
from kiosk.screens.pictures.scanning import scan_frame
from kiosk.screens.pictures.wording import fit, two_lines_px
from kiosk.view import Command

_FEW = 2
"""Commands that have room for more."""


@dataclass(frozen=True)
class _Cells:
    """How the commands are laid out: columns and rows, the sign above its word or left of it, and the letters."""

    columns: int
    rows: int
    above: bool
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
        cells = self._cells()
        for at, item in enumerate(self.items):
            cell = self._cell(cells, at)
            sign, words = self._rooms(cell, above=cells.above)
            self._draw_sign(canvas, item, sign)
            fitted = fit(item.word, (words.width, words.height), cells.size_px, min(cells.size_px, self.least_px))
            colours = (self.theme.ink, self.theme.background)
            canvas.words(item.word, words, colours, (cells.size_px, 1), centred=cells.above, fitted=fitted)
        return canvas

    def places(self) -> list[tuple[Box, Command]]:
        """Where each command can be touched, px."""
        cells = self._cells()
        return [(self._cell(cells, at), item.command) for at, item in enumerate(self.items)]

    @property
    def most_px(self) -> int:
        """Letters are no larger, so that they do not outshine the answers; a few may be."""
        return round((30 if len(self.items) > _FEW else 44) * self.unit)

    @property
    def least_px(self) -> int:
        """Letters that can still be read from a chair."""
        return round(18 * self.unit)

    def _cells(self) -> _Cells:
        """The layout with the largest signs, which most people go by, and letters."""
        best, most = _Cells(1, len(self.items), above=False, size_px=self.least_px), 0.0
        for rows in (1, 2, 3):
            columns = math.ceil(len(self.items) / rows)
            for above in (True, False):
                trial = _Cells(columns, rows, above, 0)
                rooms = [self._rooms(self._cell(trial, at), above=above) for at in range(len(self.items))]
                size = min(
                    fit(item.word, (box.width, box.height), self.most_px, self.least_px).size_px
                    for item, (_, box) in zip(self.items, rooms, strict=True)
                )
                good = size + rooms[0][0].width / 3 if size >= self.least_px else size / 100
                if good > most:
                    best, most = _Cells(columns, rows, above, size), good
        return best

    def _cell(self, cells: _Cells, at: int) -> Box:
        """The place of one command; in a single row a longer word has more room."""
        air = (6, 5) if len(self.items) > _FEW else (16, 14)
        box = Canvas.inside(self.size).within(round(air[0] * self.unit), round(air[1] * self.unit))
        column, row = at % cells.columns, at // cells.columns
        shares = [1.0] * cells.columns
        if cells.rows == 1 and cells.above:
            shares = [max(two_lines_px(item.word, 20), 70) + 12.0 for item in self.items]
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
