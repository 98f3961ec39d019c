"""Which display there is, and how large: as sway, wlr-randr or the kernel tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kiosk.errors import KioskError

DRM = Path("/sys/class/drm")
OP = "Cannot lay out the kiosk's screen"
_MODE = re.compile(r"^ +(\d+)x(\d+) px.*\bcurrent\b")
_SIDEWAYS = {"90", "270", "flipped-90", "flipped-270"}


@dataclass(frozen=True)
class Output:
    """A display that is on.

    Attributes:
        name: the compositor's or kernel's, such as "HDMI-A-1".
        width_px: as it stands, turned where it is turned.
        height_px: the same.
        scale: how many px of it are one of a program's.
    """

    name: str
    width_px: int
    height_px: int
    scale: float = 1.0


class _Rect(msgspec.Struct):
    width: int
    height: int


class _SwayOutput(msgspec.Struct):
    name: str
    rect: _Rect
    active: bool = False
    scale: float = 1.0


def of_sway(answer: str) -> list[Output]:
    """What `swaymsg -r -t get_outputs` says. An answer that is none is no display."""
    try:
        found = msgspec.json.decode(answer, type=list[_SwayOutput])
    except msgspec.DecodeError:
        return []
    return [
        Output(one.name, round(one.rect.width * one.scale), round(one.rect.height * one.scale), one.scale)
        for one in found
        if one.active
    ]


def of_wlr_randr(answer: str) -> list[Output]:
    """What `wlr-randr` says, 0.2 and 0.4: a name without indent, then lines about it."""
    return [output for block in _blocks(answer) if (output := _output(block))]


def _blocks(answer: str) -> Iterable[list[str]]:
    block: list[str] = []
    for line in answer.splitlines():
        if line[:1].strip() and block:
            yield block
            block = []
        block.append(line)
    yield block


def _output(block: list[str]) -> Output | None:
    """The display that these lines are about, if it is on."""
    mode = next((found for found in map(_MODE.match, block) if found), None)
    told = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in block[1:])}
    if mode is None or told.get("Enabled") == "no":
        return None
    size = int(mode[1]), int(mode[2])
    width, height = size[::-1] if told.get("Transform") in _SIDEWAYS else size
    return Output(block[0].split(" ", 1)[0], width, height, float(told.get("Scale", "1")))


def of_kernel(folder: Path = DRM) -> list[Output]:
    """Connected displays with the mode that each likes best; whether one is turned, the kernel does not know."""
    found = []
    for connector in sorted(folder.glob("card*-*")):
        try:
            connected = (connector / "status").read_text("ascii").strip() == "connected"
            modes = (connector / "modes").read_text("ascii").split()
        except OSError:  # unplugged meanwhile
            continue
        if connected and modes and (mode := re.match(r"(\d+)x(\d+)", modes[0])):
            found.append(Output(connector.name.partition("-")[2], int(mode[1]), int(mode[2])))
    return found


def the_one(outputs: Sequence[Output]) -> Output:
    """The display to fill. Raises: KioskError: there is none, more than one, or one that is scaled."""
    if not outputs:
        hint = "Plug a display in, or say its size: --size 1024x600. Inside cage, wlr-randr tells the size: install it."
        raise KioskError(OP, "here: no display was found", hint)
    if len(outputs) > 1:
        sizes = ", ".join(f"{one.name} with {one.width_px} x {one.height_px} px" for one in outputs)
        hint = "Leave one plugged in, or say which size to fill: --size 1024x600."
        raise KioskError(OP, f"here: there are {len(outputs)} displays: {sizes}", hint)
    (only,) = outputs
    if only.scale != 1:
        hint = (
            f"Set it to 1 before: `wlr-randr --output {only.name} --scale 1`; in sway's configuration "
            f"`output {only.name} scale 1`."
        )
        raise KioskError(OP, f"{only.name}: its scale is {only.scale:g}, and pictures need whole px", hint)
    return only
