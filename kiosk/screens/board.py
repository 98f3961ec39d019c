"""The one screen: a widget for each part, in the place that it is given."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from textual.app import ComposeResult
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from kiosk.screens.colours import BACKGROUND, WHITE, ink
from kiosk.screens.layout import Rect
from kiosk.screens.shapes import Line
from kiosk.view import ANSWER_KEYS


class Part(Widget):
    """One part of the screen: rows of cells in a place."""

    can_focus = False
    DEFAULT_CSS = "Part { position: absolute; width: 0; height: 0; }"

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._rows: list[Line] = []
        self._place = Rect(0, 0, 0, 0)

    def put(self, place: Rect, rows: list[Line]) -> None:
        """Show these rows there; nothing is drawn again that is the same."""
        if place != self._place:
            self._place = place
            self.styles.offset = (place.x, place.y)
            self.styles.width, self.styles.height = place.width, place.height
            self.display = place.height > 0
        if rows != self._rows:
            self._rows = rows
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        if y < len(self._rows):
            return Strip(self._rows[y])
        return Strip([Segment(" " * self._place.width, ink(WHITE, BACKGROUND))])


class Board(Screen[None], inherit_bindings=False):
    """The one screen, with no keys of its own."""

    AUTO_FOCUS = None
    DEFAULT_CSS = f"Board {{ background: {BACKGROUND}; overflow: hidden; }}"

    def __init__(self, repaint: Callable[[], None]) -> None:
        super().__init__()
        self._repaint = repaint

    def compose(self) -> ComposeResult:
        """The parts; a place for each answer key."""
        for name in ("progress", "ask", *ANSWER_KEYS, "voice", "commands", "line"):
            yield Part(name)

    def on_resize(self) -> None:
        """Find every part its new place."""
        self._repaint()
