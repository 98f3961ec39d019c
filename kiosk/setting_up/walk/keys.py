"""Each big key by pressing it."""

from __future__ import annotations

from typing import ClassVar

from textual.events import Key

from kiosk.errors import KioskError
from kiosk.setting_up import pressing
from kiosk.setting_up.pressing import ASKED, NEEDED, Pressed, Watch
from kiosk.setting_up.walk.page import Page

KEEP, PRESS, KEYBOARD, TAKE = "keep", "press", "keyboard", "take"
STOP = "sudo systemctl stop sayso-kiosk.service"
BOUNCE_S = 0.3
"""The same key so soon again is its contact."""


class KeysPage(Page):
    """Which key does what."""

    TITLE: ClassVar[str] = "The big keys"

    def __init__(self) -> None:
        super().__init__()
        self._watch: Watch | None = None
        self._pressed: dict[str, Pressed] = {}
        self._at = 0
        self._last: tuple[Pressed, float] | None = None

    @property
    def pressing(self) -> bool:
        """Whether it waits for a big key."""
        return self._watch is not None

    def words(self) -> str:
        """How they are now."""
        return f"Now: {pressing.told(self.draft)}."

    def on_mount(self) -> None:
        """The ways."""
        self._choose()

    def on_unmount(self) -> None:
        """Nobody listens to keys any more."""
        self._end()

    def chosen(self, name: str) -> None:
        """Keep, begin, or take what was pressed."""
        if name == KEEP:
            self.onward()
        elif name == KEYBOARD:
            self.onward(pressing.without_devices(self.draft))
        elif name == TAKE:
            self.onward(pressing.with_keys(self.draft, self._pressed))
        else:
            self._begin()

    def action_back(self) -> None:
        """Esc: out of pressing, else a page back."""
        if self._watch is not None:
            self._end()
            self.ask(self.words())
            self._choose()
            return
        super().action_back()

    def on_key(self, event: Key) -> None:
        """While keys are pressed, arrows pass one over or go back to one."""
        if self._watch is None:
            return
        event.stop()
        if event.key == "right":
            self._pressed.pop(ASKED[self._at], None)
            self._next(1)
        elif event.key == "left" and self._at:
            self._next(-1)

    def _choose(self) -> None:
        self.say("")
        keep = [(KEEP, "Keep them as they are")] if self.draft.found else []
        ways = [*keep, (PRESS, "Press each big key now"), (KEYBOARD, "A keyboard's own keys: to try Sayso only")]
        self.offer(ways)

    def _begin(self) -> None:
        try:
            self._watch = Watch(self._told, self.walk.input_folder)
        except KioskError as error:
            self.say(str(error))
            return
        self._pressed, self._at = {}, 0
        self.offer_nothing()
        self._next(0)

    def _end(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.close()

    def _told(self, pressed: Pressed) -> None:
        """On the watch's thread; it must not wait for ours, which may be closing it."""
        self.walk.call_later(self._take, pressed)

    def _take(self, pressed: Pressed) -> None:
        if self._watch is None:
            return
        now_s = self.walk.clock()
        last, self._last = self._last, (pressed, now_s)
        if last is not None and last[0] == pressed and now_s - last[1] < BOUNCE_S:
            return
        other = next((does for does, one in self._pressed.items() if one == pressed and does != ASKED[self._at]), "")
        if other:
            self.say(f"{pressed.key} of '{pressed.device}' is {other} already. Press another one.")
            return
        self._pressed[ASKED[self._at]] = pressed
        self._next(1)

    def _next(self, way: int) -> None:
        self._at += way
        rows = [self._row(number, does) for number, does in enumerate(ASKED)]
        if self._at < len(ASKED):
            self.ask("\n".join((*rows, "", f"Press the key for {ASKED[self._at].upper()} now.")))
            taken = ", ".join(self._watch.taken) if self._watch is not None else ""
            held = f"\n'{taken}' is kept by another program. Is the kiosk running? {STOP}" if taken else ""
            self.say(f"Right arrow: there is none. Left arrow: one back. Esc: leave it.{held}")
            return
        self._end()
        self.ask("\n".join(rows))
        missing = [does for does in NEEDED if does not in self._pressed]
        whole = next((one.device for one in self._pressed.values() if one.whole_keyboard), "")
        notes = []
        if missing:
            notes.append(
                f"Without {', '.join(missing)} a visit cannot be answered by keys, unless they were set before."
            )
        if whole:
            notes.append(f"'{whole}' is a whole keyboard: while the kiosk runs, nothing else gets its keys.")
        self.say("\n".join(notes))
        self.offer(((TAKE, "Take these"), (PRESS, "Once more"), (KEYBOARD, "A keyboard's own keys: to try Sayso only")))

    def _row(self, number: int, does: str) -> str:
        found = self._pressed.get(does)
        mark = ">" if number == self._at else " "
        which = f"{found.key} of '{found.device}'" if found else "-"
        return f"{mark} {does:8} {which}"
