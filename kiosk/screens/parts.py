"""Each part of the screen as rows of cells. Pure: the same words and size give the same cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len
from rich.segment import Segment

from kiosk.screens import shapes
from kiosk.screens.colours import BACKGROUND, BLACK, DEEP_BLUE, FAINT, GREY, KEY_COLOURS, PANEL, SKY, WHITE, dim, ink
from kiosk.screens.layout import (
    BORDER,
    Rect,
    ask_words_width,
    longest,
    shape_columns,
    tile_words_width,
)
from kiosk.screens.shapes import Line
from kiosk.screens.words import emoji, plain, wrap
from kiosk.view import START_KEY, Command, Microphone, ScreenName, Tile, View

SPEAKER, EAR, HAND, TICK = "🔊", "🎤", "👇", "✔"
METER_STEPS = 11
QUIET_DBFS, LOUD_DBFS = -55.0, -15.0

SCREEN_PICTURES = {
    ScreenName.WHO: "👥",
    ScreenName.CONFIRM: "👂",
    ScreenName.SAID_BACK: "💬",
    ScreenName.MESSAGE: "🎤",
    ScreenName.STOPPING: "✋",
    ScreenName.THANKS: "👋",
    ScreenName.SORRY: "🔧",
}
"""What stands beside the words where the view names no picture."""

COMMAND_PICTURES = {
    Command.AGAIN: "🔁",
    Command.EXPLAIN: "💡",
    Command.LOUDER: "🔊",
    Command.QUIETER: "🔉",
    Command.SLOWER: "🐢",
    Command.DONT_KNOW: "❓",
    Command.RATHER_NOT_SAY: "🤫",
    Command.SKIP: "⏩",
    Command.BACK: "⏪",
    Command.STOP: "✋",
    Command.HELP: "🙋",
}


@dataclass(frozen=True)
class Signs:
    """The few words that are the screen's own, in the language of the view."""

    listen: str = "Listen"
    your_turn: str = "Your turn"
    press_a_key: str = "Press a key"
    start: str = "Press the big key to start"


def width_of(line: Sequence[Segment]) -> int:
    """Cells of one row."""
    return sum(cell_len(segment.text) for segment in line)


