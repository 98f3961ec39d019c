"""A picture as sixel, in colours that are exact where the design names them.

Sixel: DEC's picture format for terminals (VT330/VT340 Programmer Reference Manual, chapter 14). Written with numpy: a
whole screen takes a fifth of the time that the usual encoders need, and the first picture after a key is waited for.
foot before 1.14 draws a colour's first run in the colour before it when a sixel defines it in the middle of the
picture: here all are defined at its beginning.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

_BAND = 6
"""Rows of pixels in one row of sixels."""
_ZERO = 0x3F
"""The character of six pixels that are not drawn."""
_RAW_RUN = 3
"""A run of the same character is written out up to so many, and then as a count."""
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
    few = paletted(image)
    palette = few.getpalette() or []
    pixels = np.asarray(few)
    used = np.unique(pixels)
    colours = [palette[3 * at : 3 * at + 3] for at in used.tolist()]
    defined = "".join(
        f"#{number};2;" + ";".join(str(round(channel / 2.55)) for channel in colour)
        for number, colour in enumerate(colours)
    )
    numbers = np.searchsorted(used, pixels).astype(np.uint8)
    size = f'"1;1;{few.width};{few.height}'
    # The 1: what is not drawn stays as it is. Else foot since 1.15 blackens what the last band has below the picture.
    return f"\x1bP0;1;0q{size}{defined}{_drawn(numbers, len(colours)).decode('ascii')}\x1b\\"


def _drawn(numbers: npt.NDArray[np.uint8], colours: int) -> bytes:
    """Every band of six rows, each of its colours in a row of its own.

    Args:
        numbers: of each pixel's colour, by row and column.
        colours: how many there are.
    """
    height, width = numbers.shape
    bands = -(-height // _BAND)
    there = np.zeros((bands, colours), dtype=bool)
    band_of = np.repeat(np.arange(bands), _BAND)[:height]
    there[band_of[:, None], numbers] = True
    line_of = np.cumsum(there.ravel()).reshape(there.shape) - 1  # every band's every colour has a line of sixels
    lines = np.zeros((int(there.sum()), width), dtype=np.uint8)
    columns = np.arange(width)[None, :]
    for row in range(min(_BAND, height)):
        at = numbers[row::_BAND]  # of each band's row: a line and column is met once
        lines[line_of[np.arange(len(at))[:, None], at], columns] |= 1 << row
    starts, text = _runs(lines)
    written = bytearray()
    band = 0
    for line, (its_band, number) in enumerate(np.argwhere(there).tolist()):
        written += b"-" * (its_band - band) if its_band != band else b"$" if line else b""
        band = its_band
        written += b"#%d" % number + text[starts[line] : starts[line + 1]]
    return bytes(written)


def _runs(lines: npt.NDArray[np.uint8]) -> tuple[list[int], bytes]:
    """The lines run-length encoded: where each begins in the text, with the end of the last, and the text."""
    count, width = lines.shape
    begins = np.ones((count, width), dtype=bool)
    np.not_equal(lines[:, 1:], lines[:, :-1], out=begins[:, 1:])
    at = np.flatnonzero(begins)
    lengths = np.diff(at, append=count * width)
    bits = lines.ravel()[at]
    line = at // width
    last = np.append(line[1:] != line[:-1], True)
    keep = ~(last & (bits == 0))  # what is not drawn at a line's end need not be said
    lengths, bits, line = lengths[keep], bits[keep], line[keep]
    digits = np.searchsorted(np.array([10, 100, 1000, 10_000]), lengths, side="right") + 1
    raw = lengths <= _RAW_RUN
    sizes = np.where(raw, lengths, digits + 2)
    ends = np.cumsum(sizes)
    text = np.repeat(bits + _ZERO, sizes).astype(np.uint8)
    begin = ends - sizes
    text[begin[~raw]] = ord("!")
    left = lengths.copy()
    for place in range(1, int(digits.max(initial=0)) + 1):  # from the last digit, which stands before the character
        here = ~raw & (digits >= place)
        text[ends[here] - 1 - place] = ord("0") + left[here] % 10
        left //= 10
    starts = np.zeros(count + 1, dtype=np.int64)
    np.add.at(starts, line + 1, sizes)
    return np.cumsum(starts).tolist(), text.tobytes()
