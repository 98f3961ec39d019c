"""A kiosk's screen in a terminal that is only kept in memory, driven by Textual's own pilot with real keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import pytest
from terminal_sizes import KEYS
from textual.pilot import Pilot

from kiosk.answer import By
from kiosk.screens.app import KioskApp
from kiosk.view import View

DRAWN = "▘▝▀▖▌▞▛▗▚▐▜▄▙▟█●■◆▲✅❓⏩⏪✋✔"


@dataclass
class Clock:
    """Seconds that go on only when a test says so."""

    now_s: float = 100.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Kiosk:
    """The application, what came out of it, and what stands on its screen."""

    app: KioskApp
    pilot: Pilot[None]
    clock: Clock
    pressed: list[tuple[str, int]]
    by_what: list[By]
    ready: list[str] = field(default_factory=list)

    async def show(self, view: View) -> None:
        self.app.show(view)
        await self.pilot.pause()

    async def light(self, key: str | None, words: str = "") -> None:
        self.app.light(key, words)
        await self.pilot.pause()

    async def level(self, dbfs: float) -> None:
        self.app.level(dbfs)
        await self.pilot.pause()

    def rows(self, part: str | None = None) -> list[str]:
        """The characters on the screen, or in one part's place on it."""
        strips = self.app.screen._compositor.render_strips()
        if part is None:
            return [strip.text for strip in strips]
        at = self.place(part)
        return [strips[y].crop(at.x, at.x + at.width).text for y in range(at.y, at.y + at.height)]

    def words(self, part: str | None = None) -> str:
        """What can be read there, as one line."""
        joined = " ".join(self.rows(part))
        for mark in "┏━┓┃┗┛█▀▄":
            joined = joined.replace(mark, " ")
        return " ".join(joined.split())

    def reads(self, part: str) -> str:
        """The words there, without what is drawn round them and between them."""
        return " ".join("".join(c for c in self.words(part) if ord(c) < 0x10000 and c not in DRAWN).split())

    def place(self, part: str):
        return self.app.screen.get_child_by_id(part).region

    def white(self) -> list[str]:
        """The parts most of whose cells are white."""
        found = []
        strips = self.app.screen._compositor.render_strips()
        for part in self.app.screen.children:
            at = part.region
            cells = white = 0
            for y in range(at.y, at.y + at.height):
                for segment in strips[y].crop(at.x, at.x + at.width):
                    cells += segment.cell_length
                    background = segment.style and segment.style.bgcolor
                    white += segment.cell_length * (background is not None and background.name == "#ffffff")
            if cells and white > cells / 3:
                found.append(part.id)
        return found


Start = Callable[..., AbstractAsyncContextManager[Kiosk]]


@pytest.fixture
def start() -> Start:
    """Starts a kiosk's screen: `async with start(size, view) as kiosk`."""

    @asynccontextmanager
    async def started(
        size: tuple[int, int] = (64, 20), view: View | None = None, *, fine: bool = False, **more
    ) -> AsyncIterator[Kiosk]:
        clock, pressed, ready, by_what = Clock(), [], [], []
        app = KioskApp(
            KEYS,
            on_key=lambda name, turn, by: (pressed.append((name, turn)), by_what.append(by)),
            on_ready=lambda: ready.append(kiosk.words()),
            clock=clock,
            fine=fine,
            **more,
        )
        kiosk = Kiosk(app, None, clock, pressed, by_what, ready)
        if view is not None:
            app.show(view)
        async with app.run_test(size=size) as pilot:
            kiosk.pilot = pilot
            await pilot.pause()
            yield kiosk

    return started
