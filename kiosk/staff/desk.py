"""The staff screen: a sequence of keys on the waiting screen, the PIN, then what staff may see and do.

Driven by the runner's thread, which hands over every key while a visit waits and says when time has passed. Nothing in
here knows a visit.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from kiosk.errors import KioskError
from kiosk.staff.pin import LONGEST, Right
from kiosk.staff.words import WORDS
from kiosk.view import ANSWER_KEYS, START_KEY, Command, ScreenName, Tile, View
from voice.errors import VoiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kiosk.staff.pin import PinGate
    from kiosk.staff.rows import Row

BETWEEN_S = 3.0
"""Longest pause between two keys of the sequence."""
PIN_CLOSES_S = 20.0
CLOSES_S = 60.0
"""Without a key for so long the screen closes by itself."""
SAID_S = 8.0
"""How long what an action said stays up."""
ROWS_A_PAGE = 10

BACK, STOP, HELP = Command.BACK.value, Command.STOP.value, Command.HELP.value
NEXT_KEY, LEAVE_KEY, MORE_KEY = "green", "red", "blue"
ACTION_KEYS = {"green": "test_sound", "yellow": "send_now", "blue": "export"}
"""Which key does which action; red is the way out on every page."""


@dataclass(frozen=True)
class Taken:
    """What became of a key.

    Attributes:
        used: the visit must not get it.
        view: what to show now; None: nothing new, or, if the desk is not `active` any more, the visit's own screen.
    """

    used: bool
    view: View | None = None


class _At(Enum):
    CLOSED = "closed"
    PIN = "pin"
    READING = "reading"
    DOING = "doing"


class StaffDesk:
    """The way to the staff screen, and the screen.

    Args:
        sequence: keys to press one after the other, by `kiosk.view.KEYS`; empty: there is no staff screen.
        gate: of the PIN; None: there is no staff screen.
        rows: what staff see now.
        actions: by the names in `ACTION_KEYS`; each does it and returns one sentence. A name that is left out has no
            button.
    """

    def __init__(
        self,
        sequence: tuple[str, ...],
        gate: PinGate | None,
        rows: Callable[[], Sequence[Row]],
        actions: Mapping[str, Callable[[], str]],
    ) -> None:
        self._sequence = sequence
        self._gate = gate
        self._rows = rows
        self._actions = actions
        self._pressed: deque[tuple[str, float]] = deque(maxlen=max(1, len(sequence)))
        self._at = _At.CLOSED
        self._pin = ""
        self._page = 0
        self._said = ""
        self._said_until_s: float | None = None
        self._closes_s: float | None = None
        self.open_view: View | None = None
        """What is shown; None while it is closed."""

    @property
    def active(self) -> bool:
        """Whether PIN or staff screen is up."""
        return self._at is not _At.CLOSED

    @property
    def due_s(self) -> float | None:
        """When `pass_time` has something to do, on the clock of `now_s`; None: never."""
        due = [at_s for at_s in (self._closes_s, self._said_until_s) if at_s is not None]
        return min(due) if due else None

    def take(self, key: str, now_s: float) -> Taken:
        """One key, while a visit waits.

        Args:
            key: by `kiosk.view.KEYS`.
            now_s: seconds on a clock that never goes back.
        """
        if self._gate is None or not self._sequence:
            return Taken(used=False)
        if not self.active:
            return self._follow(key, now_s, self._gate)
        if key == HELP:  # whoever needs help does not wait for staff to finish
            self.close()
            return Taken(used=False)
        if key == STOP:
            return self._left()
        self._said, self._said_until_s = "", None
        match self._at:
            case _At.PIN:
                return self._take_in_pin(key, now_s, self._gate)
            case _At.READING:
                return self._take_in_reading(key, now_s)
            case _:
                return self._take_in_doing(key, now_s)

    def pass_time(self, now_s: float) -> View | None:
        """Time has passed: what to show now. None: nothing new, or the desk has closed and is not `active`."""
        if self._closes_s is not None and now_s >= self._closes_s:
            self.close()
        elif self._said_until_s is not None and now_s >= self._said_until_s:
            self._said, self._said_until_s = "", None
            self.open_view = self._view()
            return self.open_view
        return None

    def close(self) -> None:
        """Back to the waiting screen; nothing of the PIN stays."""
        self._at, self._pin, self._page, self._said = _At.CLOSED, "", 0, ""
        self._closes_s = self._said_until_s = self.open_view = None
        self._pressed.clear()

    def _follow(self, key: str, now_s: float, gate: PinGate) -> Taken:
        """The sequence: only its last key is used up."""
        if self._pressed and now_s - self._pressed[-1][1] > BETWEEN_S:
            self._pressed.clear()
        self._pressed.append((key, now_s))
        if tuple(pressed for pressed, _ in self._pressed) != self._sequence:
            return Taken(used=False)
        self._pressed.clear()
        self._at = _At.PIN
        wait_s = gate.wait_s(now_s)
        if wait_s > 0:
            self._say(WORDS["pin_locked"].format(seconds=math.ceil(wait_s)), now_s)
        return self._shown(now_s)

    def _take_in_pin(self, key: str, now_s: float, gate: PinGate) -> Taken:
        """Digits by the answer keys. How long the PIN is, nobody is told: the start key ends it."""
        if key in ANSWER_KEYS and len(self._pin) < LONGEST:
            self._pin += str(ANSWER_KEYS.index(key) + 1)
        elif key == BACK:
            self._pin = self._pin[:-1]
        elif key == START_KEY:
            if not self._pin:
                return self._left()
            pin, self._pin = self._pin, ""
            answer = gate.try_pin(pin, now_s)
            if isinstance(answer, Right):
                self._at = _At.READING
            else:
                words = WORDS["pin_wait" if answer.wait_s > 0 else "pin_wrong"]
                self._say(words.format(seconds=math.ceil(answer.wait_s)), now_s)
        return self._shown(now_s)

    def _take_in_reading(self, key: str, now_s: float) -> Taken:
        if key == LEAVE_KEY or (key == BACK and self._page == 0):
            return self._left()
        if key == NEXT_KEY:
            self._page += 1
        elif key == BACK:
            self._page -= 1
        elif key == MORE_KEY and self._actions:
            self._at = _At.DOING
        return self._shown(now_s)

    def _take_in_doing(self, key: str, now_s: float) -> Taken:
        if key in (LEAVE_KEY, BACK):
            self._at = _At.READING
        elif (action := self._actions.get(ACTION_KEYS.get(key, ""))) is not None:
            try:
                self._say(action(), now_s)
            except (KioskError, VoiceError) as error:
                self._say(str(error), now_s)
        return self._shown(now_s)

    def _say(self, words: str, now_s: float) -> None:
        self._said, self._said_until_s = words, now_s + SAID_S

    def _left(self) -> Taken:
        self.close()
        return Taken(used=True)

    def _shown(self, now_s: float) -> Taken:
        self._closes_s = now_s + (PIN_CLOSES_S if self._at is _At.PIN else CLOSES_S)
        self.open_view = self._view()
        return Taken(used=True, view=self.open_view)

    def _view(self) -> View:
        match self._at:
            case _At.PIN:
                return self._pin_view()
            case _At.READING:
                return self._reading_view()
            case _:
                return self._doing_view()

    def _pin_view(self) -> View:
        """A dot for each digit that was pressed, never the digits."""
        dots = " ".join(WORDS["pin_dot"] for _ in self._pin)
        keys = ((WORDS[f"key_{key}"], WORDS[f"pin_{does}"]) for key, does in _PIN_KEYS)
        tiles = tuple(Tile(key, str(number)) for number, key in enumerate(ANSWER_KEYS, start=1))
        words = f"{WORDS['pin']} {dots}" if dots else self._said or WORDS["pin"]
        return View(ScreenName.STAFF, words=words, tiles=tiles, rows=tuple(keys))

    def _reading_view(self) -> View:
        rows = tuple(self._rows())
        pages = max(1, math.ceil(len(rows) / ROWS_A_PAGE))
        self._page %= pages
        first = self._page * ROWS_A_PAGE
        tiles = [Tile(LEAVE_KEY, WORDS["leave"])]
        if pages > 1:
            tiles.insert(0, Tile(NEXT_KEY, WORDS["next_page"]))
        if self._actions:
            tiles.append(Tile(MORE_KEY, WORDS["more"]))
        words = WORDS["title"].format(page=self._page + 1, pages=pages)
        return View(ScreenName.STAFF, words=words, tiles=tuple(tiles), rows=rows[first : first + ROWS_A_PAGE])

    def _doing_view(self) -> View:
        words = {key: WORDS[name] for key, name in ACTION_KEYS.items() if name in self._actions}
        words[LEAVE_KEY] = WORDS["back"]
        tiles = tuple(Tile(key, words[key]) for key in ANSWER_KEYS if key in words)
        return View(ScreenName.STAFF, words=self._said or WORDS["doing"], tiles=tiles)


_PIN_KEYS = (("start", "enter"), ("back", "delete"), ("stop", "leave"))
