"""Each big key by pressing it: which input device it is on, and what the kernel calls it.

Devices are read and not taken: the admin's own keyboard goes on working. Looked for again and again, so that a box that
is plugged in now is found.
"""

from __future__ import annotations

import errno
import os
import selectors
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.errors import KioskError
from kiosk.keys.input_devices import FOLDER, JOIN_GROUP, library, nodes
from kiosk.setting_up.draft import Draft

ASKED = ("green", "yellow", "red", "blue", "start", "help")
"""What is asked for, one after the other; each may be passed over."""
NEEDED = ASKED[:3]
"""Three keys reach everything; docs/keys.md."""
NOT_A_KEY = frozenset({"KEY_ESC", "KEY_UP", "KEY_DOWN", "KEY_LEFT", "KEY_RIGHT", "KEY_TAB"})
"""They lead through the walk."""
_KEYBOARD = ("KEY_Q", "KEY_M", "KEY_Z", "KEY_ESC")
"""Whoever has these is a whole keyboard."""
LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class Pressed:
    """A key that went down.

    Attributes:
        device: as it calls itself.
        key: as the kernel calls it: KEY_A, BTN_TRIGGER.
        whole_keyboard: the device has the keys of a keyboard: the kiosk would take all of it.
    """

    device: str
    key: str
    whole_keyboard: bool = False


class Watch:
    """Tells of every key that goes down on any input device, from a thread of its own, until it is closed.

    Args:
        on_press: told; should only hand it on.
        folder: where the devices are.
        look_every_s: how often it is looked for new ones.

    Raises: KioskError: the evdev library is missing, or no device may be opened.
    """

    def __init__(
        self, on_press: Callable[[Pressed], None], folder: Path = FOLDER, look_every_s: float = LOOK_EVERY_S
    ) -> None:
        self._evdev = library()
        self._on_press = on_press
        self._folder, self._look_every_s = folder, look_every_s
        self._open: dict[Path, Any] = {}
        self.taken: tuple[str, ...] = ()
        """Devices that another program keeps to itself: a kiosk that is running does. Nothing is told of them."""
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = os.pipe()
        self._selector.register(self._wake, selectors.EVENT_READ)
        denied = self._look()
        if denied and not self._open:
            self._close_all()
            os.close(self._woken)
            raise KioskError("Cannot read input devices", f"such as {denied}: permission denied", JOIN_GROUP)
        self._thread = threading.Thread(target=self._read_all, name="pressing", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Tell nothing any more."""
        if self._thread.is_alive():
            os.write(self._woken, b".")
            self._thread.join()
            os.close(self._woken)

    def _look(self) -> Path | None:
        """Open what is new. Returns: one that may not be opened, if there is one."""
        denied: Path | None = None
        for path in nodes(self._folder):
            if path in self._open:
                continue
            try:
                source = self._evdev.InputDevice(str(path))
            except PermissionError:
                denied = path
                continue
            except OSError:  # it was pulled out just now
                continue
            if _is_taken(source):
                self.taken = (*self.taken, source.name)
            self._open[path] = source
            self._selector.register(source.fd, selectors.EVENT_READ, (path, source))
        return denied

    def _read_all(self) -> None:
        try:
            while True:
                for key, _ in self._selector.select(self._look_every_s):
                    if key.fileobj == self._wake:
                        return
                    self._read(*key.data)
                self._look()
        finally:
            self._close_all()

    def _read(self, path: Path, source: Any) -> None:
        ecodes = self._evdev.ecodes
        try:
            for event in source.read():
                if event.type == ecodes.EV_KEY and event.value == 1 and (name := self._name(event.code)):
                    self._on_press(Pressed(source.name, name, self._whole(source)))
        except BlockingIOError:
            return
        except OSError:  # pulled out
            self._selector.unregister(source.fd)
            source.close()
            self._open.pop(path, None)

    def _name(self, code: int) -> str:
        """The kernel's name; "" for what is no big key: a mouse's button, or one that leads through the walk."""
        names = self._evdev.ecodes.bytype[self._evdev.ecodes.EV_KEY].get(code, ())
        every = (names,) if isinstance(names, str) else tuple(names)
        fit = [name for name in every if name.startswith(("KEY_", "BTN_"))]
        pointing = ("BTN_LEFT", "BTN_RIGHT", "BTN_MIDDLE", "BTN_TOUCH")
        return fit[0] if fit and not {*every} & {*NOT_A_KEY, *pointing} and "BTN_TOOL" not in fit[0] else ""

    def _whole(self, source: Any) -> bool:
        has = source.capabilities().get(self._evdev.ecodes.EV_KEY, [])
        return all(self._evdev.ecodes.ecodes[name] in has for name in _KEYBOARD)

    def _close_all(self) -> None:
        for source in self._open.values():
            source.close()
        self._selector.close()
        os.close(self._wake)


def _is_taken(source: Any) -> bool:
    """Whether another program has grabbed it: then a grab of ours is refused, else it is given back at once."""
    try:
        source.grab()
        source.ungrab()
    except OSError as error:
        return error.errno == errno.EBUSY
    return False


def with_keys(draft: Draft, pressed: Mapping[str, Pressed]) -> Draft:
    """With these keys, by what each does, in place of those that did the same; nothing pressed: as it stands."""
    if not pressed:
        return draft
    kept = {key: does for key, does in dict(draft.raw.get("buttons", {})).items() if does not in pressed}
    buttons = kept | {one.key: does for does, one in pressed.items()}
    named = dict.fromkeys(one.device for one in pressed.values())
    others = [name for name in draft.value("input.devices") if not any(_fits(name, device) for device in named)]
    return draft.having(buttons=buttons, input__devices=[*others, *named])


def without_devices(draft: Draft) -> Draft:
    """The keys of a terminal's keyboard: to try Sayso only."""
    return draft.having(input__devices=None)


def _fits(part: str, device: str) -> bool:
    return part == "*" or part.casefold() in device.casefold()


def told(draft: Draft) -> str:
    """The keys as they stand, in a few words."""
    names: Iterable[str] = draft.value("input.devices")
    if not names:
        return "the keys of a keyboard, by [keys]: for trying only"
    chosen = dict(draft.raw.get("buttons", {}))
    does = ", ".join(f"{does} = {key}" for key, does in chosen.items() if does in ASKED)
    return f"'{', '.join(names)}'{f': {does}' if does else ', as they come'}"
