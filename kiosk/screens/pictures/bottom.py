"""The bottom of the screen as pictures: whose turn it is, and what may be asked for at any moment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from kiosk.screens.colours import BACKGROUND, BLACK, DEEP_BLUE, GREY, PANEL, SKY, WHITE
from kiosk.screens.parts import METER_STEPS
from kiosk.screens.pictures.canvas import Box, Canvas
from kiosk.screens.pictures.wording import fit, two_lines_px
from kiosk.view import Command


class State(Enum):
    """Whose turn it is."""

    NOBODYS = "nobody's"
    LISTEN = "listen"
    YOUR_TURN = "your turn"
    PRESS = "press a key"


@dataclass(frozen=True)
class StatePicture:
    """Listen, your turn with the microphone's level, or press a key.

    Attributes:
        size: px.
        unit: see `TilePicture`.
        state: whose turn it is.
        words: what it says.
        lit: white.
        level: steps of the meter, 0 to `METER_STEPS`.
    """

    size: tuple[int, int]
    unit: float
    state: State
    words: str = ""
    lit: bool = False
    level: int = 0

    def draw(self) -> Canvas:
        """The panel; empty where it is nobody's turn."""
        canvas, unit = Canvas(self.size, BACKGROUND), self.unit
        if self.state is State.NOBODYS:
            return canvas
        air = round((8 if self.lit else 12) * unit)
        panel = canvas.box.within(air, round((7 if self.lit else 11) * unit))
        ink, behind = (BLACK, WHITE) if self.lit else (WHITE, PANEL)
        canvas.framed(panel, round(26 * unit), (WHITE if self.lit else SKY, max(round(4 * unit), 2)), behind)
        sign, words = self.rooms(canvas.box)
        match self.state:
            case State.LISTEN:
                canvas.sign("speaker", sign, BLACK if self.lit else SKY)
            case State.YOUR_TURN:
                canvas.sign("microphone", sign, DEEP_BLUE if self.lit else SKY)
                self._draw_meter(canvas, words)
                words = Box(
                    words.left,
                    words.top,
                    words.right - round(words.width * _METER_SHARE) - round(8 * unit),
                    words.bottom,
                )
            case _:
                canvas.picture("openmoji:1F447", sign)
        canvas.words(self.words, words, (ink, behind), self.sizes)
        return canvas

    @property
    def sizes(self) -> tuple[int, int]:
        """Largest and smallest letters, px."""
        return round(44 * self.unit), round(20 * self.unit)

    def rooms(self, box: Box) -> tuple[Box, Box]:
        """The places of the sign and of the words."""
        inner = box.within(round(24 * self.unit), round(16 * self.unit))
        side = min(inner.height, round(60 * self.unit))
        if self.state is State.LISTEN and len(self.words) > _SHORT:
            side = min(side, round(40 * self.unit))
        middle = (inner.top + inner.bottom) // 2
        sign = Box(inner.left, middle - side // 2, inner.left + side, middle + side - side // 2)
        return sign, Box(sign.right + round(14 * self.unit), inner.top, inner.right, inner.bottom)

    def holds(self, words: str) -> bool:
        """Whether these words can be read here from a chair."""
        picture = StatePicture(self.size, self.unit, State.LISTEN, words)
        box = picture.rooms(Canvas.inside(self.size))[1]
        return fit(words, (box.width, box.height), *self.sizes).size_px >= self.sizes[1]

    def _draw_meter(self, canvas: Canvas, room: Box) -> None:
        """Eleven bars that rise to the right; nothing flashes."""
        left = room.right - round(room.width * _METER_SHARE) + round(8 * self.unit)
        step = (room.right - left) / METER_STEPS
        middle = (room.top + room.bottom) // 2
        for at in range(METER_STEPS):
            high = round(room.height * (0.3 + 0.6 * at / (METER_STEPS - 1)))
            x = left + round(at * step)
            bar = Box(x, middle - high // 2, x + max(round(step * 0.62), 2), middle + high - high // 2)
            canvas.plate(bar, max(bar.width // 3, 1), DEEP_BLUE if at < self.level else GREY)


_METER_SHARE = 0.32
_SHORT = 24
"""Characters of a caption that leaves room for a large sign."""

_SIGNS = {
    Command.AGAIN: "again",
    Command.BACK: "back",
    Command.SKIP: "skip",
    Command.LOUDER: "speaker",
    Command.QUIETER: "speaker",
}
_PICTURES = {
    Command.EXPLAIN: "openmoji:1F4A1",
    Command.SLOWER: "openmoji:1F422",
    Command.FASTER: "openmoji:1F407",
    Command.RATHER_NOT_SAY: "openmoji:1F92B",
    Command.STOP: "openmoji:270B",
    Command.HELP: "openmoji:1F64B",
    Command.SPEAK_ANSWERS: "openmoji:1F4AC",
    Command.MENU: "openmoji:1F522",
}


@dataclass(frozen=True)
class Item:
    """One command: which, its word, and what is printed on its key."""

    command: Command
    word: str
    cap: str = ""


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
    """

    size: tuple[int, int]
    unit: float
    items: tuple[Item, ...]

    def draw(self) -> Canvas:
        """Signs and words, all words in letters of one size."""
        canvas = Canvas(self.size, BACKGROUND)
        if not self.items:
            return canvas
        cells = self._cells()
        for at, item in enumerate(self.items):
            cell = self._cell(cells, at)
            sign, words = self._rooms(cell, above=cells.above)
            self._draw_sign(canvas, item, sign)
            fitted = fit(item.word, (words.width, words.height), cells.size_px, min(cells.size_px, self.least_px))
            canvas.words(item.word, words, (WHITE, BACKGROUND), (cells.size_px, 1), centred=cells.above, fitted=fitted)
        return canvas

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
                    fit(item.word, (box.width, box.height), round(30 * self.unit), self.least_px).size_px
                    for item, (_, box) in zip(self.items, rooms, strict=True)
                )
                good = size + rooms[0][0].width / 3 if size >= self.least_px else size / 100
                if good > most:
                    best, most = _Cells(columns, rows, above, size), good
        return best

    def _cell(self, cells: _Cells, at: int) -> Box:
        """The place of one command; in a single row a longer word has more room."""
        box = Canvas.inside(self.size).within(round(6 * self.unit), round(5 * self.unit))
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
        side = min(inner.height, round(70 * self.unit), inner.width // 3)
        top = inner.top + (inner.height - side) // 2
        sign = Box(inner.left, top, inner.left + side, top + side)
        return sign, Box(sign.right + round(10 * self.unit), inner.top, inner.right, inner.bottom)

    def _draw_sign(self, canvas: Canvas, item: Item, box: Box) -> None:
        side = box.width
        canvas.plate(box, side // 6, GREY)
        inner = box.within(side // 8)
        if item.command is Command.DONT_KNOW:
            canvas.shape("bubble", inner, BLACK)
            canvas.mark(
                "?",
                Box(inner.left, inner.top + side // 12, inner.right, inner.top + inner.height * 3 // 4),
                (WHITE, BLACK),
            )
        elif item.command in {Command.LOUDER, Command.QUIETER}:
            canvas.sign("speaker", Box(inner.left, inner.top, inner.right - side // 5, inner.bottom), BLACK)
            corner = Box(inner.right - side // 4, inner.top + side // 4, inner.right, inner.bottom - side // 4)
            canvas.sign("plus" if item.command is Command.LOUDER else "minus", corner, BLACK)
        elif sign := _SIGNS.get(item.command):
            canvas.sign(sign, inner, BLACK)
        else:
            canvas.picture(_PICTURES[item.command], inner)
        if item.cap:
            high = round(max(side * 0.36, 15 * self.unit))
            wide = max(high, round(high * 0.62 * len(item.cap)))
            left, top = box.left - high // 5, box.top - high // 5  # where no sign has its arrow
            cap = Box(left, top, left + wide, top + high)
            canvas.framed(cap, high // 4, (BACKGROUND, max(round(2 * self.unit), 1)), WHITE)
            canvas.mark(item.cap, cap.within(high // 8), (BLACK, WHITE))
