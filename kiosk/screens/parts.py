"""Each part of the screen but the tiles, as rows of cells. Pure: the same words and size give the same cells."""

from __future__ import annotations

from rich.segment import Segment

from kiosk.screens import shapes
from kiosk.screens.cells import EAR, HAND, SPEAKER, STRUCK, Look, beside, box, fit, middle, sign_of, written
from kiosk.screens.colours import GREY, ink
from kiosk.screens.layout import BORDER, LARGE_ROWS, Rect, ask_words_width, longest, your_turn
from kiosk.screens.shapes import Line
from kiosk.screens.words import plain, wrap
from kiosk.view import START_KEY, Microphone, ScreenName, View

METER_STEPS = 11
ROOMY = 60
"""From so many columns on, the meter's bars stand apart."""
QUIET_DBFS, LOUD_DBFS = -55.0, -15.0
METER_DBFS = tuple(QUIET_DBFS + (LOUD_DBFS - QUIET_DBFS) * step / METER_STEPS for step in range(METER_STEPS + 1))
"""A level for each step of the meter, none to all."""

SCREEN_PICTURES = {
    ScreenName.WHO: "👥",
    ScreenName.CONFIRM: "👂",
    ScreenName.SAID_BACK: "💬",
    ScreenName.NOISY: "🔇",
    ScreenName.MESSAGE: "🎤",
    ScreenName.PLAYBACK: "🔊",
    ScreenName.REVIEW: "💬",
    ScreenName.LANGUAGE: "🌍",
    ScreenName.MENU: "📋",
    ScreenName.STOPPING: "✋",
    ScreenName.FORGET: "🗑 ",
    ScreenName.HELP: "🙋",
    ScreenName.THANKS: "👋",
    ScreenName.SORRY: "🚫",
    ScreenName.OUT_OF_ORDER: "🔧",
    ScreenName.CLOSED: "🌙",
}
"""What stands beside the words where the view names no picture."""
OF_ITS_OWN = frozenset(
    {
        ScreenName.NOISY,
        ScreenName.MESSAGE,
        ScreenName.PLAYBACK,
        ScreenName.REVIEW,
        ScreenName.FORGET,
        ScreenName.SORRY,
        ScreenName.OUT_OF_ORDER,
    }
)
"""Screens that are known by their own picture, whatever the question's is."""


def progress(view: View, place: Rect, look: Look) -> list[Line]:
    """A dot for each question: done, this one, still to come; as numbers where there are too many."""
    theme = look.theme
    if not place.height:
        return []
    if view.steps * 3 > place.width:
        words = Segment(f"{view.step} / {view.steps}", ink(theme.ink, theme.background))
        return middle([[words]], place.width, place.height, theme.background)
    dots = []
    for step in range(1, view.steps + 1):
        mark, colour = (
            ("◉", theme.ink) if step == view.step else ("●", theme.accent) if step < view.step else ("○", theme.faint)
        )
        dots += [Segment(f" {mark} ", ink(colour, theme.background))]
    return middle([dots], place.width, place.height, theme.background)


def ask(view: View, place: Rect, look: Look, *, lit: bool, frame: bool) -> list[Line]:
    """The question: its picture and its words; white while it is being said."""
    picture = picture_of(view, look)
    theme = look.theme
    colours = (theme.lit_ink, theme.lit) if lit else (theme.ink, theme.background)
    background = colours[1]
    width = ask_words_width(place.width, picture=bool(picture))
    lines = written(plain(view.words), width, place.height - (BORDER if frame else 0), colours, fine=look.fine)
    if not view.tiles and len(lines) + BORDER <= place.height:
        frame = True  # a whole screen of white would be glaring
    across = place.width - BORDER if frame else place.width
    down = max(place.height - BORDER, 0) if frame else place.height
    inner = middle(beside(picture + " ", lines, colours) if picture else lines, across, down, background)
    return box(inner, place.width, (theme.accent if lit else background, background), thick=True) if frame else inner


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
    theme = look.theme
    ink_colour, background = theme.on(lit=lit)
    if not lit and (frame or not speaking):
        background = theme.background
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
        turn = "" if view.screen is ScreenName.MESSAGE else look.signs.your_turn  # there the words say it already
        lines = written(turn, room, down, colours, fine=look.fine) if turn else _blank(down, colours)
        words = beside(EAR, lines, colours)
        bars = meter(level, look, background, len(words), apart)
        rows = [[*line, Segment("   ", ink(*colours)), *bar] for line, bar in zip(words, bars, strict=True)]
    elif your_turn(view):
        sign = f"{STRUCK} {HAND}" if view.screen is ScreenName.NOISY else HAND
        rows = beside(sign, written(look.signs.press_a_key, width, down, colours, fine=look.fine), colours)
    inner = middle(rows, across, down, background)
    edge = theme.accent if speaking or lit else theme.background
    if edge == background:
        edge = theme.lit_accent if lit else theme.background
    return box(inner, place.width, (edge, background), thick=lit) if frame else inner


