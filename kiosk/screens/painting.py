"""How the application paints: a view into the parts of the one screen, as pictures or as rows of cells."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import App

from kiosk.screens import parts, tiles
from kiosk.screens.board import PARTS, Board, Part
from kiosk.screens.cells import Look
from kiosk.screens.commands import commands
from kiosk.screens.layout import Plan, Rect, Spoken, caption, plan, while_said, white_part
from kiosk.screens.pictures.gallery import Gallery
from kiosk.screens.shapes import Line
from kiosk.screens.staff import staff
from kiosk.screens.touch import Target
from kiosk.view import ANSWER_KEYS, ScreenName, View

SILENCE_DBFS = -120.0


@dataclass(frozen=True)
class Shown:
    """Everything that the screen depends on."""

    view: View
    spoken: Spoken | None = None
    level_dbfs: float = SILENCE_DBFS


class PaintedApp(App[None], inherit_bindings=False):
    """An application with one screen, which it paints.

    Args:
        look: what is painted with.
        cell: width and height in px of a cell of a terminal that shows sixel; None: cells alone.
    """

    def __init__(self, look: Look, cell: tuple[int, int] | None) -> None:
        super().__init__()
        self._look = look
        self._gallery = Gallery(cell, look) if cell else None
        self._drawn = Shown(View(ScreenName.WAITING))
        self._plan: Plan | None = None
        self._targets: list[Target] = []
        self._running_board: Board | None = None

    def _part(self, name: str) -> Part:
        return self.screen.get_child_by_id(name, Part)

    def _paint_all(self) -> None:
        """Find every part its place and paint it."""
        board = self._running_board
        if board is None or not board.is_mounted or self.size.width == 0 or self._paint_pictures():
            return
        spoken = self._drawn.spoken
        view = while_said(self._drawn.view, spoken)
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
        spoken = self._drawn.spoken
        view = while_said(self._drawn.view, spoken)
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
