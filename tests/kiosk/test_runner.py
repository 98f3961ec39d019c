"""The runner: what happened goes through the visit to the store and back, and nothing is claimed that is not so.

Visit, sealing and store are real; screen, voice, ear and clock are the package's own stand-ins.
"""

from __future__ import annotations

import logging

import pytest
from rehearsed import sheets, yes_no
from rig import ListeningEar, Rig, rig

from kiosk import events
from kiosk.keeping.keeper import message_file
from kiosk.keeping.store import Counts
from kiosk.rehearsal import SilentVoice
from kiosk.runner import Closed
from kiosk.saying.prompts import reading_s
from kiosk.saying.sentences import ENGLISH
from kiosk.state import Stage
from kiosk.view import ScreenName
from openrosa.errors import OpenRosaError
from voice import events as sound
from voice.decide import Outcome

SPOKEN = bytes(range(1, 251)) * 128
"""One second of some sound."""


@pytest.fixture
def home(tmp_path):
    with rig(tmp_path, yes_no("lift", "lights")) as one:
        yield one


@pytest.fixture
def stories(tmp_path):
    with rig(tmp_path, sheets("stories", [["audio", "story", "Tell us."]], [])) as one:
        yield one


def full(one: Rig) -> None:
    """SQLite's own way of having no room."""
    with one.store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")


def read_only(one: Rig) -> None:
    """SQLite's own way of not being allowed to write."""
    with one.store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")


def writable_again(one: Rig) -> None:
    with one.store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = OFF")
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")


def leave(one: Rig) -> None:
    """Press keys until the kiosk waits for the next person."""
    for _ in range(20):
        if one.visit.stage is Stage.WAITING:
            return
        one.key("green" if one.visit.stage is Stage.ASK else "start")
    raise AssertionError(one.visit)


# --- how one spoken answer flows -----------------------------------------------------------------------------------


def test_a_sure_answer_is_sealed_and_committed_before_it_is_said_back(tmp_path):
    kept_when_said = {}

    class Watching(SilentVoice):
        def say(self, turn, lines, language, messages):
            for line in lines:
                if line.words.startswith("You said"):
                    kept_when_said[line.words] = one.record("uuid:1")
            super().say(turn, lines, language, messages)

    with rig(tmp_path, yes_no("lift"), voice=Watching) as one:
        one.key("start")
        assert one.ear.asked[-1] == "listen"
        one.hear("answer:yes")
        assert one.visit.stage is Stage.SAID_BACK
        assert one.store.counts() == Counts(open=1)
    (kept,) = kept_when_said.values()
    assert (kept["lift"], kept["lift_how"], kept["lift_by"]) == ("yes", "given", "voice")


def test_every_snapshot_is_a_whole_submission_that_says_it_is_not_complete(home):
    home.key("start")
    home.hear("answer:no")
    kept = home.record("uuid:1")
    assert (kept["lift"], kept["lights_how"], kept["complete"]) == ("no", "not_reached", "no")
    assert "lights" not in kept
    assert (kept["who"], kept["how"], kept["day"], kept["software"]) == ("resident", "self", "2026-11-22", "sayso test")


def test_a_finished_visit_waits_in_the_outbox_and_is_complete(home):
    home.key("start")
    for _ in range(2):
        home.hear("answer:no")
        home.time()
    assert home.visit.stage is Stage.ASK  # "shall I keep it?"
    home.key("green")
    assert home.store.counts() == Counts(waiting=1)
    assert home.record("uuid:1")["complete"] == "yes"


def test_an_unsure_answer_is_put_and_not_kept(home):
    home.key("start")
    home.hear("answer:no", Outcome.ASK)
    assert home.visit.stage is Stage.CONFIRM
    assert "I heard: No" in home.voice.said[-1]
    assert home.store.counts() == Counts()
    home.hear("answer:no", Outcome.ASK)
    assert home.record("uuid:1")["lift"] == "no"


def test_what_matched_nothing_is_no_answer_whatever_its_meaning_says(home):
    home.key("start")
    home.hear("answer:no", Outcome.NO_MATCH)
    assert ENGLISH["didnt_catch"] in home.voice.said
    assert home.store.counts() == Counts()


def test_a_command_that_was_heard_is_done(home):
    home.key("start")
    home.hear("command:dont_know")
    assert home.record("uuid:1")["lift_how"] == "dont_know"


def test_what_belongs_to_an_older_turn_is_dropped(home):
    home.key("start")
    turn = home.visit.turn
    home.key("again")
    home.hear("answer:no", turn=turn)
    for late in (
        sound.Silence(turn),
        sound.SpeechStarted(turn),
        sound.PromptFinished(turn),
        sound.Recorded(turn, SPOKEN),
    ):
        before = home.visit
        home.happen(late)
        assert home.visit == before
    assert home.store.counts() == Counts()
    assert home.runner._messages == {}


