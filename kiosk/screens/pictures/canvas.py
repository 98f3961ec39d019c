"""One part being painted: pixels, and an account of every word that was drawn on them."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

from kiosk.screens.pictures import forms, media
from kiosk.screens.pictures.wording import (
    LINE,
    SMALLEST_PX,
    Fitted,
    accents,
    can_write,
    fit,
    font,
    letters_of,
    width_px,
)
from kiosk.screens.shapes import Face

ENTER = "⏎"
"""How the enter key is printed, see `keys.printed`; the font has no such letter."""


@dataclass(frozen=True)
class Box:
    """A place in px; right and bottom are just outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Px."""
        return max(self.right - self.left, 0)

    @property
    def height(self) -> int:
        """Px."""
        return max(self.bottom - self.top, 0)

    def within(self, across: int, down: int | None = None) -> Box:
        """The box without so much at each side."""
        down = across if down is None else down
        return Box(self.left + across, self.top + down, self.right - across, self.bottom - down)

    def moved(self, right: int) -> Box:
        """The box so much further to the right."""
        return Box(self.left + right, self.top, self.right + right, self.bottom)

    def square(self) -> Box:
        """The largest square in its middle."""
        side = min(self.width, self.height)
        left, top = self.left + (self.width - side) // 2, self.top + (self.height - side) // 2
        return Box(left, top, left + side, top + side)


@dataclass(frozen=True)
class Written:
    """Words that were drawn.

    Attributes:
        words: all of them, on one line.
        size_px: of the letters.
        ink: `#RRGGBB`.
        behind: what they stand on.
        box: where every line of them lies, px.
    """

    words: str
    size_px: int
    ink: str
    behind: str
    box: Box


class Canvas:
    """A picture being painted.

    Args:
        size: width and height, px.
        colour: `#RRGGBB`.
    """

    def __init__(self, size: tuple[int, int], colour: str) -> None:
        self.image = Image.new("RGB", size, colour)
        self.written: list[Written] = []
        self._pen = ImageDraw.Draw(self.image)

    @property
    def box(self) -> Box:
        """All of it."""
        return Box(0, 0, *self.image.size)

    @staticmethod
    def inside(size: tuple[int, int]) -> Box:
        """All of a picture of that size."""
        return Box(0, 0, *size)

    def colour_at(self, x: int, y: int) -> str:
        """What is painted there."""
        pixel = self.image.getpixel((min(max(x, 0), self.image.width - 1), min(max(y, 0), self.image.height - 1)))
        assert isinstance(pixel, tuple)  # noqa: S101  # an RGB picture's pixels are
        return "#" + "".join(f"{round(channel):02X}" for channel in pixel)

    def pointer(self, at: tuple[int, int], half_width: int, height: int, colour: str, *, left: bool = False) -> None:
        """A triangle that points down from the middle of its upper edge, or left from that of its right one."""
        x, y = at
        if left:
            points = [(x, y - half_width), (x, y + half_width), (x - height, y)]
        else:
            points = [(x - half_width, y), (x + half_width, y), (x, y + height)]
        self._pen.polygon(points, fill=colour)

    def mark(self, text: str, box: Box, colours: tuple[str, str]) -> None:
        """A character or a key's name that belongs to a drawing: as large as it fits; nothing that the font lacks."""
        if text == ENTER:
            self.sign("enter", box, colours[0])
        elif can_write(text):
            self.words(text, box, colours, (max(box.height, SMALLEST_PX), SMALLEST_PX))

    def mask(self, mask: Image.Image, at: tuple[int, int], colour: str) -> None:
        """A form in one colour, its upper left corner at `at`."""
        self.image.paste(colour, (*at, at[0] + mask.width, at[1] + mask.height), mask)

    def plate(self, box: Box, radius: int, colour: str) -> None:
        """A rectangle with round corners."""
        if box.width and box.height:
            self.mask(forms.plate(box.width, box.height, radius), (box.left, box.top), colour)

    def framed(self, box: Box, radius: int, edge: tuple[str, int], colour: str) -> None:
        """A plate with an edge of a colour and thickness, px."""
        line = edge[1]
        self.plate(box, radius, edge[0])
        self.plate(box.within(line), max(radius - line, 1), colour)

    def sign(self, name: str, box: Box, colour: str) -> None:
        """A sign of `forms.sign` in the middle of a box."""
        square = box.square()
        if square.width:
            self.mask(forms.sign(name, square.width), (square.left, square.top), colour)

    def shape(self, name: str, box: Box, colour: str, *, feeling: Face | None = None, outline: int = 0) -> None:
        """A key's shape in the middle of a box, with a face or none, and a black outline of so many px or none."""
        square = box.square()
        if square.width <= 2 * outline:
            return
        inner = square
        if outline:
            self.mask(forms.shape(name, square.width), (square.left, square.top), "#000000")
            inner = square.within(outline * (3 if name in {"diamond", "triangle"} else 2) // 2)
        self.mask(forms.shape(name, inner.width), (inner.left, inner.top), colour)
        if feeling is not None:
            self.mask(forms.face(feeling, name, inner.width), (inner.left, inner.top), "#000000")

    def picture(self, source: str, box: Box) -> bool:
        """A picture of `media` in the middle of a box; whether there was one that could be read."""
        image = media.picture(source, box.width, box.height) if box.width and box.height else None
        if image is None:
            return False
        at = (box.left + (box.width - image.width) // 2, box.top + (box.height - image.height) // 2)
        self.image.paste(image, at, image)
        return True

    def words(
        self,
        words: str,
        box: Box,
        colours: tuple[str, str],
        sizes: tuple[int, int],
        *,
        centred: bool = True,
        fitted: Fitted | None = None,
    ) -> Fitted:
        """All of the words, as large as they fit, in the middle of a box.

        Args:
            words: one line.
            box: where.
            colours: of the letters and of what is behind them.
            sizes: largest and smallest, px.
            centred: each line; otherwise they begin at the left.
            fitted: as already reckoned, for words that are to be as large as their neighbours.
        """
        fitted = fitted or fit(words, (box.width, box.height), *sizes)
        size, pitch = fitted.size_px, fitted.size_px * LINE
        top = box.top + (box.height - fitted.height_px) / 2
        left, right = box.right, box.left
        for at, line in enumerate(fitted.lines):
            wide = width_px(line, size)
            x = box.left + ((box.width - wide) // 2 if centred else 0)
            base = top + at * pitch + 0.92 * size  # ascenders above, descenders below
            self._pen.text((x, base), letters_of(line), fill=colours[0], font=font(size), anchor="ls")
            for one in accents(line, size):
                at_px = (x + one.middle_px, base - one.rise_px)
                self._pen.text(at_px, one.mark, fill=colours[0], font=font(size), anchor="ms")
            left, right = min(left, x), max(right, x + wide)
        drawn = Box(left, round(top), right, round(top) + fitted.height_px)
        if fitted.lines:
            self.written.append(Written(" ".join(fitted.lines), size, *colours, drawn))
        return fitted
