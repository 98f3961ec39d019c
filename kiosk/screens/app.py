"""The Textual application: shows what the runner's thread hands it, and hands it the keys.

There is no way out by key: the command palette, quitting, suspending, copying and selecting are off.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.screen import Screen

from kiosk.answer import By
from kiosk.screens.board import Board
from kiosk.screens.cells import Look, Signs
from kiosk.screens.colours import THEMES
from kiosk.screens.keys import HeldKeys, Strays, name_of, printed
from kiosk.screens.layout import Spoken
from kiosk.screens.painting import PaintedApp, Shown
from kiosk.screens.pictures.drawn import Ahead
from kiosk.screens.pictures.gallery import Painted, sixel_of
from kiosk.screens.shapes import draws_sixths
from kiosk.screens.touch import key_at
from kiosk.view import NEXT_SWITCH, SWITCH, ScreenName, View

_TOUCH = "touch"
_KEY_S, _DRAWING_S = 0.4, 0.1
"""How long nothing is drawn ahead after a key, and from the beginning of a new picture."""


class KioskApp(PaintedApp, inherit_bindings=False):
    """Draws any `View`, and passes keys on.

    `show`, `light`, `hush`, `level` and `close` may be called from any thread, before the application runs too; they
    return at once, and what is drawn is always the latest.

    Args:
        keys: terminal key (as Textual names it, or the character) -> key name of `kiosk.view.KEYS`. Others do nothing.
        on_key: gets (key name, turn of the view on the screen, what it was pressed with), in the application's thread;
            must return at once.
        on_ready: called once, when the first screen has been drawn.
        clock: seconds that never go back.
        picture: media name -> its file, for pictures whose name alone does not tell the emoji.
        quit_keys: terminal keys that leave; none on a kiosk.
        on_quit: called by a quit key instead of leaving at once; it then calls `close`.
        signs: the screen's own words.
        cell: width and height in px of a cell of a terminal that shows sixel, see `terminal_pixels`: parts are pictures
            there. None: cells alone.
        fine: draw large letters; None where the terminal is known to draw the blocks that they are made of.
        terminal_keys: take the terminal's keys and show them. False where keys come another way, as by evdev: only
            `quit_keys` are taken then.
        theme: "dark", "light" or "high_contrast".
    """

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    ESCAPE_TO_MINIMIZE = False
    BINDINGS: ClassVar = []
    TITLE = "Sayso"

    class Wake(Message):
        """There is something new to draw."""

    def __init__(  # noqa: PLR0913  # its dependencies, most of them by name only
        self,
        keys: Mapping[str, str],
        on_key: Callable[[str, int, By], None],
        on_ready: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        picture: Callable[[str], Path | None] | None = None,
        *,
        quit_keys: frozenset[str] = frozenset(),
        on_quit: Callable[[], None] | None = None,
        signs: Signs | None = None,
        cell: tuple[int, int] | None = None,
        fine: bool | None = None,
        terminal_keys: bool = True,
        theme: str = "dark",
    ) -> None:
        caps: dict[str, str] = {}
        for key, name in keys.items() if terminal_keys else ():
            caps.setdefault(name, printed(key))
        fine = draws_sixths(os.environ) if fine is None else fine
        super().__init__(Look(caps, signs or Signs(), fine, picture, THEMES[theme]), cell)
        self._names = dict(keys) if terminal_keys else {}
        self._tell_key = on_key
        self._tell_ready = on_ready
        self._held = HeldKeys(clock)
        self._strays = Strays()
        self._quit_keys = quit_keys
        self._tell_quit = on_quit
        self._ahead: Ahead[Painted] = Ahead(sixel_of, clock)
        self._expected: tuple[View, ...] = ()
        self._lock = threading.Lock()
        self._latest = Shown(View(ScreenName.WAITING))
        self._woken = False
        self._closing_asked = False
        self.fault: Exception | None = None
        """What ended the application, if it did not end as asked."""

    # --- from any thread -------------------------------------------------------------------------------------------

    @property
    def turn_shown(self) -> int:
        """The turn of the view on the screen, for keys that come another way than through the terminal."""
        with self._lock:
            return self._drawn.view.turn

    def show(self, view: View) -> None:
        """Put this on the screen; nothing is being said any more."""
        self._change(lambda _: Shown(view))

    def light(self, key: str | None, words: str = "") -> None:
        """Say what is being said now.

        Args:
            key: the tile that it is about, None for the question itself.
            words: the words being said.
        """
        self._change(lambda latest: replace(latest, spoken=Spoken(key, words)))

    def level(self, dbfs: float) -> None:
        """The microphone's level, which also means that nothing is being said any more."""
        self._change(lambda latest: replace(latest, spoken=None, level_dbfs=dbfs))

    def hush(self) -> None:
        """Nothing is being said any more, though the view is the same."""
        self._change(lambda latest: replace(latest, spoken=None))

    def expect(self, views: Sequence[View]) -> None:
        """Draw these views' pictures while nothing else is to be done, so that they are there when they are shown.

        Args:
            views: the likeliest first; they replace those expected before.
        """
        with self._lock:
            self._expected = tuple(views)
            running = self._running_board is not None
        if running:
            self._draw_ahead()

    def close(self) -> None:
        """Leave, as soon as possible."""
        with self._lock:
            self._closing_asked = True
        self._wake()

    def _change(self, change: Callable[[Shown], Shown]) -> None:
        with self._lock:
            self._latest = change(self._latest)
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            wake = self._running_board is not None and not self._woken
            self._woken = self._woken or wake
        if wake:
            self.post_message(self.Wake())

    # --- in the application's thread -------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[None]:
        """The one screen there is."""
        return Board(self._look.theme, self._paint_all, self._touched)

    def on_mount(self) -> None:
        """Draw what was shown before the application ran."""
        board = self.screen
        assert isinstance(board, Board)  # noqa: S101  # get_default_screen made it
        with self._lock:
            self._running_board = board
            self._woken = True
        self.post_message(self.Wake())
        if self._gallery is not None:
            self._ahead.start()
        self.call_after_refresh(self._tell_ready)
        self.call_after_refresh(self._draw_ahead)

    def on_unmount(self) -> None:
        """Draw nothing ahead any more."""
        self._ahead.close()

    def _draw_ahead(self) -> None:
        with self._lock:
            views = self._expected
        if self._gallery is not None and views and self.size.width:
            self._ahead.expect(self._gallery.likely(views, self.size))

    def on_kiosk_app_wake(self) -> None:
        """Draw the latest."""
        with self._lock:
            self._woken = False
            latest, closing = self._latest, self._closing_asked
            drawn, self._drawn = self._drawn, self._drawn if closing else latest
        self._ahead.stand_back(_DRAWING_S)
        if closing:
            self.exit()
            return
        if replace(drawn, level_dbfs=0.0) == replace(latest, level_dbfs=0.0) and self._plan is not None:
            self._paint_voice(self._plan)
        else:
            self._paint_all()

    def on_key(self, event: events.Key) -> None:
        """Pass a key on, once however long it is held."""
        event.stop()
        event.prevent_default()
        self._ahead.stand_back(_KEY_S)
        if event.key in self._quit_keys:
            (self._tell_quit or self.exit)()
            return
        name = name_of(event, self._names)
        stray = self._strays.is_stray(event, known=name is not None)
        if name is not None and not stray and self._held.counts(name):
            by = By.SWITCH if name in {SWITCH, NEXT_SWITCH} else By.KEY
            self._tell_key(name, self._drawn.view.turn, by)

    def _touched(self, x: int, y: int) -> None:
        """Pass a touch on; another one within the time of a held key is the same one, wherever it is."""
        self._ahead.stand_back(_KEY_S)
        new = self._held.counts(_TOUCH)  # a second click must not answer the screen that the first one brought
        name = key_at(self._drawn.view, self._targets, x, y)
        if new and name is not None:
            self._tell_key(name, self._drawn.view.turn, By.TOUCH)

    def _handle_exception(self, error: Exception) -> None:
        """Leave. Textual's own way prints the stack with its values, which may be somebody's answer, for all to see."""
        self.fault = self.fault or error
        self.exit(return_code=1)
        self._close_messages_no_wait()


__all__ = ["KioskApp", "Signs"]
