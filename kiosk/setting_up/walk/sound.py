"""Speaker and microphone, by speaking and listening."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import ClassVar

from textual.events import Key

from kiosk.setting_up import hearing
from kiosk.setting_up.walk.page import Page
from voice.devices import Direction
from voice.errors import VoiceError

KEEP, YES, AGAIN, OTHER, NONE = "keep", "yes", "again", "other", "none"
_BAR = 40
_SOFTEST_DBFS = -60.0


class _DevicePage(Page):
    """Choose a device, try it, then say whether it was right."""

    DIRECTION: ClassVar[Direction]

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[hearing.Found, ...] = ()
        self.setting = ""

    @property
    def now(self) -> str:
        """The setting as it stands."""
        return str(self.draft.value(f"voice.{self.DIRECTION.value}"))

    def on_mount(self) -> None:
        """Look which there are."""
        self.offer_nothing()
        self.beside(lambda: hearing.devices(self.DIRECTION), self._list, self._none)

    def _none(self, why: str) -> None:
        self.say(why)
        self._list(())

    def _list(self, found: tuple[hearing.Found, ...]) -> None:
        """Each, and what stands there, which Enter keeps."""
        self.found = found
        if not found:
            self.say(f"There is no {self.DIRECTION.value} here. Plug one in, go back with Esc and come again.")
        keep = [(KEEP, f"Keep what is set: {self.now or hearing.SYSTEMS_OWN}")] if self.draft.found else []
        each = [(str(number), f"Try: {one.title}") for number, one in enumerate(found)]
        self.offer([*keep, *each, *self.besides()])

    def besides(self) -> list[tuple[str, str]]:
        """Ways out besides the devices."""
        return [] if self.draft.found or self.found else [(KEEP, "Go on without")]

    def chosen(self, name: str) -> None:
        """A device is tried; what was tried is taken, tried again, or left."""
        if name == KEEP:
            self.onward()
        elif name == YES:
            self.onward(self.draft.having(**{f"voice__{self.DIRECTION.value}": self.setting or None}))
        elif name == OTHER:
            self.say("")
            self._list(self.found)
        else:
            if name != AGAIN:
                self.setting = self.found[int(name)].setting
            self.offer_nothing()
            self.tried()

    def tried(self) -> None:
        """Play or listen."""

    def failed(self, why: str) -> None:
        """It can't be used; another one may."""
        self._list(self.found)
        self.say(why)


class SpeakerPage(_DevicePage):
    """Does somebody hear it?"""

    TITLE: ClassVar[str] = "The speaker"
    DIRECTION: ClassVar[Direction] = Direction.OUTPUT

    def words(self) -> str:
        """What will be heard."""
        return f'Enter on one of these says: "{hearing.ASK}"'

    def tried(self) -> None:
        """Say a sentence through it."""
        self.say("Listen ...")
        setting, language = self.setting, str(self.draft.value("home.language"))

        def work() -> None:
            with tempfile.TemporaryDirectory(prefix="sayso-setup-") as folder:
                hearing.play(setting, hearing.question(language, Path(folder)))

        self.beside(work, self._played, self.failed)

    def _played(self, _nothing: None) -> None:
        self.say("Did you hear it?")
        self.offer(((YES, "Yes: take this one"), (AGAIN, "Say it again"), (OTHER, "No: another one")))


class MicrophonePage(_DevicePage):
    """Does somebody hear themselves?"""

    TITLE: ClassVar[str] = "The microphone"
    DIRECTION: ClassVar[Direction] = Direction.INPUT

    def __init__(self) -> None:
        super().__init__()
        self._ended: threading.Event | None = None

    def words(self) -> str:
        """What to do."""
        return (
            "Enter on one of these listens: say a sentence from where people will stand, as "
            "loud as they will. It is then played back, and kept nowhere."
        )

    def besides(self) -> list[tuple[str, str]]:
        """A kiosk may do without."""
        return [*super().besides(), (NONE, "None: answers by keys alone")]

    def chosen(self, name: str) -> None:
        """Keys alone, or as for every device; with a microphone the engine listens again."""
        if name == NONE:
            self.onward(self.draft.having(voice__engine="none"))
            return
        if name == YES and self.draft.value("voice.engine") == "none":
            self.walk.draft = self.draft.having(voice__engine=None)
        super().chosen(name)

    def tried(self) -> None:
        """Listen, with a bar that moves; then play it back."""
        ended = self._ended = threading.Event()
        setting, speaker = self.setting, str(self.draft.value("voice.speaker"))

        def work() -> hearing.Heard:
            heard = hearing.hear(setting, self._level, ended.is_set)
            if heard.pcm and not ended.is_set():
                self.walk.call_from_thread(self.say, "This is what was heard:")
            if heard.pcm:
                try:
                    hearing.play(speaker, heard.pcm)
                except VoiceError as error:
                    return hearing.Heard(heard.pcm, f"{heard.sentence} It cannot be played back: {error}", heard.fine)
            return heard

        self.say("Speak now ...   (Enter ends)")
        self.beside(work, self._heard, self.failed)

    def _level(self, dbfs: float) -> None:
        cells = round(_BAR * min(1.0, max(0.0, 1 - dbfs / _SOFTEST_DBFS)))
        bar = "#" * cells + "." * (_BAR - cells)
        self.walk.call_from_thread(self.say, f"Speak now ...   (Enter ends)\n\n{bar}")

    def _heard(self, heard: hearing.Heard) -> None:
        self._ended = None
        self.say(f"{heard.sentence}\nDid you hear yourself?")
        choices = ((YES, "Yes: take this one"), (AGAIN, "Once more"), (OTHER, "No: another one"))
        self.offer(choices, YES if heard.fine else AGAIN)

    def on_key(self, event: Key) -> None:
        """Enter while it listens."""
        if event.key == "enter" and self._ended is not None:
            event.stop()
            self._ended.set()

    def action_back(self) -> None:
        """Esc ends the listening too."""
        if self._ended is not None:
            self._ended.set()
        super().action_back()
