"""Keys by input device: reads them, keeps them from everything else, and follows plugging in and out.

There is no udev in this: its messages do not reach a service without network, so /dev/input itself is looked at once a
second.
"""

from __future__ import annotations

import fcntl
import logging
import os
import selectors
import struct
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.answer import By
from kiosk.keys.edges import Down, FoundDown, Plugged, Unplugged, Up
from kiosk.keys.input_devices import FOLDER, JOIN_GROUP, Found, codes_of, library, look, nodes
from kiosk.settings import Input
from kiosk.view import NEXT_SWITCH, SWITCH

log = logging.getLogger(__name__)

SET_CLOCK = 0x400445A0
"""EVIOCSCLOCKID of linux/input.h, which the library has no name for: which clock the kernel stamps events with."""
CLOCK_STEP_S = 0.5
"""The clock on the wall was put right when it is off by more than that against the one that never goes back."""


@dataclass
class _Device:
    """An opened device.

    Attributes:
        name: its own, with a number where another one is called the same.
        down: the codes that are down.
        ahead_s: what to add to its stamps; None: they are on our clock.
    """

    source: Any
    path: Path
    name: str
    does: Mapping[int, str]
    down: set[int]
    ahead_s: float | None


class Buttons:
    """Puts the edges of `kiosk.keys.edges` into the inbox, from a thread of its own, until it is closed.

    Args:
        settings: which devices.
        mapping: what their keys do: [buttons] of the configuration.
        put: where everything that happens goes; called from the thread.
        turn: that of the view on the screen; called from the thread.
        clock: seconds, as `time.monotonic` counts them.
        folder: where the devices are.
        look_every_s: how often it is looked for what was plugged in.

    Raises:
        KioskError: the evdev library is missing.
    """

    def __init__(
        self,
        settings: Input,
        mapping: Mapping[str, str],
        put: Callable[[Any], None],
        turn: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
        *,
        folder: Path = FOLDER,
        look_every_s: float = 1.0,
    ) -> None:
        self._ecodes = library().ecodes
        self._settings = settings
        self._codes, _ = codes_of(mapping)
        self._put, self._turn, self._clock = put, turn, clock
        self._folder, self._look_every_s = folder, look_every_s
        self._devices: dict[Path, _Device] = {}
        self._unwanted: dict[Path, tuple[int, int]] = {}
        self._refused: dict[Path, str] = {}
        self._facts: dict[str, str] = {}
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = os.pipe()
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._look()
        self._thread = threading.Thread(target=self._read_all, name="buttons", daemon=True)
        self._thread.start()

    def facts(self) -> dict[str, str]:
        """For the status: `keys`, the devices by name, "" for none; `key_problem`, what is wrong, "" for nothing.

        They change with each Plugged and Unplugged.
        """
        return dict(self._facts)

    def close(self) -> None:
        """Give the devices back. Nothing is put any more."""
        if self._thread.is_alive():
            os.write(self._woken, b".")
            self._thread.join()
            os.close(self._woken)

    def _read_all(self) -> None:
        """The thread."""
        looked_s = self._clock()
        try:
            while True:
                for key, _ in self._selector.select(self._look_every_s):
                    if key.fileobj == self._wake:
                        return
                    self._read(key.data)
                if self._clock() - looked_s >= self._look_every_s:
                    self._look()
                    looked_s = self._clock()
        finally:
            for device in self._devices.values():
                device.source.close()
            self._selector.close()
            os.close(self._wake)

    # --- which devices ----------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Let go of what is gone, take what is new."""
        here = nodes(self._folder)
        for device in [device for path, device in self._devices.items() if path not in here]:
            self._lose(device)
        self._unwanted = {path: node for path, node in self._unwanted.items() if _node(path) == node}
        self._refused = {path: why for path, why in self._refused.items() if path in here}
        new = (path for path in here if path not in self._devices and path not in self._unwanted)
        for found in look(self._settings, self._codes, new):
            if found.source is not None:
                self._open(found)
            elif found.problem is not None:
                self._refuse(found.path, found.problem)
            elif (node := _node(found.path)) is not None:
                self._unwanted[found.path] = node
        self._know()

    def _open(self, found: Found) -> None:
        """Take it for ourselves. A key that is down already is stuck until it goes up."""
        source = found.source
        ahead_s = None if _stamped_by_our_clock(source.fd) else self._ahead_s()
        try:
            source.grab()
            down = {code for code in source.active_keys() if code in found.does}
        except OSError as problem:
            source.close()
            self._refuse(found.path, problem)
            return
        self._refused.pop(found.path, None)
        taken = {device.name for device in self._devices.values()}
        names = (found.name, *(f"{found.name} {number}" for number in range(2, len(taken) + 2)))
        name = next(name for name in names if name not in taken)
        device = _Device(source, found.path, name, found.does, down, ahead_s)
        self._devices[found.path] = device
        self._selector.register(source.fd, selectors.EVENT_READ, device)
        log.info("keys of '%s' are read", name)
        self._know()
        self._put(Plugged(name, self._clock()))
        for does in sorted({found.does[code] for code in down}):
            self._put(FoundDown(does, name, self._clock()))

    def _refuse(self, path: Path, problem: OSError) -> None:
        if path not in self._refused:
            log.warning("%s cannot be read: %s", path, problem.strerror)
        denied = isinstance(problem, PermissionError)
        why = JOIN_GROUP if denied else "Stop the program that has it, or plug it in again."
        self._refused[path] = f"{path} cannot be read: {problem.strerror}. {why}"

    def _lose(self, device: _Device) -> None:
        """It is gone, with all its keys."""
        log.warning("keys of '%s' are gone", device.name)
        self._selector.unregister(device.source.fd)
        device.source.close()
        del self._devices[device.path]
        self._know()
        self._put(Unplugged(device.name, self._clock()))

    def _know(self) -> None:
        """What `facts` tells: made here and replaced whole, for it is read from another thread."""
        names = [device.name for device in self._devices.values()]
        faults = sorted(self._refused.values())
        if not faults and not any(device.does for device in self._devices.values()):
            wanted = ", ".join(self._settings.devices)
            faults = [f"No input device with keys was found by input.devices ({wanted}). Plug it in."]
        self._facts = {"keys": ", ".join(names), "key_problem": " ".join(faults)}

    # --- what they do -----------------------------------------------------------------------------------------------

    def _read(self, device: _Device) -> None:
        """Everything that happened since the last time."""
        ecodes = self._ecodes
        try:
            for event in device.source.read():
                at_s = self._at_s(device, event.timestamp())
                if event.type == ecodes.EV_SYN and event.code == ecodes.SYN_DROPPED:
                    # The kernel had no room. Whatever else was read is older than the state it is asked for now.
                    self._change(device, {code for code in device.source.active_keys() if code in device.does}, at_s)
                    return
                if event.type == ecodes.EV_KEY and event.code in device.does and event.value in (0, 1):  # 2: repeats
                    self._change(device, (device.down - {event.code}) | ({event.code} if event.value else set()), at_s)
        except BlockingIOError:
            return
        except OSError:
            self._lose(device)

    def _change(self, device: _Device, down: set[int], at_s: float) -> None:
        """These are down now. Two keys that do the same are one."""
        before, now = ({device.does[code] for code in codes} for codes in (device.down, down))
        device.down = down
        for does in sorted(before - now):
            self._put(Up(does, device.name, at_s))
        for does in sorted(now - before):
            by = By.SWITCH if does in (SWITCH, NEXT_SWITCH) else By.KEY
            self._put(Down(does, self._turn(), at_s, by, device.name, has_up=True))

    def _at_s(self, device: _Device, stamp_s: float) -> float:
        """When that was, on our clock."""
        if device.ahead_s is None:
            return stamp_s
        ahead_s = self._ahead_s()
        if abs(ahead_s - device.ahead_s) > CLOCK_STEP_S:
            device.ahead_s = ahead_s
        return stamp_s + device.ahead_s

    def _ahead_s(self) -> float:
        """How far our clock is ahead of the one on the wall."""
        return self._clock() - time.time()


def _stamped_by_our_clock(fd: int) -> bool:
    """Have the kernel stamp this device's events with the clock that never goes back, as it can since Linux 3.4."""
    try:
        fcntl.ioctl(fd, SET_CLOCK, struct.pack("i", time.CLOCK_MONOTONIC))
    except OSError:
        return False
    return True


def _node(path: Path) -> tuple[int, int] | None:
    """Which node lies there; another one, or other permissions, are another."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_ctime_ns
