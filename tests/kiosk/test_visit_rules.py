"""The rules of asking, by their numbers in docs/asking.md.

R1 silent until the start key; the microphone is open only while something waits
R2 choices one by one, in an order that varies by visit; keys never move
R3 a key works at any moment and stops speech
R4 recognition proposes, the person disposes
R6 silence: ask again, ask again, offer to stop
R7 "I don't know" and "I don't want to say" are answers
R8 who is here
R9 back, stop, forget
R12 voice messages
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from drive import Driver

from kiosk.answer import Answer, By, How, Who
from kiosk.asks import Asking
from kiosk.events import (
    CallHelp,
    Device,
    DeviceFound,
    DeviceLost,
    Finish,
    Forget,
    Heard,
    Keep,
    KeyPressed,
    Listen,
    Record,
    Say,
    Silence,
    SpeechStarted,
    StopListening,
    StopSaying,
    TimePassed,
    Tone,
)
from kiosk.keeping.record import Circumstances, values
from kiosk.present import view_of
from kiosk.state import Rules, Stage, Visit
from kiosk.view import Command, Microphone, ScreenName
from openrosa.question_set import Kind
from question_sets import question_set


def fresh(**changes: object) -> Driver:
    options: dict[str, object] = {"sets": (question_set(),), "instance_id": "uuid:1", **changes}
    return Driver(Visit(**options))  # type: ignore[arg-type]


def record(driver: Driver, *, complete: bool = False) -> dict[str, str]:
    return dict(values(driver.visit, Circumstances("2026-11-22", True, "sayso 0"), complete=complete))


# --- R1 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["stop", "back", "louder", "skip", "menu", "switch", "next"])
def test_r1_only_the_start_key_begins_a_visit(key: str) -> None:
    driver = fresh().key(key)
    assert driver.visit.stage is Stage.WAITING
    assert driver.effects == []


def test_r1_an_answer_key_begins_a_visit_only_where_the_house_has_it_so() -> None:
    assert fresh().key("green").visit.stage is Stage.ASK
    only_start = fresh(rules=Rules(any_key_starts=False)).key("green")
    assert only_start.visit.stage is Stage.WAITING
    assert only_start.effects == []


def test_r1_the_microphone_opens_when_the_prompt_is_over_and_closes_with_the_answer() -> None:
    driver = fresh().to_first_question()
    assert driver.listened() == []
    driver.finish()
    assert driver.listened() == [driver.visit.turn]
    assert view_of(driver.visit).microphone is Microphone.OPEN
    driver.effects.clear()
    driver.key("green")
    assert StopListening() in driver.effects


# --- R2 ------------------------------------------------------------------------------------------------------------


def test_r2_each_choice_is_a_line_of_its_own_that_lights_its_tile() -> None:
    driver = fresh().to_first_question()
    say = next(effect for effect in reversed(driver.effects) if isinstance(effect, Say))
    assert sorted(line.tile for line in say.lines if line.tile) == ["green", "red", "yellow"]


def test_r2_every_spoken_order_comes_up_and_places_never_move() -> None:
    orders = set()
    for seed in range(40):
        driver = fresh(seed=seed).to_first_question()
        say = next(effect for effect in reversed(driver.effects) if isinstance(effect, Say))
        orders.add(tuple(line.tile for line in say.lines if line.tile))
        assert [tile.key for tile in view_of(driver.visit).tiles] == ["green", "yellow", "red"]
        assert record(driver)["/data/home_order"].split()[0] in {"good", "okay", "bad"}
    assert len(orders) == 6


def test_r2_a_scale_is_said_forwards_or_backwards_only() -> None:
    orders = set()
    for seed in range(40):
        driver = fresh(seed=seed).to_first_question()
        driver.key("green").finish().time().key("green").finish().time()
        orders.add(record(driver)["/data/score_order"])
    assert orders == {"1 2 3 4", "4 3 2 1"}


# --- R3 ------------------------------------------------------------------------------------------------------------


def test_r3_an_answer_key_during_the_prompt_stops_speech_and_answers() -> None:
    driver = fresh().to_first_question()
    driver.effects.clear()
    driver.key("red")
    assert driver.effects[0] == StopSaying()
    assert driver.visit.answers["home"] == Answer(How.GIVEN, "bad", By.KEY)


def test_r3_a_key_without_a_tile_stops_speech_and_answers_nothing() -> None:
    driver = fresh().to_first_question()
    driver.effects.clear()
    driver.key("blue")
    assert driver.effects[0] == StopSaying()
    assert driver.visit.answers == {}
    assert isinstance(driver.effects[1], Listen)


def test_r3_an_answer_key_of_an_older_screen_is_dropped_but_a_command_is_not() -> None:
    driver = fresh().to_first_question()
    old = driver.visit.turn - 1
    driver.send(KeyPressed("green", old))
    assert driver.visit.answers == {}
    driver.send(KeyPressed("stop", old))
    assert driver.visit.stage is Stage.THANKS


def test_r3_again_puts_the_question_with_its_hint() -> None:
    driver = fresh().to_first_question()
    assert "kitchen" not in driver.said()
    driver.key("again")
    assert "How is your home?" in driver.said()
    assert "kitchen" in driver.said()


def test_r3_help_calls_somebody_without_touching_the_answers() -> None:
    driver = fresh().to_first_question().key("help")
    assert any(isinstance(effect, CallHelp) for effect in driver.effects)
    assert driver.asked() == "home"
    assert view_of(driver.finish().visit).screen is ScreenName.HELP
    driver.time()
    assert driver.asked() == "home"
    assert driver.visit.stage is Stage.ASK


# --- R4 ------------------------------------------------------------------------------------------------------------


def test_r4_a_sure_answer_is_kept_then_said_back_then_the_next_question_comes() -> None:
    driver = fresh().to_first_question().finish()
    driver.effects.clear()
    driver.hear("good")
    kinds = [type(effect) for effect in driver.effects]
    assert kinds.index(Keep) < kinds.index(Say)
    assert "You said: Good." in driver.said()
    driver.finish().time()
    assert driver.asked() == "food"


def test_r4_nothing_is_claimed_when_keeping_failed() -> None:
    driver = fresh()
    driver.to_first_question().finish()
    driver.commits = False
    driver.hear("good")
    assert "You said" not in driver.said()
    assert "could not save" in driver.said()
    assert driver.visit.answers == {}
    driver.finish().hear("good")
    assert driver.visit.stage is Stage.SORRY


def test_r4_an_unsure_answer_is_put_as_a_question_and_not_kept() -> None:
    driver = fresh().to_first_question().finish().hear("good", sure=False)
    assert driver.said() == "I heard: Good. Press green for Good, or say it again."
    assert driver.visit.answers == {}
    assert driver.kept == []


def test_r4_saying_it_again_confirms_it_even_unsure_and_reads_it_back_only_once() -> None:
    driver = fresh().to_first_question().finish().hear("good", sure=False).finish().hear("good", sure=False)
    assert driver.visit.answers["home"] == Answer(How.GIVEN, "good", By.VOICE)
    say = next(effect for effect in reversed(driver.effects) if isinstance(effect, Say))
    assert [line.tone for line in say.lines] == [Tone.ANSWERED]


def test_r4_another_choice_replaces_what_was_heard_and_must_be_said_again() -> None:
    driver = fresh().to_first_question().finish().hear("good", sure=False).finish().hear("bad")
    assert driver.visit.answers == {}
    assert [tile.key for tile in view_of(driver.visit).tiles if tile.chosen] == ["red"]
    driver.finish().hear("bad")
    assert driver.visit.answers["home"].value == "bad"


def test_r4_another_key_answers_and_is_marked_as_corrected() -> None:
    driver = fresh().to_first_question().finish().hear("good", sure=False).key("red")
    assert driver.visit.answers["home"] == Answer(How.GIVEN, "bad", By.KEY, corrected=True)


def test_r4_two_failures_close_the_microphone_for_this_question_only() -> None:
    driver = fresh().to_first_question().finish().hear_nothing_known()
    assert "didn't catch" in driver.said()
    driver.finish()
    listenings = len(driver.listened())
    driver.hear_nothing_known()
    assert "press the key" in driver.said()
    driver.finish()
    assert len(driver.listened()) == listenings
    assert view_of(driver.visit).microphone is Microphone.KEYS_ONLY
    driver.key("green").finish().time().finish()
    assert len(driver.listened()) == listenings + 1


def test_r4_a_keyed_answer_is_not_spoken_unless_the_house_says_so() -> None:
    quiet = fresh().to_first_question().key("green")
    assert quiet.said() == ""
    assert view_of(quiet.visit).words == "You said: Good."
    loud = fresh(rules=Rules(speak_keyed_answers=True)).to_first_question().key("green")
    assert loud.said() == "You said: Good."


def test_r4_a_private_answer_is_never_spoken_nor_lit() -> None:
    driver = fresh(sets=(question_set(private=True),)).to_first_question().finish().hear("bad", sure=False)
    assert driver.said() == "Please press your answer."
    assert not any(tile.chosen for tile in view_of(driver.visit).tiles)
    driver.finish().key("red")
    assert driver.visit.answers["home"].value == "bad"
    assert driver.said() == "Thank you."
    assert "Not good" not in view_of(driver.visit).words
    assert not any(tile.chosen for tile in view_of(driver.visit).tiles)


def test_r4_another_answer_before_the_next_question_replaces_the_first() -> None:
    driver = fresh().to_first_question().finish().hear("good").finish().hear("bad")
    assert driver.visit.answers["home"] == Answer(How.GIVEN, "bad", By.VOICE, corrected=True)
    assert driver.kept == [{"home": "good"}, {"home": "bad"}]


def test_r4_the_same_key_again_while_it_is_said_back_changes_nothing() -> None:
    driver = fresh().to_first_question().key("green")
    before = driver.visit
    assert driver.key("green").visit == before


# --- R6 ------------------------------------------------------------------------------------------------------------


def test_r6_two_silences_are_asked_again_the_third_offers_to_stop() -> None:
    driver = fresh().to_first_question().finish()
    assert driver.effects[-2].silence_s == 20  # type: ignore[union-attr]
    driver.silence()
    assert "Take your time" in driver.said()
    driver.finish()
    assert driver.effects[-2].silence_s == 30  # type: ignore[union-attr]
    driver.silence().finish().silence()
    assert driver.visit.asking is Asking.OFFER_STOP
    driver.finish()
    assert driver.effects[-2].silence_s == 60  # type: ignore[union-attr]
    driver.key("green")
    assert driver.asked() == "home"


def test_r6_an_abandoned_visit_keeps_what_was_answered_and_is_marked_incomplete() -> None:
    driver = fresh().to_first_question().key("green").finish().time()
    for _ in range(4):
        driver.finish().silence()
    assert Finish(driver.visit.turn - 1, complete=False) in driver.effects
    assert driver.visit.stage is Stage.OVER
    assert record(driver)["/data/sayso/complete"] == "no"


def test_r6_an_abandoned_visit_without_an_answer_leaves_nothing() -> None:
    driver = fresh().to_first_question()
    for _ in range(4):
        driver.finish().silence()
    assert driver.visit.stage is Stage.OVER
    assert driver.kept == []


def test_r6_somebody_who_begins_at_the_last_moment_is_heard() -> None:
    driver = fresh().to_first_question().finish()
    timer = driver.visit.timer
    assert timer is not None
    driver.send(SpeechStarted(driver.visit.turn)).send(TimePassed(driver.visit.turn, timer.number))
    assert driver.visit.silences == 0
    driver.hear("good")
    assert driver.visit.answers["home"].value == "good"


def test_r6_a_late_silence_of_an_older_turn_skips_nothing() -> None:
    driver = fresh().to_first_question().finish()
    old = driver.visit.turn
    driver.key("green")
    before = driver.visit
    assert driver.send(Silence(old)).visit == before
    assert driver.send(Heard(old, answer="bad", sure=True)).visit == before


# --- R7 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "how"), [("dont_know", How.DONT_KNOW), ("rather_not_say", How.RATHER_NOT_SAY), ("skip", How.SKIPPED)]
)
def test_r7_every_question_can_be_answered_without_a_choice(key: str, how: How) -> None:
    driver = fresh().to_first_question().key(key)
    assert driver.visit.answers["home"] == Answer(how)
    assert record(driver)["/data/home"] == ""
    assert record(driver)["/data/home_how"] == how.value


def test_r7_i_dont_know_can_be_said() -> None:
    driver = fresh().to_first_question().finish().hear_command(Command.DONT_KNOW)
    assert driver.visit.answers["home"] == Answer(How.DONT_KNOW, by=By.VOICE)
    assert driver.said() == "You said: I don't know."


# --- R8 ------------------------------------------------------------------------------------------------------------


def test_r8_a_resident_is_asked_one_thing_before_the_first_question() -> None:
    driver = fresh().key("start").key("yellow")
    assert driver.visit.stage is Stage.NOTE
    assert driver.visit.who == Who("resident", "with_help")


@pytest.mark.parametrize(
    ("tile", "second", "who"),
    [
        ("red", "yellow", Who("resident", "proxy", "family")),
        ("blue", "green", Who("staff", "self")),
        ("blue", "red", Who("visitor", "self")),
    ],
)
def test_r8_a_proxy_and_a_visitor_are_asked_who_they_are(tile: str, second: str, who: Who) -> None:
    driver = fresh().key("start").key(tile)
    assert driver.visit.asking is Asking.BY_WHOM
    assert driver.key(second).visit.who == who


def test_r8_several_sets_are_offered_first_and_another_visit_afterwards() -> None:
    driver = fresh(sets=(question_set("home"), question_set("food"))).key("start")
    assert [tile.word for tile in view_of(driver.visit).tiles] == ["Home", "Food"]
    driver.key("yellow").key("green").finish().key("green").key("stop").key("green")
    assert driver.visit.question_set is not None
    assert driver.visit.question_set.form_id == "food"
    assert driver.visit.asking is Asking.ANOTHER
    assert driver.key("green").visit.another


def test_r8_a_preset_who_is_not_asked() -> None:
    driver = fresh(rules=Rules(preset_who=Who("visitor", "self"))).key("start")
    assert driver.visit.stage is Stage.NOTE
    assert driver.visit.who.who == "visitor"


# --- R9 ------------------------------------------------------------------------------------------------------------


def test_r9_back_reopens_the_question_being_read_back() -> None:
    driver = fresh().to_first_question().key("green").key("back")
    assert driver.asked() == "home"
    assert driver.visit.stage is Stage.ASK


def test_r9_back_leads_to_the_question_before_and_the_old_answer_stands_until_the_new_one_is_kept() -> None:
    driver = fresh().to_first_question().key("green").finish().time().key("back")
    assert driver.asked() == "home"
    assert driver.visit.answers["home"].value == "good"
    driver.commits = False
    driver.key("red")
    assert driver.visit.answers["home"].value == "good"


def test_a_heading_is_spoken_once_also_when_its_question_is_reopened() -> None:
    first, home, *rest = question_set().questions
    grouped = replace(question_set(), questions=(first, replace(home, headings=({"en": "The house"},)), *rest))
    driver = fresh(sets=(grouped,)).to_first_question()
    assert driver.said().startswith("The house")
    driver.key("green").key("back")
    assert "The house" not in driver.said()


def test_r9_back_reaches_who_is_here() -> None:
    driver = fresh().to_first_question().key("back")
    assert driver.visit.asking is Asking.WHO
    driver.key("yellow")
    assert driver.asked() == "home"
    assert driver.visit.who.how == "with_help"


def test_r9_a_question_looked_at_again_and_skipped_stays_as_it_was() -> None:
    driver = fresh().to_first_question().key("green").finish().time().key("back").key("skip")
    assert driver.asked() == "food"
    assert driver.visit.answers["home"].value == "good"


def test_r9_an_answer_that_is_no_longer_relevant_leaves_as_not_asked() -> None:
    driver = fresh().to_first_question().key("red").finish().time()
    assert driver.asked() == "why"
    driver.key("green").key("back").key("back").key("green")
    assert "why" not in driver.visit.answers
    kept = record(driver)
    assert kept["/data/why_how"] == "not_asked"
    assert "/data/why" not in kept
    assert kept["/data/home_by"] == "key corrected"


def test_r9_stop_leads_to_the_end_and_forgetting_takes_two_keys() -> None:
    driver = fresh().to_first_question().key("green").key("stop")
    assert driver.visit.asking is Asking.KEEP_OR_FORGET
    driver.finish().hear("forget")
    assert driver.visit.asking is Asking.FORGET_SURE
    driver.finish()
    assert not driver.visit.listening
    assert not any(isinstance(effect, Forget) for effect in driver.effects)
    driver.key("red")
    assert any(isinstance(effect, Forget) for effect in driver.effects)
    assert driver.visit.answers == {}
    assert "I have forgotten" in driver.said()


def test_r9_what_could_not_be_forgotten_is_not_said_to_be_gone() -> None:
    driver = fresh().to_first_question().key("green").key("stop").key("red")
    driver.commits = False
    driver.key("red")
    assert "have forgotten" not in driver.said()
    assert "could not forget" in driver.said()


def test_r9_an_unsure_stop_is_asked() -> None:
    driver = fresh().to_first_question().finish().hear_command(Command.STOP, sure=False)
    assert driver.visit.asking is Asking.OFFER_STOP


def test_a_visit_from_end_to_end_is_finished_complete() -> None:
    driver = fresh().answer_all()
    assert driver.visit.asking is Asking.KEEP_OR_FORGET
    driver.key("green")
    assert any(isinstance(effect, Finish) and effect.complete for effect in driver.effects)
    driver.finish().time()
    assert driver.visit.stage is Stage.OVER
    kept = record(driver, complete=True)
    assert kept["/data/home"] == "good"
    assert kept["/data/score"] == "1"
    assert kept["/data/story_how"] == "skipped"
    assert kept["/data/sayso/who"] == "resident"
    assert kept["/data/sayso/day"] == "2026-11-22"


# --- R12 -----------------------------------------------------------------------------------------------------------


def to_message(**changes: object) -> Driver:
    driver = fresh(**changes).to_first_question()
    for _ in range(3):
        driver.key("green").finish().time()
    assert driver.visit.question is not None
    assert driver.visit.question.kind is Kind.AUDIO
    return driver


def test_r12_a_message_is_kept_at_once_and_played_back() -> None:
    driver = to_message().finish()
    assert any(isinstance(effect, Record) for effect in driver.effects)
    driver.record()
    assert driver.kept[-1]["story"] == "voice-1.wav"
    say = next(effect for effect in reversed(driver.effects) if isinstance(effect, Say))
    assert [line.message for line in say.lines if line.message] == ["voice-1.wav"]
    driver.finish().silence()
    assert driver.visit.answers["story"].value == "voice-1.wav"


def test_r12_a_dropped_message_leaves_the_record() -> None:
    driver = to_message().finish().record().finish().key("red")
    assert driver.kept[-1]["story"] == ""
    assert driver.visit.answers["story"].how is How.SKIPPED
    assert "dropped" in driver.said()


def test_r12_a_message_of_a_sensitive_set_is_not_played_back() -> None:
    driver = to_message(sets=(question_set(sensitive=True),)).finish().record()
    say = next(effect for effect in reversed(driver.effects) if isinstance(effect, Say))
    assert not any(line.message for line in say.lines)


def test_r12_any_answer_key_ends_the_message() -> None:
    driver = to_message().finish()
    driver.effects.clear()
    driver.key("green")
    assert StopListening() in driver.effects
    driver.record()
    assert driver.visit.asking is Asking.REVIEW


# --- devices -------------------------------------------------------------------------------------------------------


def test_a_lost_microphone_leaves_the_keys_and_hurries_nobody() -> None:
    driver = fresh().to_first_question().finish().send(DeviceLost(Device.MICROPHONE))
    assert view_of(driver.visit).microphone is Microphone.KEYS_ONLY
    assert driver.visit.timer is not None
    driver.key("green").finish().time().finish()
    assert driver.listened() == [driver.listened()[0]]
    driver.send(DeviceFound(Device.MICROPHONE)).key("green").finish().time().finish()
    assert len(driver.listened()) == 2


def test_a_visit_without_a_microphone_goes_by_keys_and_timers() -> None:
    driver = fresh(voice=False).to_first_question().finish()
    assert driver.listened() == []
    driver.time()
    assert "Take your time" in driver.said()


def test_a_language_that_the_recogniser_does_not_know_keeps_the_microphone_closed() -> None:
    both = replace(question_set(), languages=("en", "cy"))
    driver = fresh(sets=(both,), language="cy", hears="en", rules=Rules(languages=("cy",))).to_first_question().finish()
    assert driver.listened() == []
    assert view_of(driver.visit).microphone is Microphone.KEYS_ONLY
    assert fresh(language="en-gb", hears="en").to_first_question().finish().listened()


def test_the_screen_of_the_kiosks_own_questions_and_of_the_end() -> None:
    driver = fresh()
    assert view_of(driver.visit).screen is ScreenName.WAITING
    driver.key("start")
    assert view_of(driver.visit).screen is ScreenName.WHO
    driver.key("green").finish().key("green").key("stop")
    assert view_of(driver.visit).screen is ScreenName.STOPPING


def test_a_set_that_lacks_the_houses_language_is_asked_in_its_own() -> None:
    french = replace(question_set(), languages=("fr",), default_language="fr")
    driver = fresh(sets=(question_set("food"), french)).key("start").key("yellow")
    assert driver.visit.language == "fr"
    assert fresh(sets=(question_set(), french)).key("start").key("green").visit.language == "en"
