"""What counts as a press. Design section 4, rule 3, and issue 4, point 3, in examples.

HELD   a held key is one press             BOUNCE  a bad contact is no finger, and never more than one
TWO    two answer keys at once are neither  STUCK   a stuck or trembling key never answers, and staff are told
TOLD   a press that stopped the speech is always followed by something
"""

from __future__ import annotations

import pytest
from pressing import Keys, answers, down, pulses, tap, up

from kiosk.answer import By
from kiosk.events import KeyHeld, KeyPressed, KeyTouched, TwoKeys
from kiosk.keys.presses import Down, FoundDown, Unplugged


def test_an_answer_key_counts_after_the_time_in_which_a_second_one_could_come():
    keys = Keys()
    assert keys.take(down(1.0), up(1.07)) == []
    assert keys.presses.due_s == pytest.approx(1.08)
    assert keys.wait(1.08) == [KeyPressed("green", 1)]


def test_every_other_key_counts_at_once():
    for key in ("start", "again", "stop", "help", "switch", "next"):
        assert Keys().take(down(1.0, key)) == [KeyPressed(key, 1)]


def test_a_press_keeps_its_turn_and_what_it_was_given_with():
    keys = Keys()
    keys.take(Down("red", 7, 1.0, By.TOUCH))
    assert keys.wait(2.0) == [KeyPressed("red", 7, By.TOUCH)]


def test_held_green_for_ten_seconds_answers_one_question_however_it_repeats():
    repeats = [down(1.25 + 0.033 * number) for number in range(290)]
    assert Keys().all([down(1.0), *repeats, up(11.0)]) == [KeyPressed("green", 1)]


def test_held_a_repeat_touches_nothing():
    keys = Keys()
    keys.all([down(1.0), down(1.25), down(1.28), up(1.5)])
    assert len(keys.touches) == 1


def test_a_key_that_is_pressed_again_counts_again():
    keys = Keys()
    assert answers(keys.all([down(1.0), up(1.1), down(1.3, turn=2), up(1.4)])) == ["green", "green"]


# --- BOUNCE --------------------------------------------------------------------------------------------------------


def test_bounce_at_the_start_and_at_the_end_of_a_press_is_one_press():
    edges = [*pulses(1.0, 4), down(1.04), up(1.5), *pulses(1.505, 4)]
    assert Keys().all(edges) == [KeyPressed("green", 1)]


def test_bounce_so_short_that_no_finger_made_it_is_a_touch_and_no_answer():
    assert Keys().all([down(1.0), up(1.005)]) == [KeyTouched(1)]


def test_bounce_counts_together_a_press_of_three_short_contacts_is_one():
    assert answers(Keys().all(pulses(1.0, 4))) == ["green"]


def test_bounce_right_after_the_release_is_the_same_press():
    assert answers(Keys().all([down(1.0), up(1.2), down(1.24), up(1.4)])) == ["green"]


def test_bounce_of_another_key_does_not_spoil_a_good_press():
    assert Keys().all([down(1.0), *pulses(1.03, 1, key="red"), up(1.3)]) == [KeyTouched(1), KeyPressed("green", 1)]


def test_bounce_a_key_that_has_not_come_to_rest_does_not_count_yet():
    keys = Keys()
    keys.take(*pulses(1.0, 4, on_s=0.02, off_s=0.02))
    assert keys.wait(1.16) == []
    assert answers(keys.wait(2.0)) == ["green"]


def test_bounce_of_another_key_a_moment_before_does_not_spoil_a_good_press_either():
    assert Keys().all([*pulses(1.0, 1, key="red"), down(1.03), up(1.3)]) == [KeyTouched(1), KeyPressed("green", 1)]


# --- TWO -----------------------------------------------------------------------------------------------------------


def test_two_keys_30_ms_apart_are_two_at_once_and_neither_counts():
    keys = Keys()
    assert keys.all([down(1.0), down(1.03, "red"), up(1.2), up(1.2, "red")]) == [TwoKeys(1)]


