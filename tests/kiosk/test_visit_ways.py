"""Every way of answering leads everywhere: three keys, one switch, two switches, another language, a noisy room.

The rules by their numbers in docs/asking.md:

R3 a key works at any moment; commands by key always: with three answer keys by the menu, with one switch by scanning
R4 what was keyed is spoken only through headphones, or where it was switched on; two keys at once are asked again
R6 silence counts from the end of the prompt; scanning goes three rounds
R8 the language is asked only where there are several
R9 "back" leads as far as the language, until the first answer is kept; the old answer stands until another is kept
R10 what somebody switched on is off for the next person
R12 a message is played back at once, or on request where it is private
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from drive import Driver

from kiosk.answer import By, How
from kiosk.aside import MENU
from kiosk.asks import Asking
from kiosk.events import (
    Adjust,
    CallHelp,
    Device,
    DeviceFound,
    DeviceLost,
    KeyHeld,
    KeyPressed,
    KeyTouched,
    Noisy,
    Say,
    StopSaying,
    TwoKeys,
)
from kiosk.present import view_of
from kiosk.state import Rules, Stage, Visit
from kiosk.view import Command, Microphone, ScreenName
from question_sets import question_set

BOTH = replace(question_set(), languages=("en", "cy"))


def fresh(**changes: object) -> Driver:
    options: dict[str, object] = {"sets": (question_set(),), "instance_id": "uuid:1", **changes}
    return Driver(Visit(**options))  # type: ignore[arg-type]


def switching(switches: int = 1) -> Driver:
    """At the first question, come there by the switch alone."""
    driver = fresh(rules=Rules(switches=switches)).key("switch")
    driver.finish().finish().key("switch").finish()  # who is here: the first place; and the note
    assert driver.asked() == "home"
    return driver


def screen(driver: Driver) -> ScreenName:
    return view_of(driver.visit).screen


# --- three keys: the menu ------------------------------------------------------------------------------------------


def to_menu_item(driver: Driver, command: Command | None) -> Driver:
    """With the yellow key alone."""
    for _ in range(MENU.index(command)):
        driver.key("yellow")
    return driver


@pytest.mark.parametrize("command", [one for one in Command if one is not Command.MENU])
def test_r3_every_command_is_in_the_menu(command: Command) -> None:
    assert command in MENU


def test_r3_with_three_keys_silence_leads_to_the_menu() -> None:
    driver = fresh().to_first_question()
    for _ in range(3):
        driver.finish().silence()
    assert driver.visit.asking is Asking.OFFER_STOP
    driver.key("yellow")
    assert screen(driver) is ScreenName.MENU
    assert driver.said().startswith("Again")


def test_r3_holding_a_key_opens_the_menu_though_its_press_has_counted() -> None:
    driver = fresh().to_first_question()
    turn = driver.visit.turn
    driver.key("green").send(KeyHeld(turn))
    assert driver.visit.answers["home"].value == "good"
    assert screen(driver) is ScreenName.MENU
    driver.key("red")
    assert driver.asked() == "food", "behind an answer that was said back comes the next question"


@pytest.mark.parametrize(
    ("command", "how"),
    [
        (Command.DONT_KNOW, How.DONT_KNOW),
        (Command.RATHER_NOT_SAY, How.RATHER_NOT_SAY),
        (Command.SKIP, How.SKIPPED),
    ],
)
def test_r3_answers_that_are_no_choice_can_be_given_with_three_keys(command: Command, how: How) -> None:
    driver = to_menu_item(fresh().to_first_question().key("menu"), command).key("green")
    assert driver.visit.answers["home"].how is how


def test_r3_louder_stays_in_the_menu_so_that_it_can_be_pressed_again() -> None:
    driver = to_menu_item(fresh().to_first_question().key("menu"), Command.LOUDER).key("green").key("green")
    assert [effect for effect in driver.effects if isinstance(effect, Adjust)] == [Adjust(Command.LOUDER)] * 2
    assert screen(driver) is ScreenName.MENU
    driver.key("red")
    assert driver.asked() == "home"
    assert driver.visit.stage is Stage.ASK


def test_r3_stop_and_help_and_back_are_reached_by_the_menu() -> None:
    stopped = to_menu_item(fresh().to_first_question().key("green").key("menu"), Command.STOP).key("green")
    assert stopped.visit.asking is Asking.KEEP_OR_FORGET
    helped = to_menu_item(fresh().to_first_question().key("menu"), Command.HELP).key("green")
    assert any(isinstance(effect, CallHelp) for effect in helped.effects)
    assert helped.finish().time().asked() == "home"
    back = to_menu_item(fresh().to_first_question().key("menu"), Command.BACK).key("green")
    assert back.visit.asking is Asking.WHO


def test_r3_the_menu_comes_to_its_beginning_again_and_silence_leaves_it() -> None:
    driver = to_menu_item(fresh().to_first_question().key("menu"), None).key("yellow")
    assert driver.said() == "Again"
    driver.finish().time()
    assert driver.asked() == "home"
    assert driver.visit.stage is Stage.ASK


def test_r3_what_was_being_put_comes_again_after_the_menu_of_a_note() -> None:
    driver = fresh().key("start").key("green").key("menu").key("red")
    assert driver.visit.stage is Stage.NOTE


# --- two keys, trembling keys --------------------------------------------------------------------------------------


def test_r4_two_keys_at_once_answer_nothing_and_the_question_comes_again() -> None:
    driver = fresh().to_first_question()
    driver.send(TwoKeys(driver.visit.turn))
    assert driver.visit.answers == {}
    assert driver.said().startswith("I felt two keys.")
    assert "How is your home?" in driver.said()
    driver.send(TwoKeys(driver.visit.turn))
    assert screen(driver) is ScreenName.MENU


def test_r4_a_second_key_while_the_first_is_down_asks_which_was_meant() -> None:
    driver = fresh().to_first_question().key("green")
    driver.send(TwoKeys(driver.visit.turn))
    assert driver.asked() == "home"
    assert screen(driver) is ScreenName.CHANGE
    assert "two keys" in driver.said()


def test_r3_a_key_that_only_trembled_ends_the_speech_and_leaves_nothing_hanging() -> None:
    driver = fresh().to_first_question()
    driver.send(KeyTouched(driver.visit.turn))
    assert StopSaying() in driver.effects
    assert driver.visit.timer is not None
    assert driver.visit.listening


# --- one switch, two switches --------------------------------------------------------------------------------------


def test_r3_one_switch_starts_and_what_it_can_take_is_lit_one_after_the_other_and_said() -> None:
    driver = switching().finish()
    seen = []
    for _ in range(4):
        seen.append((view_of(driver.visit).scanned, driver.said()))
        driver.finish().time()
    assert seen == [
        ("green", "Green: Good."),
        ("yellow", "Yellow: OK."),
        ("red", "Red: Not good."),
        ("menu", "Something else"),
    ]


def test_r3_one_switch_takes_what_is_lit_and_a_second_press_changes_it() -> None:
    driver = switching().finish().finish().time().key("switch")
    assert driver.visit.answers["home"].value == "okay"
    assert driver.visit.answers["home"].by is By.SWITCH
    assert "Press your switch to change it." in driver.said()
    driver.key("switch")
    assert (driver.asked(), screen(driver)) == ("home", ScreenName.CHANGE)
    assert driver.visit.answers["home"].value == "okay", "it stands until another one is kept"


def test_r3_a_press_on_the_place_lit_before_takes_nothing() -> None:
    driver = switching().finish().finish()
    turn = driver.visit.turn
    driver.time()
    driver.send(KeyPressed("switch", turn))
    assert driver.visit.answers == {}


def test_r6_scanning_goes_three_rounds_and_then_asks_again() -> None:
    driver = switching().finish()
    for _ in range(3 * 4):
        assert view_of(driver.visit).scanned
        driver.finish().time()
    assert "Take your time" in driver.said()
    assert driver.visit.silences == 1


def test_r3_one_switch_reaches_the_menu_and_every_command_in_it() -> None:
    driver = switching().finish()
    while view_of(driver.visit).scanned != "menu":
        driver.finish().time()
    driver.key("switch")
    seen = []
    for _ in MENU:
        seen.append(driver.said().split(" Press")[0])
        driver.finish().time()
    assert seen[:2] == ["Again", "Explain"]
    assert len(set(seen)) == len(MENU)
    assert seen[-1] == "Go back"


def test_r3_one_switch_says_i_dont_know() -> None:
    driver = switching().finish()
    while view_of(driver.visit).scanned != "menu":
        driver.finish().time()
    driver.key("switch")
    while "don't know" not in driver.said():
        driver.finish().time()
    driver.key("switch")
    assert driver.visit.answers["home"].how is How.DONT_KNOW


def test_r3_with_two_switches_nothing_moves_by_itself() -> None:
    driver = switching(2).finish().finish()
    driver.key("next").finish()
    assert view_of(driver.visit).scanned == "yellow"
    driver.key("switch")
    assert driver.visit.answers["home"].value == "okay"


def test_r3_somebody_who_answers_by_switch_is_not_listened_to_and_the_next_one_is() -> None:
    driver = switching().finish().finish()
    assert driver.listened() == []
    assert view_of(driver.visit).microphone is not Microphone.OPEN
    assert fresh(rules=Rules(switches=1)).to_first_question().finish().listened()


def test_r3_the_first_press_of_a_switch_within_a_visit_begins_the_scanning_and_takes_nothing() -> None:
    driver = fresh(rules=Rules(switches=1)).to_first_question().finish().key("switch")
    assert driver.visit.answers == {}
    assert view_of(driver.visit).scanned == "green"


def test_r3_a_visit_by_one_switch_comes_to_its_end() -> None:
    driver = switching()
    for _ in range(200):
        if driver.visit.stage is Stage.OVER:
            break
        if driver.visit.stage is Stage.RECORDING:
            driver.key("switch").record()
        elif driver.visit.scanned:
            driver.key("switch")
        elif driver.visit.speaking:
            driver.finish()
        elif driver.visit.timer is not None:
            driver.time()
    assert driver.visit.stage is Stage.OVER
    assert {answer.value for answer in driver.visit.answers.values()} >= {"good", "1"}


# --- languages -----------------------------------------------------------------------------------------------------


def test_r8_the_language_is_asked_first_by_its_own_name_in_its_own_voice() -> None:
    driver = fresh(sets=(BOTH,)).key("start")
    assert screen(driver) is ScreenName.LANGUAGE
    said = [effect for effect in driver.effects if isinstance(effect, Say)][-1]
    assert {line.language for line in said.lines if "Cymraeg" in line.words} == {"cy"}
    assert [tile.word for tile in view_of(driver.visit).tiles] == ["English", "Cymraeg"]
    driver.key("yellow")
    assert (driver.visit.language, driver.visit.asking) == ("cy", Asking.WHO)


def test_r8_the_language_is_not_asked_where_there_is_one_or_the_house_offers_one() -> None:
    assert fresh().key("start").visit.asking is Asking.WHO
    assert fresh(sets=(BOTH,), rules=Rules(languages=("en",))).key("start").visit.asking is Asking.WHO


def test_r9_back_leads_as_far_as_the_language_until_an_answer_is_kept() -> None:
    driver = fresh(sets=(BOTH,)).key("start").key("yellow").key("back")
    assert driver.visit.asking is Asking.LANGUAGE
    driver.key("green")
    assert driver.visit.language == "en"
    driver.key("green").finish().key("green").finish().time()
    for _ in range(5):
        driver.key("back")
    assert driver.visit.asking is not Asking.LANGUAGE


def test_r10_the_next_person_is_asked_in_the_houses_language() -> None:
    over = fresh(sets=(BOTH,)).key("start").key("yellow").key("stop").key("start")
    assert over.visit.stage is Stage.OVER
    assert fresh(sets=(BOTH,)).visit.language == "en"


# --- said aloud ----------------------------------------------------------------------------------------------------


def said_back(driver: Driver) -> bool:
    return "You said: Good." in driver.said()


def test_r4_a_keyed_answer_is_spoken_only_through_headphones_or_where_it_was_switched_on() -> None:
    assert not said_back(fresh().to_first_question().key("green"))
    with_headphones = fresh().send(DeviceFound(Device.HEADPHONES)).to_first_question()
    assert said_back(with_headphones.key("green"))
    pulled_out = fresh(headphones=True).to_first_question().send(DeviceLost(Device.HEADPHONES))
    assert not said_back(pulled_out.key("green"))
    switched_on = fresh().to_first_question().key("speak_answers")
    assert "I say your answers aloud now." in switched_on.said()
    assert said_back(switched_on.key("green"))
    switched_off = fresh().to_first_question().key("speak_answers").key("speak_answers")
    assert not said_back(switched_off.key("green"))


def test_r4_a_private_answer_is_not_spoken_through_headphones_either() -> None:
    driver = fresh(sets=(question_set(private=True),), headphones=True).to_first_question().key("green")
    assert "You said" not in driver.said()


def test_r12_a_message_is_played_back_on_a_screen_of_its_own_and_again_on_request() -> None:
    driver = fresh().to_first_question()
    for _ in range(3):
        driver.key("green").finish().time()
    driver.finish().record()
    assert screen(driver) is ScreenName.PLAYBACK
    driver.finish()
    assert screen(driver) is ScreenName.REVIEW
    driver.key("again")
    assert screen(driver) is ScreenName.PLAYBACK
    driver.key("green")
    assert screen(driver) is ScreenName.REVIEW
    driver.key("green")
    assert driver.visit.asking is Asking.KEEP_OR_FORGET


# --- noise, help, out of order -------------------------------------------------------------------------------------


def test_a_noisy_room_is_met_kindly_and_the_microphone_stays_closed_for_this_question() -> None:
    driver = fresh().to_first_question().finish()
    driver.send(Noisy(driver.visit.turn)).finish()
    assert screen(driver) is ScreenName.NOISY
    assert driver.said().startswith("It's noisy here. Please press a key.")
    assert not driver.visit.listening
    driver.key("green").finish().time()
    driver.finish()
    assert driver.visit.listening, "the next question may be answered by voice again"


def test_help_never_claims_that_somebody_comes_who_was_not_called() -> None:
    driver = fresh().to_first_question().key("help")
    assert driver.said() == "Please ask somebody near you for help."
    called = fresh()
    called.help_comes = True
    assert called.to_first_question().key("help").said() == "Help is coming. I have called somebody."


def test_help_works_on_the_waiting_screen_and_begins_no_visit() -> None:
    driver = fresh().key("help")
    assert any(isinstance(effect, CallHelp) for effect in driver.effects)
    driver.finish().time()
    assert driver.visit.stage is Stage.OVER
    assert driver.visit.answers == {}


def test_any_key_leads_back_from_the_help_screen_and_answers_nothing() -> None:
    driver = fresh().to_first_question().key("help").key("green")
    assert driver.visit.stage is Stage.ASK
    assert driver.visit.answers == {}


def test_a_kiosk_that_can_keep_nothing_says_so_and_asks_nothing() -> None:
    driver = fresh(out_of_order=True)
    assert screen(driver) is ScreenName.OUT_OF_ORDER
    driver.key("start")
    assert driver.visit.stage is Stage.SORRY
    assert driver.said() == "Sorry, I am not working. Please tell staff."


def test_headphones_that_are_pulled_out_in_a_question_leave_nobody_waiting_in_silence() -> None:
    driver = fresh(headphones=True).to_first_question()
    turn = driver.visit.turn
    driver.finish().send(DeviceLost(Device.HEADPHONES))
    assert driver.visit.turn > turn
    assert "How is your home?" in driver.said()


def to_recording() -> Driver:
    driver = fresh().to_first_question()
    for _ in range(3):
        driver.key("green").finish().time()
    driver.finish()
    assert driver.visit.stage is Stage.RECORDING
    return driver


@pytest.mark.parametrize("key", ["help", "menu", "again", "louder", "back", "stop"])
def test_r12_a_command_in_a_message_keeps_what_was_said_so_far(key: str) -> None:
    driver = to_recording().key(key)
    assert driver.visit.stage is Stage.RECORDING, "it ends, and waits for its sound"
    driver.record()
    assert driver.visit.answers["story"].how is How.GIVEN
    wanted = {
        "help": driver.visit.stage is Stage.HELP,
        "menu": driver.visit.asking is Asking.MENU,
        "again": driver.visit.stage is Stage.PLAYBACK,
        "louder": Adjust(Command.LOUDER) in driver.effects,
        "back": driver.asked() == "story",
        "stop": driver.visit.asking is Asking.KEEP_OR_FORGET,
    }
    assert wanted[key]


def test_r12_a_command_before_anything_was_said_does_what_it_says_and_keeps_no_message() -> None:
    driver = to_recording().key("help").record(0.0)
    assert driver.visit.stage is Stage.HELP
    assert "story" not in driver.visit.answers
