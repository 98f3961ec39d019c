"""The staff's screen as a picture: a title, dots for the digits of a PIN, and names with their values."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.screens.colours import DARK, Theme
from kiosk.screens.pictures.canvas import Box, Canvas
from kiosk.screens.pictures.wording import LINE, Fitted, can_write, width_px
from kiosk.screens.words import plain, wrap
from kiosk.view import View

_DOT = "•"
"""What stands for a digit of the PIN at the end of a title; see `kiosk.staff.words`."""
_TITLE_PX, _LARGEST_PX, _LEAST_PX = 44, 40, 21
"""Letters of the title; largest and smallest of the rows, on a screen whose shorter side is 600 px."""
_NAME_SHARE = 0.48
"""How much of the width the names may take."""
FEW_ROWS = 4
"""With so few rows the buttons are as large as an answer's tiles."""


@dataclass(frozen=True)
class StaffPicture:
    """Title, dots, and names with values, as large as they fit.

    Attributes:
        size: px.
        unit: see `TilePicture`.
        title: what is above, with a dot for each digit at its end.
        line: what is below the title, "" for nothing.
        rows: names and values.
        theme: the colours.
    """

    size: tuple[int, int]
    unit: float
    title: str
    line: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    theme: Theme = DARK

    def draw(self) -> Canvas:
        """Everything, none of it cut off; see `holds`."""
        canvas, theme, unit = Canvas(self.size, self.theme.background), self.theme, self.unit
        words, dots = self._title_and_dots()
        head, body = self._rooms()
        colours = (theme.ink, theme.background)
        line_high = head.height // 3 if dots or self.line else 0
        title = Box(head.left, head.top, head.right, head.bottom - line_high)
        canvas.words(words, title, colours, (round(_TITLE_PX * unit * (1 if self.rows else 1.6)), self.least_px))
        below = Box(head.left, title.bottom, head.right, head.bottom)
        if dots:
            self._draw_dots(canvas, dots, below)
        elif self.line:
            canvas.words(self.line, below, colours, (round(_LARGEST_PX * unit), self.least_px))
        size_px = self._size_px()
        if not self.rows or not size_px:
            return canvas
        across = self._names_px(size_px)
        gap = round(24 * unit)
        blocks = self._blocks(size_px)
        pitch = round(size_px * LINE)
        spare = min((body.height - sum(map(len, blocks)) * pitch) // len(blocks), pitch // 2)
        widest = max(width_px(right, size_px) for block in blocks for _, right in block)
        left = body.left + (body.width - across - gap - widest) // 2
        top = body.top
        for block in blocks:
            for column, (x, colour) in enumerate(((left, theme.line), (left + across + gap, theme.ink))):
                for at, text in enumerate(filter(None, (line[column] for line in block))):
                    y = top + at * pitch
                    room = Box(x, y, x + width_px(text, size_px) + 1, y + pitch)
                    fitted = Fitted((text,), size_px)
                    canvas.words(text, room, (colour, theme.background), (size_px, 1), centred=False, fitted=fitted)
            top += len(block) * pitch + spare
        return canvas

    def holds(self) -> bool:
        """Whether the font has every letter, and all of it can be read."""
        texts = (self.title, self.line, *(text for row in self.rows for text in row))
        return all(map(can_write, texts)) and (not self.rows or self._size_px() > 0)

    @property
    def least_px(self) -> int:
        """Letters for somebody who stands before it."""
        return round(_LEAST_PX * self.unit)

    def _title_and_dots(self) -> tuple[str, int]:
        words = self.title.rstrip(f"{_DOT} ")
        return words, self.title[len(words) :].count(_DOT)

    def _rooms(self) -> tuple[Box, Box]:
        """The places of the title and of the rows."""
        inner = Canvas.inside(self.size).within(round(24 * self.unit), round(12 * self.unit))
        if not self.rows:
            return inner, Box(inner.left, inner.bottom, inner.right, inner.bottom)
        high = inner.height // 2 if len(self.rows) <= FEW_ROWS else round(_TITLE_PX * self.unit * 1.4)
        if self.line and len(self.rows) > FEW_ROWS:
            high += round(_LEAST_PX * self.unit * 1.6)
        return (
            Box(inner.left, inner.top, inner.right, inner.top + high),
            Box(inner.left, inner.top + high + round(6 * self.unit), inner.right, inner.bottom),
        )

    def _draw_dots(self, canvas: Canvas, count: int, room: Box) -> None:
        side = min(round(30 * self.unit), room.height)
        pitch = min(round(52 * self.unit), room.width // count)
        left = room.left + (room.width - pitch * count) // 2 + (pitch - side) // 2
        top = room.top + (room.height - side) // 2
        for at in range(count):
            x = left + at * pitch
            canvas.plate(Box(x, top, x + side, top + side), side // 2, self.theme.ink)

    def _size_px(self) -> int:
        """The largest letters in which all rows fit and no word is folded; 0 for none."""
        body = self._rooms()[1]
        if not self.rows:
            return 0
        for size_px in range(round(_LARGEST_PX * self.unit), self.least_px - 1, -1):
            widest = max((width_px(word, size_px) for _, value in self.rows for word in value.split()), default=0)
            if widest > self._values_px(size_px):
                continue
            if sum(map(len, self._blocks(size_px))) * round(size_px * LINE) <= body.height:
                return size_px
        return 0

    def _names_px(self, size_px: int) -> int:
        longest = max(width_px(name, size_px) for name, _ in self.rows)
        words = max((width_px(word, size_px) for name, _ in self.rows for word in name.split()), default=0)
        return max(min(longest, round(self._rooms()[1].width * _NAME_SHARE)), words)

    def _values_px(self, size_px: int) -> int:
        return self._rooms()[1].width - self._names_px(size_px) - round(24 * self.unit)

    def _blocks(self, size_px: int) -> list[list[tuple[str, str]]]:
        """Each name and value in lines."""

        def measure(words: str) -> int:
            return width_px(words, size_px)

        names, values = self._names_px(size_px), self._values_px(size_px)
        blocks = []
        for name, value in self.rows:
            left, right = wrap(name, names, measure), wrap(value, values, measure)
            high = max(len(left), len(right), 1)
            left, right = [*left, *[""] * (high - len(left))], [*right, *[""] * (high - len(right))]
            blocks.append(list(zip(left, right, strict=True)))
        return blocks


def staff_picture(view: View, size: tuple[int, int], unit: float, theme: Theme) -> StaffPicture | None:
    """The staff's part of a view; None where the terminal's own small letters must do: too many rows, other letters."""
    rows = tuple((plain(name), plain(value)) for name, value in view.rows)
    picture = StaffPicture(size, unit, plain(view.words), plain(view.line), rows, theme)
    return picture if picture.holds() else None
