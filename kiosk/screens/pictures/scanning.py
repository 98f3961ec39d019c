"""The frame round what the one switch would take now."""

from __future__ import annotations

from kiosk.screens.colours import BLACK, Theme
from kiosk.screens.pictures.canvas import Box, Canvas

THICK_PX, GAP_PX = 9, 5
"""Of the frame, and between it and what it frames, on a screen whose shorter side is 600 px."""


def scan_frame(canvas: Canvas, unit: float, theme: Theme) -> None:
    """A thick frame at the very edge, with a gap, and an arrow that points into it from above.

    What is being said has no such frame: it is filled. Both can be at once.
    """
    thick = max(round(THICK_PX * unit), 4)
    canvas.framed(canvas.box, round(26 * unit), (theme.scan, thick), theme.background)


def scan_arrow(canvas: Canvas, unit: float, theme: Theme, *, row: bool) -> None:
    """The arrow, over what was drawn since: from above; from the right where the word is in the middle of a row."""
    wide, high = round(58 * unit), round(40 * unit)
    edge = max(round(4 * unit), 2)
    behind = BLACK if theme.scan != BLACK else theme.background
    at = (canvas.box.width, canvas.box.height // 2) if row else (canvas.box.width // 2, 0)
    canvas.pointer(at, wide // 2 + 2 * edge, high + 2 * edge, behind, left=row)
    canvas.pointer(at, wide // 2, high, theme.scan, left=row)


def inside(box: Box, unit: float) -> Box:
    """What is left of a box in such a frame."""
    return box.within(max(round(THICK_PX * unit), 4) + round(GAP_PX * unit))
