"""What the kiosk asks, and how a new version of a set takes its place: between two visits, and ready to be said.

A pull leaves the new version on the shelf. The kiosk finds it there, reads it, and renders all that it can say while
nobody is there. Only then, at a moment at which nobody is being asked anything, it is asked; nobody waits for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from kiosk.errors import KioskError
from kiosk.house import House, read_house
from kiosk.pulling.shelf import Shelf
from openrosa.errors import OpenRosaError
from openrosa.question_set import QuestionSet
from voice.errors import VoiceError

log = logging.getLogger(__name__)


Render = Callable[[House, Callable[[int, int], None]], None]
"""Renders what a house can say; told (done, of how many), which may raise to end it. Raises: VoiceError."""


class SomebodyThereError(Exception):
    """Somebody has come while speech was rendered: the rest of it waits."""


class AskedSets:
    """The house as it is asked now, and the one to follow it.

    Args:
        house: as read at the start.
        render: renders what a house can say.
        idle: whether nobody is there.
        on_ready: told that another one may be taken up, on the thread of `look`.
    """

    def __init__(
        self,
        house: House,
        render: Render,
        idle: Callable[[], bool],
        on_ready: Callable[[], None],
    ) -> None:
        self.house = house
        self.media: dict[str, Path] = dict(house.media)
        """The sets' pictures and recordings, by media name: always of what is asked now."""
        self._render = render
        self._idle = idle
        self._on_ready = on_ready
        self._next: House | None = None
        self._refused: tuple[Path, ...] = ()

    @property
    def question_sets(self) -> tuple[QuestionSet, ...]:
        """What is asked now."""
        return self.house.question_sets

    def take_up(self) -> None:
        """Ask the next ones from now on, if they are ready. Between two visits, on the runner's thread."""
        following, self._next = self._next, None
        if following is None:
            return
        self.house = following
        media = following.media
        self.media.update(media)
        for gone in self.media.keys() - media.keys():
            del self.media[gone]

    def look(self) -> None:
        """See whether the server gave something new, and make it ready. On a thread of its own; takes its time."""
        self._mark()
        newest = self._newest()
        if self._next is not None or newest in (self._asked(), self._refused) or not self._idle():
            return
        try:
            house = read_house(self.house.config)
            if tuple(one.path for one in house.sets) != tuple(one.path for one in self.house.sets):
                self._render(house, self._while_idle)
                self._next = house
                self._on_ready()
            else:
                self._refused = newest  # what is asked is still the newest that can be
        except SomebodyThereError:
            return
        except (KioskError, OpenRosaError, VoiceError) as error:
            log.error("%s", error)  # noqa: TRY400  a sentence for staff
            self._refused = newest

    def _while_idle(self, done: int, of_how_many: int) -> None:
        del done, of_how_many
        if not self._idle():
            raise SomebodyThereError

    def _shelves(self) -> tuple[tuple[Shelf, Path], ...]:
        """Those of the sets that come from a server, with the version that is asked now."""
        found = zip(self.house.config.sets, self.house.sets, strict=True)
        return tuple((shelf, one.path) for path, one in found if (shelf := Shelf.of_path(path)) is not None)

    def _asked(self) -> tuple[Path, ...]:
        return tuple(asked for _, asked in self._shelves())

    def _newest(self) -> tuple[Path, ...]:
        return tuple(next(iter(shelf.versions()), asked) for shelf, asked in self._shelves())

    def _mark(self) -> None:
        """Note what is asked now, so that a pull leaves it there."""
        for shelf, asked in self._shelves():
            try:
                shelf.run(asked)
            except KioskError as error:
                log.error("%s", error)  # noqa: TRY400  a sentence for staff
