"""What may be asked for at any moment, as rows of cells: each command with its sign and its key. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment

from kiosk.screens.cells import COMMAND_PICTURES, HAND, Look, fit, width_of
from kiosk.screens.colours import BLACK, GREY, ink
from kiosk.screens.layout import MENU_SCANNED, Rect
from kiosk.screens.shapes import Line
from kiosk.screens.touch import Target
from kiosk.screens.words import plain, wrap
from kiosk.view import Command, View

_EDGES = ("▓▓▶", "◀▓▓")
"""Left and right of the commands when the switch would take them."""


@dataclass(frozen=True)
class Item:
    """One command: which, its word, and what is printed on its key."""

    command: Command
    word: str
    cap: str = ""


def items_of(view: View, look: Look) -> tuple[Item, ...]:
    """The commands of a view; the menu's sign where the switch would take them and they are not named."""
    items = tuple(Item(command, plain(word), look.caps.get(command.value, "")) for command, word in view.commands)
    return items or ((Item(Command.MENU, ""),) if view.scanned == MENU_SCANNED else ())


@dataclass(frozen=True)
class CommandRows:
    """The commands as cells.

    Attributes:
        rows: of cells.
        places: of each command, from the part's upper left corner.
    """

    rows: list[Line]
    places: tuple[Target, ...]

    def targets(self, part: Rect) -> list[Target]:
        """Where on the screen each command can be touched, the part being there."""
        return [
            Target(Rect(part.x + at.place.x, part.y + at.place.y, at.place.width, at.place.height), at.key)
            for at in self.places
            if at.place.y < part.height
        ]


def commands(view: View, look: Look, width: int, *, pictures: bool) -> CommandRows:
    """What may be asked for at any moment, each with its key, in as many rows as they need.

    Args:
        view: for its commands.
        look: what it is painted with.
        width: cells.
        pictures: with an emoji each.
    """
    style = ink(look.theme.ink, look.theme.background)
    scanned = view.scanned == MENU_SCANNED
    inner = width - 2 * len(_EDGES[0]) if scanned else width
    gap = Segment("   ", style)
    rows: list[Line] = [[Segment(HAND, style)]] if scanned else []
    spans: list[tuple[int, int, int, str]] = []  # row, first cell before the row is centred, cells, key
    for one in items_of(view, look):
        item: Line = [Segment(f" {one.cap} ", ink(BLACK, GREY)), Segment(" ", style)] if one.cap else []
        sign = COMMAND_PICTURES[one.command] + " " if pictures else ""
        room = inner - width_of(item) - cell_len(sign)
        first, *folded = wrap(one.word, room) or [""]
        item.append(Segment(sign + first, style))
        if spans and not folded and width_of([*rows[-1], gap, *item]) <= inner:
            spans.append((len(rows) - 1, width_of(rows[-1]) + width_of([gap]), width_of(item), one.command.value))
            rows[-1] += [gap, *item]
        else:
            spans.append((len(rows), 0, width_of(item), one.command.value))
            rows.append(item)
        rows += [[Segment(rest, style)] for rest in folded]
    places = tuple(
        Target(Rect((width - width_of(rows[row])) // 2 + first, row, across, 1), key)
        for row, first, across, key in spans
    )
    rows = [fit(row, inner, look.theme.background) for row in rows]
    if scanned:
        frame = ink(look.theme.scan, look.theme.background)
        rows = [[Segment(_EDGES[0], frame), *row, Segment(_EDGES[1], frame)] for row in rows]
    return CommandRows(rows, places)
