"""What a kiosk does without something that it needs: it says so in one sentence, goes on by keys, and loses nothing.

The kiosk runs as a process in a terminal of its own; every cause is a real one, but for the two faults of Sayso's own.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from kiosk_house import CTRL_Q, House, answer, house
from pseudo_terminal import ENTER_ALTERNATE_SCREEN, PseudoTerminal
from rehearsed import sheets, yes_no

from kiosk.config import load
from kiosk.house import read_house
from kiosk.keeping.store import Counts, Role, Store
from kiosk.parts import speech_cache
from kiosk.saying.voicebox import Voicebox
from voice.speaker import NoSpeaker
from voice.speech import espeak_missing

NO = {"/data/lift": "no", "/data/lift_by": "key", "/data/sayso/complete": "yes"}
"""What `answer` leaves in the record."""


@pytest.fixture(scope="session")
def speech(tmp_path_factory):
    """The prompts of the usual set, rendered once."""
    if espeak_missing():
        pytest.skip("no speech synthesis: espeak-ng is not installed")
    one = house(tmp_path_factory.mktemp("speech") / "house")
    config = load(one.config)
    voice = Voicebox(NoSpeaker(print), speech_cache(config), {}, volume=1, rate_wpm=config.voice.rate_wpm, tail_s=0)
    voice.prepare(read_house(config).question_sets, "en", lambda _done, _of: None)
    return one.data / "speech"


def without_espeak(folder: Path) -> dict[str, str]:
    """An environment in which neither espeak-ng's program nor its library can be used."""
    (folder / "nothing").mkdir()
    for name in ("libespeak-ng.so.1", "libespeak.so.1"):
        (folder / "nothing" / name).write_bytes(b"no library")
    return {**os.environ, "PATH": str(folder / "nothing"), "LD_LIBRARY_PATH": str(folder / "nothing")}


def close(terminal: PseudoTerminal) -> None:
    terminal.press(CTRL_Q)
    assert terminal.wait_until_ended() == 0
    assert terminal.restored
    assert "Traceback" not in terminal.drawn()


def assert_kept(one: House, expected: dict[str, str] = NO) -> None:
    (values,) = one.kept()
    assert {path: values[path] for path in expected} == expected


def assert_answered_by_key(one: House, said: str, environment: dict[str, str] | None = None) -> None:
    """The waiting screen says that, a visit by keys is kept, and the kiosk can be closed."""
    with one.running(environment) as terminal:
        terminal.wait_for(said)
        answer(terminal)
        close(terminal)
    assert_kept(one)


def status(one: House) -> dict[str, object]:
    return json.loads((one.folder / "status.json").read_text())


# --- something is missing: it goes on by keys ----------------------------------------------------------------------


def test_without_microphone_and_speaker_the_words_are_shown_and_keys_answer(tmp_path, speech):
    one = house(tmp_path / "house", speech)
    one.write_config("[voice]\nengine = 'pocketsphinx'\nmicrophone = 'none such'\nspeaker = 'none such'\n")
    assert_answered_by_key(one, "There is no sound. Plug the speaker in again.")
    facts = status(one)["facts"]
    assert (facts["microphone"], facts["speaker"], facts["can_keep"]) == ("", "", True)
    assert one.log.count("Cannot find") >= 2
    done = one.sayso("status", "--config", str(one.config))
    assert done.returncode == 1
    assert "There is no sound" in done.stdout


def test_without_espeak_ng_the_words_stay_long_enough_to_be_read_and_keys_answer(tmp_path):
    one = house(tmp_path / "house")
    assert_answered_by_key(one, "Install espeak-ng", without_espeak(tmp_path))
    assert list((one.data / "speech").glob("*.wav")) == []
    check = one.sayso("check", "--config", str(one.config), environment=without_espeak(one.folder))
    assert check.returncode == 1
    assert "error speech synthesis: Cannot make speech with 'espeak-ng'" in " ".join(check.stdout.split())


@pytest.mark.parametrize(
    ("voice", "said"),
    [
        ("engine = 'vosk'\nmodels_dir = 'empty'", "sayso models install en"),
        ("engine = 'pocketsphinx'\nlanguage = 'ko'", "its model is English only"),
    ],
)
def test_without_a_model_the_waiting_screen_says_which_to_install_and_keys_answer(tmp_path, speech, voice, said):
    one = house(tmp_path / "house", speech)
    one.write_config(f"[voice]\n{voice}\n")
    assert_answered_by_key(one, said)
    check = one.sayso("check", "--config", str(one.config))
    assert check.returncode == 1
    assert said in check.stdout


def test_words_that_the_model_does_not_know_are_reported_and_the_kiosk_starts(tmp_path, speech):
    made = yes_no("lift")
    made["choices"][2][2] = "Blorpt"
    one = house(tmp_path / "house", speech, made)
    one.write_config("[voice]\nengine = 'pocketsphinx'\n")
    check = one.sayso("check", "--config", str(one.config))
    assert "the model does not know 'blorpt', said for 'no' of 'lift': it cannot be said at all" in check.stdout
    with one.running() as terminal:
        answer(terminal)
        close(terminal)
    assert_kept(one)
    assert "does not know these words" in one.log
    assert "blorpt" in one.log


