"""Which part of the screen goes where, in cells. Pure: the same view and size give the same places.

The tiles' places are those of the keys, left to right or, on an upright screen, top to bottom; a tile that is not there
leaves its place empty, so that colours and places never move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rich.cells import cell_len

from kiosk.screens.words import plain, wrap
from kiosk.view import ANSWER_KEYS, Microphone, ScreenName, Tile, View

BORDER = 2
"""Cells that a border takes, both sides together."""
PICTURE = 5
"""Cells beside the question's words: an emoji and its space, and as much as that again at the other side's edge."""
ASK_SHARE, TILES_SHARE = 0.25, 0.42
UPRIGHT_ASK_SHARE, UPRIGHT_TILES_SHARE = 0.2, 0.5
"""How much of the height question and tiles take, so that they stand in the same place on every screen."""
FINE_ASK_SHARE, FINE_TILES_SHARE = 0.3, 0.37
"""The same with large letters, which need their room."""
LARGE_ROWS = 3
"""Rows of the state of the microphone in large letters."""
TALL_ROWS = 36
"""From so many rows on, the state of the microphone takes more room."""
ASKING = frozenset(
    {
        ScreenName.LANGUAGE,
        ScreenName.WHO,
        ScreenName.QUESTION,
        ScreenName.CONFIRM,
        ScreenName.CHANGE,
        ScreenName.NOISY,
        ScreenName.MESSAGE,
        ScreenName.REVIEW,
        ScreenName.MENU,
        ScreenName.STOPPING,
        ScreenName.FORGET,
    }
)
"""Screens that wait for an answer; the others go on by themselves."""
TELLING = frozenset(
    {
        ScreenName.WAITING,
        ScreenName.THANKS,
        ScreenName.SORRY,
        ScreenName.HELP,
        ScreenName.OUT_OF_ORDER,
        ScreenName.CLOSED,
    }
)
"""Screens with nothing to answer: a picture and a sentence, as large as they can be."""
MENU_SCANNED = "menu"
"""`View.scanned` while the switch would take the commands."""


@dataclass(frozen=True)
class Rect:
    """A place in cells."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Spoken:
    """What is being said now.

    Attributes:
        key: the tile that it is about, None for the question itself.
        words: the words being said, "" where they are those on the screen.
    """

    key: str | None
    words: str = ""


@dataclass(frozen=True)
class Plan:
    """Where everything goes.

    Attributes:
        upright: higher than wide; tiles are rows.
        frames: question and state have a border; where room is short they do without.
        tiles: by key, all four places; empty without tiles.
    """

    upright: bool
    frames: bool
    progress: Rect
    ask: Rect
    tiles: Mapping[str, Rect]
    voice: Rect
    commands: Rect
    line: Rect


def caption(view: View, spoken: Spoken | None) -> str:
    """The words being said that are not on the screen already, "" where they are."""
    if spoken is None:
        return ""
    words = plain(spoken.words)
    return "" if words.casefold() == plain(view.words).casefold() else words


def while_said(view: View, spoken: Spoken | None) -> View:
    """The view while that is being said: of a note the one sentence, large; all of them only while nothing is said.

    Nobody reads eight lines across a room.
    """
    if view.screen is not ScreenName.NOTE or spoken is None or not plain(spoken.words):
        return view
    return replace(view, words=spoken.words)


def tile_words_width(tile: Rect, *, upright: bool) -> int:
    """How wide the words of a tile may be."""
    return tile.width - BORDER - shape_columns(tile) - 3 if upright else tile.width - BORDER


