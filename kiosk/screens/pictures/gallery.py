"""A whole `View` as pictures: a place in cells and a picture for each part of the screen. No logic about visits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from kiosk.saying.prompts import sentences_of
from kiosk.screens.cells import Look
from kiosk.screens.commands import items_of
from kiosk.screens.layout import MENU_SCANNED, Rect, Spoken, caption, while_said, white_part, your_turn
from kiosk.screens.parts import METER_DBFS, meter_level
from kiosk.screens.pictures.asking import AskPicture, InvitationPicture, LinePicture, ProgressPicture
from kiosk.screens.pictures.bottom import State, StatePicture
from kiosk.screens.pictures.canvas import Canvas
from kiosk.screens.pictures.commands import CommandsPicture
from kiosk.screens.pictures.drawn import Drawn
from kiosk.screens.pictures.media import source_of
from kiosk.screens.pictures.places import LEAST_PX, Places, places
from kiosk.screens.pictures.sixel import encode
from kiosk.screens.pictures.sources import picture_and_mark
from kiosk.screens.pictures.staff import staff_picture
from kiosk.screens.pictures.tile import TilePicture
from kiosk.screens.pictures.wording import can_write
from kiosk.screens.shapes import face_of
from kiosk.screens.touch import Target
from kiosk.screens.words import emoji, plain
from kiosk.view import ANSWER_KEYS, START_KEY, Command, Microphone, ScreenName, View

_SCALE_PX = 600
_WORD, _ROW_WORD, _ALONE_WORD, _NAME_WORD = 44, 62, 112, 84
"""Largest letters of tiles side by side, of tiles that are rows, of the one answer that is said back, and of the names
of languages, which have no picture."""
_PUTTING = frozenset({ScreenName.QUESTION, ScreenName.CHANGE, ScreenName.NOISY, ScreenName.CONFIRM})
"""Screens that put a question of the set, to which "I don't know" is an answer."""


class Painted(Protocol):
    """A part that can be drawn: hashable, and equal to another one of the same picture."""

    @property
    def size(self) -> tuple[int, int]:
        """Px."""

    def draw(self) -> Canvas:
        """The picture, and the words that are on it."""

    def __hash__(self) -> int: ...


Parts = Mapping[str, tuple[Rect, Painted]]
"""By the name of the part; a part that is not named is not there."""


def _sixel(part: Painted) -> str:
    return encode(part.draw().image)


sixel_of: Drawn[Painted] = Drawn(_sixel, 768)
"""The part as a terminal takes it, about 15 kB at 1024x600.

