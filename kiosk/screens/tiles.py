"""The tiles: one answer each, with its key's colour and shape, its picture and its word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment

from kiosk.screens import letters, shapes
from kiosk.screens.cells import OLD, SPEAKER, TICK, Look, box, middle, sign_of, width_of, written
from kiosk.screens.colours import BLACK, WHITE, contrast, dim, ink, readable_on
from kiosk.screens.layout import BORDER, Rect, shape_columns, tile_words_width
from kiosk.screens.shapes import Line
from kiosk.screens.words import plain, wrap
from kiosk.view import Tile, View

_SEEN = 3.0
"""The least contrast of a mark that is no word (WCAG 2.2, 1.4.11)."""


@dataclass(frozen=True)
class Marked:
    """What a tile is besides an answer.

    Attributes:
        lit: it is being said now.
        dimmed: another one was chosen.
        scanned: the switch would take it.
        old: it is the answer that stands while the question is put again.
    """

    lit: bool = False
    dimmed: bool = False
    scanned: bool = False
    old: bool = False


def large_tiles(view: View, places: Mapping[str, Rect], *, upright: bool) -> bool:
    """Whether every tile's word fits in large letters with room for its shape: all of them, or none."""
    for one in view.tiles:
        place = places[one.key]
        width, rows = tile_words_width(place, upright=upright), letters.CELL_ROWS
        if place.height < (rows + BORDER if upright else rows + BORDER + 5):
            return False
        if letters.large(plain(one.word), width, rows, (WHITE, BLACK)) is None:
            return False
    return True


def tile(
    one: Tile,
    place: Rect,
    look: Look,
    *,
    marked: Marked,
    upright: bool,
    large: bool,
) -> list[Line]:
    """One answer: shape, picture and word in its key's colour.

    Args:
        one: what it says.
        place: of the whole tile.
        look: what it is painted with.
        marked: what it is besides.
        upright: the shape stands left of the words, not above.
        large: its word in large letters; see `large_tiles`.
    """
    lit, dimmed, old = marked.lit, marked.dimmed, marked.old
    theme = look.theme
    ink_colour, background = theme.on(lit=lit, back=dimmed)
    colour = theme.cell_keys[one.key]
    if dimmed and not lit and theme.dims:
        colour = dim(colour, background)
    across, down = place.width - BORDER, max(place.height - BORDER, 0)
    colours = (ink_colour, background)
    width = tile_words_width(place, upright=upright)
    if large:
        lines = written(plain(one.word), width, letters.CELL_ROWS, colours, fine=True)
    else:
        lines = [[Segment(line, ink(*colours))] for line in wrap(plain(one.word), width)]
    picture = sign_of(one.picture, look)
    room = (shape_columns(place), down) if upright else (across, down - len(lines))
    shape = _shape(one.key, (colour, background), room, picture, fine=look.fine)
    if upright:
        drawn = middle(shape, room[0], down, background)
        aligned = middle([_left(line, width) for line in lines], width, down, background)
        gap = Segment(" ", ink(*colours))
        rows: list[Line] = [[gap, *left, gap, gap, *right] for left, right in zip(drawn, aligned, strict=True)]
    else:
        rows = middle([*shape, *lines], across, down, background)
    mark = SPEAKER if lit else OLD if old else TICK if one.chosen else look.caps.get(one.key, "")
    edge = theme.tile_edge if theme.tile_edge and not lit else colour
    frame = theme.scan if marked.scanned else ""
    if frame == background:
        frame = readable_on(background)
    return box(rows, place.width, (edge, background), thick=lit or (one.chosen and not old), mark=mark, scanned=frame)


def _left(line: Line, width: int) -> Line:
    return [*line, Segment(" " * (width - width_of(line)), line[0].style)]


def _shape(key: str, colours: tuple[str, str], room: tuple[int, int], picture: str, *, fine: bool) -> list[Line]:
    """The key's shape with its face or picture; where there is no room (columns, rows) to draw, one character of it."""
    colour, background = colours
    across, rows = room
    rows -= rows > 6  # noqa: PLR2004  # a row of air round a large shape
    if rows < 1:
        return []
    if rows < (2 if fine else 3):
        mark = f"{shapes.KEY_MARKS[key]} {picture}".rstrip(" ")
        drawn = colour if contrast(colour, background) >= _SEEN else readable_on(background)
        return [[Segment(mark, ink(drawn, background))]]
    shape = shapes.KEY_SHAPES[key]
    columns, rows = shapes.size_for(rows, across)
    face = shapes.face_of(picture) if shapes.has_room_for_a_face(shape, rows, fine=fine) else None
    lines = [list(line) for line in shapes.draw(shape, face, columns, rows, colours, fine=fine)]
    if picture and face is None:
        row = rows // 2 if shape != "triangle" else rows * 2 // 3
        start = (columns - cell_len(picture)) // 2
        lines[row][start : start + cell_len(picture)] = [Segment(picture, ink(BLACK, colour))]
    return lines
