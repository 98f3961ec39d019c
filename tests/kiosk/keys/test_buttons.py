"""Input devices through the real evdev library: opened, grabbed and read as on a kiosk, their ioctls by umockdev.

No key of metal was pressed: neither input devices nor /dev/uinput are here. docs/keys.md says what that leaves open.
"""

from __future__ import annotations

import shutil

import pytest

pytest.importorskip("evdev", reason="no evdev library: Debian's python3-evdev does not fit this Python")
if shutil.which("umockdev-run") is None:
    pytest.skip("no made-up input devices: umockdev is not installed", allow_module_level=True)

from evdev import ecodes
from input_bed import NAME, Device, answered, hold, key, press, pulses, run, the_end
from pressing import Keys, answers

from kiosk.answer import By
from kiosk.events import KeyPressed, KeyTouched, TwoKeys
from kiosk.keys.presses import Down, FoundDown, Unplugged, Up

GREEN, YELLOW, RED = ecodes.KEY_1, ecodes.KEY_2, ecodes.KEY_3
UNTIL_THE_END = ("until", "Down", "help")
DROPPED = (ecodes.EV_SYN, ecodes.SYN_DROPPED, 0)


def replayed(folder, *raw, device=None):
    """The edges that come of a stream typed on one device."""
    events = sorted([*(each for stream in raw for each in stream), *the_end()], key=lambda each: each[0])
    steps = (("plug", "event0"), ("start",), ("type", "event0", events), UNTIL_THE_END, ("close",))
    told, _ = run(folder, steps, *([device] if device else []))
    return told


def events_of(edges):
    return Keys().all(edges)


def test_a_plain_press_comes_down_and_up_with_the_turn_on_the_screen_and_the_kernels_time(tmp_path):
    edges = replayed(tmp_path, press(1.0, GREEN, 0.12))
    assert edges == [
        Down("green", 7, 0.0, By.KEY, NAME, has_up=True),
        Up("green", NAME, pytest.approx(0.12, abs=0.002)),
    ]
    assert events_of(edges) == [KeyPressed("green", 7)]


def test_green_held_for_ten_seconds_with_the_kernels_repeats_answers_one_question(tmp_path):
    edges = replayed(tmp_path, hold(1.0, GREEN, 10.0))
    assert [type(edge) for edge in edges] == [Down, Up]
    assert edges[1].at_s == pytest.approx(10.0, abs=0.002)
    assert events_of(edges) == [KeyPressed("green", 7)]


def test_contacts_that_bounce_in_pulses_of_5_ms_are_one_press(tmp_path):
    edges = replayed(tmp_path, pulses(1.0, GREEN, 4, 0.005, 0.005), press(1.04, GREEN, 0.3))
    assert len(edges) == 10
    assert events_of(edges) == [KeyPressed("green", 7)]


def test_one_pulse_of_5_ms_is_no_answer(tmp_path):
    assert events_of(replayed(tmp_path, press(1.0, GREEN, 0.005))) == [KeyTouched(7)]


def test_two_keys_30_ms_apart_are_two_at_once(tmp_path):
    assert events_of(replayed(tmp_path, press(1.0, GREEN, 0.2), press(1.03, RED, 0.2))) == [TwoKeys(7)]


def test_two_keys_300_ms_apart_with_the_first_still_down_the_second_does_not_count(tmp_path):
    edges = replayed(tmp_path, press(1.0, GREEN, 0.6), press(1.3, RED, 0.5))
    assert events_of(edges) == [KeyPressed("green", 7), TwoKeys(7)]


def test_a_key_that_was_down_before_the_kiosk_started_is_stuck(tmp_path):
    edges = replayed(tmp_path, hold(1.0, RED, 0.2), device=Device(active=((GREEN,),)))
    assert isinstance(edges[0], FoundDown)
    keys = Keys()
    keys.take(FoundDown("green", NAME, -1.0), *edges[1:])
    keys.wait(2.0)
    assert answers(event for _, event in keys.told) == ["red"]
    assert keys.presses.faults == (f'The green key of "{NAME}" is stuck.',)


def test_a_key_that_is_held_for_a_minute_is_stuck(tmp_path):
    keys = Keys()
    keys.take(*replayed(tmp_path, key(1.0, GREEN, 1)))
    keys.wait(60.0)
    assert keys.presses.faults == (f'The green key of "{NAME}" is stuck.',)


def test_a_key_that_trembles_never_answers(tmp_path):
    edges = replayed(tmp_path, pulses(1.0, GREEN, 60, 0.02, 0.02))
    assert len(edges) == 120
    keys = Keys()
    keys.take(*edges)
    assert answers(event for _, event in keys.told) == []
    assert keys.presses.faults == (f'The green key of "{NAME}" trembles.',)


def after_a_drop(folder, down, told):
    """Green goes down; then the kernel had no room, and says `down` when it is asked. What was read with it is old."""
    steps = (
        ("plug", "event0"),
        ("start",),
        ("type", "event0", key(1.0, GREEN, 1)),
        ("until", "Down"),
        ("type", "event0", [(1.5, *DROPPED), *key(1.5, YELLOW, 1)]),
        ("until", told),
        ("type", "event0", key(2.0, RED, 0) + the_end()),
        UNTIL_THE_END,
        ("close",),
    )
    edges, _ = run(folder, steps, Device(active=((), down)))
    return [(type(edge), edge.key) for edge in edges]


def test_what_the_kernel_dropped_is_asked_for_a_release_that_was_lost_comes_all_the_same(tmp_path):
    assert after_a_drop(tmp_path, (), "Up") == [(Down, "green"), (Up, "green")]


