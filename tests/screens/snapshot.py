"""References of what was drawn: kept small in `snapshots/`, compared, and made anew when that is asked for.

A picture is kept at a quarter of its width in sixteen steps of each colour. It is the same if, but for `FEW` pixels,
each pixel lies near to what its neighbours in the reference span, and the other way round: nearer where they are of one
colour than where letters are. So letters pass that another FreeType draws bolder, or a pixel or two aside; a part that
is missing, cut, elsewhere or of another colour does not.
"""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

FOLDER = Path(__file__).parent / "snapshots"
UPDATE = "SAYSO_UPDATE_SNAPSHOTS"
HOW = f"If it is right now: {UPDATE}=1 .venv/bin/pytest tests/screens/test_screens_snapshots.py, and look at the diff."
SMALLER = 4
STEP = 17
"""Between two shades that are kept, of 255."""
FLAT, BUSY = 16, 0.6
"""How far off a pixel may be: shades of 255 where all around is of one colour, and that share of the contrast there."""
FEW = 12
"""Pixels of a reference that may be further off. The shortest command alone is more than twice as many."""
_AROUND = 3
_COLOURS = 256


def small(image: Image.Image) -> Image.Image:
    """A quarter as wide and high."""
    return image.convert("RGB").reduce(SMALLER)


def kept(image: Image.Image) -> Image.Image:
    """As a reference holds it."""
    steps = small(image).point([round(shade / STEP) * STEP for shade in range(256)] * 3)
    colours = steps.getcolors(_COLOURS)
    return steps.convert("P", palette=Image.Palette.ADAPTIVE, colors=len(colours)) if colours else steps


def pixels_apart(drawn: Image.Image, reference: Image.Image) -> int:
    """How many pixels of two small pictures of one size are too far from one another."""
    return sum(map(_apart, (drawn, reference), (reference, drawn)))


def _apart(one: Image.Image, other: Image.Image) -> int:
    """Pixels of the one that lie too far outside of what the other one has around them."""
    highest, lowest = other.filter(ImageFilter.MaxFilter(_AROUND)), other.filter(ImageFilter.MinFilter(_AROUND))
    outside = ImageChops.lighter(ImageChops.subtract(one, highest), ImageChops.subtract(lowest, one))
    allowed = ImageChops.subtract(highest, lowest).point([round(FLAT + BUSY * shades) for shades in range(256)] * 3)
    red, green, blue = ImageChops.subtract(outside, allowed).split()
    return sum(ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()[1:])


def check_picture(drawn: Image.Image, name: str, folder: Path) -> None:
    """Compare a picture with its reference, or make that anew.

    Args:
        drawn: in full.
        name: of the reference below `FOLDER`, without ".png".
        folder: where the picture goes if it is another one.
    """
    path = FOLDER / f"{name}.png"
    if os.environ.get(UPDATE):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not (path.exists() and same(drawn, path)):  # else another FreeType would write them all
            kept(drawn).save(path, optimize=True)
        return
    if path.exists() and same(drawn, path):
        return
    seen = folder / path.name
    drawn.save(seen)
    met = "is not as in" if path.exists() else "has no reference"
    raise AssertionError(f"{name} {met} {path}. It was saved as {seen}: look at both. {HOW}")


def same(drawn: Image.Image, path: Path) -> bool:
    """Whether a picture is that reference's."""
    with Image.open(path) as reference:
        less = small(drawn)
        return less.size == reference.size and pixels_apart(less, reference.convert("RGB")) <= FEW


def check_text(rows: list[str], name: str, folder: Path) -> None:
    """Compare rows of cells, without their colours, with their reference, or make that anew."""
    text = "".join(row.rstrip() + "\n" for row in rows)
    path = FOLDER / f"{name}.txt"
    if os.environ.get(UPDATE):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    seen = folder / path.name
    seen.write_text(text, encoding="utf-8")
    met = "is not as in" if path.exists() else "has no reference"
    raise AssertionError(f"{name} {met} {path}. It was saved as {seen}: look at both. {HOW}\n\n{text}")
