"""For tests of the first-run walk: what an office would paste, and somebody who sits at the keyboard."""

from __future__ import annotations

import json
import time
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import OptionList
from textual.worker import WorkerCancelled

from kiosk.setting_up.draft import read
from kiosk.setting_up.walk.app import SetupApp
from kiosk.setting_up.walk.keys import KeysPage

ROOT = Path(__file__).parents[2]
PATIENCE_S = 100.0
"""For a machine that does much else."""
SHEET = ROOT / "question_sets" / "my_home" / "my_home.md"


def code(settings: object) -> str:
    """A QR code's content, as ODK's documentation has it made."""
    return b64encode(zlib.compress(json.dumps(settings).encode("utf-8"))).decode("ascii")


def central(url: str) -> str:
    """What ODK Central's code of an app user holds."""
    general = {"server_url": url, "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"}
    return code({"general": general, "project": {"name": "My home"}, "admin": {}})


@dataclass
class Walker:
    """Whoever sits at the keyboard."""

    app: SetupApp
    pilot: Pilot[None]

    @classmethod
    @asynccontextmanager
    async def begun(cls, config: Path, folder: Path, shipped: Path) -> AsyncIterator[Walker]:
        """A walk in 80 columns and 24 lines.

        Args:
            config: the kiosk's TOML, there or not.
            folder: where input devices are.
            shipped: where question sets are.
        """
        app = SetupApp(read(config, ROOT), shipped, input_folder=folder, quick=True)
        async with app.run_test(size=(80, 24)) as pilot:
            walker = cls(app, pilot)
            await walker.settle()
            yield walker

    async def settle(self) -> None:
        """Until the page waits for somebody again, however long that takes: no work goes on, and a key has a place."""
        until_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < until_s:
            await self.pilot.pause()
            with suppress(WorkerCancelled):  # a page that is left leaves its work
                await self.app.workers.wait_for_complete()
            await self.pilot.pause()
            screen = self.app.screen
            pressing = isinstance(screen, KeysPage) and screen.pressing
            ready = self.app.focused is not None or pressing
            if not self.app.is_running or self.app.written is not None or (ready and not list(self.app.workers)):
                return
        raise TimeoutError(self.shown())

    async def press(self, *keys: str) -> None:
        """Keys, one after the other; then what comes of them."""
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        """A line, and Enter."""
        await self.press(
            *("minus" if letter == "-" else "colon" if letter == ":" else letter for letter in text), "enter"
        )

    async def paste(self, text: str) -> None:
        """Into the line that has the keyboard, and Enter."""
        assert self.app.focused is not None
        self.app.focused.post_message(Paste(text))
        await self.press("enter")

    async def choose(self, words: str) -> None:
        """With arrows and Enter, the one that begins so."""
        choices = self.app.screen.query_one("#choices", OptionList)
        rows = [str(option.prompt) for option in choices.options]
        at = next(number for number, row in enumerate(rows) if row.startswith(words))
        assert choices.highlighted is not None, rows
        way = at - choices.highlighted
        await self.press(*(["down"] * way or ["up"] * -way), "enter")

    @property
    def page(self) -> str:
        """Which one it is: SpeakerPage."""
        return type(self.app.screen).__name__

    def shown(self) -> str:
        """All that stands on the screen, in one line: where it is broken depends on the folder's name."""
        rows = self.app.screen._compositor.render_strips()
        return " ".join(" ".join("".join(segment.text for segment in strip) for strip in rows).split())
