"""What `sayso check` says of keys: in a terminal by the configuration alone, by input devices with umockdev's."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import msgspec
import pytest

from kiosk.checks.keys import findings
from kiosk.checks.lines import Level
from kiosk.keys.defaults import DEFAULT_KEYS
from kiosk.settings import Config, Input, Switch

HERE = Config(sets=(Path("home.xml"),))
EVENT = {"input": {"devices": ["*"]}}


def said(config, **changes):
    return [(line.level, line.met) for line in findings(msgspec.structs.replace(config, **changes))]


def without(*names):
    return {key: does for key, does in DEFAULT_KEYS.items() if does not in names}


def test_the_keys_of_a_terminal_reach_everything():
    assert said(HERE) == [(Level.FINE, "start, the four answers and every command can be reached")]


def test_a_switch_needs_a_key_where_it_is_to_be_used_and_two_need_two():
    keys = without("switch", "next")
    missing = [(Level.ADVICE, f"no key of the terminal does '{name}'") for name in ("switch", "next")]
    assert said(HERE, keys=keys) == missing
    assert [level for level, _ in said(HERE, keys=keys, switch=Switch(switches=1))] == [Level.ERROR, Level.ADVICE]
    assert [level for level, _ in said(HERE, keys=keys, switch=Switch(switches=2))] == [Level.ERROR, Level.ERROR]


def test_the_start_key_is_not_needed_where_a_switch_starts():
    assert said(HERE, keys=without("start"), input=Input(any_key_starts=False), switch=Switch(switches=1)) == [
        (Level.ADVICE, "no key of the terminal does 'start'")
    ]


def test_holding_for_the_menu_cannot_be_told_in_a_terminal():
    met = "input.menu_hold_s is set, and a terminal does not tell how long a key is held"
    assert said(HERE, input=Input(menu_hold_s=2.0))[0] == (Level.ADVICE, met)


def test_without_the_library_input_devices_are_an_error_that_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "evdev", None)
    (line,) = findings(msgspec.structs.replace(HERE, input=Input(devices=("*",))))
    assert (line.level, line.met) == (Level.ERROR, "Cannot read input devices without the evdev library")
    assert "script/setup" in line.todo


# --- input devices -------------------------------------------------------------------------------------------------


@pytest.fixture
def bed():
    pytest.importorskip("evdev", reason="no evdev library: Debian's python3-evdev does not fit this Python")
    if shutil.which("umockdev-run") is None:
        pytest.skip("no made-up input devices: umockdev is not installed")
    import input_bed  # noqa: PLC0415  it needs the library

    return input_bed


def checked(bed, folder, steps, *made, **mapping):
    """What is found after these steps, with the default mapping unless another one is given."""
    _, (lines,) = bed.run(folder, steps, *made, **mapping)
    return lines


def test_a_device_is_named_with_what_its_keys_do_and_what_is_left_to_the_menu(bed, tmp_path):
    lines = checked(bed, tmp_path, (("plug", "event0"), ("check", EVENT)))
    rest = "again, explain, louder, quieter, slower, faster, dont_know, rather_not_say, skip, back, stop, speak_answers"
    assert lines == [
        "fine input devices: 'Big Buttons': green, yellow, red, blue, help",
        f"fine keys: by the menu alone: {rest}",
    ]


def test_three_answer_keys_are_enough_and_two_are_not(bed, tmp_path):
    three = {"KEY_1": "green", "KEY_2": "yellow", "KEY_3": "red"}
    steps = (("plug", "event0"), ("check", EVENT))
    advised = "no key of an input device does 'blue': a fourth choice is answered by voice, touch or switch alone"
    assert checked(bed, tmp_path, steps, **three)[1] == f"advice keys: {advised}"
    del three["KEY_3"]
    assert checked(bed, tmp_path, steps, **three)[1] == "error keys: no key of an input device does 'red'"


def test_one_switch_is_enough_where_the_house_has_one(bed, tmp_path):
    steps = (("plug", "event0"), ("check", {**EVENT, "switch": {"switches": 1}}))
    lines = checked(bed, tmp_path, steps, KEY_1="switch")
    assert lines[1] == "advice keys: no key of an input device does 'green': it is answered by switch"
    assert not [line for line in lines if line.startswith("error")]


def test_no_start_key_is_an_error_where_the_answer_keys_do_not_start(bed, tmp_path):
    steps = (("plug", "event0"), ("check", {"input": {"devices": ["*"], "any_key_starts": False}}))
    assert "error keys: no key of an input device does 'start'" in checked(bed, tmp_path, steps)


def test_what_is_not_there_is_told_with_what_is(bed, tmp_path):
    steps = (("plug", "event0"), ("check", {"input": {"devices": ["Xylophone"]}}))
    (line,) = checked(bed, tmp_path, steps)
    assert line == "error input devices: none is called like Xylophone; there are 'Big Buttons'"
    (line,) = checked(bed, tmp_path, (("check", EVENT),))
    assert line == "error input devices: none has a key of [buttons]; there is none that can be opened"


def test_a_device_that_may_not_be_opened_is_an_error(bed, tmp_path):
    lines = checked(bed, tmp_path, (("plug", "event0"), ("forbid", "event0"), ("check", EVENT)))
    assert lines[0] == "error input devices: /dev/input/event0 cannot be opened: Permission denied"


def test_a_key_that_the_kernel_does_not_know_is_told(bed, tmp_path):
    lines = checked(
        bed, tmp_path, (("plug", "event0"), ("check", EVENT)), KEY_1="green", KEY_LIME="green", SYN_REPORT="red"
    )
    assert [line for line in lines if "kernel" in line] == [
        "advice input devices: the kernel has no key 'KEY_LIME'",
        "advice input devices: the kernel has no key 'SYN_REPORT'",
    ]
