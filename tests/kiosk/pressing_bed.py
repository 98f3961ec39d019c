"""Runs `kiosk.setting_up.pressing`, or a whole walk, on made-up input devices under `umockdev-run`; see buttons_bed.py.

Asked by JSON on stdin; prints what came of it. The walk's own keys come from Textual's pilot: they are the terminal's.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import queue
import sys
import time
from pathlib import Path
from typing import Any

from buttons_bed import EVENT
from walked import Walker

from kiosk.errors import KioskError
from kiosk.keys.input_devices import FOLDER
from kiosk.setting_up.pressing import Pressed, Watch

NODES = Path(os.environ["UMOCKDEV_DIR"]) / "dev" / "input"
PATIENCE_S = 10.0


class Devices:
    """Their nodes, as FIFOs that we write into."""

    def __init__(self) -> None:
        self.fds: dict[str, int] = {}
        for node in NODES.glob("event*"):  # as umockdev made them: nothing is plugged in yet
            node.unlink()

    def plug(self, name: str) -> None:
        os.mkfifo(NODES / name)
        self.fds[name] = os.open(NODES / name, os.O_RDWR)

    def press(self, name: str, code: int) -> None:
        """Down and up, each with the end of its report."""
        now = int(time.time())
        down, up, end = ((1, code, 1), (1, code, 0), (0, 0, 0))
        written = b"".join(EVENT.pack(now, 0, *event) for event in (down, end, up, end))
        os.write(self.fds[name], written)


def watched(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """What the watch tells of these presses."""
    devices, told = Devices(), queue.SimpleQueue[Pressed]()
    for name in asked["plugged"]:
        devices.plug(name)
    watch = Watch(told.put, look_every_s=0.02)
    found = []
    for name, code, counts in asked["presses"]:
        if name not in devices.fds:
            devices.plug(name)
        devices.press(name, code)
        if counts:
            found.append(dataclasses.asdict(told.get(timeout=PATIENCE_S)))
    watch.close()
    assert told.empty()
    return found


async def walked(asked: dict[str, Any]) -> dict[str, Any]:
    """The page of the keys, with these presses; a press of the word `right` or `left` is the terminal's."""
    devices, shown = Devices(), []
    for name in asked["plugged"]:
        devices.plug(name)
    async with Walker.begun(Path(asked["config"]), FOLDER, Path(asked["config"]).parent) as walker:
        walker.app._at = 4
        walker.app._move(0)
        await walker.settle()
        await walker.choose("Press each")
        for press in asked["presses"]:
            before = walker.shown()
            if isinstance(press, str):
                await walker.press(press)
            else:
                devices.press(*press)
                until_s = time.monotonic() + PATIENCE_S
                while walker.shown() == before and time.monotonic() < until_s:
                    await walker.pilot.pause(0.02)
            shown.append(walker.shown())
        if asked["take"]:
            await walker.choose("Take these")
        return {"shown": shown, "page": walker.page, "raw": walker.app.draft.raw}


def main() -> None:
    """What is asked for on stdin."""
    asked = json.load(sys.stdin)
    try:
        answer: Any = asyncio.run(walked(asked)) if "config" in asked else watched(asked)
    except KioskError as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
