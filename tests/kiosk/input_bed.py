"""Made-up input devices for a test: what umockdev has to answer for them, and streams of what the kernel would tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evdev import ecodes

from kiosk.answer import By
from kiosk.keys.edges import Down, Edge, FoundDown, Unplugged, Up

BED = Path(__file__).with_name("buttons_bed.py")
NAME = "Big Buttons"
ANSWERS = (ecodes.KEY_1, ecodes.KEY_2, ecodes.KEY_3, ecodes.KEY_4, ecodes.KEY_KP1, ecodes.KEY_H)
REPEAT_AFTER_S, REPEAT_EVERY_S = 0.25, 0.033
"""The kernel's own, for a keyboard that is told nothing else."""

Raw = tuple[float, int, int, int]
"""Seconds, type, code, value."""


@dataclass(frozen=True)
class Device:
    """One input device.

    Attributes:
        active: the keys that are down when the kernel is asked; one list each time, the last one for ever after.
    """

    node: str = "event0"
    name: str = NAME
    keys: tuple[int, ...] = ANSWERS
    active: tuple[tuple[int, ...], ...] = ((),)

    def description(self, minor: int) -> str:
        """As umockdev-record writes it."""
        return (
            f"P: /devices/bed/input/input{minor}/{self.node}\nN: input/{self.node}\nE: DEVNAME=/dev/input/{self.node}\n"
            f"E: SUBSYSTEM=input\nA: dev=13:{64 + minor}\n\n"
        )

    def ioctls(self) -> str:
        """As umockdev-record writes them; each is answered in the size that the evdev library asks for."""
        kinds = (ecodes.EV_SYN, ecodes.EV_KEY, ecodes.EV_REP)
        lines = [
            f"@DEV /dev/input/{self.node}",
            "EVIOCGVERSION 0 01000100",
            "EVIOCGID 0 0300F30507000001",
            f"EVIOCGNAME(0) {len(self.name) + 1} {self.name.encode().ljust(256, bytes(1)).hex().upper()}",
            f"EVIOCGBIT(0) 4 {_bits(kinds, 4)}",
            f"EVIOCGBIT(0) 96 {_bits((), 96)}",
            f"EVIOCGBIT(1) 96 {_bits(self.keys, 96)}",
            f"EVIOCGBIT(20) 96 {_bits((ecodes.REP_DELAY, ecodes.REP_PERIOD), 96)}",
            "EVIOCGEFFECTS 0 00000000",
            "EVIOCGREP 0 FA00000021000000",
            *(f"EVIOCGKEY(0) 96 {_bits(down, 96)}" for down in self.active),
        ]
        return "\n".join(lines) + "\n"


def _bits(codes: Iterable[int], size: int) -> str:
    field = bytearray(size)
    for code in codes:
        field[code // 8] |= 1 << code % 8
    return field.hex().upper()


def run(folder: Path, steps: Sequence[Sequence[Any]], *made: Device, devices: Sequence[str] = ("*",), **mapping: str):
    """What the kiosk's reader told of these steps of `buttons_bed.Bed`, and the facts it gave on the way."""
    answer, _ = answered(folder, steps, *made, devices=devices, **mapping)
    return [_edge(one) for one in answer["told"] if one["is"] != "Plugged"], answer["facts"]


def answered(
    folder: Path, steps: Sequence[Sequence[Any]], *made: Device, devices: Sequence[str] = ("*",), **mapping: str
) -> tuple[dict[str, Any], str]:
    """The bed's answer, and umockdev's own account of every ioctl."""
    command = ["umockdev-run"]
    for minor, device in enumerate(made or (Device(),)):
        for ending, text in (("umockdev", device.description(minor)), ("ioctl", device.ioctls())):
            (folder / f"{device.node}.{ending}").write_text(text, encoding="ascii")
        command += ["-d", str(folder / f"{device.node}.umockdev")]
        command += ["-i", f"/dev/input/{device.node}={folder / f'{device.node}.ioctl'}"]
    asked = json.dumps({"devices": devices, "mapping": mapping, "steps": steps})
    done = subprocess.run(
        [*command, "--", sys.executable, str(BED)],
        env={**os.environ, "UMOCKDEV_DEBUG": "ioctl"},
        input=asked,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def _edge(told: dict[str, Any]) -> Edge:
    kind = {each.__name__: each for each in (Down, Up, FoundDown, Unplugged)}[told.pop("is")]
    if "by" in told:
        told["by"] = By(told["by"])
    return kind(**told)


# --- what the kernel tells -------------------------------------------------------------------------------------------


def key(at_s: float, code: int, value: int) -> list[Raw]:
    """One report: a key and the end of it."""
    return [(at_s, ecodes.EV_KEY, code, value), (at_s, ecodes.EV_SYN, ecodes.SYN_REPORT, 0)]


def press(at_s: float, code: int, for_s: float) -> list[Raw]:
    """A key down and up again."""
    return key(at_s, code, 1) + key(at_s + for_s, code, 0)


def hold(at_s: float, code: int, for_s: float) -> list[Raw]:
    """The same with the kernel's repeats."""
    many = int((for_s - REPEAT_AFTER_S) / REPEAT_EVERY_S)
    repeats = [at_s + REPEAT_AFTER_S + REPEAT_EVERY_S * number for number in range(many)]
    return key(at_s, code, 1) + [raw for each in repeats for raw in key(each, code, 2)] + key(at_s + for_s, code, 0)


def pulses(at_s: float, code: int, times: int, on_s: float, off_s: float) -> list[Raw]:
    """A contact that opens and closes."""
    return [raw for number in range(times) for raw in press(at_s + number * (on_s + off_s), code, on_s)]


def the_end(at_s: float = 90.0) -> list[Raw]:
    """What the bed waits for."""
    return key(at_s, ecodes.KEY_H, 1)
