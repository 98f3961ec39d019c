"""The check's part for the screen: whether there is one display, and how many cells it has for the kiosk."""

from __future__ import annotations

from pathlib import Path

from kiosk.checks.lines import Line, advice, fine, refused
from kiosk.display.foot import grid_for
from kiosk.display.outputs import DRM, of_kernel
from kiosk.errors import KioskError

WHAT = "screen"


def screen(drm: Path = DRM) -> Line:
    """By what the kernel says of its displays: nothing is asked of a compositor, and nothing shown.

    Args:
        drm: the kernel's list of connectors.
    """
    found = of_kernel(drm)
    if not found:
        todo = "Plug it in before the computer is switched on. In a terminal of another computer none is needed."
        return advice(WHAT, "no display is connected", todo)
    if len(found) > 1:
        names = ", ".join(f"{one.name} ({one.width_px} x {one.height_px} px)" for one in found)
        return advice(WHAT, f"{len(found)} displays are connected: {names}", "Leave one plugged in.")
    only = found[0]
    try:
        grid = grid_for(only.width_px, only.height_px)
    except KioskError as met:
        return refused(WHAT, met)
    return fine(WHAT, f"{only.name}, {only.width_px} x {only.height_px} px: {grid.columns} x {grid.rows} cells")
