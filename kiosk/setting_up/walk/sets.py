"""Question sets, and the key that seals the answers to those that are made here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Input, OptionList

from kiosk.errors import KioskError
from kiosk.setting_up import offers, server
from kiosk.setting_up.draft import Draft
from kiosk.setting_up.walk.page import REFUSALS, Page

if TYPE_CHECKING:
    from textual.app import ComposeResult

GO_ON, FILE, NONE = "go on", "file", "none"


class SetsPage(Page):
    """One to three of them."""

    TITLE: ClassVar[str] = "What does it ask?"
    KEYS: ClassVar[str] = "Enter marks a set, or takes the mark away. Esc goes back."

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[offers.Offer, ...] = ()
        self._marked: set[int] = set()

    def words(self) -> str:
        """How many."""
        return "One to three question sets. Those that come with Sayso are drafts to change together."

    def on_mount(self) -> None:
        """Those of the server too, where there is one."""
        self.offer_nothing()
        self.say("Looking which there are ...")
        draft, shipped, url = self.draft, self.walk.shipped, str(self.draft.value("server.url"))
        forms = self.walk.forms

        def work() -> tuple[offers.Offer, ...]:
            if url and not forms:
                self.walk.forms = server.tried(url, draft.ca_file).forms
            return offers.offers(draft, shipped, self.walk.forms)

        self.beside(work, self._found, self.say)

    def _found(self, found: tuple[offers.Offer, ...]) -> None:
        self._offers = found
        values = list(self.draft.raw.get("sets", ()))
        sheets = dict(self.draft.sheets)
        self._marked = {
            number
            for number, one in enumerate(found)
            if one.value in values and (one.sheet is None) == (one.value not in sheets)
        }
        if not values and len(found) == 1 and not found[0].refused:
            self._marked = {0}
        self.say("")
        self._show(GO_ON if self._marked else "0")

    def _show(self, at: str) -> None:
        rows = [(str(number), self._row(number, one)) for number, one in enumerate(self._offers)]
        self.offer([(GO_ON, "Go on with the marked ones"), *rows], at)

    def _row(self, number: int, one: offers.Offer) -> str:
        return f"[{'x' if number in self._marked else ' '}] {one.title}"

    def chosen(self, name: str) -> None:
        """Mark it, or go on."""
        if name == GO_ON:
            self.say("Looking at them ...")
            draft, marked = self.draft, [self._offers[number] for number in sorted(self._marked)]
            self.beside(
                lambda: offers.with_sets(draft, tuple(offers.whole(one) for one in marked[: offers.MOST_SETS + 1])),
                self.onward,
                self.say,
            )
            return
        self._marked ^= {int(name)}
        self.say(self._offers[int(name)].refused)
        self._show(name)


class KeyPage(Page):
    """Whose key seals the answers; asked where a sheet is to be converted."""

    TITLE: ClassVar[str] = "Who may read the answers?"

    @classmethod
    def wanted(cls, draft: Draft) -> bool:
        """A form from a server, or made before, has its key or has none."""
        return bool(draft.sheets)

    def words(self) -> str:
        """Where the key comes from."""
        return (
            "Answers are sealed to the organisation's public key; nobody in the home can read them. The office makes "
            "it: sayso collector keys pair FOLDER, file public_key.txt."
        )

    def body(self) -> ComposeResult:
        """The ways, and a line for a file's name, or for the key itself."""
        yield OptionList(id="choices", markup=False)
        line = Input(id="line", placeholder="/media/usb/public_key.txt, or the key itself")
        line.display = False
        yield line

    def on_mount(self) -> None:
        """The ways."""
        self.offer(
            ((FILE, "A file with the public key, or the key itself"), (NONE, "Nobody's: not sealed, to try only"))
        )

    def chosen(self, name: str) -> None:
        """The key, or none: then the kiosk has to be allowed to keep what anybody can read."""
        if name == NONE:
            self.onward(replace(self.draft.having(store__allow_unsealed=True), public_key=""))
            return
        self.offer_nothing()
        line = self.query_one("#line", Input)
        line.display = True
        line.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Tried on the sets at once."""
        event.stop()
        try:
            key = key_in(event.value)
            for sheet in self.draft.sheets.values():
                offers.form_of(sheet, key)
        except REFUSALS as error:
            self.say(str(error))
        else:
            self.onward(replace(self.draft.having(store__allow_unsealed=None), public_key=key))


def key_in(text: str) -> str:
    """A key, or what is in the file of that name. Raises: KioskError: there is no such file."""
    text = text.strip()
    if text.startswith(("-----BEGIN", "MII")):
        return text
    try:
        return Path(text).expanduser().read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        met = error.strerror if isinstance(error, OSError) else "it is no text"
        raise KioskError(
            "Cannot read the public key", f"'{text}': {met}", "Give the path of public_key.txt."
        ) from error
