"""The terminal that the kiosk starts in: the font with which its cells fill the screen, and foot's configuration.

foot is what shows sixel pictures on a Raspberry Pi without a desktop. It knows ways out of a kiosk of its own: font
sizes, the clipboard, searching, opening links, a second terminal. All of them are taken away here.

Source: foot.ini(5) and the changelog of foot 1.13 (Debian 12) and 1.21 (Debian 13, Raspberry Pi OS trixie).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kiosk.errors import KioskError

FONT = "DejaVu Sans Mono"
ADVANCE_EM = 0.602
"""How wide each letter of it is."""
OLDEST = (1, 13)
"""Debian 12's foot."""
LEAST_PX = (480, 320)
"""The smallest displays that are sold for a Pi."""


@dataclass(frozen=True)
class Grid:
    """How a screen is laid out in cells.

    Attributes:
        font_px: size of the letters.
        line_height_px: the height of a cell, whatever the font says.
        cell_width: px.
        cell_height: px.
        columns: as many as the screen has.
        rows: the same.
    """

    font_px: int
    line_height_px: int
    cell_width: int
    cell_height: int
    columns: int
    rows: int


CELLS: Mapping[tuple[int, int], tuple[int, int]] = MappingProxyType(
    {(800, 480): (10, 20), (1024, 600): (16, 30), (1280, 800): (16, 32), (1920, 1080): (24, 45), (720, 1280): (15, 32)}
)
"""Screens whose layout was looked at: size in px -> a cell's width and height in px, which divide it exactly."""
COLUMNS, COLUMNS_UPRIGHT = (64, 80), (40, 48)
LEAST_ROWS = 20
RATIO = 2.0
"""A cell is about twice as high as wide."""
RATIOS = (1.7, 2.3)