def test_two_keys_30_ms_apart_are_two_at_once_though_the_first_is_up_again():
    assert Keys().all([down(1.0), up(1.025), down(1.03, "red"), up(1.2, "red")]) == [TwoKeys(1)]


def test_two_keys_300_ms_apart_with_the_first_still_down_the_second_does_not_count():
    keys = Keys()
    edges = [down(1.0), down(1.3, "red", turn=2), up(1.5), up(1.6, "red")]
    assert keys.all(edges) == [KeyPressed("green", 1), TwoKeys(2)]


def test_two_keys_300_ms_apart_with_the_first_up_are_two_presses():
    edges = [down(1.0), up(1.2), down(1.3, "red"), up(1.5, "red")]
    assert answers(Keys().all(edges)) == ["green", "red"]


def test_two_keys_whose_second_comes_as_the_time_ends_are_still_two():
    assert Keys().all([down(1.0), down(1.079, "red"), up(1.3), up(1.3, "red")]) == [TwoKeys(1)]


def test_two_keys_the_other_way_round_when_the_first_bounces_longer():
    edges = [down(1.0), up(1.003), down(1.005, "red"), down(1.03), up(1.3), up(1.3, "red")]
    assert Keys().all(edges) == [TwoKeys(1)]


def test_two_keys_of_two_devices_are_two_as_well():
    edges = [down(1.0, device="one"), down(1.03, "red", device="two")]
    assert Keys().all([*edges, up(1.2, device="one"), up(1.2, "red", device="two")]) == [TwoKeys(1)]


def test_two_keys_of_a_terminal_are_two_as_well():
    assert Keys().all([tap(1.0), tap(1.05, "blue")]) == [TwoKeys(1)]
    assert answers(Keys().all([tap(1.0), tap(1.1, "blue")])) == ["green", "blue"]


def test_two_keys_a_whole_hand_on_four_of_them_asks_once():
    edges = [down(1.0 + 0.02 * place, key) for place, key in enumerate(("green", "yellow", "red", "blue"))]
    keys = Keys()
    events = keys.all([*edges, *(up(1.5, edge.key) for edge in edges)])
    assert [event for event in events if isinstance(event, TwoKeys)] == [TwoKeys(1)]
    assert answers(events) == []


def test_two_keys_twice_with_an_arm_on_one_of_them_ask_twice():
    edges = [down(1.0), down(2.0, "red"), up(2.2, "red"), down(3.0, "red"), up(3.2, "red"), up(4.0)]
    assert Keys().all(edges) == [KeyPressed("green", 1), TwoKeys(1), TwoKeys(1)]


def test_two_keys_a_command_is_none_of_them():
    assert answers(Keys().all([down(1.0), down(1.03, "again"), up(1.2), up(1.2, "again")])) == ["again", "green"]


# --- STUCK ---------------------------------------------------------------------------------------------------------


def test_stuck_a_key_that_is_down_too_long_is_a_fault_until_it_is_up_and_counts_again_then():
    keys = Keys()
    assert keys.take(down(1.0)) == []
    assert answers(keys.wait(30.9)) == ["green"]
    assert keys.presses.faults == ()
    keys.wait(31.0)
    assert keys.presses.faults == ('The green key of "buttons" is stuck.',)
    keys.take(up(40.0))
    assert keys.presses.faults == ()
    assert answers(keys.take(down(41.0), up(41.2))) == ["green"]


def test_stuck_from_the_beginning_it_never_answers():
    keys = Keys()
    keys.take(FoundDown("green", "buttons", 1.0), down(1.3), down(1.4))
    assert keys.wait(60.0) == []
    assert keys.presses.faults == ('The green key of "buttons" is stuck.',)
    assert keys.take(up(61.0), down(61.02), up(61.5)) == []
    assert keys.wait(62.0) == []
    assert keys.touches == []


