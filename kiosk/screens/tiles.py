"""The tiles: one answer each, with its key's colour and shape, its picture and its word."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from rich.segment import Segment

from kiosk.screens import letters, shapes
from kiosk.screens.cells import SPEAKER, TICK, Look, box, middle, width_of, written
from kiosk.screens.colours import BACKGROUND, BLACK, KEY_COLOURS, PANEL, WHITE, dim, ink
from kiosk.screens.layout import BORDER, Rect, shape_columns, tile_words_width
from kiosk.screens.shapes import Line
from kiosk.screens.words import emoji, plain, wrap
from kiosk.view import Tile, View


def large_tiles(view: View, places: Mapping[str, Rect], *, upright: bool) -> bool:
    """Whether every tile's word fits in large letters with room for its shape: all of them, or none."""
    for one in view.tiles:
        place = places[one.key]
        width, rows = tile_words_width(place, upright=upright), letters.CELL_ROWS
        if place.height < (rows + BORDER if upright else rows + BORDER + 5):
            return False
        if letters.large(plain(one.word), width, rows, (WHITE, PANEL)) is None:
            return False
    return True


def tile(
    one: Tile,
    place: Rect,
    look: Look,
    *,
    lit: bool,
    dimmed: bool,
    upright: bool,
    large: bool,
) -> list[Line]:
    """One answer: shape, picture and word in its key's colour.

    Args:
        one: what it says.
        place: of the whole tile.
        look: what it is painted with.
        lit: it is being said now.
        dimmed: another one was chosen.
        upright: the shape stands left of the words, not above.
        large: its word in large letters; see `large_tiles`.
    """
    background, ink_colour = (WHITE, BLACK) if lit else (BACKGROUND if dimmed else PANEL, WHITE)
    colour = KEY_COLOURS[one.key]
    if dimmed and not lit:
        colour = dim(colour, background)
    across, down = place.width - BORDER, max(place.height - BORDER, 0)
    colours = (ink_colour, background)
    width = tile_words_width(place, upright=upright)
    if large:
        lines = written(plain(one.word), width, letters.CELL_ROWS, colours, fine=True)
    else:
        lines = [[Segment(line, ink(*colours))] for line in wrap(plain(one.word), width)]
    picture = emoji(one.picture, look.file_of)
    room = (shape_columns(place), down) if upright else (across, down - len(lines))
    shape = _shape(one.key, (colour, background), room, picture, fine=look.fine)
    if upright:
        drawn = middle(shape, room[0], down, background)
        aligned = middle([_left(line, width) for line in lines], width, down, background)
        gap = Segment(" ", ink(*colours))
        rows: list[Line] = [[gap, *left, gap, gap, *right] for left, right in zip(drawn, aligned, strict=True)]
    else:
        rows = middle([*shape, *lines], across, down, background)
    mark = SPEAKER if lit else TICK if one.chosen else look.caps.get(one.key, "")
    return box(rows, place.width, (colour, background), thick=lit or one.chosen, mark=mark)


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
        return [[Segment(mark, ink(BLACK if background == WHITE else colour, background))]]
    shape = shapes.KEY_SHAPES[key]
    columns, rows = shapes.size_for(rows, across)
    face = shapes.face_of(picture) if shapes.has_room_for_a_face(shape, rows, fine=fine) else None
    lines = [list(line) for line in shapes.draw(shape, face, columns, rows, colours, fine=fine)]
    if picture and face is None:
        row = rows // 2 if shape != "triangle" else rows * 2 // 3
        start = (columns - cell_len(picture)) // 2
        lines[row][start : start + cell_len(picture)] = [Segment(picture, ink(BLACK, colour))]
    return lines
