"""The one screen: a widget for each part, in the place that it is given, as rows of cells or as a picture."""

from __future__ import annotations

from collections.abc import Callable

from rich.control import Control
from rich.segment import ControlType, Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from kiosk.screens.colours import Theme, ink
from kiosk.screens.layout import Rect
from kiosk.screens.pictures.gallery import Painted, sixel_of
from kiosk.screens.shapes import Line
from kiosk.screens.touch import PRIMARY
from kiosk.view import ANSWER_KEYS

PARTS = ("progress", "ask", *ANSWER_KEYS, "voice", "commands", "line")
"""Every part, by the name of its widget."""
_IN_PLACE, _SCROLLING = "\x1b[?8452h", "\x1b[?8452l"
"""The cursor stays beside a picture that touches the last row; otherwise it would go below and scroll the screen."""
_PLAIN = Style()
_NO_CELLS = ((ControlType.CURSOR_FORWARD, 0),)
"""Marks a segment as taking no cells."""


class Part(Widget):
    """One part of the screen, in a place: rows of cells, or a picture over blank ones."""

    can_focus = False
    DEFAULT_CSS = "Part { position: absolute; width: 0; height: 0; }"

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__(id=name)
        self._blank = ink(theme.ink, theme.background)
        self._rows: list[Line] = []
        self._picture: Painted | None = None
        self._place = Rect(0, 0, 0, 0)

    @property
    def picture(self) -> Painted | None:
        """What is shown as a picture."""
        return self._picture

    def put(self, place: Rect, rows: list[Line], picture: Painted | None = None) -> None:
        """Show these rows there, or a picture instead; nothing is drawn again that is the same."""
        if place != self._place:
            self._place = place
            self.styles.offset = (place.x, place.y)
            self.styles.width, self.styles.height = place.width, place.height
            self.display = place.height > 0
        if (rows, picture) != (self._rows, self._picture):
            self._rows, self._picture = rows, picture
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        if self._picture is None and y < len(self._rows):
            return Strip(self._rows[y])
        return Strip([Segment(" " * self._place.width, self._blank)])

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a region; with a picture the whole of it is sent with the last of them."""
        strips = super().render_lines(crop)
        if self._picture is None or not strips or not self._place.height:
            return strips
        at = self.screen.find_widget(self).region
        sixel = _IN_PLACE + sixel_of(self._picture) + _SCROLLING
        drawn = [
            Segment(Control.move_to(at.x, at.y).segment.text, _PLAIN, _NO_CELLS),
            Segment(sixel, _PLAIN, _NO_CELLS),
            Segment(Control.move_to(at.x + crop.right, at.y + crop.bottom - 1).segment.text, _PLAIN, _NO_CELLS),
        ]
        return [*strips[:-1], Strip([*strips[-1], *drawn], strips[-1].cell_length)]


class Board(Screen[None], inherit_bindings=False):
    """The one screen, with no keys of its own.

    Args:
        theme: the colours.
        repaint: finds every part its place, after a change of size.
        touch: gets column and row of a finger or the first button of a mouse that went down.
    """

    AUTO_FOCUS = None
    DEFAULT_CSS = "Board { overflow: hidden; }"

    def __init__(self, theme: Theme, repaint: Callable[[], None], touch: Callable[[int, int], None]) -> None:
        super().__init__()
        self.styles.background = theme.background
        self._theme = theme
        self._repaint = repaint
        self._touch = touch

    def compose(self) -> ComposeResult:
        """The parts; a place for each answer key."""
        for name in PARTS:
            yield Part(name, self._theme)

    def on_resize(self) -> None:
        """Find every part its new place."""
        self._repaint()

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Pass a touch on; other buttons, the wheel and what follows are nothing."""
        event.stop()
        if event.button == PRIMARY:
            self._touch(event.screen_x, event.screen_y)
