"""The one queue that everything goes through on its way to the runner, and the clock it is waited on with."""

from __future__ import annotations

import queue
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol


class Inbox(Protocol):
    """Where sound, keys and timers put what happened."""

    def put(self, happened: Any) -> None:
        """From any thread."""

    def take(self, until_s: float | None) -> Any | None:
        """The next of what happened; None when the clock reaches `until_s` first. Without it, wait for ever."""

    def now_s(self) -> float:
        """Seconds on a clock that never goes back."""


@dataclass(frozen=True)
class SetsChanged:
    """Other questions are ready to be asked from the next visit on."""


@dataclass(frozen=True)
class StoreChanged:
    """The store can't be read, or can be read again."""


class RealInbox:
    """Waits in real time."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def put(self, happened: Any) -> None:
        """From any thread."""
        self._queue.put(happened)

    def take(self, until_s: float | None) -> Any | None:
        """The next of what happened, or None at `until_s`."""
        try:
            if until_s is None:
                return self._queue.get()
            return self._queue.get(timeout=max(0.0, until_s - self.now_s()))
        except queue.Empty:
            return None

    def now_s(self) -> float:
        """The machine's monotonic clock."""
        return time.monotonic()


class RehearsalInbox:
    """Waits for nothing: when nothing more has happened, its clock is put forward to what is waited for.

    With stand-ins that answer at once, a visit of minutes takes a moment and always goes the same way.
    """

    def __init__(self) -> None:
        self._happened: deque[Any] = deque()
        self._now_s = 0.0

    def put(self, happened: Any) -> None:
        """From the one thread there is."""
        self._happened.append(happened)

    def take(self, until_s: float | None) -> Any | None:
        """The next of what happened; None when nothing has."""
        if self._happened:
            return self._happened.popleft()
        if until_s is not None:
            self._now_s = max(self._now_s, until_s)
        return None

    def now_s(self) -> float:
        """Seconds of the rehearsal."""
        return self._now_s