def test_what_the_kernel_dropped_is_asked_for_a_press_that_was_lost_comes_all_the_same(tmp_path):
    assert after_a_drop(tmp_path, (RED,), "Down") == [(Down, "green"), (Up, "green"), (Down, "red"), (Up, "red")]


def test_two_keys_that_do_the_same_are_one(tmp_path):
    edges = replayed(tmp_path, press(1.0, GREEN, 0.3), press(1.1, ecodes.KEY_KP1, 0.4))
    assert [(type(edge), edge.key) for edge in edges] == [(Down, "green"), (Up, "green")]
    assert edges[1].at_s == pytest.approx(0.5, abs=0.002)


def test_a_switch_is_told_as_one_and_a_key_without_meaning_not_at_all(tmp_path):
    device = Device(keys=(ecodes.BTN_TRIGGER, ecodes.KEY_Q, ecodes.KEY_H))
    steps = (
        ("plug", "event0"),
        ("start",),
        ("type", "event0", press(1.0, ecodes.KEY_Q, 0.1) + press(2.0, ecodes.BTN_TRIGGER, 0.1) + the_end()),
        UNTIL_THE_END,
        ("close",),
    )
    edges, _ = run(tmp_path, steps, device, BTN_TRIGGER="switch", KEY_H="help")
    assert edges[0] == Down("switch", 7, 0.0, By.SWITCH, NAME, has_up=True)
    assert len(edges) == 2


def test_the_device_is_kept_from_everything_else_and_asked_for_a_clock_that_never_goes_back(tmp_path):
    _, ioctls = answered(tmp_path, (("plug", "event0"), ("start",), ("close",)))
    assert "request 40044590: emulated, result 0" in ioctls  # EVIOCGRAB
    assert "request 400445A0" in ioctls  # EVIOCSCLOCKID, which umockdev does not answer


# --- plugging in and out -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["fifo", "pty"])
def test_unplugged_while_a_key_is_down_and_plugged_in_again(tmp_path, kind):
    steps = (
        ("plug", "event0", kind),
        ("start",),
        ("type", "event0", key(1.0, GREEN, 1)),
        ("until", "Down"),
        ("unplug", "event0"),
        ("until", "Unplugged"),
        ("fact",),
        ("plug", "event0"),
        ("until_fact", "keys", NAME),
        ("type", "event0", press(3.0, RED, 0.2) + the_end()),
        UNTIL_THE_END,
        ("fact",),
        ("close",),
    )
    edges, facts = run(tmp_path, steps)
    assert [type(edge) for edge in edges] == [Down, Unplugged, Down, Up]
    assert facts[0]["keys"] == ""
    assert facts[0]["key_problem"] == "No input device with keys was found by input.devices (*). Plug it in."
    assert facts[1] == {"keys": NAME, "key_problem": ""}


def test_plugging_in_is_told_when_the_status_knows_it(tmp_path):
    steps = (("start",), ("plug", "event0"), ("until", "Plugged"), ("fact",), ("unplug", "event0"))
    answer, _ = answered(tmp_path, (*steps, ("until", "Unplugged"), ("fact",), ("close",)))
    assert [told["is"] for told in answer["told"]] == ["Plugged", "Unplugged"]
    assert [fact["keys"] for fact in answer["facts"]] == [NAME, ""]


def test_a_device_that_is_plugged_in_late_is_found(tmp_path):
    steps = (
        ("start",),
        ("fact",),
        ("plug", "event0"),
        ("type", "event0", press(1.0, GREEN, 0.2) + the_end()),
        UNTIL_THE_END,
        ("fact",),
        ("close",),
    )
    edges, facts = run(tmp_path, steps)
    assert [edge.key for edge in edges] == ["green", "green"]
    assert [fact["keys"] for fact in facts] == ["", NAME]


def test_two_devices_of_one_name_are_told_apart_and_those_without_our_keys_are_left_alone(tmp_path):
    made = (
        Device("event0"),
        Device("event1"),
        Device("event2", "A mouse", (ecodes.BTN_LEFT,)),
    )
    steps = (
        *(("plug", device.node) for device in made),
        ("start",),
        ("type", "event1", press(1.0, GREEN, 0.2) + the_end()),
        UNTIL_THE_END,
        ("fact",),
        ("close",),
    )
    edges, facts = run(tmp_path, steps, *made)
    assert [edge.device for edge in edges] == [f"{NAME} 2"] * 2
    assert facts[0]["keys"] == f"{NAME}, {NAME} 2"


def test_devices_are_wanted_by_a_part_of_their_names(tmp_path):
    made = (
        Device("event0"),
        Device("event1", "USB keyboard"),
        Device("event2", "Usb Keyboard Consumer", (ecodes.KEY_Q,)),
    )
    steps = (*(("plug", device.node) for device in made), ("start",), ("fact",), ("close",))
    _, facts = run(tmp_path, steps, *made, devices=("usb key",))
    assert facts == [{"keys": "USB keyboard, Usb Keyboard Consumer", "key_problem": ""}]


def test_a_device_that_may_not_be_opened_is_told_with_what_to_do_and_read_when_it_may(tmp_path):
    steps = (
        ("plug", "event0"),
        ("forbid", "event0"),
        ("start",),
        ("fact",),
        ("allow", "event0"),
        ("until_fact", "keys", NAME),
        ("fact",),
        ("close",),
    )
    _, facts = run(tmp_path, steps)
    assert facts[0] == {
        "keys": "",
        "key_problem": "/dev/input/event0 cannot be read: Permission denied. Add the kiosk's user to the group input "
        "(`sudo usermod -aG input USER`) and start it again.",
    }
    assert facts[1] == {"keys": NAME, "key_problem": ""}
