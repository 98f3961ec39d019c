"""Staff's PIN, twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Input, OptionList

from kiosk.errors import KioskError
from kiosk.setting_up.walk.page import Page
from kiosk.staff.pin import LONGEST, hash_pin

if TYPE_CHECKING:
    from textual.app import ComposeResult

KEEP, ENTER, NONE = "keep", "enter", "none"


class PinPage(Page):
    """For the staff screen."""

    TITLE: ClassVar[str] = "The staff's PIN"

    def __init__(self) -> None:
        super().__init__()
        self._first = ""

    def words(self) -> str:
        """Which keys it is made of."""
        return (
            "For the screen with counts and device health; no answer is ever shown there.\n4 to 12 digits out of 1, 2, "
            "3 and 4, the kiosk's green, yellow, red and blue key. Six or more are better."
        )

    def body(self) -> ComposeResult:
        """The ways, and a line that shows no digit."""
        yield OptionList(id="choices", markup=False)
        line = Input(password=True, id="line", restrict="[1-4]*", max_length=LONGEST)
        line.display = False
        yield line

    def on_mount(self) -> None:
        """The ways."""
        now = "the one that is set" if self.draft.value("staff.pin_hash") else "it as it is: none"
        keep = [(KEEP, f"Keep {now}")] if self.draft.found or self.draft.value("staff.pin_hash") else []
        self.offer([*keep, (ENTER, "Enter a PIN"), (NONE, "None: no staff screen")])

    def chosen(self, name: str) -> None:
        """Keep it, none, or enter one."""
        if name == KEEP:
            self.onward()
        elif name == NONE:
            self.onward(self.draft.having(staff__pin_hash=None))
        else:
            self.offer_nothing()
            self._line("The PIN, then Enter:")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The first time, then the same again."""
        event.stop()
        try:
            hashed = hash_pin(event.value)
        except KioskError as error:
            self._first = ""
            self._line(str(error))
            return
        if not self._first:
            self._first = event.value
            self._line("The same again, then Enter:")
        elif self._first != event.value:
            self._first = ""
            self._line("The second one was another. The PIN, then Enter:")
        else:
            self.onward(self.draft.having(staff__pin_hash=hashed))

    def _line(self, words: str) -> None:
        self.say(words)
        line = self.query_one("#line", Input)
        line.value, line.display = "", True
        line.focus()
