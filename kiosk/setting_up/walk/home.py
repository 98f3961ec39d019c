"""The home's pages: its name, its language, when its kiosk is open."""

from __future__ import annotations

from typing import ClassVar

from kiosk.hours import read_hours
from kiosk.setting_up import offers
from kiosk.setting_up.draft import Draft
from kiosk.setting_up.walk.page import Page, TypedPage


class NamePage(TypedPage):
    """What the home is called."""

    TITLE: ClassVar[str] = "What is this home called?"
    HINT: ClassVar[str] = "Elm Road"

    def words(self) -> str:
        """The first page says what the walk is."""
        there = "Every answer stands as it is now: Enter keeps it." if self.draft.found else "This is a new kiosk."
        return (
            f"Some questions about this kiosk, for {self.draft.path}.\n{there} Nothing is written before the last "
            "page.\n\nThe name is what the office reads of its kiosks. It may be empty."
        )

    def value(self) -> str:
        """As it stands."""
        return str(self.draft.value("home.name"))

    def typed(self, text: str) -> Draft:
        """Any name will do."""
        return self.draft.having(home__name=" ".join(text.split()) or None)


class LanguagePage(Page):
    """What a visit begins in."""

    TITLE: ClassVar[str] = "Which language does a visit begin in?"

    def words(self) -> str:
        """What the choice is for."""
        return "People can choose another one where a question set has several."

    def on_mount(self) -> None:
        """Voices are tried, which takes a moment."""
        self.offer_nothing()
        self.say("Trying the voices ...")
        draft, shipped = self.draft, self.walk.shipped
        self.beside(lambda: offers.languages(draft, offers.offers(draft, shipped)), self._found, self.say)

    def _found(self, found: tuple[offers.Language, ...]) -> None:
        self.say("")
        now = str(self.draft.value("home.language"))
        self.offer([(one.code, one.title) for one in found], now)

    def chosen(self, name: str) -> None:
        """To be begun in."""
        self.onward(offers.with_language(self.draft, name))


class HoursPage(TypedPage):
    """When it is open."""

    TITLE: ClassVar[str] = "When is it open?"
    HINT: ClassVar[str] = "09:00-20:00"

    def words(self) -> str:
        """What closed means."""
        return (
            "From when to when, such as 09:00-20:00; empty: always.\nOutside these hours it says that it is closed. "
            "A visit that has begun goes on."
        )

    def value(self) -> str:
        """As it stands."""
        return str(self.draft.value("hours.open"))

    def typed(self, text: str) -> Draft:
        """A span, or nothing."""
        read_hours(text)
        return self.draft.having(hours__open="".join(text.split()) or None)