def test_stuck_it_never_makes_two_keys_of_a_good_one():
    keys = Keys()
    edges = [FoundDown("green", "buttons", 1.0), down(2.0, "red"), up(2.2, "red")]
    assert keys.all(edges) == [KeyPressed("red", 1)]


def test_stuck_a_key_that_trembles_is_ignored_until_it_was_quiet_for_ten_seconds():
    keys = Keys()
    keys.take(*pulses(1.0, 40, on_s=0.02, off_s=0.02))
    assert answers(event for _, event in keys.told) == []
    assert keys.presses.faults == ('The green key of "buttons" trembles.',)
    keys.take(down(8.0), up(8.3))
    keys.wait(18.2)
    assert keys.presses.faults == ('The green key of "buttons" trembles.',)
    keys.wait(18.3)
    assert keys.presses.faults == ()
    assert answers(keys.take(down(18.4), up(18.6))) == ["green"]


def test_stuck_a_trembling_key_never_makes_two_keys_of_a_good_one():
    keys = Keys()
    keys.take(*pulses(1.0, 40, on_s=0.02, off_s=0.02))
    told = len(keys.told)
    keys.take(down(3.0), down(3.01, "red"), up(3.2, "red"), up(3.3))
    keys.wait(4.0)
    assert [event for _, event in keys.told[told:]] == [KeyPressed("red", 1)]


def test_stuck_ten_presses_in_two_seconds_are_a_fast_finger_and_no_fault():
    keys = Keys()
    edges = [edge for number in range(10) for edge in (down(1.0 + 0.2 * number), up(1.1 + 0.2 * number))]
    assert answers(keys.all(edges)) == ["green"] * 10
    assert keys.presses.faults == ()


def test_stuck_a_fault_names_a_command_key_too():
    keys = Keys()
    keys.take(FoundDown("dont_know", "", 1.0))
    assert keys.presses.faults == ("The dont know key is stuck.",)


# --- TOLD ----------------------------------------------------------------------------------------------------------


def test_told_a_device_that_is_unplugged_before_its_key_counted():
    keys = Keys()
    assert keys.all([down(1.0), Unplugged("buttons", 1.05)]) == [KeyTouched(1)]


def test_told_a_device_that_is_unplugged_while_a_key_is_down_leaves_no_fault_and_starts_anew():
    keys = Keys()
    keys.take(down(1.0), Unplugged("buttons", 2.0))
    keys.wait(60.0)
    assert keys.presses.faults == ()
    assert answers(keys.take(down(61.0), up(61.2))) == ["green"]


def test_told_a_key_that_begins_to_tremble_before_it_counted():
    keys = Keys()
    events = keys.all(pulses(1.0, 40, on_s=0.02, off_s=0.02))
    assert events == [KeyTouched(1)]
    assert len(keys.touches) == 1


# --- holding -------------------------------------------------------------------------------------------------------


def test_holding_does_nothing_unless_the_house_says_so():
    assert Keys().all([down(1.0), up(20.0)]) == [KeyPressed("green", 1)]


def test_holding_is_told_once():
    assert Keys(menu_hold_s=2.0).all([down(1.0), down(2.0), up(20.0)]) == [KeyPressed("green", 1), KeyHeld(1)]


def test_holding_two_keys_or_a_command_is_not_holding():
    keys = Keys(menu_hold_s=2.0)
    assert keys.all([down(1.0), down(1.01, "red"), up(9.0), up(9.0, "red")]) == [TwoKeys(1)]
    assert Keys(menu_hold_s=2.0).all([down(1.0, "stop"), up(9.0, "stop")]) == [KeyPressed("stop", 1)]


def test_holding_for_less_is_a_press():
    assert Keys(menu_hold_s=2.0).all([down(1.0), up(2.9)]) == [KeyPressed("green", 1)]


def test_an_edge_that_was_read_late_counts_from_the_time_that_is_known():
    keys = Keys()
    keys.take(down(1.0))
    keys.wait(1.5)
    assert keys.take(down(1.4, "red")) == []
    assert keys.wait(2.0) == [TwoKeys(1)]