def shape_columns(tile: Rect) -> int:
    """How wide the shape of an upright screen's tile is; a cell is twice as high as wide."""
    return min((tile.height - BORDER) * 2, tile.width // 4)


def ask_words_width(width: int, *, picture: bool) -> int:
    """How wide the question's words may be."""
    return width - BORDER - 2 - (PICTURE if picture else 0)


def plan(
    view: View,
    size: tuple[int, int],
    *,
    said: str = "",
    commands_rows: tuple[int, int] = (0, 0),
    picture: bool = True,
    fine: bool = False,
) -> Plan:
    """Find every part its place.

    Args:
        view: what is to be shown.
        size: columns and rows of the terminal.
        said: the caption that needs room.
        commands_rows: rows that the commands need with their pictures and without.
        picture: the question has a picture.
        fine: there are large letters, and no borders round question and state.
    """
    width, height = size
    upright = height * 2 > width
    if view.screen is ScreenName.STAFF:
        return _staff_plan(view, size, commands_rows[1], upright=upright)
    progress_rows = 1 if view.steps or view.tiles else 0
    ask_rows = max(len(wrap(plain(view.words), ask_words_width(width, picture=picture))), 1)
    tiles_rows = _tiles_need(view.tiles, width, upright=upright)
    voice_rows = max(len(wrap(said, width - BORDER - 5)), LARGE_ROWS if fine or height >= TALL_ROWS else 1)
    if not _has_voice(view, said):
        voice_rows = -BORDER  # and no border either
    line_rows = len(wrap(plain(view.line), width - BORDER))
    ask_share, tiles_share = (FINE_ASK_SHARE, FINE_TILES_SHARE) if fine else (ASK_SHARE, TILES_SHARE)
    if upright:
        ask_share, tiles_share = UPRIGHT_ASK_SHARE, UPRIGHT_TILES_SHARE
    ask_wish, tiles_wish = round(height * ask_share), round(height * tiles_share)

    # As room grows short: first the commands lose their pictures, then question and tiles their places, then question
    # and state their borders.
    rich, bare = commands_rows
    border = 0 if fine else BORDER
    for commands, frame, wished in (
        (rich, border, True),
        (bare, border, True),
        (bare, border, False),
        (bare, 0, False),
    ):
        voice = max(voice_rows + frame, 0)
        room = height - progress_rows - voice - commands - line_rows
        ask_need = max(ask_rows + frame, ask_wish if wished else 0)
        tiles_need = max(tiles_rows, tiles_wish if wished else 0)
        if room >= ask_need + tiles_need:
            break
    tiles_most = max(room - ask_rows - frame, tiles_rows)
    tiles = min(max(tiles_wish, tiles_rows), tiles_most)
    if upright:
        tiles -= tiles % len(ANSWER_KEYS)
    ask = max(min(max(ask_wish, ask_rows + frame), room - tiles), 0)
    if not view.tiles:
        ask, tiles = (room if voice == 0 else max(min(ask_wish + tiles_wish, room), ask_rows + frame)), 0
    below_ask = progress_rows + ask
    below_tiles = below_ask + tiles
    if fine and voice and height - below_tiles - voice - commands - line_rows >= BORDER:
        voice += BORDER  # air above and below large letters
    left_over = max(height - below_tiles - voice - commands - line_rows, 0)
    commands_top = below_tiles + voice + (left_over + 1) // 2
    return Plan(
        upright=upright,
        frames=frame > 0,
        progress=Rect(0, 0, width, progress_rows),
        ask=Rect(0, progress_rows, width, ask),
        tiles=_places(Rect(0, below_ask, width, tiles), upright=upright) if view.tiles else {},
        voice=Rect(0, below_tiles, width, voice),
        commands=Rect(0, commands_top, width, commands),
        line=Rect(0, height - line_rows, width, line_rows),
    )


def _staff_plan(view: View, size: tuple[int, int], commands: int, *, upright: bool) -> Plan:
    """Rows of text above, the buttons as low as they can be below, and the commands at the foot."""
    width, height = size
    tiles = _tiles_need(view.tiles, width, upright=upright)
    below = height - commands
    nowhere = Rect(0, 0, 0, 0)
    return Plan(
        upright=upright,
        frames=False,
        progress=nowhere,
        ask=Rect(0, 0, width, below - tiles),
        tiles=_places(Rect(0, below - tiles, width, tiles), upright=upright) if view.tiles else {},
        voice=nowhere,
        commands=Rect(0, below, width, commands),
        line=nowhere,
    )


def your_turn(view: View) -> bool:
    """Whether something is waited for: the microphone is open, or keys alone are asked for an answer."""
    return view.microphone is Microphone.OPEN or (view.microphone is Microphone.KEYS_ONLY and view.screen in ASKING)


def _has_voice(view: View, said: str) -> bool:
    quiet = view.screen in TELLING or view.screen is ScreenName.STAFF
    return bool(said) or not quiet or your_turn(view)


def _tiles_need(tiles: tuple[Tile, ...], width: int, *, upright: bool) -> int:
    """The fewest rows in which every tile's words are whole, with at least a mark of its shape."""
    if not tiles:
        return 0
    words = [plain(tile.word) for tile in tiles]
    if not upright:
        return BORDER + 1 + max(len(wrap(one, width // len(ANSWER_KEYS) - BORDER)) for one in words)
    narrowest = width - BORDER - width // 4 - 3
    return len(ANSWER_KEYS) * (BORDER + max(len(wrap(one, narrowest)) for one in words))


def _places(all_tiles: Rect, *, upright: bool) -> dict[str, Rect]:
    count = len(ANSWER_KEYS)
    if upright:
        each = all_tiles.height // count
        return {k: Rect(0, all_tiles.y + at * each, all_tiles.width, each) for at, k in enumerate(ANSWER_KEYS)}
    each = all_tiles.width // count
    left = (all_tiles.width - each * count) // 2
    return {k: Rect(left + at * each, all_tiles.y, each, all_tiles.height) for at, k in enumerate(ANSWER_KEYS)}


def white_part(view: View, spoken: Spoken | None) -> str:
    """The one part that is white: "ask", "voice", a tile's key, or "" for none.

    White means that this is being said now, or that it is the person's turn.
    """
    if spoken is None:
        return "voice" if your_turn(view) else ""
    if spoken.key is not None and any(tile.key == spoken.key for tile in view.tiles):
        return spoken.key
    return "voice" if caption(view, spoken) else "ask"


def longest(words: str) -> int:
    """Cells that the words need on one line."""
    return cell_len(plain(words))