# --- what cannot be kept -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", [full, read_only])
def test_what_cannot_be_kept_is_never_claimed(home, broken, caplog):
    home.key("start")
    broken(home)
    home.hear("answer:no")
    assert ENGLISH["not_saved"] in home.voice.said
    assert home.visit.stage is Stage.ASK
    home.hear("answer:no")
    assert ENGLISH["cannot_save"] in home.voice.said
    assert not any(words.startswith(("You said", ENGLISH["thank_you"])) for words in home.voice.said)
    assert ScreenName.SAID_BACK not in {view.screen for view in home.screen.views}
    assert home.store.counts() == Counts()
    assert home.keeper.can_keep is False
    assert caplog.text.count("Cannot keep the visit") == 2


def test_what_was_kept_before_the_disk_failed_stays_and_waits_once_the_disk_is_back(home):
    home.key("start")
    home.hear("answer:no")
    home.time()
    read_only(home)
    home.hear("answer:yes")
    home.hear("answer:yes")
    leave(home)
    assert home.store.counts() == Counts(open=1)
    writable_again(home)
    home.key("start")
    home.key("stop")
    leave(home)
    assert home.store.counts() == Counts(waiting=1)
    kept = home.record("uuid:1")
    assert (kept["lift"], kept["lights_how"], kept["complete"]) == ("no", "not_reached", "no")


def test_once_it_can_be_kept_again_it_is(home):
    home.key("start")
    read_only(home)
    home.hear("answer:no")
    writable_again(home)
    home.hear("answer:no")
    assert home.visit.stage is Stage.SAID_BACK
    assert home.record("uuid:1")["lift"] == "no"
    assert home.keeper.can_keep is True


def test_a_log_of_a_failure_tells_nothing_of_the_answer(home, caplog):
    caplog.set_level(logging.DEBUG)
    home.key("start")
    full(home)
    home.hear("answer:no")
    assert "Cannot keep" in caplog.text
    for told in ("lift", "'no'", "given", "uuid:1"):
        assert told not in caplog.text


def test_what_cannot_be_sealed_is_not_kept_either(home, monkeypatch):
    def refuses(*_):
        raise OpenRosaError("Cannot seal", "it", "Report it.")

    monkeypatch.setattr("kiosk.keeping.keeper.seal", refuses)
    home.key("start")
    home.hear("answer:no")
    assert ENGLISH["not_saved"] in home.voice.said
    assert home.store.counts() == Counts()


def test_forgetting_is_committed_before_it_is_said(tmp_path):
    counted = []

    class Watching(SilentVoice):
        def say(self, turn, lines, language, messages):
            if any(line.words == ENGLISH["forgotten"] for line in lines):
                counted.append(one.store.counts())
            super().say(turn, lines, language, messages)

    with rig(tmp_path, yes_no("lift"), voice=Watching) as one:
        one.key("start")
        one.hear("answer:no")
        one.time()
        one.key("red")
        assert one.store.counts() == Counts(open=1)
        one.key("red")
    assert counted == [Counts()]


def test_what_cannot_be_forgotten_is_not_said_to_be(home):
    home.key("start")
    home.hear("answer:no")
    home.key("stop")
    home.key("red")
    read_only(home)
    home.key("red")
    assert ENGLISH["forgotten"] not in home.voice.said
    assert ENGLISH["not_forgotten"] in home.voice.said


# --- voice messages ------------------------------------------------------------------------------------------------


def test_a_voice_message_is_sealed_with_the_visit_and_opens_to_the_same_sound(stories):
    stories.key("start")
    assert stories.ear.asked[-1] == "record"
    stories.happen(sound.Recorded(stories.visit.turn, SPOKEN))
    assert stories.opened("uuid:1").attachments == {"1-voice-1.wav": message_file(SPOKEN)}
    assert stories.record("uuid:1")["story"] == "1-voice-1.wav"


def test_a_key_ends_a_voice_message_with_what_there_is(stories):
    stories.key("start")
    stories.key("green")
    assert stories.ear.asked[-1] == "finish"


def test_a_message_is_played_back_as_the_sound_that_it_was(tmp_path):
    played = []

    class Watching(SilentVoice):
        def say(self, turn, lines, language, messages):
            played.extend(messages[line.message] for line in lines if line.message)
            super().say(turn, lines, language, messages)

    with rig(tmp_path, sheets("stories", [["audio", "story", "Tell us."]], []), voice=Watching) as one:
        one.key("start")
        one.happen(sound.Recorded(one.visit.turn, SPOKEN))
    assert played == [SPOKEN]


def test_a_dropped_message_is_not_in_the_next_snapshot(stories):
    stories.key("start")
    stories.happen(sound.Recorded(stories.visit.turn, SPOKEN))
    stories.key("red")
    assert stories.opened("uuid:1").attachments == {}
    assert "story" not in stories.record("uuid:1")


