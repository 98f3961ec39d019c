"""The colours of the three themes, and how well words can be read on them.

One part at most is lit: this is being said now, or it is your turn. Lit is white; in the light theme, where white is
all round, it is black.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.style import Style

# Each channel is a whole per cent of 255, as sixel tells colours: else there are seams.
BACKGROUND = "#0A0F14"
PANEL = "#19232D"
WHITE = "#FFFFFF"
BLACK = "#000000"
GREY = "#D6D6D6"
FAINT = "#60707F"  # for marks, never for words
SKY = "#66C1FF"
PALE = "#D6EAF9"  # behind pictures, whose outlines are black
DEEP_BLUE = "#004CA5"  # on white, where the light blue would vanish
RED = "#FF5144"
"""Of a stroke through something, which is told by its form too."""
YELLOW = "#FFFF00"

KEY_COLOURS = {"green": "#00C18C", "yellow": "#FFD126", "red": RED, "blue": SKY}
"""The big keys. No word is written on them: black on red is 6.5 to 1, and a shape stands beside each colour."""
_DEEP_KEYS = {"green": "#007F4C", "yellow": "#996600", "red": "#BF1900", "blue": DEEP_BLUE}
"""The same for edges, and for cells, which can have no outline, on white."""


@dataclass(frozen=True, eq=False)
class Theme:
    """Which colour is what.

    Attributes:
        name: of `screen.theme` in the configuration.
        background: of the screen.
        panel: of a tile, and of the state of the microphone.
        ink: of words on both.
        lit, lit_ink: of the one part that is being said, and of its words.
        accent, lit_accent: of edges and signs, unlit and lit.
        meter: of the bars that are not reached.
        line: of the staff's line.
        faint: of the dots to come.
        pale: behind pictures.
        scan: of the frame round what the switch would take.
        keys: the big keys' colours as pictures, which have a black outline where they need one.
        cell_keys: the same in cells, and of edges that would be too pale.
        tile_edge: of every tile alike, "" where it is its key's colour.
        back_ink: of the words of what is not chosen, which can still be chosen.
        dims: what is not chosen stands back in a darker colour; else by its thin edge alone.
    """

    name: str
    background: str
    panel: str
    ink: str
    lit: str
    lit_ink: str
    accent: str
    lit_accent: str
    meter: str
    line: str
    faint: str
    pale: str
    scan: str
    back_ink: str
    keys: Mapping[str, str]
    cell_keys: Mapping[str, str]
    tile_edge: str = ""
    dims: bool = True

    def on(self, *, lit: bool, back: bool = False) -> tuple[str, str]:
        """Ink and what is behind it, on a panel that is lit, or stands back, or neither."""
        if back and not lit:
            return self.back_ink, self.background
        return (self.lit_ink, self.lit) if lit else (self.ink, self.panel)


DARK = Theme(
    "dark",
    background=BACKGROUND,
    panel=PANEL,
    ink=WHITE,
    lit=WHITE,
    lit_ink=BLACK,
    accent=SKY,
    lit_accent=DEEP_BLUE,
    meter=GREY,
    line=GREY,
    faint=FAINT,
    pale=PALE,
    scan=WHITE,
    back_ink="#949EA8",
    keys=KEY_COLOURS,
    cell_keys=KEY_COLOURS,
)
LIGHT = Theme(
    "light",
    background="#EBEFF2",
    panel=WHITE,
    ink=BLACK,
    lit=BLACK,
    lit_ink=WHITE,
    accent=DEEP_BLUE,
    lit_accent=SKY,
    meter=FAINT,
    line="#333D47",
    faint=FAINT,
    pale=PALE,
    scan=BLACK,
    back_ink="#474F57",
    keys=KEY_COLOURS,
    cell_keys=_DEEP_KEYS,
)
HIGH_CONTRAST = Theme(
    "high_contrast",
    background=BLACK,
    panel=BLACK,
    ink=WHITE,
    lit=WHITE,
    lit_ink=BLACK,
    accent=WHITE,
    lit_accent=BLACK,
    meter=GREY,
    line=WHITE,
    faint=WHITE,
    pale=WHITE,
    scan=YELLOW,
    back_ink=WHITE,
    keys=KEY_COLOURS,
    cell_keys=KEY_COLOURS,
    tile_edge=WHITE,
    dims=False,
)
THEMES = {theme.name: theme for theme in (DARK, LIGHT, HIGH_CONTRAST)}
"""By the name in the configuration."""

WORDS_CONTRAST = 7.0
"""The least contrast between words and what they stand on (WCAG 2.2, 1.4.6)."""

_LINEAR_BELOW = 0.04045


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black to 1 for white. Source: WCAG 2.2. Args: colour: `#RRGGBB`."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= _LINEAR_BELOW else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=512)
def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21. Source: WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=256)
def ink(foreground: str, background: str, *, bold: bool = True) -> Style:
    """A style of these two colours; words are bold throughout, for they are to be read from afar."""
    return Style(color=Color.parse(foreground), bgcolor=Color.parse(background), bold=bold)


def dim(colour: str, behind: str) -> str:
    """The colour of something that stands back: two fifths of it upon what is behind."""
    pairs = ((int(colour[at : at + 2], 16), int(behind[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(0.4 * one + 0.6 * other):02X}" for one, other in pairs)


def readable_on(behind: str) -> str:
    """Black or white, whichever stands out more."""
    return max((BLACK, WHITE), key=lambda one: contrast(one, behind))
