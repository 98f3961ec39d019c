"""Runs `kiosk.keys.buttons` on made-up input devices: umockdev answers their ioctls, and what is "typed" we write.

Started by test_buttons.py under `umockdev-run`, with what shall happen as JSON; prints what came into the inbox. The
device nodes are FIFOs, so that the kernel's stamps are ours and ten seconds of holding take a moment; one that is
pulled out while it is read is a pseudo-terminal, whose reader gets an error as it does from a real one.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pty
import queue
import select
import struct
import sys
import time
import tty
from pathlib import Path
from typing import Any

import msgspec

from kiosk.answer import By
from kiosk.checks.keys import findings
from kiosk.keys.buttons import Buttons
from kiosk.keys.defaults import DEFAULT_BUTTONS
from kiosk.keys.edges import Down
from kiosk.keys.input_devices import library
from kiosk.settings import Config, Input

EVENT = struct.Struct("@llHHi")
"""struct input_event of linux/input.h: seconds, microseconds, type, code, value."""
LAST = "help"
"""The key whose Down ends a stream: everything before it has been read."""
LOOK_EVERY_S = 0.02
PATIENCE_S = 20.0
NOBODY = 65534


class Bed:
    """The devices, and the kiosk's reader on them."""

    def __init__(self, devices: tuple[str, ...], mapping: dict[str, str]) -> None:
        self.nodes = Path(os.environ["UMOCKDEV_DIR"]) / "dev" / "input"
        self.began_s = time.time()
        library()  # before `forbid`, after which this Python itself may be out of reach
        self.inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.told: list[Any] = []
        self.facts: list[dict[str, str] | list[str]] = []
        self.fds: dict[str, int] = {}
        self.settings = msgspec.structs.replace(Input(), devices=devices)
        self.mapping = mapping or dict(DEFAULT_BUTTONS)
        self.reader: Buttons | None = None
        for node in self.nodes.glob("event*"):  # as umockdev made them: nothing is plugged in yet
            node.unlink()

    def plug(self, name: str, kind: str = "fifo") -> None:
        if kind == "fifo":
            os.mkfifo(self.nodes / name)
            self.fds[name] = os.open(self.nodes / name, os.O_RDWR)
        else:
            self.fds[name], slave = pty.openpty()
            tty.setraw(slave)
            (self.nodes / name).symlink_to(os.ttyname(slave))

    def start(self) -> None:
        self.reader = Buttons(self.settings, self.mapping, self.inbox.put, lambda: 7, look_every_s=LOOK_EVERY_S)

    def type(self, name: str, events: list[tuple[float, int, int, int]]) -> None:
        """Write them at once, as far as that goes: few events are read together, as from the kernel."""
        written = b""
        for after_s, kind, code, value in events:
            seconds, part = divmod(self.began_s + after_s, 1)
            written += EVENT.pack(int(seconds), int(part * 1e6), kind, code, value)
        at_once = select.PIPE_BUF // EVENT.size * EVENT.size
        for start in range(0, len(written), at_once):
            os.write(self.fds[name], written[start : start + at_once])

    def unplug(self, name: str) -> None:
        """The node is gone, and who reads it gets an error where a pseudo-terminal can give one."""
        (self.nodes / name).unlink()
        os.close(self.fds[name])

    def forbid(self, name: str) -> None:
        """As for a user who is not in the group input."""
        (self.nodes / name).chmod(0)
        if os.geteuid() == 0:
            root = self.nodes.parents[1]
            for path in (root, root / "dev", self.nodes, root / "ioctl", *(root / "ioctl").rglob("*")):
                path.chmod(0o777)  # umockdev's own files, which it uses in our name
            os.seteuid(NOBODY)

    def allow(self, name: str) -> None:
        """As for one who is."""
        if os.getuid() == 0:
            os.seteuid(0)
        (self.nodes / name).chmod(0o600)

    def until(self, kind: str, key: str = "") -> None:
        """Wait for this to be told."""
        while True:
            happened = self.inbox.get(timeout=PATIENCE_S)
            if key == LAST == getattr(happened, "key", ""):
                return
            self.told.append(happened)
            if type(happened).__name__ == kind and not key:
                return

    def until_fact(self, name: str, value: str) -> None:
        """Wait for the status to say this."""
        assert self.reader is not None
        until_s = time.monotonic() + PATIENCE_S
        while value not in self.reader.facts()[name]:
            assert time.monotonic() < until_s, self.reader.facts()
            time.sleep(LOOK_EVERY_S)

    def fact(self) -> None:
        assert self.reader is not None
        self.facts.append(self.reader.facts())

    def check(self, more: dict[str, Any]) -> None:
        """What `sayso check` finds about keys."""
        config = msgspec.convert({"sets": ["home.xml"], **more}, Config, dec_hook=lambda kind, value: kind(value))
        config = msgspec.structs.replace(config, buttons=self.mapping)
        self.facts.append([f"{line.level.value} {line.what}: {line.met}" for line in findings(config)])

    def close(self) -> None:
        assert self.reader is not None
        self.reader.close()
        while not self.inbox.empty():
            self.told.append(self.inbox.get())


def main() -> None:
    """Do everything that is asked for on stdin."""
    asked = json.load(sys.stdin)
    bed = Bed(tuple(asked["devices"]), asked["mapping"])
    for step, *what in asked["steps"]:
        getattr(bed, step)(*what)
    first_s = next((each.at_s for each in bed.told if isinstance(each, Down)), 0.0)
    told = [
        {"is": type(each).__name__, **dataclasses.asdict(each), "at_s": round(each.at_s - first_s, 3)}
        for each in bed.told
    ]
    json.dump({"told": told, "facts": bed.facts}, sys.stdout, default=lambda value: By(value).value)


if __name__ == "__main__":
    main()
