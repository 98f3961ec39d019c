"""Each part of the screen but the tiles, as rows of cells. Pure: the same words and size give the same cells."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from rich.segment import Segment

from kiosk.screens import shapes
from kiosk.screens.cells import EAR, HAND, SPEAKER, Look, beside, box, fit, middle, width_of, written
from kiosk.screens.colours import BACKGROUND, BLACK, DEEP_BLUE, FAINT, GREY, KEY_COLOURS, PANEL, SKY, WHITE, ink
from kiosk.screens.layout import BORDER, Rect, ask_words_width, longest, your_turn
from kiosk.screens.shapes import Line
from kiosk.screens.words import emoji, plain, wrap
from kiosk.view import START_KEY, Command, Microphone, ScreenName, View

METER_STEPS = 11
ROOMY = 60
"""From so many columns on, the meter's bars stand apart."""
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
    Command.FASTER: "🐇",
    Command.DONT_KNOW: "❓",
    Command.RATHER_NOT_SAY: "🤫",
    Command.SKIP: "⏩",
    Command.BACK: "⏪",
    Command.STOP: "✋",
    Command.HELP: "🙋",
    Command.SPEAK_ANSWERS: "💬",
    Command.MENU: "🔢",
}


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


def ask(view: View, place: Rect, look: Look, *, lit: bool, frame: bool) -> list[Line]:
    """The question: its picture and its words; white while it is being said."""
    picture = picture_of(view, look)
    background, ink_colour = (WHITE, BLACK) if lit else (BACKGROUND, WHITE)
    colours = (ink_colour, background)
    width = ask_words_width(place.width, picture=bool(picture))
    lines = written(plain(view.words), width, place.height - (BORDER if frame else 0), colours, fine=look.fine)
    if not view.tiles and len(lines) + BORDER <= place.height:
        frame = True  # a whole screen of white would be glaring
    across = place.width - BORDER if frame else place.width
    down = max(place.height - BORDER, 0) if frame else place.height
    inner = middle(beside(picture + " ", lines, colours) if picture else lines, across, down, background)
    return box(inner, place.width, (SKY if lit else BACKGROUND, background), thick=True) if frame else inner


def voice(
    view: View, place: Rect, look: Look, *, lit: bool, speaking: bool, frame: bool, said: str, level: int
) -> list[Line]:
    """Listen, your turn with the microphone's level, or press a key; white when it is the person's turn.

    Args:
        view: for its microphone.
        place: of the whole part.
        look: what it is painted with.
        lit: it is the white part.
        speaking: something is being said, so that it is nobody's turn.
        frame: with a border.
        said: the words being said that are nowhere else on the screen.
        level: steps of the meter, 0 to `METER_STEPS`.
    """
    if not place.height:
        return []
    background, ink_colour = (WHITE, BLACK) if lit else (BACKGROUND if frame or not speaking else PANEL, WHITE)
    across = place.width - BORDER if frame else place.width
    down = place.height - BORDER if frame else place.height
    colours = (ink_colour, background)
    width = place.width - BORDER - 5
    rows: list[Line] = []
    if speaking:
        rows = beside(SPEAKER, written(said or look.signs.listen, width, down, colours, fine=look.fine), colours)
    elif view.microphone is Microphone.OPEN:
        apart = int(place.width >= ROOMY)
        room = width - METER_STEPS * (1 + apart) - 3
        words = beside(EAR, written(look.signs.your_turn, room, down, colours, fine=look.fine), colours)
        bars = meter(level, background, len(words), apart)
        rows = [[*line, Segment("   ", ink(*colours)), *bar] for line, bar in zip(words, bars, strict=True)]
    elif your_turn(view):
        rows = beside(HAND, written(look.signs.press_a_key, width, down, colours, fine=look.fine), colours)
    inner = middle(rows, across, down, background)
    edge = SKY if speaking or lit else BACKGROUND
    return box(inner, place.width, (edge, background), thick=lit) if frame else inner


def meter(level: int, background: str, rows: int = 1, apart: int = 1) -> list[Line]:
    """The level as eleven bars that rise over so many rows, so many cells apart; nothing flashes."""
    lines: list[Line] = []
    for row in reversed(range(rows)):
        line: Line = []
        for step in range(1, METER_STEPS + 1):
            eighths = 2 + (step - 1) * (rows * 8 - 2) // (METER_STEPS - 1) - row * 8
            bar = " ▁▂▃▄▅▆▇█"[min(max(eighths, 0), 8)]
            colour = DEEP_BLUE if step <= level else GREY
            line += [Segment(bar + " " * apart, ink(colour, background))]
        lines.append(line)
    return lines


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


def invitation(view: View, place: Rect, look: Look) -> list[Line]:
    """The waiting screen: three faces, what to do, and the key to press."""
    cap = look.caps.get(START_KEY, "")
    key_width = max(longest(cap) + 6, 14)
    face: Line = [Segment(" " * key_width, ink(BLACK, WHITE))]
    key_rows: list[Line] = [
        [Segment(HAND, ink(WHITE, BACKGROUND))],
        face,
        fit([Segment(cap, ink(BLACK, WHITE))], key_width, WHITE),
        face,
        [Segment("▀" * key_width, ink(GREY, BACKGROUND))],
    ]
    colours = (WHITE, BACKGROUND)
    least_faces = 5
    room = place.height - len(key_rows) - least_faces
    lines = written(plain(view.words) or look.signs.start, place.width - BORDER - 2, room, colours, fine=look.fine)
    high = min(place.height - len(lines) - len(key_rows) - 2, (place.width - 12) // 6, 16)
    rows: list[Line] = []
    if high >= 3:  # noqa: PLR2004  # a face needs three rows
        drawn = [
            shapes.draw(shapes.KEY_SHAPES[key], feeling, high * 2, high, (KEY_COLOURS[key], BACKGROUND), fine=look.fine)
            for key, feeling in zip(("green", "yellow", "red"), shapes.Face, strict=True)
        ]
        gap = Segment("    ", ink(WHITE, BACKGROUND))
        rows = [[*left, gap, *centre, gap, *right] for left, centre, right in zip(*drawn, strict=True)]
        rows.append([])
    return middle([*rows, *lines, [], *key_rows], place.width, place.height, BACKGROUND)


def picture_of(view: View, look: Look) -> str:
    """The emoji beside the question's words, or ""."""
    return emoji(view.picture, look.file_of) or SCREEN_PICTURES.get(view.screen, "")
