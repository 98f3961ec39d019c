"""What all pages have: where one is, a few words, something to choose or to type, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from kiosk.errors import KioskError
from openrosa.errors import OpenRosaError
from voice.errors import VoiceError

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from kiosk.setting_up.draft import Draft
    from kiosk.setting_up.walk.app import SetupApp

Choices = Sequence[tuple[str, str]]
"""Name and words of each."""
REFUSALS = (KioskError, OpenRosaError, VoiceError)


class Page(Screen[None]):
    """One question of the walk. Whoever makes one gives `TITLE`, `words` and what happens when something is chosen."""

    TITLE: ClassVar[str] = ""
    KEYS: ClassVar[str] = "Arrows and Enter choose. Esc goes back."
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", priority=True)]

    @classmethod
    def wanted(cls, draft: Draft) -> bool:
        """Whether there is something to ask."""
        del draft
        return True

    @property
    def walk(self) -> SetupApp:
        """The app, which holds what was answered."""
        return cast("SetupApp", self.app)

    @property
    def draft(self) -> Draft:
        """As it stands."""
        return self.walk.draft

    def words(self) -> str:
        """What is asked, in a few lines."""
        return ""

    def body(self) -> ComposeResult:
        """What is between the words and what came of it."""
        yield OptionList(id="choices", markup=False)

    def compose(self) -> ComposeResult:
        """The page from top to bottom."""
        yield Static(f"Sayso setup: {self.walk.place}", id="where", markup=False)
        yield Static(self.TITLE, id="title", markup=False)
        if words := self.words():
            yield Static(words, id="words", markup=False)
        yield from self.body()
        yield Static("", id="said", markup=False)
        yield Static(self.KEYS, id="keys", markup=False)

    def action_back(self) -> None:
        """Esc."""
        self.walk.go_back()

    def say(self, words: str) -> None:
        """What came of it, in a line or two."""
        self.query_one("#said", Static).update(words)

    def ask(self, words: str) -> None:
        """Other words in place of what is asked."""
        self.query_one("#words", Static).update(words)

    def offer(self, choices: Choices, at: str = "") -> None:
        """Put these to choose from in place of what is there.

        Args:
            choices: name and words of each.
            at: which one Enter takes.
        """
        found = self.query_one("#choices", OptionList)
        found.display = True
        found.clear_options()
        found.add_options([Option(words, id=name) for name, words in choices])
        names = [name for name, _ in choices]
        found.highlighted = names.index(at) if at in names else 0
        found.focus()

    def offer_nothing(self) -> None:
        """Nothing is to be chosen now."""
        self.query_one("#choices", OptionList).display = False
        self.set_focus(None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on one of them."""
        event.stop()
        self.chosen(event.option.id or "")

    def chosen(self, name: str) -> None:
        """What follows from that choice."""

    def onward(self, draft: Draft | None = None) -> None:
        """To the next page, with that draft."""
        self.walk.go_on(draft if draft is not None else self.draft)

    def beside(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[str], None]) -> None:
        """Do it on a thread of its own, so that the page stays alive.

        Args:
            work: may raise what can be told to a person.
            done: given what it returned, here.
            failed: given the sentence, here.
        """

        def run() -> None:
            try:
                outcome = work()
            except REFUSALS as error:
                self._back_here(failed, str(error))
            else:
                self._back_here(done, outcome)

        self.run_worker(run, thread=True, exclusive=True)

    def _back_here(self, then: Callable[[Any], None], outcome: Any) -> None:
        """Nobody is told of what ends after the page was left."""

        def told() -> None:
            if self.is_mounted and self.walk.screen is self:
                then(outcome)

        self.walk.call_from_thread(told)


class TypedPage(Page):
    """A page with one line to type."""

    KEYS: ClassVar[str] = "Type, then Enter. Esc goes back."
    HINT: ClassVar[str] = ""

    def value(self) -> str:
        """What stands there already."""
        return ""

    def body(self) -> ComposeResult:
        """A line."""
        yield Input(self.value(), placeholder=self.HINT, id="line")

    def on_mount(self) -> None:
        """Typing begins at once."""
        self.query_one("#line", Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: what can't be used is told, and stays to be corrected."""
        event.stop()
        try:
            draft = self.typed(event.value)
        except REFUSALS as error:
            self.say(str(error))
        else:
            self.onward(draft)

    def typed(self, text: str) -> Draft:
        """The draft with that. Raises: KioskError and its like: it can't be used."""
        raise NotImplementedError


class ScrolledPage(Page):
    """A page with more lines than fit: PgUp and PgDn move them."""

    KEYS: ClassVar[str] = "Arrows and Enter choose. PgUp and PgDn scroll. Esc goes back."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "scroll_lines(-1)", priority=True),
        Binding("pagedown", "scroll_lines(1)", priority=True),
    ]

    def body(self) -> ComposeResult:
        """The lines, then what to choose."""
        with VerticalScroll(id="scrolled", can_focus=False):
            yield Static("", id="lines", markup=False)
        yield OptionList(id="choices", markup=False)

    def show_lines(self, lines: Iterable[str]) -> None:
        """In place of those that are there."""
        self.query_one("#lines", Static).update("\n".join(lines))

    def action_scroll_lines(self, way: int) -> None:
        """Up or down by a page."""
        found = self.query_one("#scrolled", VerticalScroll)
        found.scroll_relative(y=way * max(1, found.size.height - 1), animate=False)
