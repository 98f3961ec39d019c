"""Each big key by pressing it: the real evdev library on devices that umockdev makes up, and what is written of it."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from walked import ROOT

from kiosk.setting_up.draft import Draft
from kiosk.setting_up.pressing import Pressed, _is_taken, told, with_keys, without_devices

needs_devices = pytest.mark.skipif(
    importlib.util.find_spec("evdev") is None,
    reason="no evdev library: Debian's python3-evdev does not fit this Python",
)
needs_umockdev = pytest.mark.skipif(
    shutil.which("umockdev-run") is None, reason="no made-up input devices: umockdev is not installed"
)
BED = Path(__file__).parents[1] / "pressing_bed.py"
BOX = "Big Buttons"
A, B, C, D, ENTER, ESC = 30, 48, 46, 32, 28, 1
"""KEY_A and so on, of linux/input-event-codes.h."""


def asked(folder: Path, devices: dict[str, tuple[str, tuple[int, ...]]], **what: Any) -> Any:
    """The bed's answer with these devices: node -> name and keys."""
    from input_bed import Device  # noqa: PLC0415  it needs evdev

    command = ["umockdev-run"]
    for minor, (node, (name, keys)) in enumerate(devices.items()):
        device = Device(node, name, keys)
        for ending, text in (("umockdev", device.description(minor)), ("ioctl", device.ioctls())):
            (folder / f"{node}.{ending}").write_text(text, encoding="ascii")
        command += ["-d", str(folder / f"{node}.umockdev"), "-i", f"/dev/input/{node}={folder / f'{node}.ioctl'}"]
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "kiosk")))
    done = subprocess.run(
        [*command, "--", sys.executable, str(BED)],
        env={**os.environ, "PYTHONPATH": path},
        input=json.dumps(what),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def draft(**raw: object) -> Draft:
    return Draft(Path("/tmp/kiosk.toml"), raw, found=True)  # noqa: S108  nothing is written


@needs_devices
@needs_umockdev
def test_a_key_is_told_with_its_device_and_the_kernels_name_and_one_plugged_in_later_too(tmp_path: Path) -> None:
    devices = {"event0": (BOX, (A, B)), "event1": ("Other", (C,))}
    presses = [("event0", A, True), ("event0", B, True), ("event1", C, True)]
    found = asked(tmp_path, devices, plugged=["event0"], presses=presses)
    assert [(one["device"], one["key"]) for one in found] == [(BOX, "KEY_A"), (BOX, "KEY_B"), ("Other", "KEY_C")]


@needs_devices
@needs_umockdev
def test_keys_that_lead_through_the_walk_are_no_big_keys_and_a_whole_keyboard_is_told(tmp_path: Path) -> None:
    keyboard = (ESC, ENTER, 16, 44, 50)
    presses = [("event0", ESC, False), ("event0", ENTER, True)]
    found = asked(tmp_path, {"event0": ("Keyboard", keyboard)}, plugged=["event0"], presses=presses)
    assert found == [{"device": "Keyboard", "key": "KEY_ENTER", "whole_keyboard": True}]


@needs_devices
@needs_umockdev
def test_on_the_page_each_key_is_pressed_one_after_the_other_and_written_as_docs_keys_has_it(tmp_path: Path) -> None:
    presses = [
        ["event0", A],
        ["event0", B],
        ["event0", A],
        "left",
        ["event0", B],
        ["event0", C],
        "right",
        "right",
        "right",
    ]
    answer = asked(
        tmp_path,
        {"event0": (BOX, (A, B, C))},
        config=str(tmp_path / "kiosk.toml"),
        plugged=["event0"],
        presses=presses,
        take=True,
    )
    assert "Press the key for YELLOW now." in answer["shown"][0]
    assert f"KEY_A of '{BOX}' is green already" in answer["shown"][2]
    assert answer["page"] == "ServerPage"
    assert answer["raw"]["input"] == {"devices": [BOX]}
    assert answer["raw"]["buttons"] == {"KEY_A": "green", "KEY_B": "yellow", "KEY_C": "red"}


@needs_devices
@needs_umockdev
def test_escape_leaves_the_pressing_and_nothing_is_changed(tmp_path: Path) -> None:
    answer = asked(
        tmp_path,
        {"event0": (BOX, (A, B, C))},
        config=str(tmp_path / "kiosk.toml"),
        plugged=["event0"],
        presses=[["event0", A], "escape"],
        take=False,
    )
    assert answer["page"] == "KeysPage"
    assert "buttons" not in answer["raw"]


@dataclass
class Grabbed:
    """A device as evdev has it, of which another program may have taken hold: umockdev grants every grab."""

    refused: OSError | None
    given_back: bool = False

    def grab(self) -> None:
        if self.refused is not None:
            raise self.refused

    def ungrab(self) -> None:
        self.given_back = True


def test_a_device_that_a_running_kiosk_keeps_is_told_from_one_that_is_free() -> None:
    free, taken = Grabbed(None), Grabbed(OSError(errno.EBUSY, "Device or resource busy"))
    assert (_is_taken(free), _is_taken(taken)) == (False, True)
    assert free.given_back, "the admin's keyboard goes on working"


def test_keys_that_are_pressed_take_the_place_of_those_that_did_the_same_and_no_others() -> None:
    before = draft(
        buttons={"KEY_A": "green", "KEY_F9": "stop", "KEY_H": "none"}, input={"devices": ["Old Box"], "stuck_s": 10.0}
    )
    after = with_keys(before, {"green": Pressed(BOX, "KEY_Z"), "yellow": Pressed(BOX, "BTN_TRIGGER")})
    assert after.raw["buttons"] == {"KEY_F9": "stop", "KEY_H": "none", "KEY_Z": "green", "BTN_TRIGGER": "yellow"}
    assert after.raw["input"] == {"devices": ["Old Box", BOX], "stuck_s": 10.0}
    assert with_keys(before, {}) is before


def test_a_device_that_is_named_already_is_named_once() -> None:
    after = with_keys(draft(input={"devices": ["big"]}), {"green": Pressed(BOX, "KEY_Z")})
    assert after.raw["input"]["devices"] == [BOX]


def test_a_keyboards_own_keys_leave_the_devices_out() -> None:
    after = without_devices(draft(input={"devices": [BOX]}))
    assert after.value("input.devices") == ()
    assert "for trying only" in told(after)
