"""Which part goes where when parts are pictures, in cells. Pure.

As with plain cells, the tiles' places are those of the keys, and an answer that is not there leaves its place empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.screens.layout import MENU_SCANNED, TELLING, Rect
from kiosk.screens.pictures.staff import FEW_ROWS
from kiosk.view import ANSWER_KEYS, ScreenName, View

NOWHERE = Rect(0, 0, 0, 0)
_ROWS = (0.08, 0.31, 0.42)
"""Progress, question and tiles; what is left is for state and commands."""
_UPRIGHT_ROWS = (0.05, 0.25, 0.50)
_STATE_SHARE = 0.4
"""How much of the bottom's width tells the state."""
_SAID_SHARE = 0.3
"""How much of the width says "you said", left of the answer."""
LEAST_PX = (480, 320)
"""In a smaller window words as pictures would be smaller than the terminal's own."""


@dataclass(frozen=True)
class Places:
    """Where everything goes; `NOWHERE` for a part that is not there.

    Attributes:
        upright: higher than wide; tiles are rows.
        tiles: by key.
    """

    upright: bool
    progress: Rect
    ask: Rect
    tiles: Mapping[str, Rect]
    voice: Rect
    commands: Rect
    line: Rect


def places(view: View, grid: tuple[int, int], cell: tuple[int, int]) -> Places:
    """Find every part its place.

    Args:
        view: what is to be shown.
        grid: columns and rows.
        cell: width and height of a cell, px.
    """
    columns, rows = grid
    upright = rows * cell[1] > columns * cell[0]
    shares = _UPRIGHT_ROWS if upright else _ROWS
    progress = max(round(rows * shares[0]), 2)
    ask = round(rows * shares[1])
    tiles = round(rows * shares[2])
    tiles -= tiles % len(ANSWER_KEYS) if upright else 0
    bottom = rows - progress - ask - tiles
    bottom_top = rows - bottom
    if view.screen is ScreenName.STAFF:
        return _staff(view, grid, upright=upright)
    if view.screen in TELLING and not view.tiles and not view.commands:
        line = max(round(rows * 0.09), 2) if view.line else 0
        return Places(
            upright,
            NOWHERE,
            Rect(0, 0, columns, rows - line),
            {},
            NOWHERE,
            NOWHERE,
            Rect(0, rows - line, columns, line) if line else NOWHERE,
        )
    if upright:
        voice = Rect(0, bottom_top, columns, bottom // 2)
        commands = Rect(0, bottom_top + bottom // 2, columns, bottom - bottom // 2)
    else:
        left = round(columns * _STATE_SHARE)
        voice = Rect(0, bottom_top, left, bottom)
        commands = Rect(left, bottom_top, columns - left, bottom)
    if not view.commands and view.scanned != MENU_SCANNED:
        commands = NOWHERE
    if not view.steps:
        progress, ask = 0, progress + ask
    top = Rect(0, 0, columns, progress)
    middle = Rect(0, progress, columns, ask + tiles)
    if not view.tiles:
        return Places(upright, top, middle, {}, voice, commands, NOWHERE)
    chosen = next((tile for tile in view.tiles if tile.chosen), None)
    if view.screen is ScreenName.SAID_BACK and chosen is not None:
        said, answer = _said_and_answer(middle, ask, upright=upright)
        return Places(upright, top, said, {chosen.key: answer}, voice, commands, NOWHERE)
    each = _tiles(Rect(0, progress + ask, columns, tiles), upright=upright)
    if view.screen is ScreenName.MESSAGE and [tile.key for tile in view.tiles] == [ANSWER_KEYS[0]]:
        voice, commands = _recording(each, Rect(0, bottom_top, columns, bottom), commands, upright=upright)
    return Places(upright, top, Rect(0, progress, columns, ask), each, voice, commands, NOWHERE)


def _staff(view: View, grid: tuple[int, int], *, upright: bool) -> Places:
    """Rows of text above, buttons below; what can be asked for, if anything, at the foot."""
    columns, rows = grid
    foot = 3 if view.commands else 0
    if len(view.rows) <= FEW_ROWS:
        tiles = round(rows * (_UPRIGHT_ROWS if upright else _ROWS)[2])
        tiles -= tiles % len(ANSWER_KEYS) if upright else 0
    else:
        tiles = len(ANSWER_KEYS) * 3 if upright else max(round(rows * 0.18), 3)
    tiles = tiles if view.tiles else 0
    top = rows - foot - tiles
    each = _tiles(Rect(0, top, columns, tiles), upright=upright) if tiles else {}
    commands = Rect(0, rows - foot, columns, foot) if foot else NOWHERE
    return Places(upright, NOWHERE, Rect(0, 0, columns, top), each, NOWHERE, commands, NOWHERE)


def _recording(each: Mapping[str, Rect], bottom: Rect, commands: Rect, *, upright: bool) -> tuple[Rect, Rect]:
    """The places of the microphone, beside the one tile where no other answer is, and of the commands."""
    free = [each[key] for key in ANSWER_KEYS[1:]]
    first, last = free[0], free[-1]
    voice = Rect(first.x, first.y, last.x + last.width - first.x, last.y + last.height - first.y)
    return voice, bottom if commands.height and not upright else commands


def _said_and_answer(middle: Rect, ask: int, *, upright: bool) -> tuple[Rect, Rect]:
    """The places of "you said" and of the one answer."""
    if upright:
        return (
            Rect(0, middle.y, middle.width, ask),
            Rect(0, middle.y + ask, middle.width, middle.height - ask),
        )
    left = round(middle.width * _SAID_SHARE)
    return (
        Rect(0, middle.y, left, middle.height),
        Rect(left, middle.y, middle.width - left, middle.height),
    )


def _tiles(room: Rect, *, upright: bool) -> dict[str, Rect]:
    count = len(ANSWER_KEYS)
    if upright:
        each = room.height // count
        return {key: Rect(0, room.y + at * each, room.width, each) for at, key in enumerate(ANSWER_KEYS)}
    edges = [room.width * at // count for at in range(count + 1)]
    return {key: Rect(edges[at], room.y, edges[at + 1] - edges[at], room.height) for at, key in enumerate(ANSWER_KEYS)}
