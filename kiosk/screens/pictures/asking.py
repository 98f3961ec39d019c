"""The upper parts of the screen as pictures: progress, the question, and screens that ask nothing."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.screens.colours import BLACK, DARK, GREY, WHITE, Theme
from kiosk.screens.pictures.canvas import Box, Canvas
from kiosk.screens.pictures.emblems import OWN_SOURCES, badge, draw
from kiosk.screens.pictures.wording import fit
from kiosk.screens.shapes import KEY_SHAPES, Face


@dataclass(frozen=True)
class ProgressPicture:
    """A dot for each question: done, this one, still to come; as numbers where there are too many.

    Attributes:
        size: px.
        unit: see `TilePicture`.
        step: the question that is asked, from 1.
        steps: of how many.
        theme: the colours.
    """

    size: tuple[int, int]
    unit: float
    step: int
    steps: int
    theme: Theme = DARK

    def draw(self) -> Canvas:
        """The dots in one row."""
        canvas = Canvas(self.size, self.theme.background)
        width, height = self.size
        large = round(min(height * 0.86, 52 * self.unit))
        small = large * 5 // 8
        pitch = min(round(61 * self.unit), width // max(self.steps, 1))
        if pitch < small * 5 // 4:
            canvas.words(
                f"{self.step} / {self.steps}",
                canvas.box,
                (self.theme.ink, self.theme.background),
                (round(34 * self.unit), 8),
            )
            return canvas
        left = (width - pitch * self.steps) // 2 + pitch // 2
        for at in range(1, self.steps + 1):
            middle = left + (at - 1) * pitch
            if at == self.step:
                self._dot(canvas, middle, large, self.theme.ink)
                self._dot(canvas, middle, round(large * 0.76), self.theme.background)
                self._dot(canvas, middle, round(large * 0.56), self.theme.ink)
            elif at < self.step:
                self._dot(canvas, middle, small, self.theme.accent)
            else:
                self._dot(canvas, middle, small, self.theme.faint)
                self._dot(canvas, middle, round(small * 0.74), self.theme.background)
        return canvas

    def _dot(self, canvas: Canvas, middle: int, across: int, colour: str) -> None:
        top = (self.size[1] - across) // 2
        canvas.plate(Box(middle - across // 2, top, middle - across // 2 + across, top + across), across // 2, colour)


@dataclass(frozen=True)
class AskPicture:
    """The question: its picture and its words; white while it is being said.

    Attributes:
        size: px.
        unit: see `TilePicture`.
        words: the question, or what is being said instead of it.
        source: its picture, see `media.source_of`.
        lit: it is being said now.
        alone: there are no tiles under it: picture and words are larger.
        theme: the colours.
        mark: the source of a small picture at the large one's corner, "" for none.
    """

    size: tuple[int, int]
    unit: float
    words: str
    source: str = ""
    lit: bool = False
    alone: bool = False
    theme: Theme = DARK
    mark: str = ""

    def draw(self) -> Canvas:
        """Picture left of the words, or above them where the part is higher than wide."""
        unit = self.unit
        canvas = Canvas(self.size, self.theme.background)
        theme = self.theme
        colours = (theme.lit_ink, theme.lit) if self.lit else (theme.ink, theme.background)
        picture, words = self.rooms()
        if self.lit:  # a whole screen of white would be glaring
            air = (round(6 * unit), round(5 * unit))
            room = self._plate(words) if self.alone and picture else canvas.box.within(*air)
            canvas.plate(room, round(16 * unit), theme.lit)
        if picture is not None:
            canvas.plate(picture, picture.width // 2 if self.alone else round(12 * unit), theme.pale)
            drawn = self.source.startswith(OWN_SOURCES)
            draw(canvas, self.source, picture.within(picture.width // (5 if self.alone else 8 if drawn else 12)))
            if self.mark:
                side = round(picture.width * (0.6 if self.mark.startswith(OWN_SOURCES) else 0.46))
                badge(
                    canvas, self.mark, Box(picture.right - side, picture.bottom - side, picture.right, picture.bottom)
                )
        centred = picture is None or self.size[1] > self.size[0]
        canvas.words(self.words, words, colours, self.sizes, centred=centred)
        if self.lit:
            side = round(40 * unit)
            over = round(13 * unit)  # beyond the plate's corner, so that it covers no letter
            left, top = max(room.left - over, 0), max(room.top - over, 0)
            corner = Box(left, top, left + side, top + side)
            canvas.plate(corner, side // 2, theme.lit_ink)
            canvas.sign("speaker", corner.within(side // 5), theme.lit)
        return canvas

    def _plate(self, words: Box) -> Box:
        """What turns white round words that have the screen to themselves: as high as they are, with air."""
        high = fit(self.words, (words.width, words.height), *self.sizes).height_px
        spare = max((words.height - high) // 2 - round(52 * self.unit), -round(26 * self.unit))
        return words.within(-round(30 * self.unit), spare)

    @property
    def sizes(self) -> tuple[int, int]:
        """Largest and smallest letters, px."""
        return round(self.unit * (96 if self.alone else 92)), round(28 * self.unit)

    def rooms(self) -> tuple[Box | None, Box]:
        """The places of picture and words; a picture gives way to words that would be too small beside it."""
        inner = Canvas.inside(self.size).within(round(20 * self.unit), round(14 * self.unit))
        if not self.source:
            return None, inner.within(round(26 * self.unit), 0)
        gap = round(24 * self.unit)
        if self.size[1] > self.size[0]:
            side = min(inner.width, inner.height // 2)
            left = inner.left + (inner.width - side) // 2
            picture = Box(left, inner.top, left + side, inner.top + side)
            words = Box(inner.left, picture.bottom + gap, inner.right, inner.bottom)
        else:
            side = min(inner.height, round(inner.width * (0.36 if self.alone else 0.38)))
            top = inner.top + (inner.height - side) // 2
            picture = Box(inner.left, top, inner.left + side, top + side)
            words = Box(picture.right + gap, inner.top, inner.right, inner.bottom)
        if self.alone:
            words = words.within(round(30 * self.unit), round(26 * self.unit))
        if fit(self.words, (words.width, words.height), *self.sizes).size_px < self.sizes[1]:
            return None, inner.within(round(18 * self.unit), 0)
        return picture, words


@dataclass(frozen=True)
class InvitationPicture:
    """The waiting screen: three faces in a bubble, what to do, and the key to press.

    Attributes:
        size: px.
        unit: see `TilePicture`.
        words: what to do.
        cap: what is printed on the key.
        theme: the colours.
    """

    size: tuple[int, int]
    unit: float
    words: str
    cap: str = ""
    theme: Theme = DARK

    def draw(self) -> Canvas:
        """Bubble above, words in the middle, key below."""
        canvas, unit = Canvas(self.size, self.theme.background), self.unit
        width, height = self.size
        bubble = Box(round(width * 0.045), round(height * 0.05), round(width * 0.955), round(height * 0.44))
        if height > width:
            bubble = Box(bubble.left, round(height * 0.07), bubble.right, round(height * 0.36))
        canvas.plate(bubble, round(36 * unit), self.theme.pale)
        canvas.pointer((width // 2, bubble.bottom - 2), round(60 * unit), round(46 * unit), self.theme.pale)
        third = bubble.width // 3
        for at, (key, feeling) in enumerate(zip(("green", "yellow", "red"), Face, strict=True)):
            room = Box(bubble.left + at * third, bubble.top, bubble.left + (at + 1) * third, bubble.bottom)
            side = min(round(room.height * 0.78), round(room.width * 0.84))
            square = Box(0, 0, side, side)
            left, top = room.left + (room.width - side) // 2, room.top + (room.height - side) // 2
            square = Box(left, top, left + side, top + side)
            shape = KEY_SHAPES[key]
            canvas.shape(shape, square, self.theme.keys[key], feeling=feeling, outline=max(round(4 * unit), 2))
        key_top = round(height * 0.74)
        words = Box(round(width * 0.04), bubble.bottom + round(50 * unit), round(width * 0.96), key_top)
        canvas.words(self.words, words, (self.theme.ink, self.theme.background), (round(96 * unit), round(34 * unit)))
        self._draw_key(canvas, Box(0, key_top, width, height))
        return canvas

    def _draw_key(self, canvas: Canvas, room: Box) -> None:
        """A large key with a finger above it; in a terminal with the name of the key."""
        wide, high = round(300 * self.unit), round(76 * self.unit)
        left, top = room.left + (room.width - wide) // 2, room.bottom - high - round(14 * self.unit)
        canvas.plate(Box(left, top, left + wide, top + high), round(20 * self.unit), GREY)
        face = Box(left, top - round(12 * self.unit), left + wide, top + high - round(18 * self.unit))
        canvas.framed(face, round(20 * self.unit), (BLACK, max(round(3 * self.unit), 1)), WHITE)
        hand = round(92 * self.unit)
        middle = left - hand // 2 - round(10 * self.unit) if self.cap else (left + wide // 2)
        finger_top = face.bottom - hand - round(6 * self.unit)
        canvas.picture(
            "openmoji:1F447", Box(middle - hand // 2, finger_top, middle + hand - hand // 2, finger_top + hand)
        )
        if self.cap:
            canvas.mark(self.cap, face.within(round(12 * self.unit), round(6 * self.unit)), (BLACK, WHITE))


@dataclass(frozen=True)
class LinePicture:
    """The one plain line for staff.

    Attributes:
        size: px.
        unit: see `TilePicture`.
        words: the line.
        theme: the colours.
    """

    size: tuple[int, int]
    unit: float
    words: str
    theme: Theme = DARK

    def draw(self) -> Canvas:
        """The words, small: they are for somebody who stands before it."""
        canvas = Canvas(self.size, self.theme.background)
        room = canvas.box.within(round(20 * self.unit), round(3 * self.unit))
        canvas.words(
            self.words, room, (self.theme.line, self.theme.background), (round(26 * self.unit), round(15 * self.unit))
        )
        return canvas