Kept for every redraw, every step of the meter and the next visit; in memory alone.
"""


@dataclass(frozen=True)
class Gallery:
    """Draws views for one terminal.

    Attributes:
        cell: width and height of a cell, px.
        look: what is painted with.
    """

    cell: tuple[int, int]
    look: Look

    def parts(self, view: View, spoken: Spoken | None, level_dbfs: float, grid: tuple[int, int]) -> Parts | None:
        """Every part's place and picture.

        Args:
            view: what is to be shown.
            spoken: what is being said.
            level_dbfs: of the microphone.
            grid: columns and rows of the terminal.

        Returns: None where the terminal's own cells do better: a small window, or letters that the font lacks.
        """
        pixels = (grid[0] * self.cell[0], grid[1] * self.cell[1])
        if min(pixels) < min(LEAST_PX) or max(pixels) < max(LEAST_PX) or not self._writable(view, spoken):
            return None
        view = while_said(view, spoken)
        where = places(view, grid, self.cell)
        unit = min(pixels) / _SCALE_PX
        white = white_part(view, spoken)
        drawn: dict[str, tuple[Rect, Painted]] = {}
        if where.progress.height:
            drawn["progress"] = (
                where.progress,
                ProgressPicture(self._size(where.progress), unit, view.step, view.steps, self.look.theme),
            )
        state = self._state(view, spoken, level_dbfs, where, unit, lit=white == "voice")
        said = caption(view, spoken)
        elsewhere = bool(said) and (state is None or not state.holds(said))
        if elsewhere and state is not None:  # too long for the panel: it takes the question's place while it is said
            state = replace(state, words=self.look.signs.listen, lit=False)
        if view.screen is ScreenName.STAFF:
            if table := staff_picture(view, self._size(where.ask), unit, self.look.theme):
                drawn["ask"] = where.ask, table
        else:
            drawn["ask"] = (
                where.ask,
                self._ask(view, where.ask, unit, said if elsewhere else "", lit=white == "ask" or elsewhere),
            )
        drawn |= self._tiles(view, where, unit, white)
        if state is not None:
            drawn["voice"] = (where.voice, state)
        if where.commands.height:
            moved = self._spare_tile(view)
            items = tuple(
                item for item in items_of(view, self.look) if not (moved and item.command is Command.DONT_KNOW)
            )
            scanned = view.scanned == MENU_SCANNED
            size = self._size(where.commands)
            drawn["commands"] = (where.commands, CommandsPicture(size, unit, items, scanned, self.look.theme))
        if where.line.height:
            drawn["line"] = (where.line, LinePicture(self._size(where.line), unit, plain(view.line), self.look.theme))
        return drawn

    def targets(self, shown: Parts) -> list[Target]:
        """What can be touched on these parts, in cells."""
        found: list[Target] = []
        for name in ANSWER_KEYS:
            place, tile = shown.get(name, (None, None))
            if place is not None and isinstance(tile, TilePicture):
                found.append(Target(place, tile.key))
        part, commands = shown.get("commands", (None, None))
        if part is not None and isinstance(commands, CommandsPicture):
            wide, high = self.cell
            for box, command in commands.places():
                left, top, right, bottom = (
                    box.left // wide,
                    box.top // high,
                    -(-box.right // wide),
                    -(-box.bottom // high),
                )
                found.append(Target(Rect(part.x + left, part.y + top, right - left, bottom - top), command.value))
        return found

    def likely(self, views: Sequence[View], grid: tuple[int, int]) -> Iterator[Painted]:
        """Every picture that these views will need, those needed first before the others.

        Args:
            views: the likeliest first.
            grid: columns and rows of the terminal.
        """
        for view in views:
            said = sentences_of(view.words) if view.screen is ScreenName.NOTE else (view.words,)
            for words in said:
                yield from self._drawn(view, Spoken(None, words), grid)
        for view in views:
            yield from self._drawn(view, None, grid)
        for view in views:
            for tile in view.tiles:
                lit = self.parts(view, Spoken(tile.key), METER_DBFS[0], grid) or {}
                yield from (part for name, (_, part) in lit.items() if name == tile.key)
        for view in views:
            if view.microphone is Microphone.OPEN:
                for dbfs in METER_DBFS:
                    state = (self.parts(view, None, dbfs, grid) or {}).get("voice")
                    yield from (state[1],) if state else ()

    def _drawn(self, view: View, spoken: Spoken | None, grid: tuple[int, int]) -> Iterator[Painted]:
        for _, part in (self.parts(view, spoken, METER_DBFS[0], grid) or {}).values():
            yield part

    def staff_place(self, view: View, grid: tuple[int, int]) -> Rect:
        """Where the staff's rows go, in cells."""
        return places(view, grid, self.cell).ask

    def _size(self, place: Rect) -> tuple[int, int]:
        return place.width * self.cell[0], place.height * self.cell[1]

    def _writable(self, view: View, spoken: Spoken | None) -> bool:
        """Whether the font has every letter."""
        signs = self.look.signs
        return all(
            can_write(plain(words))
            for words in (
                view.words,
                view.line,
                spoken.words if spoken else "",
                *(tile.word for tile in view.tiles),
                *(word for _, word in view.commands),
                *(signs.listen, signs.your_turn, signs.press_a_key, signs.start),
            )
        )

    def _ask(self, view: View, place: Rect, unit: float, said: str, *, lit: bool) -> Painted:
        words = plain(said or view.words)
        if view.screen is ScreenName.WAITING and not view.tiles:
            cap = self.look.caps.get(START_KEY, "")
            return InvitationPicture(self._size(place), unit, words or self.look.signs.start, cap, self.look.theme)
        source, mark = picture_and_mark(view, self.look)
        alone = not view.tiles
        return AskPicture(self._size(place), unit, words, source, lit, alone, self.look.theme, mark)

    def _state(
        self, view: View, spoken: Spoken | None, level_dbfs: float, where: Places, unit: float, *, lit: bool
    ) -> StatePicture | None:
        """Whose turn it is, where there is a place to say it."""
        if not where.voice.height:
            return None
        signs = self.look.signs
        panel = StatePicture(self._size(where.voice), unit, State.NOBODYS, theme=self.look.theme)
        if spoken is not None:
            if view.screen is ScreenName.MESSAGE and not caption(view, spoken):
                return panel  # the microphone's place, which is empty until it is open
            return replace(panel, state=State.LISTEN, words=caption(view, spoken) or signs.listen, lit=lit)
        if view.microphone is Microphone.OPEN:
            level = meter_level(level_dbfs)
            if view.screen is ScreenName.MESSAGE:  # whose words say it already
                return replace(panel, state=State.RECORDING, lit=lit, level=level)
            return replace(panel, state=State.YOUR_TURN, words=signs.your_turn, lit=lit, level=level)
        if your_turn(view):
            state = State.NOISY if view.screen is ScreenName.NOISY else State.PRESS
            return replace(panel, state=state, words=signs.press_a_key, lit=lit)
        return panel

    def _spare_tile(self, view: View) -> str:
        """The word of "I don't know" where the last place is free for it, else ""."""
        if not view.tiles or view.screen not in _PUTTING:
            return ""
        if any(tile.key == ANSWER_KEYS[-1] for tile in view.tiles):
            return ""
        return next((plain(word) for command, word in view.commands if command is Command.DONT_KNOW), "")

    def _tiles(self, view: View, where: Places, unit: float, white: str) -> dict[str, tuple[Rect, Painted]]:
        """A picture for each answer, their words in letters of one size."""
        old = view.screen is ScreenName.CHANGE
        chosen = any(tile.chosen for tile in view.tiles) and not old
        tiles: dict[str, TilePicture] = {}
        for tile in view.tiles:
            if tile.key not in where.tiles:
                continue
            place = where.tiles[tile.key]
            size = self._size(place)
            feeling = face_of(emoji(tile.picture, self.look.file_of))
            tiles[tile.key] = TilePicture(
                size=size,
                unit=unit,
                key=tile.key,
                word=plain(tile.word),
                feeling=feeling,
                source="" if feeling else source_of(tile.picture, self.look.file_of),
                cap=self.look.caps.get(tile.key, ""),
                row=size[0] > size[1] * 3 // 2,
                lit=white == tile.key,
                chosen=tile.chosen and not old,
                dimmed=chosen and not tile.chosen,
                scanned=view.scanned == tile.key,
                old=tile.chosen and old,
                alone=view.screen is ScreenName.SAID_BACK,
                named=view.screen is ScreenName.LANGUAGE and not tile.picture,
                theme=self.look.theme,
            )
        if word := self._spare_tile(view):
            key = ANSWER_KEYS[-1]
            size = self._size(where.tiles[key])
            cap = self.look.caps.get(Command.DONT_KNOW.value, "")
            row = size[0] > size[1] * 3 // 2
            tiles[key] = TilePicture(
                size, unit, "dont_know", word, cap=cap, row=row, dimmed=chosen, theme=self.look.theme
            )
        largest = self._word_px(list(tiles.values()), unit, scanning=bool(view.scanned))
        return {key: (where.tiles[key], _with_letters(tile, largest)) for key, tile in tiles.items()}

    @staticmethod
    def _word_px(tiles: list[TilePicture], unit: float, *, scanning: bool) -> int:
        """Letters in which every tile's word fits, wherever the switch's arrow is."""
        rows = all(tile.row for tile in tiles)
        said = len(tiles) == 1 and tiles[0].chosen
        names = all(tile.named for tile in tiles)
        most = round((_ALONE_WORD if said else _NAME_WORD if names else _ROW_WORD if rows else _WORD) * unit)
        tiles = [replace(tile, scanned=True) for tile in tiles] if scanning else tiles
        return min((_with_letters(tile, most).fitted().size_px for tile in tiles), default=most)


def _with_letters(tile: TilePicture, word_px: int) -> TilePicture:
    return replace(tile, word_px=word_px)
