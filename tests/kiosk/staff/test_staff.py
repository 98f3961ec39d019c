"""The staff screen: how it is reached, how it closes, and what its four keys do."""

from __future__ import annotations

from itertools import product

import pytest
from argon2 import PasswordHasher

from kiosk.errors import KioskError
from kiosk.staff.desk import CLOSES_S, PIN_CLOSES_S, ROWS_A_PAGE, SAID_S, StaffDesk
from kiosk.staff.pin import PinGate
from kiosk.view import ANSWER_KEYS, KEYS, ScreenName

SEQUENCE = ("back", "stop", "back", "stop")
PIN_KEYS = ("green", "yellow", "blue", "red")
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("1243")
"""As cheap as there is: a hundred tries are made here. What one costs is test_pin.py's."""
ROWS = tuple((f"name {number}", f"value {number}") for number in range(23))


class Desk:
    """A desk with its own clock."""

    def __init__(self, folder, actions=None, gate_hash=HASH, sequence=SEQUENCE):
        self.done = []
        all_actions = {name: lambda name=name: self.did(name) for name in ("test_sound", "send_now", "export")}
        gate = PinGate(gate_hash, folder / "pin-tries") if gate_hash else None
        self.desk = StaffDesk(sequence, gate, lambda: ROWS, all_actions if actions is None else actions)
        self.now_s = 100.0

    def did(self, name):
        self.done.append(name)
        return f"{name} is done."

    def press(self, *keys, pause_s=0.5):
        taken = None
        for key in keys:
            self.now_s += pause_s
            taken = self.desk.take(key, self.now_s)
        return taken

    def enter(self):
        self.press(*SEQUENCE)
        return self.press(*PIN_KEYS, "start")


@pytest.fixture
def one(tmp_path):
    return Desk(tmp_path)


def words(taken):
    return [(tile.key, tile.word) for tile in taken.view.tiles]


def test_the_sequence_asks_for_the_pin_and_only_its_last_key_is_used_up(one):
    for key in SEQUENCE[:-1]:
        taken = one.press(key)
        assert (taken.used, taken.view, one.desk.active) == (False, None, False)
    taken = one.press("stop")
    assert taken.used
    assert taken.view.screen is ScreenName.STAFF
    assert taken.view.words == "Staff: enter the PIN"
    assert words(taken) == [("green", "1"), ("yellow", "2"), ("red", "3"), ("blue", "4")]
    assert one.desk.active
    assert one.desk.open_view == taken.view


@pytest.mark.parametrize(
    "keys",
    [
        ("stop", "back", "stop", "back"),
        ("back", "stop", "green", "back", "stop"),
        ("back", "stop", "stop"),
        ("back", "back", "stop", "stop"),
    ],
)
def test_another_sequence_opens_nothing_and_uses_no_key(one, keys):
    for key in keys:
        assert not one.press(key).used
    assert not one.desk.active


def test_what_was_pressed_before_the_sequence_does_not_matter(one):
    one.press("green", "back", "stop", "back")
    assert one.press("back", "stop", "back", "stop").used


def test_a_pause_of_more_than_3_s_begins_the_sequence_anew(one):
    one.press("back", "stop", "back")
    assert not one.press("stop", pause_s=3.1).used
    one.press(*SEQUENCE, pause_s=3.0)
    assert one.desk.active


@pytest.mark.parametrize("without", [{"gate_hash": ""}, {"sequence": ()}])
def test_without_a_pin_or_a_sequence_there_is_no_staff_screen(tmp_path, without):
    one = Desk(tmp_path, **without)
    assert not one.press(*SEQUENCE, *SEQUENCE).used
    assert not one.desk.active


def test_the_right_pin_shows_the_rows_and_the_wrong_one_does_not(one):
    one.press(*SEQUENCE)
    taken = one.press("green", "green", "green", "green", "start")
    assert taken.view.words == "That is not the PIN."
    assert ROWS[0] not in taken.view.rows
    taken = one.press(*PIN_KEYS, "start")
    assert taken.view.rows == ROWS[:ROWS_A_PAGE]
    assert taken.view.words == "For staff, page 1 of 3"


def test_the_screen_shows_a_dot_a_digit_and_neither_the_digits_nor_how_many_there_must_be(one):
    one.press(*SEQUENCE)
    shown = [one.press(key).view.words for key in ("green", "blue", "red")]
    assert shown == [f"Staff: enter the PIN {dots}" for dots in ("•", "• •", "• • •")]
    for _ in range(20):
        taken = one.press("green")
        assert taken.view.rows[0] == ("Start key", "enter"), "nothing happens by itself at any length"
    assert taken.view.words.count("•") == 12


def test_back_takes_the_last_digit_away_and_stop_leaves(one):
    one.press(*SEQUENCE)
    one.press("green", "green", "back", "yellow", "blue", "red")
    assert one.press("start").view.rows == ROWS[:ROWS_A_PAGE]
    taken = one.press("stop")
    assert (taken.used, taken.view, one.desk.active, one.desk.due_s) == (True, None, False, None)
    one.press(*SEQUENCE)
    assert one.press("stop").used
    assert not one.desk.active


def test_start_without_a_digit_leaves_and_costs_no_try(one, tmp_path):
    for _ in range(5):
        one.press(*SEQUENCE)
        one.press("start")
        assert not one.desk.active
    assert not (tmp_path / "pin-tries").exists()


