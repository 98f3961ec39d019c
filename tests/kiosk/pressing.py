"""Fingers, worn contacts and time for `kiosk.keys.presses`, without a clock."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from kiosk.events import Event, KeyPressed
from kiosk.keys.edges import Down, Edge, Up
from kiosk.keys.presses import Presses
from kiosk.settings import Input

LONG_S = 100.0
"""After everything: nothing is waited for any more."""


def down(at_s: float, key: str = "green", device: str = "buttons", turn: int = 1) -> Down:
    return Down(key, turn, at_s, device=device, has_up=True)


def up(at_s: float, key: str = "green", device: str = "buttons") -> Up:
    return Up(key, device, at_s)


def tap(at_s: float, key: str = "green", turn: int = 1) -> Down:
    """A terminal's key, or a touch: nobody tells when it went up."""
    return Down(key, turn, at_s)


def pulses(from_s: float, times: int, on_s: float = 0.005, off_s: float = 0.005, key: str = "green") -> list[Edge]:
    """A contact that opens and closes."""
    starts = [from_s + number * (on_s + off_s) for number in range(times)]
    return [edge for at_s in starts for edge in (down(at_s, key), up(at_s + on_s, key))]


class Keys:
    """Presses with everything that came of them, and when."""

    def __init__(self, **settings: float) -> None:
        self.presses = Presses(msgspec.structs.replace(Input(), **{"two_keys_s": 0.08, **settings}))
        self.told: list[tuple[float, Event]] = []
        self.touches: list[Down] = []

    def take(self, *edges: Edge) -> list[Event]:
        """Take these at their times, and the time between them as the runner would; what came of it."""
        before = len(self.told)
        for edge in edges:
            self.wait(edge.at_s)
            self.told += [(edge.at_s, event) for event in self.presses.take(edge)]
            if self.presses.touched:
                assert isinstance(edge, Down)
                self.touches.append(edge)
        return [event for _, event in self.told[before:]]

    def wait(self, until_s: float) -> list[Event]:
        """Let time pass; what came of it."""
        before = len(self.told)
        rounds = 0
        while (due_s := self.presses.due_s) is not None and due_s <= until_s:
            self.told += [(due_s, event) for event in self.presses.pass_time(due_s)]
            rounds += 1
            assert rounds < 10_000, "the filter waits for the same moment again and again"
        return [event for _, event in self.told[before:]]

    def all(self, edges: Iterable[Edge]) -> list[Event]:
        """Everything that comes of these, to the end."""
        self.take(*edges)
        self.wait(LONG_S)
        return [event for _, event in self.told]


def answers(events: Iterable[Event]) -> list[str]:
    """The keys that counted."""
    return [event.key for event in events if isinstance(event, KeyPressed)]
