"""What a visit makes of hearing: why it was no answer, the room, the person's own pause, the kiosk's own words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drive import Driver

from kiosk.events import Adjust, Heard, Listen, Miss, Noisy, PromptHeard, SpeechStarted
from kiosk.patience import MOST_S, STEP_S
from kiosk.saying.sentences import ENGLISH
from kiosk.state import Rules, Stage, Visit
from kiosk.view import Command
from question_sets import question_set

SORRY = {
    Miss.NO_ANSWER: "Sorry, I didn't catch that.",
    Miss.TWO_ANSWERS: "I heard two things. Please say one.",
    Miss.CLIPPED: "I could not hear that well. Say it again a little further away, or press a key.",
}


def listening(**rules) -> Driver:
    """At the first question, the microphone open."""
    visit = Visit(sets=(question_set(),), instance_id="uuid:1", rules=Rules(**rules))
    return Driver(visit).to_first_question().finish()


def miss(driver: Driver, miss: Miss = Miss.NO_ANSWER, *, noisy: bool = False, talk: bool = False) -> Driver:
    return driver.send(Heard(driver.visit.turn, miss=miss, noisy=noisy or talk, talk=talk))


def listens(driver: Driver) -> Listen:
    return [effect for effect in driver.effects if isinstance(effect, Listen)][-1]


# --- why it was no answer ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", Miss, ids=lambda why: why.value)
def test_each_miss_is_told_in_a_line_of_its_own_and_the_question_comes_again(why: Miss) -> None:
    driver = miss(listening(), why)
    assert driver.said().startswith(SORRY[why])
    assert (driver.visit.stage, driver.visit.failures) == (Stage.ASK, 1)
    assert driver.finish().visit.listening


@pytest.mark.parametrize("first", Miss, ids=lambda why: why.value)
@pytest.mark.parametrize("second", Miss, ids=lambda why: why.value)
def test_two_misses_of_any_kind_are_enough_keys_only(first: Miss, second: Miss) -> None:
    driver = miss(miss(listening(), first).finish(), second)
    assert driver.said().startswith(ENGLISH["use_keys"])
    assert driver.finish().visit.keys_only
    assert not driver.visit.listening


def test_nothing_that_was_missed_is_kept() -> None:
    driver = miss(miss(listening(), Miss.TWO_ANSWERS).finish(), Miss.CLIPPED)
    assert driver.visit.answers == {}
    assert driver.kept == []


# --- the room ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noisy", [(True, True), (True, False), (False, True)])
def test_two_misses_of_which_one_was_in_noise_are_met_kindly_as_noise(noisy: tuple[bool, bool]) -> None:
    driver = miss(miss(listening(), noisy=noisy[0]).finish(), noisy=noisy[1])
    assert driver.said().startswith("It's noisy here. Please press a key.")
    assert driver.visit.noisy
    assert not driver.finish().visit.listening


def test_after_noise_the_microphone_opens_again_at_the_next_question() -> None:
    driver = miss(miss(listening(), noisy=True).finish(), noisy=True).finish()
    first = driver.asked()
    driver.key("green").finish().time().finish()
    assert driver.asked() != first
    assert driver.visit.listening
    assert not driver.visit.noisy


def test_noise_at_one_question_is_not_told_at_the_next() -> None:
    driver = miss(listening(), noisy=True)
    driver.key("green").finish().time().finish()
    miss(miss(driver).finish())
    assert driver.said().startswith(ENGLISH["use_keys"])


def test_in_noise_that_does_not_talk_a_sure_answer_stands() -> None:
    """A hoover says nothing that could be taken for an answer."""
    assert miss(listening(), noisy=True).finish().hear("good", sure=True).visit.stage is Stage.SAID_BACK


def test_once_others_were_heard_a_sure_answer_is_asked_about_and_not_kept() -> None:
    """A television says "good" as surely as anybody."""
    driver = miss(listening(), talk=True).finish().hear("good", sure=True)
    assert driver.visit.stage is Stage.CONFIRM
    assert driver.visit.answers == {}


@pytest.mark.parametrize("ended", [Noisy, None])
def test_the_next_question_is_as_careful_until_something_is_confirmed(ended: type | None) -> None:
    driver = listening()
    driver = driver.send(Noisy(driver.visit.turn)) if ended else miss(miss(driver, talk=True).finish())
    driver.key("green").finish().time().finish().hear("good", sure=True)
    assert driver.visit.stage is Stage.CONFIRM
    driver.finish().hear("good", sure=False)
    assert driver.visit.stage is not Stage.SAID_BACK, "not sure, in a room that talks: that confirms nothing"
    driver.finish().hear("good", sure=True).finish().hear("good", sure=True)
    assert driver.visit.stage is Stage.SAID_BACK
    assert not driver.visit.wary


def test_where_others_talk_an_unsure_command_is_theirs_but_a_call_for_help_is_heard() -> None:
    """A television turned the volume down, and opened the menu."""
    for command in (Command.QUIETER, Command.MENU):
        driver = miss(listening(), talk=True).finish().hear_command(command, sure=False)
        assert driver.visit.noisy
        assert not any(isinstance(effect, Adjust) for effect in driver.effects)
    assert listening().hear_command(Command.AGAIN, sure=False).visit.failures == 0
    talk = miss(listening(), talk=True).finish()
    assert talk.hear_command(Command.HELP, sure=False).visit.stage is Stage.HELP
    talk = miss(listening(), talk=True).finish()
    assert any(isinstance(effect, Adjust) for effect in talk.hear_command(Command.QUIETER).effects)


def test_an_unsure_command_that_would_change_something_is_not_followed() -> None:
    for command in (Command.QUIETER, Command.MENU, Command.BACK, Command.SPEAK_ANSWERS, Command.FASTER):
        driver = listening().hear_command(command, sure=False)
        assert driver.visit.failures == 1
        assert driver.visit.stage is Stage.ASK
        assert not any(isinstance(effect, Adjust) for effect in driver.effects)


def test_the_next_person_begins_without_that_caution() -> None:
    assert not listening().visit.wary


def said_back() -> Driver:
    return listening().hear("good").finish()


def test_others_talking_do_not_hold_an_answer_that_is_said_back() -> None:
    for heard in (Heard(0, noisy=True, talk=True), Noisy(0)):
        driver = said_back()
        first = driver.asked()
        driver.send(replace(heard, turn=driver.visit.turn))
        assert driver.asked() != first
        assert driver.visit.answers[first].value == "good"


def test_somebody_who_says_something_else_after_their_answer_is_listened_to_once_more() -> None:
    driver = said_back()
    first = driver.asked()
    assert miss(driver).visit.listening
    assert driver.asked() == first
    assert miss(driver).asked() != first


def test_a_miss_before_the_answer_does_not_shorten_the_time_to_change_it() -> None:
    driver = miss(listening()).finish().hear("good").finish()
    assert miss(driver).visit.listening


# --- the kiosk's own words -----------------------------------------------------------------------------------------


def test_when_the_kiosk_hears_itself_nobody_has_failed_and_the_listening_goes_on_for_what_is_left() -> None:
    driver = listening(ask_again_s=20.0)
    turn, said = driver.visit.turn, driver.said()
    driver.send(PromptHeard(turn, 1.5))
    assert (driver.visit.turn, driver.visit.failures, driver.said()) == (turn, 0, said)
    assert listens(driver).silence_s == pytest.approx(18.5)
    driver.send(PromptHeard(turn, 8.5))
    assert listens(driver).silence_s == pytest.approx(10.0)
    driver.hear("good")
    assert driver.visit.stage is Stage.SAID_BACK


def test_when_nothing_is_left_of_the_time_it_was_a_silence() -> None:
    driver = listening(ask_again_s=20.0)
    driver.send(PromptHeard(driver.visit.turn, 19.0))
    assert (driver.visit.silences, driver.visit.failures) == (1, 0)
    assert driver.said().startswith(ENGLISH["again_softly"])


def test_an_answer_that_is_said_back_stands_when_the_kiosk_hears_that() -> None:
    driver = said_back()
    first = driver.asked()
    driver.send(PromptHeard(driver.visit.turn, 1.0))
    assert (driver.asked(), driver.visit.listening) == (first, True)
    driver.send(PromptHeard(driver.visit.turn, 2.5))
    assert driver.asked() != first
    assert driver.visit.answers[first].value == "good"


# --- the person's own pause ----------------------------------------------------------------------------------------


def pause_of(driver: Driver) -> float:
    return listens(driver).pause_s


def test_a_listening_waits_as_long_as_the_house_says_until_more_is_learnt() -> None:
    assert pause_of(listening(pause_s=0.9)) == pytest.approx(0.9)


def test_a_pause_that_was_nearly_too_long_is_waited_for_from_then_on() -> None:
    driver = listening(pause_s=1.2)
    driver.send(Heard(driver.visit.turn, pause_s=1.1)).finish()
    assert pause_of(driver) == pytest.approx(1.65)


def test_a_short_pause_teaches_nothing() -> None:
    driver = listening(pause_s=1.2)
    driver.send(Heard(driver.visit.turn, pause_s=0.5)).finish()
    assert pause_of(driver) == pytest.approx(1.2)


def test_an_answer_teaches_as_well_as_a_miss() -> None:
    driver = listening(pause_s=1.2)
    driver.send(Heard(driver.visit.turn, "good", sure=True, pause_s=1.0)).finish()
    assert pause_of(driver) == pytest.approx(1.5)


def test_somebody_who_goes_on_right_after_their_words_were_taken_was_cut_off() -> None:
    driver = listening(pause_s=1.2).hear("good", sure=False).finish()
    driver.send(SpeechStarted(driver.visit.turn, 0.4)).hear("good").finish()
    assert pause_of(driver) == pytest.approx(1.2 + STEP_S)


@pytest.mark.parametrize("at_s", [None, 1.5])
def test_somebody_who_speaks_later_was_not(at_s: float | None) -> None:
    driver = listening(pause_s=1.2).hear("good", sure=False).finish()
    driver.send(SpeechStarted(driver.visit.turn, at_s)).hear("good").finish()
    assert pause_of(driver) == pytest.approx(1.2)


def test_somebody_who_answers_a_question_at_once_is_quick_and_was_not_cut_off() -> None:
    driver = listening(pause_s=1.2)
    driver.send(SpeechStarted(driver.visit.turn, 0.4)).hear("good").finish()
    assert pause_of(driver) == pytest.approx(1.2)


def test_nobody_is_waited_for_longer_than_the_most_unless_the_house_says_so() -> None:
    for house_s, most_s in ((1.2, MOST_S), (3.0, 3.0)):
        driver = listening(pause_s=house_s)
        for _ in range(5):
            driver.send(Heard(driver.visit.turn, command=Command.AGAIN, pause_s=2.5)).finish()
        assert pause_of(driver) == pytest.approx(most_s)


def test_what_was_learnt_is_kept_for_the_visit_and_forgotten_with_it() -> None:
    driver = listening(pause_s=1.2)
    driver.send(Heard(driver.visit.turn, "good", sure=True, pause_s=1.1)).finish().time().finish()
    assert driver.asked() != ""
    assert pause_of(driver) == pytest.approx(1.65)
    assert pause_of(listening(pause_s=1.2)) == pytest.approx(1.2)
