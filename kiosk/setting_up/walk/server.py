"""The server: pasted, and asked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Input, OptionList

from kiosk.errors import KioskError
from kiosk.setting_up import server
from kiosk.setting_up.walk.page import Page

if TYPE_CHECKING:
    from textual.app import ComposeResult

KEEP, PASTE, NONE, TAKE = "keep", "paste", "none", "take"


class ServerPage(Page):
    """Where visits go."""

    TITLE: ClassVar[str] = "The server"

    def __init__(self) -> None:
        super().__init__()
        self._url = ""

    def words(self) -> str:
        """What can be pasted."""
        return (
            "ODK Central: the content of the app user's QR code, or its address.\nA collector: "
            "http://HOST:PORT/key/TOKEN. The token is not shown."
        )

    def body(self) -> ComposeResult:
        """The ways, and a line to paste into, which comes when it is asked for."""
        yield OptionList(id="choices", markup=False)
        line = Input(password=True, id="line", placeholder="Paste here, then Enter")
        line.display = False
        yield line

    def on_mount(self) -> None:
        """The ways."""
        self._choose()

    def _choose(self) -> None:
        self.query_one("#line", Input).display = False
        now = str(self.draft.value("server.url"))
        keep = [(KEEP, f"Keep what is set: {server.hidden(now)}")] if now or self.draft.found else []
        self.offer([*keep, (PASTE, "Paste it"), (NONE, "None: visits leave by USB stick")])

    def chosen(self, name: str) -> None:
        """Keep, paste, none, or take what was tried."""
        if name == KEEP:
            self.onward()
        elif name == NONE:
            self.walk.forms = ()
            self.onward(self.draft.having(server__url=None))
        elif name == TAKE:
            self.onward(self.draft.having(server__url=self._url))
        else:
            self.offer_nothing()
            line = self.query_one("#line", Input)
            line.value, line.display = "", True
            line.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """What was pasted is tried at once."""
        event.stop()
        try:
            self._url = server.address_in(event.value)
        except KioskError as error:
            self.say(str(error))
            return
        event.input.display = False
        self.say(f"Asking {server.hidden(self._url)} ...")
        url, ca_file = self._url, self.draft.ca_file
        self.beside(lambda: server.tried(url, ca_file), self._tried, self.say)

    def _tried(self, outcome: server.Tried) -> None:
        self.walk.forms = outcome.forms
        self.say(outcome.sentence)
        again = (PASTE, "Paste another one")
        if outcome.fine:
            self.offer(((TAKE, "Go on with it"), again))
        else:
            self.offer((again, (TAKE, "Take it all the same"), (NONE, "None: visits leave by USB stick")))
