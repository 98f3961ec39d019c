"""What has been drawn, and what is drawn before it is wanted: the first picture after a key should be ready.

A picture takes 5 to 40 ms to draw and encode; a screen has up to eight. They are kept in memory alone.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

Part = TypeVar("Part", bound=Hashable)
_NICE = 15
"""How far the thread stands back; the kernel's own scale to 19."""


class Drawn(Generic[Part]):
    """Keeps what was made of each part; two threads that want the same one make it once.

    Args:
        make: draws a part.
        most: how many are kept, those last wanted.
    """

    def __init__(self, make: Callable[[Part], str], most: int) -> None:
        self._make = make
        self._most = most
        self._kept: OrderedDict[Part, str] = OrderedDict()
        self._making: dict[Part, threading.Event] = {}
        self._lock = threading.Lock()

    def __call__(self, part: Part) -> str:
        """What was made of the part, or is made now."""
        while True:
            with self._lock:
                if part in self._kept:
                    self._kept.move_to_end(part)
                    return self._kept[part]
                other = self._making.get(part)
                if other is None:
                    self._making[part] = threading.Event()
                    break
            other.wait()
        try:
            made = self._make(part)
            with self._lock:
                self._kept[part] = made
                if len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return made
        finally:
            with self._lock:
                self._making.pop(part).set()

    def __contains__(self, part: Part) -> bool:
        """Whether it is ready."""
        with self._lock:
            return part in self._kept


class Ahead(Generic[Part]):
    """Draws what is expected in a thread of its own, a part at a time, and stands back for whoever is waited for.

    Args:
        draw: draws and keeps one part.
        clock: seconds that never go back.
    """

    def __init__(self, draw: Callable[[Part], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._draw = draw
        self._clock = clock
        self._news = threading.Condition()
        self._expected: Iterator[Part] | None = None
        self._not_before_s = 0.0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="drawing ahead", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def expect(self, parts: Iterable[Part]) -> None:
        """Draw these next, in their order, instead of what was expected before."""
        with self._news:
            self._expected = iter(parts)
            self._news.notify()

    def stand_back(self, for_s: float) -> None:
        """Begin no part for so long: a key was pressed, or something else is being drawn."""
        with self._news:
            self._not_before_s = self._clock() + for_s

    def close(self) -> None:
        """End; a part that is being drawn is finished first."""
        with self._news:
            self._closed = True
            self._news.notify()

    def _run(self) -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        while (expected := self._next()) is not None:
            try:
                for part in expected:
                    if not self._may_go_on():
                        break
                    self._draw(part)
            except Exception as error:  # noqa: BLE001  drawn again when it is wanted, and told there
                log.warning("Cannot draw ahead (%s): it is drawn when it is wanted.", type(error).__name__)

    def _next(self) -> Iterator[Part] | None:
        """Wait for something to draw; None at the end."""
        with self._news:
            self._news.wait_for(lambda: self._closed or self._expected is not None)
            expected, self._expected = self._expected, None
            return None if self._closed else expected

    def _may_go_on(self) -> bool:
        """Wait while others are waited for; False where something else is expected by now, or nothing."""
        with self._news:
            while not self._closed and self._expected is None:
                wait_s = self._not_before_s - self._clock()
                if wait_s <= 0:
                    return True
                self._news.wait(wait_s)
            return False
