"""A tile as a picture: colour, shape, picture and word of one answer."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.screens.colours import BLACK, DARK, GREY, WHITE, Theme, contrast, dim
from kiosk.screens.pictures.canvas import Box, Canvas
from kiosk.screens.pictures.emblems import OWN_SOURCES, draw
from kiosk.screens.pictures.scanning import ARROW_PX, inside, scan_arrow, scan_frame
from kiosk.screens.pictures.wording import Fitted, fit, width_px
from kiosk.screens.shapes import KEY_SHAPES, Face

SHAPES = {**KEY_SHAPES, "dont_know": "bubble"}
_SEEN = 3.0
"""The least contrast of an edge or shape without a black outline (WCAG 2.2, 1.4.11)."""
_WORDS = 0.55
"""How much of a tile's height its word may take."""
_SLIM = 135
"""A row that is less high (on a screen whose shorter side is 600 px) and short is a button of the staff's."""


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
        scanned: the switch would take it.
        alone: the one answer there is: shape and word stand together in the middle of a row.
        named: a name without a picture, as of a language: the word has the tile, the key's shape its corner.
        old: it is the answer that stands while the question is put again.
        theme: the colours.
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
    scanned: bool = False
    old: bool = False
    alone: bool = False
    named: bool = False
    theme: Theme = DARK

    def draw(self) -> Canvas:
        """The tile; lit it grows into the air round it, and no place ever moves."""
        unit, theme = self.unit, self.theme
        canvas = Canvas(self.size, theme.background)
        back = self.dimmed and not self.lit
        ink, behind = theme.on(lit=self.lit, back=back)
        colour = GREY if self.key == "dont_know" else theme.keys[self.key]
        colour = dim(colour, theme.background) if back and theme.dims else colour
        marked = self.lit or self.chosen
        air, thick = (round(3 * unit), round(13 * unit)) if marked else (round(10 * unit), round(6 * unit))
        plate = canvas.box.within(air)
        if self.scanned:
            scan_frame(canvas, unit, theme)
            plate, thick = inside(canvas.box, unit, row=self.row), round(6 * unit)
        edge = theme.tile_edge if theme.tile_edge and not self.lit else colour
        if not back and contrast(edge, theme.background) < _SEEN:
            edge = theme.cell_keys.get(self.key, theme.ink)
        canvas.framed(plate, round(22 * unit), (edge, thick), behind)
        shape, words = self.rooms()
        self._draw_shape(canvas, shape, colour, behind)
        sizes = (self.word_px, self.least_px)
        canvas.words(self.word, words, (ink, behind), sizes, centred=not self.row, fitted=self.fitted())
        badge = round((56 if marked else 34) * unit)
        if marked or self.old:
            top = plate.top - round(10 * unit) if self.scanned else air
            self._draw_badge(canvas, Box(air, top, air + badge, top + badge))
        if self.cap and not self.lit:
            self._draw_cap(canvas, plate)
        if self.scanned:
            scan_arrow(canvas, unit, theme, row=self.row)
        return canvas

    def _draw_badge(self, canvas: Canvas, corner: Box) -> None:
        """In the upper left corner: it is being said; it is the answer; it was the answer."""
        if self.old and not self.lit:
            side = round(50 * self.unit)
            corner = Box(corner.left, corner.top, corner.left + side, corner.top + side)
            canvas.plate(corner, side // 2, BLACK)
            canvas.plate(corner.within(max(side // 12, 2)), side // 2, GREY)
            canvas.sign("tick", corner.within(side // 5), BLACK)
            return
        behind, sign = (BLACK, WHITE) if self.theme.lit != BLACK else (WHITE, BLACK)
        canvas.plate(corner, corner.width // 2, behind if self.lit else BLACK)
        canvas.sign("speaker" if self.lit else "tick", corner.within(corner.width // 5), sign if self.lit else WHITE)

    @property
    def least_px(self) -> int:
        """Letters that can still be read from a chair."""
        return round(22 * self.unit)

    def rooms(self) -> tuple[Box, Box]:
        """The places of shape and word; the same lit and unlit, so that a word never moves."""
        inner = Canvas.inside(self.size).within(round(20 * self.unit), round(19 * self.unit))
        if self.named:
            return self._rooms_of_a_name(inner)
        if self.row:
            slim = self.size[1] < _SLIM * self.unit and self.size[0] < 3 * self.size[1]
            side = min(inner.height, inner.width // (6 if slim else 3))
            left = inner.left + round((0 if slim else 8) * self.unit)
            shape = Box(left, inner.top, left + side, inner.bottom)
            right = inner.right - round(((44 if self.cap else 0) + (ARROW_PX if self.scanned else 0)) * self.unit)
            word = Box(shape.right + round((10 if slim else 28) * self.unit), inner.top, right, inner.bottom)
            return self._in_the_middle(shape, word) if self.alone else (shape, word)
        high = fit(self.word, (inner.width, round(inner.height * _WORDS)), self.word_px, self.least_px).height_px + 1
        foot = inner.bottom - high
        gap = round(6 * self.unit)
        top = inner.top + gap + round((ARROW_PX if self.scanned else 0) * self.unit)
        return Box(inner.left, top, inner.right, foot - gap), Box(inner.left, foot, inner.right, inner.bottom)

    def _rooms_of_a_name(self, inner: Box) -> tuple[Box, Box]:
        """The shape small at the left or in the lower left corner, the word as large as the rest of the tile allows."""
        side = round(min(52 * self.unit, inner.height * 0.5))
        top = inner.bottom - side
        if self.row:
            top = inner.top + (inner.height - side) // 2
            left = inner.left + side + round(24 * self.unit)
            right = inner.right - round((44 + (ARROW_PX if self.scanned else 0)) * self.unit)
            return Box(inner.left, top, inner.left + side, top + side), Box(left, inner.top, right, inner.bottom)
        above = round(max(38, ARROW_PX + 4) * self.unit)  # the key's name in its corner, or the arrow
        word = Box(inner.left - round(4 * self.unit), inner.top + above, inner.right + round(4 * self.unit), top)
        return Box(inner.left, top, inner.left + side, inner.bottom), word

    def _in_the_middle(self, shape: Box, word: Box) -> tuple[Box, Box]:
        """Shape and word as near to the middle together as they are wide."""
        fitted = fit(self.word, (word.width, word.height), self.word_px, self.least_px)
        wide = max((width_px(line, fitted.size_px) for line in fitted.lines), default=0)
        by = max(word.width - wide, 0) // 2
        return shape.moved(by), Box(word.left + by, word.top, min(word.left + by + wide + 1, word.right), word.bottom)

    def fitted(self) -> Fitted:
        """The word as it fits."""
        box = self.rooms()[1]
        return fit(self.word, (box.width, box.height), self.word_px, self.least_px)

    def _draw_shape(self, canvas: Canvas, room: Box, colour: str, behind: str) -> None:
        """The key's shape with its face; or the picture on a pale plate, with the key's shape at its corner."""
        outline = max(round(4 * self.unit), 2)
        outlined = outline if contrast(colour, behind) < _SEEN and not (self.dimmed and not self.lit) else 0
        name = SHAPES[self.key]
        if self.key == "dont_know":
            canvas.shape(name, room, colour, outline=outlined)
            square = room.square()
            mark = Box(square.left, square.top + square.height // 12, square.right, square.top + square.height * 3 // 4)
            canvas.mark("?", mark.within(0, mark.height // 8), (BLACK, colour))
            return
        if self.named:
            canvas.shape(name, room, colour, outline=outlined)
            return
        if self.feeling is not None or not self.source:
            canvas.shape(name, room, colour, feeling=self.feeling, outline=outlined)
            return
        spare = 0 if self.row else round(40 * self.unit)  # at the key's name in the corner
        square = room.within(spare, 0).square()
        back = self.dimmed and not self.lit and self.theme.dims
        canvas.plate(
            square, square.width // 6, dim(self.theme.pale, self.theme.background) if back else self.theme.pale
        )
        inset = square.width // (5 if self.source.startswith(OWN_SOURCES) else 12)
        if not draw(canvas, self.source, square.within(inset)):
            canvas.plate(square, square.width // 6, canvas.colour_at(square.left - 1, square.top))
            canvas.shape(name, room, colour, outline=outlined)
            return
        side = round(square.width * 0.42)
        corner = Box(
            square.left - side // 2, square.bottom - side * 3 // 4, square.left + side // 2, square.bottom + side // 4
        )
        canvas.shape(name, corner, colour, outline=outline)

    def _draw_cap(self, canvas: Canvas, plate: Box) -> None:
        """The key to press on a keyboard, in the plate's upper right corner."""
        side, down = round(34 * self.unit), round(22 * self.unit)
        across = canvas.box.right - down
        if self.scanned:  # not where the arrow is
            gap = round(12 * self.unit)
            across, down = plate.right - gap, plate.top + gap
        cap = Box(across - side, down, across, down + side)
        canvas.plate(cap, side // 5, GREY)
        canvas.mark(self.cap, cap.within(side // 10), (BLACK, GREY))
