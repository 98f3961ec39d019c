"""Looks after a microphone and a speaker while nobody uses them: what was lost is found again without a restart.

A card that is plugged in or pulled out shows in the kernel's list, which is read every second and costs nothing. A
sound server's devices show nowhere: one that is missing is tried every few seconds, which opens and closes it and takes
some milliseconds. What is there and works is left alone: a microphone is open only while a question waits.

A device that can be opened and yet is lost again each time is tried less and less often, until it works or something is
plugged in.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from voice.devices import Direction, look_for_new, seek, starts, try_out
from voice.errors import VoiceError

LOOK_S = 1.0
AGAIN_S = 4.0
"""What is missing is tried again after this; with LOOK_S it is found within 5 s."""
LONGEST_S = 60.0


@dataclass
class _Watched:
    """One direction's device.

    Attributes:
        name: as set.
        there: None: nobody has looked yet.
        due_s: when it is tried again; None: at the next look, `pause_s` from then is when.
        pause_s: between two tries.
        proved: sound came or went since it was found.
    """

    name: str
    there: bool | None = None
    due_s: float | None = None
    pause_s: float = AGAIN_S
    proved: bool = True


class Watcher:
    """Tells when devices come and go.

    Args:
        wanted: their names, as in `devices.find`.
        on_change: told (which, its name, "") when it is there, (which, "", why) when it is not: the first time, and
            at each change that the watcher saw itself. On the thread that looks.
    """

    def __init__(self, wanted: Mapping[Direction, str], on_change: Callable[[Direction, str, str], None]) -> None:
        self._watched = {direction: _Watched(name) for direction, name in wanted.items()}
        self._on_change = on_change
        self._starts = starts()
        self._lock = threading.Lock()
        self._looking = threading.Lock()

    def lost(self, direction: Direction) -> None:
        """Whoever used it has lost it. From any thread."""
        with self._lock:
            one = self._watched.get(direction)
            if one is None or one.there is False:
                return
            one.there, one.due_s = False, None
            one.pause_s = AGAIN_S if one.proved else min(2 * one.pause_s, LONGEST_S)

    def works(self, direction: Direction) -> None:
        """Sound came from it, or went there. From any thread."""
        with self._lock:
            one = self._watched.get(direction)
            if one is not None:
                one.there = one.proved = True

    def look(self, now_s: float) -> None:
        """Look once.

        Args:
            now_s: on a clock that never goes back.
        """
        with self._looking:
            with suppress(VoiceError):  # no PortAudio: each device says so below
                look_for_new()
            changed = starts() != self._starts
            for direction, one in self._watched.items():
                if self._due(one, now_s, changed=changed):
                    self._try(direction, one, now_s)
            self._starts = starts()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look every second, on a thread of its own, for as long as the block lasts."""
        closed = threading.Event()

        def run() -> None:
            while not closed.wait(LOOK_S):
                self.look(time.monotonic())

        thread = threading.Thread(target=run, name="watcher", daemon=True)
        thread.start()
        try:
            yield
        finally:
            closed.set()
            thread.join()

    def _due(self, one: _Watched, now_s: float, *, changed: bool) -> bool:
        with self._lock:
            if one.there is False and one.due_s is None:
                one.due_s = now_s + one.pause_s
            if changed:
                one.pause_s = AGAIN_S
            return changed or one.there is None or (one.due_s is not None and now_s >= one.due_s)

    def _try(self, direction: Direction, one: _Watched, now_s: float) -> None:
        name = why = ""
        try:
            seek(direction, one.name)
            device = try_out(direction, one.name)
            if device is None:
                return  # somebody uses it, and will tell
            name = device.name
        except VoiceError as error:
            why = str(error)
        with self._lock:
            before, one.there = one.there, bool(name)
            one.due_s = None if name else now_s + one.pause_s
            if name and before is False:
                one.proved = False
        if one.there is not before:
            self._on_change(direction, name, why)