def grid_for(width_px: int, height_px: int) -> Grid:
    """The cells for a screen of that size: 64 to 80 columns, upright 40 to 48, and as little left over as can be.

    Raises: KioskError: it is too small.
    """
    across, down = LEAST_PX if width_px >= height_px else LEAST_PX[::-1]
    if width_px < across or height_px < down:
        raise KioskError(
            "Cannot lay out the kiosk's screen",
            f"of {width_px} x {height_px} px",
            f"Use a display of at least {across} x {down} px.",
        )
    cell = CELLS.get((width_px, height_px))
    wide, high = cell or min(_cells(width_px, height_px), key=lambda one: _fault(one, width_px, height_px))
    return Grid(font_px(wide), high, wide, high, width_px // wide, height_px // high)


def font_px(cell_width: int) -> int:
    """The smallest size at which a letter is that wide: foot rounds its width to whole px when it is hinted."""
    return math.ceil((cell_width - 0.5) / ADVANCE_EM)


def _cells(width_px: int, height_px: int) -> Iterator[tuple[int, int]]:
    """Every cell that might do."""
    least, most = COLUMNS if width_px >= height_px else COLUMNS_UPRIGHT
    for wide in range(-(-width_px // (most + 1)), width_px // least + 1):
        if least <= width_px // wide <= most:
            for high in range(math.ceil(wide * RATIOS[0]), math.floor(wide * RATIOS[1]) + 1):
                yield wide, high


def _fault(cell: tuple[int, int], width_px: int, height_px: int) -> tuple[int, bool, float, int]:
    """How far a cell is from the best: rows that lack, px left over at all, then how many and an odd shape."""
    wide, high = cell
    rows = height_px // high
    left_over = 1 - (width_px // wide * wide) * (rows * high) / (width_px * height_px)
    odd = abs(math.log(high / wide / RATIO))
    return max(LEAST_ROWS - rows, 0), left_over > 0, round(100 * left_over + 4 * odd, 6), wide


def foot_ini(grid: Grid, *, background: str = "#0A0F14", words: str = "#FFFFFF", foot: tuple[int, int] = OLDEST) -> str:
    """The foot.ini of a kiosk.

    Args:
        grid: for the screen that it is on.
        background: colour, "#RRGGBB", of whatever the kiosk does not draw: px left over, the moment before it starts.
        words: colour, "#RRGGBB", of plain words in the terminal, such as those of a start.
        foot: its version. An older one is not given names that it would complain of on the screen.
    """
    behind, ink = background.removeprefix("#").lower(), words.removeprefix("#").lower()
    lines = [
        "# Made by `sayso screen` at each start.",
        # Unhinted letters have widths between two px, and the cells then do not fill the screen.
        f"font={FONT}:pixelsize={grid.font_px}:hinting=true:hintstyle=hintslight",
        f"line-height={grid.line_height_px}px",
        "dpi-aware=no",
        "pad=0x0 center",
        "initial-window-mode=fullscreen",
        "locked-title=yes",
        "selection-target=none",
    ]
    for section, settings in _sections(behind, ink).items():
        known = [f"{name}={value}" for name, (since, value) in settings.items() if since <= foot]
        lines += ["", f"[{section}]", *known] if known else []
    return "\n".join(lines) + "\n"


Settings = dict[str, tuple[tuple[int, int], str]]
"""Name -> the version of foot that has it, and its value."""


def _sections(behind: str, ink: str) -> dict[str, Settings]:
    # A steady cursor in the background's colour: it is seen before the kiosk hides it.
    return {
        "scrollback": _all("0", "lines") | _all("none", "indicator-position"),
        "bell": _all("no", "urgent", "notify") | _since((1, 16), "no", "visual") | _since((1, 21), "no", "system"),
        "cursor": _all("no", "blink")
        | _all(f"{behind} {behind}", "color")
        | _since((1, 17), "none", "unfocused-style"),
        "mouse": _all("yes", "hide-when-typing") | _all("no", "alternate-scroll-mode"),
        "colors": _all(ink, "foreground") | _all(behind, "background"),
        "csd": _all("none", "preferred"),
        "security": _since((1, 20), "disabled", "osc52"),
        "tweak": _all("yes", "sixel"),
        "key-bindings": KEYS,
        "search-bindings": SEARCHING,
        "url-bindings": _all("none", "cancel", "toggle-url-visible"),
        "mouse-bindings": MOUSE,
    }


def _all(value: str, *names: str) -> Settings:
    """Settings that every foot has since `OLDEST`."""
    return _since(OLDEST, value, *names)


def _since(version: tuple[int, int], value: str, *names: str) -> Settings:
    return dict.fromkeys(names, (version, value))


_SCROLLING = tuple(f"scrollback-{way}-{far}" for way in ("up", "down") for far in ("page", "half-page", "line"))
KEYS: Settings = _all(
    "none",
    *_SCROLLING,
    "scrollback-home",
    "scrollback-end",
    "clipboard-copy",
    "clipboard-paste",
    "primary-paste",
    "search-start",
    "font-increase",
    "font-decrease",
    "font-reset",
    "spawn-terminal",
    "minimize",
    "maximize",
    "fullscreen",
    "show-urls-launch",
    "show-urls-copy",
    "show-urls-persistent",
    "prompt-prev",
    "prompt-next",
    "unicode-input",
) | _since((1, 17), "none", "quit")
"""What foot does by key, unbound. Its pipe-* and regex-* actions need a program, and have no key unless given one."""
SEARCHING: Settings = (
    _all(
        "none",
        "cancel",
        "commit",
        "find-prev",
        "find-next",
        "cursor-left",
        "cursor-left-word",
        "cursor-right",
        "cursor-right-word",
        "cursor-home",
        "cursor-end",
        "delete-prev",
        "delete-prev-word",
        "delete-next",
        "delete-next-word",
        "extend-to-word-boundary",
        "extend-to-next-whitespace",
        "clipboard-paste",
        "primary-paste",
        "unicode-input",
    )
    | _since(
        (1, 16),
        "none",
        *_SCROLLING,
        "extend-char",
        "extend-line-down",
        "extend-line-up",
        "extend-backward-char",
        "extend-backward-to-word-boundary",
        "extend-backward-to-next-whitespace",
    )
    | _since((1, 21), "none", "delete-to-start", "delete-to-end")
)
"""While searching, which no key begins."""
MOUSE: Settings = _all(
    "none",
    "selection-override-modifiers",
    "primary-paste",
    "select-begin",
    "select-begin-block",
    "select-extend",
    "select-extend-character-wise",
    "select-word",
    "select-word-whitespace",
    "select-row",
    "font-increase",
    "font-decrease",
) | _since((1, 16), "none", "select-quote", "scrollback-up-mouse", "scrollback-down-mouse")
"""What foot does by mouse or touch; with Shift held it would do so although the kiosk has the mouse."""
