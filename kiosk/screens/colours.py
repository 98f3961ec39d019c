"""The colours, and how well words can be read on them. White means: this is being said now, or it is your turn."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.style import Style

BACKGROUND = "#0A0F14"
PANEL = "#19232D"
WHITE = "#FFFFFF"
BLACK = "#000000"
GREY = "#D6D6D6"
FAINT = "#60707F"  # for marks, never for words
SKY = "#66C1FF"
PALE = "#D6EAF9"  # behind pictures, whose outlines are black
DEEP_BLUE = "#004CA5"  # on white, where the light blue would vanish

KEY_COLOURS = {"green": "#00C18C", "yellow": "#FFD126", "red": "#FF5144", "blue": SKY}
"""The big keys. No word is written on them: black on red is 6.5 to 1, and a shape stands beside each colour."""

WORDS_CONTRAST = 7.0
"""The least contrast between words and what they stand on (WCAG 2.2, 1.4.6)."""

_LINEAR_BELOW = 0.04045


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black to 1 for white. Source: WCAG 2.2. Args: colour: `#RRGGBB`."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= _LINEAR_BELOW else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


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
