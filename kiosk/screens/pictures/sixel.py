"""A picture as sixel, in colours that are exact where the design names them.

Sixel: DEC's picture format for terminals; the encoder is textual-image's. foot before 1.14 draws a colour's first run
in the colour before it when a sixel defines it in the middle of the picture: here all are defined at its beginning.
"""

from __future__ import annotations

import re
from typing import Any

from PIL import Image

# The encoder has no public name in textual-image 0.12, which pyproject.toml pins for that reason.
from textual_image._sixel import image_to_sixels

_DEFINED = re.compile(r"#(\d+);2;\d+;\d+;\d+")
_SIZE = re.compile(r'"1;1;\d+;\d+')
MOST_COLOURS = 128
_APART = 16
"""Colours of the palette differ at least so much (0 to 255) in one channel, or Pillow might take one for the other."""
Colour = tuple[int, int, int]


def palette_of(image: Image.Image) -> list[Colour]:
    """At most 128 colours for a picture, those of most pixels first: flat colours are among them exactly.

    Args:
        image: RGB.
    """
    counted: Any = image.getcolors(image.width * image.height) or []
    chosen: list[Colour] = []
    by_cell: dict[Colour, list[Colour]] = {}
    for _, colour in sorted(counted, reverse=True):
        red, green, blue = colour[0] // _APART, colour[1] // _APART, colour[2] // _APART
        if any(_close(one, colour) for one in by_cell.get((red, green, blue), ())):
            continue
        chosen.append(colour)
        for x, y, z in _ROUND:
            by_cell.setdefault((red + x, green + y, blue + z), []).append(colour)
        if len(chosen) == MOST_COLOURS:
            break
    return chosen


_ROUND = tuple((x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1))


def _close(one: Colour, other: Colour) -> bool:
    return abs(one[0] - other[0]) < _APART and abs(one[1] - other[1]) < _APART and abs(one[2] - other[2]) < _APART


def paletted(image: Image.Image) -> Image.Image:
    """The RGB picture in the colours of its palette, each pixel in the nearest."""
    colours = palette_of(image)
    palette = Image.new("P", (1, 1))
    flat = [channel for colour in colours for channel in colour]
    palette.putpalette(flat + flat[:3] * (256 - len(colours)))
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def encode(image: Image.Image) -> str:
    """The sixel of an RGB picture."""
    sixel = image_to_sixels(paletted(image))
    definitions = "".join(found[0] for found in _DEFINED.finditer(sixel))
    body = _DEFINED.sub(r"#\1", sixel)
    return _SIZE.sub(lambda size: size[0] + definitions, body, count=1)
