"""The walk: one page after the other, forwards and back. What was answered is a draft; the last page writes it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App

from kiosk.keys.input_devices import FOLDER
from kiosk.setting_up.walk.home import HoursPage, LanguagePage, NamePage
from kiosk.setting_up.walk.keys import KeysPage
from kiosk.setting_up.walk.last import LastPage
from kiosk.setting_up.walk.pin import PinPage
from kiosk.setting_up.walk.server import ServerPage
from kiosk.setting_up.walk.sets import KeyPage, SetsPage
from kiosk.setting_up.walk.sound import MicrophonePage, SpeakerPage

if TYPE_CHECKING:
    from kiosk.setting_up.draft import Draft
    from kiosk.setting_up.walk.page import Page
    from kiosk.setting_up.writing import Written
    from openrosa.protocol import FormEntry

PAGES: tuple[type[Page], ...] = (
    NamePage,
    LanguagePage,
    SpeakerPage,
    MicrophonePage,
    KeysPage,
    ServerPage,
    PinPage,
    HoursPage,
    SetsPage,
    KeyPage,
    LastPage,
)


class SetupApp(App[None]):
    """The first-run walk.

    Args:
        draft: what is there, to begin with.
        shipped: the folder of question sets that come with Sayso.
        input_folder: where the kernel has input devices.
        clock: seconds that never go back: a key that bounces is one press.
        quick: check without what takes long.

    Attributes:
        written: what was put in its place; None: nothing was.
        fit: whether `sayso check` found no error in it.
        forms: what the server offers, once it was asked.
    """

    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False
    TITLE = "Sayso setup"
    CSS = """
    Screen { background: black; color: white; padding: 0 2; }
    #where { color: $text-muted; }
    #title { text-style: bold; margin-bottom: 1; }
    #words { margin-bottom: 1; }
    #said { color: yellow; margin-top: 1; }
    #keys { dock: bottom; color: $text-muted; }
    OptionList { background: black; border: none; height: auto; max-height: 11; padding: 0; }
    OptionList:focus { border: none; background: black; }
    Input, Input:focus { background: black; border: solid white; }
    #scrolled { height: 1fr; }
    """

    def __init__(
        self,
        draft: Draft,
        shipped: Path,
        *,
        input_folder: Path = FOLDER,
        clock: Callable[[], float] = time.monotonic,
        quick: bool = False,
    ) -> None:
        super().__init__()
        self.draft = draft
        self.shipped = shipped
        self.input_folder = input_folder
        self.clock = clock
        self.quick = quick
        self.forms: tuple[FormEntry, ...] = ()
        self.written: Written | None = None
        self.fit = False
        self._at = 0
        self._leaving = False

    @property
    def place(self) -> str:
        """`3 of 11`."""
        return f"{self._at + 1} of {len(PAGES)}"

    def on_mount(self) -> None:
        """The first page."""
        self.push_screen(PAGES[0]())

    def go_on(self, draft: Draft) -> None:
        """To the next page that has something to ask."""
        self.draft = draft
        self._move(1)

    def go_back(self) -> None:
        """To the one before; from the first one out, when it is asked for twice."""
        if self._at == 0:
            if self._leaving:
                self.exit()
            self._leaving = True
            screen = self.screen
            if isinstance(screen, NamePage):
                screen.say("Esc once more leaves. Nothing was written.")
            return
        self._move(-1)

    def _move(self, way: int) -> None:
        self._leaving = False
        self._at += way
        while not PAGES[self._at].wanted(self.draft):
            self._at += way
        self.switch_screen(PAGES[self._at]())