def fit(line: Line, width: int, background: str) -> Line:
    """The row in the middle of so many cells."""
    spare = max(width - width_of(line), 0)
    pad = ink(WHITE, background)
    return [Segment(" " * (spare // 2), pad), *line, Segment(" " * (spare - spare // 2), pad)]


def middle(lines: Sequence[Line], width: int, height: int, background: str) -> list[Line]:
    """The rows in the middle of a place; rows that it cannot hold are left out at the end."""
    lines = list(lines)[:height]
    above = (height - len(lines)) // 2
    empty = [Segment(" " * width, ink(WHITE, background))]
    return [
        *([empty] * above),
        *(fit(line, width, background) for line in lines),
        *([empty] * (height - len(lines) - above)),
    ]


def box(inner: Sequence[Line], width: int, colours: tuple[str, str], *, thick: bool, mark: str = "") -> list[Line]:
    """A border round rows that are two cells narrower than it.

    Args:
        inner: the rows.
        width: of the whole, cells.
        colours: of the border, and of what it encloses.
        thick: lit or chosen; thin otherwise. Both take the same room, so that nothing moves.
        mark: set into the middle of the upper edge.
    """
    colour, within = colours
    line = ink(colour, within)
    across = width - BORDER
    top, bottom, side = ("█" + "▀" * across + "█", "█" + "▄" * across + "█", "█") if thick else ("", "", "┃")
    if not thick:
        top, bottom = "┏" + "━" * across + "┓", "┗" + "━" * across + "┛"
    upper: Line = [Segment(top, line)]
    if mark:
        room = cell_len(mark) + 2
        before = (width - room) // 2
        on = ink(BLACK if within == WHITE else WHITE, within)
        upper = [Segment(top[:before], line), Segment(f" {mark} ", on), Segment(top[before + room :], line)]
    edge = Segment(side, line)
    return [upper, *([edge, *row, edge] for row in inner), [Segment(bottom, line)]]


def progress(view: View, place: Rect) -> list[Line]:
    """A dot for each question: done, this one, still to come; as numbers where there are too many."""
    if not place.height:
        return []
    if view.steps * 3 > place.width:
        words = Segment(f"{view.step} / {view.steps}", ink(WHITE, BACKGROUND))
        return middle([[words]], place.width, place.height, BACKGROUND)
    dots = []
    for step in range(1, view.steps + 1):
        mark, colour = ("◉", WHITE) if step == view.step else ("●", SKY) if step < view.step else ("○", FAINT)
        dots += [Segment(f" {mark} ", ink(colour, BACKGROUND))]
    return middle([dots], place.width, place.height, BACKGROUND)


def ask(view: View, place: Rect, *, lit: bool, frame: bool, picture: str) -> list[Line]:
    """The question: its picture and its words; white while it is being said."""
    background, letters = (WHITE, BLACK) if lit else (BACKGROUND, WHITE)
    across = place.width - BORDER if frame else place.width
    down = max(place.height - BORDER, 0) if frame else place.height
    lines = wrap(plain(view.words), ask_words_width(place.width, picture=bool(picture)))
    block = max((cell_len(line) for line in lines), default=0)
    rows: list[Line] = []
    for at, line in enumerate(lines):
        beside = (picture if at == (len(lines) - 1) // 2 else "  ") + "   " if picture else ""
        padded = beside + line + " " * (block - cell_len(line))
        rows.append([Segment(padded, ink(letters, background))])
    inner = middle(rows, across, down, background)
    return box(inner, place.width, (SKY if lit else BACKGROUND, background), thick=True) if frame else inner


def tile(one: Tile, place: Rect, *, lit: bool, dimmed: bool, upright: bool, picture: str, key: str) -> list[Line]:
    """One answer: shape, picture and word in its key's colour.

    Args:
        one: what it says.
        place: of the whole tile.
        lit: it is being said now.
        dimmed: another one was chosen.
        upright: the shape stands left of the words, not above.
        picture: an emoji set into the shape, or "".
        key: what is printed on its key in a terminal, or "".
    """
    background, letters = (WHITE, BLACK) if lit else (BACKGROUND if dimmed else PANEL, WHITE)
    colour = KEY_COLOURS[one.key]
    if dimmed and not lit:
        colour = dim(colour, background)
    across, down = place.width - BORDER, max(place.height - BORDER, 0)
    words = wrap(plain(one.word), tile_words_width(place, upright=upright))
    written: list[Line] = [[Segment(line, ink(letters, background))] for line in words]
    if upright:
        columns = shape_columns(place)
        drawn = middle(_shape(one.key, colour, (columns, down), picture, background), columns, down, background)
        left = [_left(line, across - columns - 3) for line in written]
        beside = middle(left, across - columns - 3, down, background)
        gap = Segment(" ", ink(letters, background))
        rows: list[Line] = [
            [gap, *one_shape, gap, gap, *one_line] for one_shape, one_line in zip(drawn, beside, strict=True)
        ]
    else:
        room = down - len(written)
        spare = 1 if room > 6 else 0  # noqa: PLR2004  # a row of air under a large shape
        drawn = _shape(one.key, colour, (across, room - spare), picture, background)
        rows = middle([*drawn, *([[]] * spare), *written], across, down, background)
    mark = SPEAKER if lit else TICK if one.chosen else key
    return box(rows, place.width, (colour, background), thick=lit or one.chosen, mark=mark)


def _left(line: Line, width: int) -> Line:
    return [*line, Segment(" " * (width - width_of(line)), line[0].style)]


def _shape(key: str, colour: str, room: tuple[int, int], picture: str, background: str) -> list[Line]:
    """The key's shape with its face or picture; where there is no room (columns, rows) to draw, one character of it."""
    across, rows = room
    if rows < 1:
        return []
    if rows < 3:  # noqa: PLR2004  # a face needs three
        mark = f"{shapes.KEY_MARKS[key]} {picture}".rstrip(" ")
        return [[Segment(mark, ink(BLACK if background == WHITE else colour, background))]]
    face = shapes.face_of(picture)
    columns, rows = shapes.size_for(rows, across)
    lines = [list(line) for line in shapes.draw(shapes.KEY_SHAPES[key], face, columns, rows, (colour, background))]
    if picture and face is None:
        row = rows // 2 if key != "blue" else rows * 2 // 3
        start = (columns - cell_len(picture)) // 2
        lines[row][start : start + cell_len(picture)] = [Segment(picture, ink(BLACK, colour))]
    return lines


def voice(
    view: View, place: Rect, *, lit: bool, speaking: bool, frame: bool, said: str, level: int, signs: Signs
) -> list[Line]:
    """Listen, your turn with the microphone's level, or press a key; white when it is the person's turn.

    Args:
        view: for its microphone.
        place: of the whole part.
        lit: it is the white part.
        speaking: something is being said, so that it is nobody's turn.
        frame: with a border.
        said: the words being said that are nowhere else on the screen.
        level: steps of the meter, 0 to `METER_STEPS`.
        signs: the words.
    """
    if not place.height:
        return []
    background, letters = (WHITE, BLACK) if lit else (BACKGROUND, WHITE)
    across = place.width - BORDER if frame else place.width
    down = place.height - BORDER if frame else place.height
    style = ink(letters, background)
    rows: list[Line] = []
    if speaking:
        for at, line in enumerate(wrap(said or signs.listen, place.width - BORDER - 5)):
            rows.append([Segment(f"{SPEAKER if at == 0 else '  '}  {line}", style)])
    elif view.microphone is Microphone.OPEN:
        rows = [[Segment(f"{EAR}  {signs.your_turn}   ", style), *meter(level, background)]]
    elif view.microphone is Microphone.KEYS_ONLY:
        rows = [[Segment(f"{HAND}  {signs.press_a_key}", style)]]
    inner = middle(rows, across, down, background)
    edge = SKY if speaking or lit else BACKGROUND
    return box(inner, place.width, (edge, background), thick=lit) if frame else inner


def meter(level: int, background: str) -> Line:
    """The level as eleven bars that rise; nothing flashes."""
    line: Line = []
    for step in range(1, METER_STEPS + 1):
        bar = "▂▃▄▅▆▇█"[(step - 1) * 6 // (METER_STEPS - 1)]
        line += [
            Segment(bar, ink(DEEP_BLUE if step <= level else GREY, background)),
            Segment(" ", ink(BLACK, background)),
        ]
    return line


def meter_level(dbfs: float) -> int:
    """Steps of the meter for a level in dB below full scale."""
    share = (dbfs - QUIET_DBFS) / (LOUD_DBFS - QUIET_DBFS)
    return round(min(max(share, 0.0), 1.0) * METER_STEPS)


def commands(view: View, keys: Mapping[str, str], width: int, *, pictures: bool) -> list[Line]:
    """What may be asked for at any moment, each with its key, in as many rows as they need.

    Args:
        view: for its commands.
        keys: key name -> what is printed on that key.
        width: cells.
        pictures: with an emoji each.
    """
    rows: list[Line] = []
    for command, word in view.commands:
        cap = keys.get(command.value, "")
        item: Line = [Segment(f" {cap} ", ink(BLACK, GREY)), Segment(" ", ink(WHITE, BACKGROUND))] if cap else []
        sign = COMMAND_PICTURES[command] + " " if pictures else ""
        room = width - width_of(item) - cell_len(sign)
        first, *folded = wrap(plain(word), room) or [""]
        item.append(Segment(sign + first, ink(WHITE, BACKGROUND)))
        gap = Segment("   ", ink(WHITE, BACKGROUND))
        if rows and not folded and width_of([*rows[-1], gap, *item]) <= width:
            rows[-1] += [gap, *item]
        else:
            rows.append(item)
        rows += [[Segment(rest, ink(WHITE, BACKGROUND))] for rest in folded]
    return [fit(row, width, BACKGROUND) for row in rows]


def staff_line(view: View, place: Rect) -> list[Line]:
    """The one plain line for staff."""
    lines: list[Line] = [
        [Segment(line, ink(GREY, BACKGROUND, bold=False))] for line in wrap(plain(view.line), place.width - BORDER)
    ]
    return middle(lines, place.width, place.height, BACKGROUND)


def invitation(view: View, place: Rect, keys: Mapping[str, str], signs: Signs) -> list[Line]:
    """The waiting screen: three faces, what to do, and the key to press."""
    words = wrap(plain(view.words) or plain(signs.start), place.width - BORDER - 2)
    cap = keys.get(START_KEY, "")
    button = f" {cap} " if longest(cap) else "   "
    key_width = max(cell_len(button) + 6, 14)
    key_rows: list[Line] = [
        [Segment(HAND, ink(WHITE, BACKGROUND))],
        [Segment(" " * key_width, ink(BLACK, WHITE))],
        fit([Segment(button, ink(BLACK, WHITE))], key_width, WHITE),
        [Segment(" " * key_width, ink(BLACK, WHITE))],
        [Segment("▀" * key_width, ink(GREY, BACKGROUND))],
    ]
    written: list[Line] = [[Segment(line, ink(WHITE, BACKGROUND))] for line in words]
    room = min(place.height - len(written) - len(key_rows) - 3, (place.width - 8) // 6, 16)
    rows: list[Line] = []
    if room >= 3:  # noqa: PLR2004  # a face needs three rows
        drawn = [
            shapes.draw(shapes.KEY_SHAPES[key], face, room * 2, room, (KEY_COLOURS[key], BACKGROUND))
            for key, face in zip(("green", "yellow", "red"), shapes.Face, strict=True)
        ]
        gap = Segment("    ", ink(WHITE, BACKGROUND))
        rows = [[*left, gap, *centre, gap, *right] for left, centre, right in zip(*drawn, strict=True)]
        rows.append([])
    return middle([*rows, *written, [], *key_rows], place.width, place.height, BACKGROUND)


def picture_of(view: View, file_of: Callable[[str], Path | None] | None) -> str:
    """The emoji beside the question's words, or ""."""
    return emoji(view.picture, file_of) or SCREEN_PICTURES.get(view.screen, "")