def test_nothing_of_a_message_stays_in_memory_when_the_visit_is_over(stories):
    stories.key("start")
    stories.happen(sound.Recorded(stories.visit.turn, SPOKEN))
    assert SPOKEN in stories.runner._messages.values()
    leave(stories)
    assert stories.runner._messages == {}
    assert stories.visit.answers == {}
    assert stories.store.counts() == Counts(waiting=1)


# --- devices -------------------------------------------------------------------------------------------------------


class LostVoice(SilentVoice):
    """A speaker that is not there."""

    def say(self, turn, lines, language, messages):
        del language, messages
        self.said.extend(line.words for line in lines if line.words)
        self.lines = lines
        self._put(sound.SpeakerLost(turn, "no speaker"))


def test_without_a_speaker_a_prompt_goes_on_after_the_time_that_it_takes_to_read(tmp_path):
    with rig(tmp_path, yes_no("lift"), voice=LostVoice) as one:
        one.key("start")
        note = one.voice.lines
        assert one.visit.stage is Stage.NOTE
        assert reading_s(note) > 2
        shown = []
        one.screen.light = lambda _key, words="": shown.append(words)
        while one.visit.stage is Stage.NOTE:
            assert one.inbox.take(one.runner._due_next_s()) is None
            assert one.runner._pass_time()
        assert one.inbox.now_s() == pytest.approx(reading_s(note))
        assert shown == [line.words for line in note], "all that can't be heard is on the screen as words"
        assert one.visit.stage is Stage.ASK
        assert one.visit.question.name == "lift"


def test_a_key_cuts_short_what_nobody_can_hear(tmp_path):
    with rig(tmp_path, yes_no("lift"), voice=LostVoice) as one:
        one.key("start")
        one.key("start")
        one.key("red")
        assert one.record("uuid:1")["lift"] == "no"


def test_a_lost_microphone_leaves_the_keys_and_a_found_one_is_listened_to_again(home):
    home.key("start")
    home.happen(sound.MicrophoneLost(home.visit.turn, "pulled out"))
    listened = home.ear.asked.count("listen")
    home.key("again")
    assert home.ear.asked.count("listen") == listened
    home.key("red")
    assert home.record("uuid:1")["lift_by"] == "key"
    home.happen(sound.MicrophoneFound(home.visit.turn))
    home.time()
    assert home.ear.asked.count("listen") == listened + 1


def test_help_is_noted_for_staff_and_answered_kindly(home, caplog):
    home.key("start")
    home.key("help")
    assert ENGLISH["ask_for_help"] in home.voice.said
    assert ENGLISH["help_called"] not in home.voice.said


# --- one visit after the other -------------------------------------------------------------------------------------


def test_another_visit_begins_at_once_and_nothing_links_the_two(tmp_path):
    with rig(tmp_path, yes_no("lift"), sheets("other", yes_no("lights")["survey"][2:], yes_no("x")["choices"])) as one:
        one.key("start")
        one.key("green")  # which set
        one.hear("answer:yes")
        one.time()
        one.key("green")  # keep it
        assert one.visit.question.name == "another"
        before = one.visit.turn
        one.key("green")
        assert [visit.instance_id for visit in one.over] == ["uuid:1"]
        assert one.visit.instance_id == "uuid:2"
        assert one.visit.turn > before
        assert one.visit.question.name == "which_set"
        assert one.visit.answers == {}


def test_the_turn_goes_on_over_visits_so_that_late_sound_never_answers_the_next_person(home):
    home.key("start")
    turn = home.visit.turn
    home.key("stop")
    leave(home)
    home.key("start")
    assert home.visit.instance_id == "uuid:2"
    home.hear("answer:no", turn=turn)
    assert home.store.counts() == Counts()


def test_the_line_for_staff_is_on_the_waiting_screen_alone(tmp_path):
    with rig(tmp_path, yes_no("lift"), line=lambda: "All well") as one:
        one.happen(events.DeviceFound(events.Device.SPEAKER))
        assert one.screen.views[-1].line == "All well"
        one.key("start")
        assert one.screen.views[-1].line == ""


def test_closing_ends_the_run_in_silence_and_with_a_closed_microphone(tmp_path):
    stopped = []

    class Watching(SilentVoice):
        def stop(self):
            stopped.append("voice")

    with rig(tmp_path, yes_no("lift"), voice=Watching) as one:
        one.inbox.put(events.KeyPressed("start", 0))
        one.inbox.put(Closed())
        one.runner.run()
    assert stopped[-1:] == ["voice"]
    assert one.ear.asked[-1] == "stop"
    assert isinstance(one.ear, ListeningEar)


def test_a_fault_in_the_middle_of_a_step_comes_out_of_the_run(home, monkeypatch):
    def faulty(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("kiosk.runner.step", faulty)
    home.inbox.put(events.KeyPressed("start", 0))
    with pytest.raises(ZeroDivisionError):
        home.runner.run()
