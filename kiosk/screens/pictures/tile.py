"""A tile as a picture: colour, shape, picture and word of one answer."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.screens.colours import BACKGROUND, BLACK, GREY, KEY_COLOURS, PALE, PANEL, WHITE, dim
from kiosk.screens.pictures.canvas import Box, Canvas
from kiosk.screens.pictures.wording import Fitted, fit
from kiosk.screens.shapes import KEY_SHAPES, Face

SHAPES = {**KEY_SHAPES, "dont_know": "bubble"}
COLOURS = {**KEY_COLOURS, "dont_know": GREY}

_WORDS = 0.55
"""How much of a tile's height its word may take."""


@dataclass(frozen=True)
class TilePicture:
    """One answer in its place.

    Attributes:
        size: px.
        unit: px of the letters' scale, 1.0 on a screen whose shorter side is 600 px.
        key: its place, or "dont_know".
        word: what it says.
        feeling: the face to draw on its shape.
        source: its picture, see `media.source_of`, where it is no face.
        cap: what is printed on its key.
        row: shape left of the word, as on an upright screen.
        lit: it is being said now.
        chosen: it is the answer heard or kept.
        dimmed: another one is.
        word_px: largest letters, so that all tiles' words can be alike.
    """

    size: tuple[int, int]
    unit: float
    key: str
    word: str
    feeling: Face | None = None
    source: str = ""
    cap: str = ""
    row: bool = False
    lit: bool = False
    chosen: bool = False
    dimmed: bool = False
    word_px: int = 200

    def draw(self) -> Canvas:
        """The tile; lit it grows into the air round it, and no place ever moves."""
        unit = self.unit
        canvas = Canvas(self.size, BACKGROUND)
        marked = self.lit or self.chosen
        behind = WHITE if self.lit else BACKGROUND if self.dimmed else PANEL
        colour = dim(COLOURS[self.key], BACKGROUND) if self.dimmed and not self.lit else COLOURS[self.key]
        air, edge = (round(3 * unit), round(13 * unit)) if marked else (round(10 * unit), round(6 * unit))
        canvas.framed(canvas.box.within(air), round(22 * unit), (colour, edge), behind)
        shape, words = self.rooms()
        self._draw_shape(canvas, shape, colour)
        ink = BLACK if self.lit else WHITE
        sizes = (self.word_px, self.least_px)
        canvas.words(self.word, words, (ink, behind), sizes, centred=not self.row, fitted=self.fitted())
        badge = round((56 if marked else 34) * unit)
        if self.lit or self.chosen:
            corner = Box(air, air, air + badge, air + badge)
            canvas.plate(corner, badge // 2, BLACK)
            canvas.sign("speaker" if self.lit else "tick", corner.within(badge // 5), WHITE)
        if self.cap and not self.lit:
            self._draw_cap(canvas, badge if not marked else round(34 * unit))
        return canvas

    @property
    def least_px(self) -> int:
        """Letters that can still be read from a chair."""
        return round(22 * self.unit)

    def rooms(self) -> tuple[Box, Box]:
        """The places of shape and word; the same lit and unlit, so that a word never moves."""
        inner = Canvas.inside(self.size).within(round(20 * self.unit), round(19 * self.unit))
        if self.row:
            side = min(inner.height, inner.width // 3)
            left = inner.left + round(8 * self.unit)
            shape = Box(left, inner.top, left + side, inner.bottom)
            right = inner.right - round((44 if self.cap else 0) * self.unit)
            return shape, Box(shape.right + round(28 * self.unit), inner.top, right, inner.bottom)
        high = fit(self.word, (inner.width, round(inner.height * _WORDS)), self.word_px, self.least_px).height_px + 1
        foot = inner.bottom - high
        gap = round(6 * self.unit)
        return Box(inner.left, inner.top + gap, inner.right, foot - gap), Box(
            inner.left, foot, inner.right, inner.bottom
        )

    def fitted(self) -> Fitted:
        """The word as it fits."""
        box = self.rooms()[1]
        return fit(self.word, (box.width, box.height), self.word_px, self.least_px)

    def _draw_shape(self, canvas: Canvas, room: Box, colour: str) -> None:
        """The key's shape with its face; or the picture on a pale plate, with the key's shape at its corner."""
        outline = max(round(4 * self.unit), 2) if self.lit else 0
        name = SHAPES[self.key]
        if self.key == "dont_know":
            canvas.shape(name, room, colour, outline=outline)
            square = room.square()
            mark = Box(square.left, square.top + square.height // 12, square.right, square.top + square.height * 3 // 4)
            canvas.mark("?", mark.within(0, mark.height // 8), (BLACK, colour))
            return
        if self.feeling is not None or not self.source:
            canvas.shape(name, room, colour, feeling=self.feeling, outline=outline)
            return
        spare = 0 if self.row else round(40 * self.unit)  # at the key's name in the corner
        square = room.within(spare, 0).square()
        canvas.plate(square, square.width // 6, dim(PALE, BACKGROUND) if self.dimmed and not self.lit else PALE)
        if not canvas.picture(self.source, square.within(square.width // 12)):
            canvas.plate(square, square.width // 6, canvas.colour_at(square.left - 1, square.top))
            canvas.shape(name, room, colour, outline=outline)
            return
        side = round(square.width * 0.42)
        corner = Box(
            square.left - side // 2, square.bottom - side * 3 // 4, square.left + side // 2, square.bottom + side // 4
        )
        canvas.shape(name, corner, colour, outline=max(round(4 * self.unit), 2))

    def _draw_cap(self, canvas: Canvas, side: int) -> None:
        """The key to press on a keyboard, in the upper right corner."""
        across, down = canvas.box.right - round(22 * self.unit), round(22 * self.unit)
        cap = Box(across - side, down, across, down + side)
        canvas.plate(cap, side // 5, GREY)
        canvas.mark(self.cap, cap.within(side // 10), (BLACK, GREY))