def _blank(rows: int, colours: tuple[str, str]) -> list[Line]:
    """Rows without words, as many as the large letters have at most."""
    return [[Segment("", ink(*colours))] for _ in range(max(min(rows, LARGE_ROWS), 1))]


def meter(level: int, look: Look, background: str, rows: int = 1, apart: int = 1) -> list[Line]:
    """The level as eleven bars that rise over so many rows, so many cells apart; nothing flashes."""
    lines: list[Line] = []
    for row in reversed(range(rows)):
        line: Line = []
        for step in range(1, METER_STEPS + 1):
            eighths = 2 + (step - 1) * (rows * 8 - 2) // (METER_STEPS - 1) - row * 8
            bar = " ▁▂▃▄▅▆▇█"[min(max(eighths, 0), 8)]
            reached = look.theme.lit_accent if background == look.theme.lit else look.theme.accent
            colour = reached if step <= level else look.theme.meter
            line += [Segment(bar + " " * apart, ink(colour, background))]
        lines.append(line)
    return lines


def meter_level(dbfs: float) -> int:
    """Steps of the meter for a level in dB below full scale."""
    share = (dbfs - QUIET_DBFS) / (LOUD_DBFS - QUIET_DBFS)
    return round(min(max(share, 0.0), 1.0) * METER_STEPS)


def staff_line(view: View, place: Rect, look: Look) -> list[Line]:
    """The one plain line for staff."""
    style = ink(look.theme.line, look.theme.background, bold=False)
    lines: list[Line] = [[Segment(line, style)] for line in wrap(plain(view.line), place.width - BORDER)]
    return middle(lines, place.width, place.height, look.theme.background)


def invitation(view: View, place: Rect, look: Look) -> list[Line]:
    """The waiting screen: three faces, what to do, and the key to press."""
    theme = look.theme
    cap = look.caps.get(START_KEY, "")
    key, plain_ink = ink(theme.lit_ink, theme.lit), ink(theme.ink, theme.background)
    key_width = max(longest(cap) + 6, 14)
    face: Line = [Segment(" " * key_width, key)]
    key_rows: list[Line] = [
        [Segment(HAND, plain_ink)],
        face,
        fit([Segment(cap, key)], key_width, theme.lit),
        face,
        [Segment("▀" * key_width, ink(GREY, theme.background))],
    ]
    colours = (theme.ink, theme.background)
    least_faces = 5
    room = place.height - len(key_rows) - least_faces
    lines = written(plain(view.words) or look.signs.start, place.width - BORDER - 2, room, colours, fine=look.fine)
    high = min(place.height - len(lines) - len(key_rows) - 2, (place.width - 12) // 6, 16)
    rows: list[Line] = []
    if high >= 3:  # noqa: PLR2004  # a face needs three rows
        drawn = [
            shapes.draw(
                shapes.KEY_SHAPES[name],
                feeling,
                high * 2,
                high,
                (theme.cell_keys[name], theme.background),
                fine=look.fine,
            )
            for name, feeling in zip(("green", "yellow", "red"), shapes.Face, strict=True)
        ]
        gap = Segment("    ", plain_ink)
        rows = [[*left, gap, *centre, gap, *right] for left, centre, right in zip(*drawn, strict=True)]
        rows.append([])
    return middle([*rows, *lines, [], *key_rows], place.width, place.height, theme.background)


def picture_of(view: View, look: Look) -> str:
    """The emoji beside the question's words, or ""."""
    its_own = SCREEN_PICTURES.get(view.screen, "")
    return its_own if view.screen in OF_ITS_OWN else sign_of(view.picture, look) or its_own
