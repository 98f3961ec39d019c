"""Rows of cells: words in them, signs beside them, borders round them. What every part is painted with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.cells import cell_len
from rich.segment import Segment

from kiosk.screens import letters
from kiosk.screens.colours import DARK, WHITE, Theme, ink, readable_on
from kiosk.screens.layout import BORDER
from kiosk.screens.shapes import Line
from kiosk.screens.words import emoji, wrap
from kiosk.view import Command

SPEAKER, EAR, HAND, TICK, OLD, STRUCK = "🔊", "🎤", "👇", "✔", "↩", "🔇"
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
    Command.SPEAK_ANSWERS: "📢",
    Command.MENU: "📋",
}
"""The one emoji that stands for a command where there is no sixel."""
_COMMAND = "command:"


@dataclass(frozen=True)
class Signs:
    """The few words that are the screen's own, in the language of the view."""

    listen: str = "Listen"
    your_turn: str = "Your turn"
    press_a_key: str = "Press a key"
    start: str = "Press the big key to start"


@dataclass(frozen=True)
class Look:
    """What all parts are painted with.

    Attributes:
        caps: key name -> what is printed on that key in a terminal.
        signs: the screen's own words.
        fine: the terminal draws sixths of a cell: large letters, smoother shapes.
        file_of: media name -> its file, or None.
        theme: the colours.
    """

    caps: Mapping[str, str] = field(default_factory=dict)
    signs: Signs = field(default_factory=Signs)
    fine: bool = False
    file_of: Callable[[str], Path | None] | None = None
    theme: Theme = DARK


def sign_of(picture: str | None, look: Look) -> str:
    """The emoji of a view's or tile's picture, or of the command that it names; "" where there is none."""
    if picture is not None and picture.startswith(_COMMAND):
        named = [one for one in Command if one.value == picture.removeprefix(_COMMAND)]
        return COMMAND_PICTURES[named[0]] if named else ""
    return emoji(picture, look.file_of)


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


def written(words: str, width: int, rows: int, colours: tuple[str, str], *, fine: bool) -> list[Line]:
    """The words, in large letters where there are any and they fit, all lines equally wide.

    Args:
        words: one line.
        width: cells.
        rows: rows that there are; plain words may take more.
        colours: of the words, and of what is behind them.
        fine: there are large letters.
    """
    if fine and (drawn := letters.large(words, width, rows, colours)) is not None:
        return drawn
    lines = wrap(words, width)
    widest = max(map(cell_len, lines), default=0)
    return [[Segment(line + " " * (widest - cell_len(line)), ink(*colours))] for line in lines]


def beside(sign: str, lines: Sequence[Line], colours: tuple[str, str]) -> list[Line]:
    """The rows with a sign left of their middle."""
    at_row = (len(lines) - 1) // 2
    blank = " " * cell_len(sign)
    style = ink(*colours)
    return [[Segment((sign if at == at_row else blank) + "  ", style), *line] for at, line in enumerate(lines)]


def box(
    inner: Sequence[Line], width: int, colours: tuple[str, str], *, thick: bool, mark: str = "", scanned: str = ""
) -> list[Line]:
    """A border round rows that are two cells narrower than it.

    Args:
        inner: the rows.
        width: of the whole, cells.
        colours: of the border, and of what it encloses.
        thick: lit or chosen; thin otherwise. Both take the same room, so that nothing moves.
        mark: set into the middle of the upper edge.
        scanned: the colour of the frame that says: the switch takes this; "" for none. It is hatched, and a finger
            points down into it.
    """
    colour, within = colours
    line = ink(scanned or colour, within)
    across = width - BORDER
    left, right = "█", "█"
    if scanned:
        left, right = "▶", "◀"
        top = bottom = "▓" * width
        mark = f"{HAND} {mark}".strip()
    elif thick:
        top, bottom = "█" + "▀" * across + "█", "█" + "▄" * across + "█"
    else:
        left = right = "┃"
        top, bottom = "┏" + "━" * across + "┓", "┗" + "━" * across + "┛"
    upper: Line = [Segment(top, line)]
    if mark:
        room = cell_len(mark) + 2
        before = (width - room) // 2
        on = ink(readable_on(within), within)
        upper = [Segment(top[:before], line), Segment(f" {mark} ", on), Segment(top[before + room :], line)]
    return [upper, *([Segment(left, line), *row, Segment(right, line)] for row in inner), [Segment(bottom, line)]]
