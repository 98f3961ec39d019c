"""The frame and the arrow round what the one switch would take now."""

from __future__ import annotations

from kiosk.screens.colours import Theme
from kiosk.screens.pictures.canvas import Box, Canvas

THICK_PX, GAP_PX = 9, 5
"""Of the frame, and between it and what it frames, on a screen whose shorter side is 600 px."""
ARROW_PX = 31
"""How much a tile gives way to the arrow beside it, on such a screen."""


def scan_frame(canvas: Canvas, unit: float, theme: Theme) -> None:
    """A thick frame at the very edge, with a gap.

    What is being said has no such frame: it is filled. Both can be at once.
    """
    thick = max(round(THICK_PX * unit), 4)
    canvas.framed(canvas.box, round(26 * unit), (theme.scan, thick), theme.background)


def scan_arrow(canvas: Canvas, unit: float, theme: Theme, *, row: bool) -> None:
    """A broad arrow from the frame to the tile, in the room that `inside` left: it covers neither face nor word.

    From above; in a row from the right, where no word ends.
    """
    half, high = round(46 * unit), round((ARROW_PX + GAP_PX - 2) * unit)
    thick = max(round(THICK_PX * unit), 4) - 1
    at = (canvas.box.width - thick, canvas.box.height // 2) if row else (canvas.box.width // 2, thick)
    canvas.pointer(at, half, high, theme.scan, left=row)


def inside(box: Box, unit: float, *, row: bool) -> Box:
    """What is left of a box for a tile in such a frame, beside its arrow."""
    inner = box.within(max(round(THICK_PX * unit), 4) + round(GAP_PX * unit))
    arrow = round(ARROW_PX * unit)
    if row:
        return Box(inner.left, inner.top, inner.right - arrow, inner.bottom)
    return Box(inner.left, inner.top + arrow, inner.right, inner.bottom)