# --- something is wrong: exit code 2, one sentence, and nothing is touched -----------------------------------------


def assert_refused(one: House, *said: str) -> None:
    """`sayso run` draws no screen, says these in one sentence and ends with exit code 2."""
    with one.running() as terminal:
        assert terminal.wait_until_ended() == 2
        drawn = terminal.drawn()
        assert drawn.count("sayso: ") == 1
        assert ENTER_ALTERNATE_SCREEN not in terminal.raw
        assert "Traceback" not in drawn
        for words in said:
            assert words in drawn
        assert terminal.restored


def test_a_second_kiosk_on_one_store_is_refused_and_the_first_goes_on(tmp_path, speech):
    one = house(tmp_path / "house", speech)
    with one.running() as first:
        first.wait_for("Press the big key to start")
        assert_refused(
            one, "Cannot start a second kiosk on", f"process {first.process.pid} has it", "Stop that one first"
        )
        answer(first)
        close(first)
    assert_kept(one)


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path, speech):
    one = house(tmp_path / "house", speech)
    with one.running() as terminal:
        answer(terminal)
        close(terminal)
    with Store.open(one.data, Role.KIOSK) as store, store._engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = (one.data / "sayso.db").read_bytes()
    assert_refused(one, "it is of version 9999, newer than this Sayso", "Install the newer Sayso again")
    check = one.sayso("check", "--config", str(one.config))
    assert check.returncode == 1
    assert "newer than this Sayso" in check.stdout
    assert (one.data / "sayso.db").read_bytes() == before


def test_a_data_folder_that_is_a_file_is_refused(tmp_path):
    one = house(tmp_path / "house")
    one.write_config("[store]\nfolder = 'set.xml'\n")
    assert_refused(one, "Cannot use the data folder", "set.xml", "store.folder")


def test_a_set_outside_the_profile_is_refused_with_its_questions_name(tmp_path):
    one = house(tmp_path / "house")
    form = one.form.read_text(encoding="utf-8").replace("<select1 ", "<upload ").replace("</select1>", "</upload>")
    one.form.write_text(form, encoding="utf-8")
    assert_refused(one, "Cannot run the question set", "set.xml", "lift")


def test_a_set_that_is_not_there_is_refused_with_its_path(tmp_path):
    one = house(tmp_path / "house")
    one.form.rename(one.folder / "other.xml")
    assert_refused(one, "Cannot read question set", str(one.form), "Write the right path under sets")


def test_without_a_terminal_the_kiosk_is_refused(tmp_path):
    one = house(tmp_path / "house")
    done = one.sayso("run", "--config", str(one.config))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("sayso: Cannot show the kiosk here: this is no terminal. ")


# --- a fault of Sayso's own: an end with a sentence, never a frozen screen ------------------------------------------

FAULTY_RUNNER = """
import sys
import kiosk.runner
real = kiosk.runner.step
def faulty(visit, event):
    if getattr(event, "key", "") == "blue":
        raise KeyError("somebodys answer")
    return real(visit, event)
kiosk.runner.step = faulty
"""
FAULTY_SCREEN = """
import sys
from kiosk.screens.app import KioskApp
real = KioskApp._paint_tiles
def faulty(self, where, white):
    if "lights" in self._drawn.view.words:
        raise KeyError("somebodys answer")
    real(self, where, white)
KioskApp._paint_tiles = faulty
"""
MAIN = "sys.argv[0] = 'sayso'\nfrom sayso.__main__ import main\nmain()\n"


@pytest.mark.parametrize("fault", [FAULTY_RUNNER, FAULTY_SCREEN], ids=["runner", "screen"])
def test_a_fault_ends_the_kiosk_with_a_sentence_and_what_was_kept_is_sent_after_the_next_start(tmp_path, speech, fault):
    one = house(tmp_path / "house", speech, yes_no("lift", "lights"))
    with one.running(command=[sys.executable, "-c", fault + MAIN]) as terminal:
        place = terminal.wait_for("Press the big key to start")
        terminal.press(" ")
        place = terminal.wait_for("Is lift good?", since=place)
        terminal.press("3")
        if fault is FAULTY_RUNNER:
            terminal.wait_for("Is lights good?", since=place)
            terminal.press("4")
        assert terminal.wait_until_ended() == 2
        assert terminal.restored
        drawn = terminal.drawn()
        assert "sayso: Cannot go on for a fault of Sayso's own (KeyError)." in drawn
        assert "somebodys answer" not in drawn + one.log
        assert "Traceback" not in drawn
    assert "in faulty" in one.log
    assert one.counts() == Counts(open=1)
    with one.running() as terminal:
        terminal.wait_for("Press the big key to start")
        close(terminal)
    assert_kept(one, {"/data/lift": "no", "/data/lights_how": "not_reached", "/data/sayso/complete": "no"})


def test_a_set_of_notes_alone_says_them_and_ends(tmp_path, speech):
    one = house(tmp_path / "house", speech, sheets("told", [], []))
    with one.running() as terminal:
        place = terminal.wait_for("Press the big key to start")
        terminal.press(" ")
        place = terminal.wait_for("A draft to change together.", since=place)
        terminal.wait_for("Goodbye", since=place)
        close(terminal)
    assert one.counts() == Counts()
