"""The state as a picture: listen, your turn, or press a key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kiosk.screens.colours import BLACK, DARK, RED, WHITE, Theme
from kiosk.screens.parts import METER_STEPS
from kiosk.screens.pictures.canvas import Box, Canvas
from kiosk.screens.pictures.emblems import draw
from kiosk.screens.pictures.wording import fit


class State(Enum):
    """Whose turn it is."""

    NOBODYS = "nobody's"
    LISTEN = "listen"
    YOUR_TURN = "your turn"
    RECORDING = "recording"
    PRESS = "press a key"
    NOISY = "it is noisy: press a key"


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
        theme: the colours.
    """

    size: tuple[int, int]
    unit: float
    state: State
    words: str = ""
    lit: bool = False
    level: int = 0
    theme: Theme = DARK

    def draw(self) -> Canvas:
        """The panel; empty where it is nobody's turn."""
        theme, unit = self.theme, self.unit
        canvas = Canvas(self.size, theme.background)
        if self.state is State.NOBODYS:
            return canvas
        air = round((8 if self.lit else 12) * unit)
        panel = canvas.box.within(air, round((7 if self.lit else 11) * unit))
        colours = theme.on(lit=self.lit)
        edge = (theme.lit if self.lit else theme.accent, max(round(4 * unit), 2))
        canvas.framed(panel, round(26 * unit), edge, colours[1])
        if self.state is State.RECORDING:
            self._draw_recording(canvas, panel)
            return canvas
        sign, words = self.rooms(canvas.box)
        accent = theme.lit_accent if self.lit else theme.accent
        match self.state:
            case State.LISTEN:
                canvas.sign("speaker", sign, theme.lit_ink if self.lit else theme.accent)
            case State.YOUR_TURN:
                canvas.sign("microphone", sign, accent)
                share = round(words.width * _METER_SHARE) - round(8 * unit)
                self._draw_meter(canvas, Box(words.right - share, words.top, words.right, words.bottom), accent)
                right = words.right - round(words.width * _METER_SHARE) - round(8 * unit)
                words = Box(words.left, words.top, right, words.bottom)
            case State.NOISY:
                self._draw_finger(canvas, sign)
                last = Box(words.right - sign.width, sign.top, words.right, sign.bottom)
                canvas.plate(last.within(-round(6 * unit)), round(14 * unit), theme.pale)
                draw(canvas, "emblem:struck_microphone", last)
                words = Box(words.left, words.top, last.left - round(14 * unit), words.bottom)
            case _:
                self._draw_finger(canvas, sign)
        wide = self.size[0] > _WIDE * self.size[1]  # words belong to their sign
        canvas.words(self.words, words, colours, self.sizes, centred=not wide)
        return canvas

    def _draw_finger(self, canvas: Canvas, box: Box) -> None:
        """A finger, which is outlined in black, on white in every theme."""
        if canvas.colour_at(box.left, box.top) == BLACK:
            canvas.plate(box, box.width // 6, WHITE)
        canvas.picture("openmoji:1F447", box)

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

    def _draw_recording(self, canvas: Canvas, panel: Box) -> None:
        """A large microphone in a red ring, and the level as large: what is said now is kept."""
        inner = panel.within(round(26 * self.unit), round(16 * self.unit))
        side = min(inner.height, inner.width // 2)
        wide = min(inner.width - side, round(side * 1.7)) - round(36 * self.unit)
        left = inner.left + (inner.width - side - wide - round(36 * self.unit)) // 2
        top = inner.top + (inner.height - side) // 2
        ring = Box(left, top, left + side, top + side)
        line = max(round(3 * self.unit), 2)
        behind = self.theme.on(lit=self.lit)[1]
        edge = WHITE if behind == BLACK else BLACK
        for within, colour in ((0, edge), (line, RED), (side // 11, edge), (side // 11 + line, WHITE)):
            canvas.plate(ring.within(within), side // 2 - within, colour)
        canvas.sign("microphone", ring.within(side // 5), BLACK)
        meter = Box(
            ring.right + round(36 * self.unit), inner.top, ring.right + round(36 * self.unit) + wide, inner.bottom
        )
        self._draw_meter(canvas, meter, self.theme.lit_accent if self.lit else self.theme.accent)

    def _draw_meter(self, canvas: Canvas, room: Box, reached: str) -> None:
        """Eleven bars that rise to the right; nothing flashes."""
        left = room.left
        step = room.width / METER_STEPS
        middle = (room.top + room.bottom) // 2
        for at in range(METER_STEPS):
            high = round(room.height * (0.3 + 0.6 * at / (METER_STEPS - 1)))
            x = left + round(at * step)
            bar = Box(x, middle - high // 2, x + max(round(step * 0.62), 2), middle + high - high // 2)
            canvas.plate(bar, max(bar.width // 3, 1), reached if at < self.level else self.theme.meter)


_METER_SHARE = 0.32
_WIDE = 5
_SHORT = 24
"""Characters of a caption that leaves room for a large sign."""