def test_after_three_wrong_pins_the_screen_says_how_long_to_wait_also_when_it_is_opened_anew(one):
    one.press(*SEQUENCE)
    for _ in range(3):
        taken = one.press("red", "start", pause_s=0)
    assert taken.view.words == "That is not the PIN. Wait 30 seconds, then try again."
    one.press("stop", pause_s=0)
    assert one.press(*SEQUENCE, pause_s=0.25).view.words == "Too many wrong tries. Wait 29 seconds."
    assert "Wait 2" in one.press(*PIN_KEYS, "start", pause_s=0.1).view.words, "the right one, too early"
    one.press("stop")
    one.now_s += 30
    one.press(*SEQUENCE)
    assert one.press(*PIN_KEYS, "start").view.rows == ROWS[:ROWS_A_PAGE]


def test_green_turns_the_pages_round_and_back_turns_them_back(one):
    one.enter()
    assert one.press("green").view.rows == ROWS[10:20]
    assert one.press("green").view.rows == ROWS[20:]
    assert one.press("green").view.rows == ROWS[:10]
    one.press("green")
    assert one.press("back").view.rows == ROWS[:10]
    assert one.press("back").view is None
    assert not one.desk.active


def test_blue_leads_to_the_actions_and_red_is_the_way_out_everywhere(one):
    assert words(one.enter()) == [("green", "Next page"), ("red", "Leave"), ("blue", "Test and send")]
    taken = one.press("blue")
    assert words(taken) == [
        ("green", "Test the sound"),
        ("yellow", "Send now"),
        ("red", "Back"),
        ("blue", "Copy to USB stick"),
    ]
    assert words(one.press("red"))[1] == ("red", "Leave")
    assert one.press("red").view is None
    assert not one.desk.active


@pytest.mark.parametrize(("key", "name"), [("green", "test_sound"), ("yellow", "send_now"), ("blue", "export")])
def test_an_action_is_done_once_and_what_it_says_stays_up_for_a_moment(one, key, name):
    one.enter()
    one.press("blue")
    assert one.press(key).view.words == f"{name} is done."
    assert one.done == [name]
    assert one.desk.due_s == one.now_s + SAID_S
    assert one.desk.pass_time(one.now_s + SAID_S - 0.1) is None
    assert one.desk.pass_time(one.now_s + SAID_S).words == "What would you like to do?"
    assert one.desk.active


def test_an_action_that_is_not_there_has_no_button_and_its_key_does_nothing(tmp_path):
    one = Desk(tmp_path, actions={})
    assert [key for key, _ in words(one.enter())] == ["green", "red"]
    assert one.press("blue").view.rows == ROWS[:10]


def test_an_action_that_fails_says_why(tmp_path):
    def fails():
        raise KioskError("Cannot export", "to /media/usb: no stick is there", "Put one in.")

    one = Desk(tmp_path, actions={"export": fails})
    one.enter()
    one.press("blue")
    assert one.press("blue").view.words == "Cannot export to /media/usb: no stick is there. Put one in."
    assert words(one.press("yellow")) == [("red", "Back"), ("blue", "Copy to USB stick")]


def test_it_closes_by_itself_20_s_after_the_last_key_of_a_pin_and_60_s_after_any_other(one):
    one.press(*SEQUENCE, "green")
    assert one.desk.due_s == one.now_s + PIN_CLOSES_S
    assert one.desk.pass_time(one.now_s + PIN_CLOSES_S) is None
    assert not one.desk.active
    one.enter()
    assert one.desk.due_s == one.now_s + CLOSES_S
    one.desk.pass_time(one.now_s + CLOSES_S - 1)
    assert one.desk.active
    one.desk.pass_time(one.now_s + CLOSES_S)
    assert (one.desk.active, one.desk.open_view, one.desk.due_s) == (False, None, None)


def test_digits_of_a_pin_that_was_given_up_are_forgotten(one):
    one.press(*SEQUENCE, "green", "yellow")
    one.desk.pass_time(one.now_s + PIN_CLOSES_S)
    one.now_s += PIN_CLOSES_S
    one.press(*SEQUENCE)
    assert one.press("blue", "red", "start").view.words == "That is not the PIN."


@pytest.mark.parametrize("where", ["pin", "reading", "doing"])
def test_help_is_never_kept_from_whoever_needs_it(one, where):
    one.press(*SEQUENCE) if where == "pin" else one.enter()
    if where == "doing":
        one.press("blue")
    taken = one.press("help")
    assert (taken.used, taken.view, one.desk.active) == (False, None, False)


def test_every_key_but_help_is_used_while_it_is_open_and_the_screen_never_holds_more_than_it_can(one):
    for start, key in product(("pin", "reading", "doing"), (key for key in KEYS if key != "help")):
        one.desk.close()
        one.press(*SEQUENCE) if start == "pin" else one.enter()
        if start == "doing":
            one.press("blue")
        taken = one.press(key)
        assert taken.used
        if taken.view is not None:
            assert len(taken.view.rows) <= ROWS_A_PAGE
            assert [tile.key for tile in taken.view.tiles] == sorted(
                (tile.key for tile in taken.view.tiles), key=ANSWER_KEYS.index
            )
