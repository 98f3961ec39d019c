"""The Textual application: shows what the runner's thread hands it, and hands it the keys.

There is no way out by key: the command palette, quitting, suspending, copying and selecting are off.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import App
from textual.message import Message
from textual.screen import Screen

from kiosk.answer import By
from kiosk.screens import parts, tiles
from kiosk.screens.board import PARTS, Board, Part
from kiosk.screens.cells import Look, Signs
from kiosk.screens.colours import THEMES
from kiosk.screens.commands import commands
from kiosk.screens.keys import HeldKeys, printed
from kiosk.screens.layout import Plan, Rect, Spoken, caption, plan, white_part
from kiosk.screens.pictures.gallery import Gallery
from kiosk.screens.shapes import Line, draws_sixths
from kiosk.screens.staff import staff
from kiosk.screens.touch import Target, key_at
from kiosk.view import ANSWER_KEYS, NEXT_SWITCH, SWITCH, ScreenName, View

SILENCE_DBFS = -120.0
_TOUCH = "touch"


@dataclass(frozen=True)
class Shown:
    """Everything that the screen depends on."""

    view: View
    spoken: Spoken | None = None
    level_dbfs: float = SILENCE_DBFS


class KioskApp(App[None], inherit_bindings=False):
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
        super().__init__()
        self._names = dict(keys) if terminal_keys else {}
        caps: dict[str, str] = {}
        for key, name in self._names.items():
            caps.setdefault(name, printed(key))
        self._tell_key = on_key
        self._tell_ready = on_ready
        self._held = HeldKeys(clock)
        self._targets: list[Target] = []
        self._quit_keys = quit_keys
        self._tell_quit = on_quit
        fine = draws_sixths(os.environ) if fine is None else fine
        self._look = Look(caps, signs or Signs(), fine, picture, THEMES[theme])
        self._gallery = Gallery(cell, self._look) if cell else None
        self._lock = threading.Lock()
        self._latest = Shown(View(ScreenName.WAITING))
        self._drawn = self._latest
        self._plan: Plan | None = None
        self._woken = False
        self._running_board: Board | None = None
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
        self.call_after_refresh(self._tell_ready)

    def on_kiosk_app_wake(self) -> None:
        """Draw the latest."""
        with self._lock:
            self._woken = False
            latest, closing = self._latest, self._closing_asked
            drawn, self._drawn = self._drawn, self._drawn if closing else latest
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
        if event.key in self._quit_keys:
            (self._tell_quit or self.exit)()
            return
        name = self._names.get(event.key) or self._names.get(event.character or "")
        if name is not None and self._held.counts(name):
            by = By.SWITCH if name in {SWITCH, NEXT_SWITCH} else By.KEY
            self._tell_key(name, self._drawn.view.turn, by)

    def _touched(self, x: int, y: int) -> None:
        """Pass a touch on; another one within the time of a held key is the same one, wherever it is."""
        new = self._held.counts(_TOUCH)  # a second click must not answer the screen that the first one brought
        name = key_at(self._drawn.view, self._targets, x, y)
        if new and name is not None:
            self._tell_key(name, self._drawn.view.turn, By.TOUCH)

    def _handle_exception(self, error: Exception) -> None:
        """Leave. Textual's own way prints the stack with its values, which may be somebody's answer, for all to see."""
        self.fault = self.fault or error
        self.exit(return_code=1)
        self._close_messages_no_wait()

    def _part(self, name: str) -> Part:
        return self.screen.get_child_by_id(name, Part)

    def _paint_all(self) -> None:
        """Find every part its place and paint it."""
        board = self._running_board
        if board is None or not board.is_mounted or self.size.width == 0 or self._paint_pictures():
            return
        view, spoken = self._drawn.view, self._drawn.spoken
        width, height = self.size
        rich = commands(view, self._look, width, pictures=True)
        bare = commands(view, self._look, width, pictures=False)
        picture = parts.picture_of(view, self._look)
        said = caption(view, spoken)
        where = plan(
            view,
            (width, height),
            said=said,
            commands_rows=(len(rich.rows), len(bare.rows)),
            picture=bool(picture),
            fine=self._look.fine,
        )
        self._plan = where
        asked_for = rich if where.commands.height == len(rich.rows) else bare
        self._targets = [Target(where.tiles[tile.key], tile.key) for tile in view.tiles]
        self._targets += asked_for.targets(where.commands)
        white = white_part(view, spoken)
        with self.batch_update():
            self._part("progress").put(where.progress, parts.progress(view, where.progress, self._look))
            if view.screen is ScreenName.WAITING and not view.tiles:
                asked = parts.invitation(view, where.ask, self._look)
            elif view.screen is ScreenName.STAFF:
                asked = staff(view, where.ask, self._look)
            else:
                asked = parts.ask(view, where.ask, self._look, lit=white == "ask", frame=where.frames)
            self._part("ask").put(where.ask, asked)
            self._paint_tiles(where, white)
            self._paint_voice(where)
            self._part("commands").put(where.commands, asked_for.rows)
            self._part("line").put(where.line, parts.staff_line(view, where.line, self._look))

    def _paint_pictures(self) -> bool:
        """Paint every part as a picture; False where that is not for this terminal or these words."""
        if self._gallery is None:
            return False
        drawn = self._drawn
        shown = self._gallery.parts(drawn.view, drawn.spoken, drawn.level_dbfs, (self.size.width, self.size.height))
        if shown is None:
            return False
        self._plan = None
        self._targets = self._gallery.targets(shown)
        with self.batch_update():
            for name in PARTS:
                place, picture = shown.get(name, (Rect(0, 0, 0, 0), None))
                rows: list[Line] = []
                if name == "ask" and picture is None:
                    place = self._gallery.staff_place(drawn.view, self.size)
                    rows = staff(drawn.view, place, self._look)
                self._part(name).put(place, rows, picture)
        return True

    def _paint_tiles(self, where: Plan, white: str) -> None:
        shown = {tile.key: tile for tile in self._drawn.view.tiles}
        old = self._drawn.view.screen is ScreenName.CHANGE
        chosen = any(tile.chosen for tile in shown.values()) and not old
        large = self._look.fine and tiles.large_tiles(self._drawn.view, where.tiles, upright=where.upright)
        for key in ANSWER_KEYS:
            one = shown.get(key)
            if one is None:
                self._part(key).put(Rect(0, 0, 0, 0), [])
                continue
            place = where.tiles[key]
            marked = tiles.Marked(
                lit=white == key,
                dimmed=chosen and not one.chosen,
                scanned=self._drawn.view.scanned == key,
                old=old and one.chosen,
            )
            rows = tiles.tile(one, place, self._look, marked=marked, upright=where.upright, large=large)
            self._part(key).put(place, rows)

    def _paint_voice(self, where: Plan) -> None:
        view, spoken = self._drawn.view, self._drawn.spoken
        rows = parts.voice(
            view,
            where.voice,
            self._look,
            lit=white_part(view, spoken) == "voice",
            speaking=spoken is not None,
            frame=where.frames,
            said=caption(view, spoken),
            level=parts.meter_level(self._drawn.level_dbfs),
        )
        self._part("voice").put(where.voice, rows)


__all__ = ["KioskApp", "Signs"]
