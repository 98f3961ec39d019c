"""`sayso rehearse`: which recording is heard where, what it tells, and that what was said arrives.

Everything is real but microphone, speaker, screen and clock.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from click.testing import CliRunner
from in_noise import in_noise
from rehearsed import ROOT, card, cards, korean_model, people, rehearse, saved, yes_no

from collector.errors import CollectorError
from collector.folders import PUBLIC_NAME, write_key_pair
from openrosa.convert import convert, write
from sayso.__main__ import sayso


def test_the_nth_recording_goes_into_the_nth_listening_for_an_answer(tmp_path):
    path = saved(tmp_path, cards("first", "second", "third"))
    made = rehearse(path, "--microphone", card(3), card(1), card(4))
    assert made.exit_code == 0
    assert made.answers == {"first": "seven", "second": "ten", "third": "fives"}
    assert [(one["question"], one["number"], Path(one["recording"]).name) for one in made.played] == [
        ("first", 1, "003.wav"),
        ("second", 2, "001.wav"),
        ("third", 3, "004.wav"),
    ]
    assert made.told["complete"] is True
    assert made.told["unused"] == []


def test_what_was_said_arrives_sealed_and_opens_to_the_same(tmp_path):
    made = rehearse(saved(tmp_path, cards("first", "second")), "--microphone", card(1), card(4))
    collector = made.told["collector"]
    assert made.arrived == made.answers == {"first": "ten", "second": "fives"}
    assert collector["sealed"] is True
    assert collector["instance_id"] == made.told["instance_id"]
    assert collector["values"]["first"] == "ten"
    assert collector["values"]["sayso/complete"] == "yes"
    assert (collector["values"]["sayso/who"], collector["values"]["sayso/how"]) == ("resident", "self")


def test_a_dash_is_silence_and_the_question_is_asked_again(tmp_path):
    made = rehearse(saved(tmp_path, cards("first")), "--microphone", "-", card(1))
    assert [(one["recording"], one["number"], one["happened"]) for one in made.played] == [
        ("-", 1, "silence"),
        (str(card(1)), 2, "heard"),
    ]
    assert made.answers == {"first": "ten"}


def test_an_unsure_answer_is_confirmed_by_the_same_recording(tmp_path):
    hissing = in_noise(card(3), tmp_path)
    made = rehearse(saved(tmp_path, cards("first", "second")), "--microphone", hissing, card(1))
    assert [(one["question"], one["stage"], one["number"], one["outcome"]) for one in made.played] == [
        ("first", "ask", 1, "ask"),
        ("first", "confirm", 1, "ask"),
        ("second", "ask", 2, "sure"),
    ]
    assert made.answers == {"first": "seven", "second": "ten"}
    assert made.told["answers"]["first"]["corrected"] is False


def test_what_is_not_understood_twice_takes_keys_only(tmp_path):
    path = saved(tmp_path, yes_no("first", "second"))
    made = rehearse(path, "--microphone", card(1), card(3), card(4), "--keys", "red", "green")
    # An unsure command that would change something is not understood either.
    assert [one["question"] for one in made.played] == ["first", "first", "second"]
    assert all(one["outcome"] == "no_match" or one["meaning"].startswith("command:") for one in made.played)
    assert "sure" not in {one["outcome"] for one in made.played}
    assert made.answers == {"first": "no", "second": "yes"}
    assert {one["by"] for one in made.told["answers"].values()} == {"key"}


def test_every_listening_tells_its_evidence(tmp_path):
    made = rehearse(saved(tmp_path, cards("first")), "--microphone", card(1))
    (heard,) = made.played
    assert heard["happened"] == "heard"
    assert (heard["text"], heard["outcome"], heard["phrase"]) == ("ten of clubs", "sure", "ten of clubs")
    assert heard["meaning"] == "answer:ten"
    evidence = heard["evidence"]
    assert evidence["grammar_text"] == evidence["decoy_text"] == evidence["open_text"] == "ten of clubs"
    assert 0.3 < evidence["duration_s"] < 2
    assert -60 < evidence["level_dbfs"] < 0
    assert evidence["engine"] == "pocketsphinx en-us" == made.told["engine"]


def test_the_json_names_are_those_that_are_documented(tmp_path):
    made = rehearse(saved(tmp_path, cards("first")), "--microphone", card(2))
    documented = (ROOT / "docs" / "rehearse.md").read_text(encoding="utf-8")
    names = {*made.told, *made.told["collector"]}
    names |= {name for one in made.told["heard"] for name in (*one, *one.get("evidence", ()))}
    assert {name for name in names if f"`{name}`" not in documented} == set()


def test_an_office_that_stays_has_every_visit_of_the_same_kiosk_and_of_others(tmp_path):
    path, office = saved(tmp_path, yes_no("first")), tmp_path / "office"
    first = rehearse(path, "--office", office, "--home", "Elm Road", "--keys", "green")
    # The form as it was published, sealed to the office's key: taken again as the same one.
    form = office / "sets" / "set.xml"
    second = rehearse(form, "--office", office, "--home", "Elm Road", "--keys", "red")
    third = rehearse(form, "--office", office, "--home", "../Oak Lane", "--keys", "red")
    assert [one.arrived for one in (first, second, third)] == [{"first": "yes"}, {"first": "no"}, {"first": "no"}]
    opened = CliRunner().invoke(
        sayso,
        ["collector", "open", "--data", f"{office}/collected", "--key", f"{office}/office-key/private.pem", "--json"],
    )
    assert opened.exit_code == 0, opened.output
    told = json.loads(opened.stdout)
    arrived = [told[one.told["instance_id"]] for one in (first, second, third)]
    assert [(one["kiosk"], one["values"]["first"]) for one in arrived] == [
        ("Elm Road", "yes"),
        ("Elm Road", "no"),
        ("../Oak Lane", "no"),
    ]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["office", "set.md"]


def test_a_kiosk_that_another_command_let_in_is_not_taken_for_the_rehearsals(tmp_path):
    path, office = saved(tmp_path, yes_no("first")), tmp_path / "office"
    made = CliRunner().invoke(sayso, ["collector", "keys", "new", "Elm Road", "--data", str(office / "collected")])
    assert made.exit_code == 0
    refused = CliRunner().invoke(sayso, ["rehearse", str(path), "--office", str(office), "--home", "Elm Road"])
    assert isinstance(refused.exception, CollectorError)
    assert "Elm Road" in str(refused.exception)


def test_what_the_kiosk_said_is_told_in_order(tmp_path):
    said = rehearse(saved(tmp_path, yes_no("first", "second")), "--keys", "green", "red").told["said"]
    assert said.index("A draft to change together.") < said.index("Is first good?") < said.index("Is second good?")


def test_recordings_that_were_not_played_are_named(tmp_path):
    made = rehearse(saved(tmp_path, cards("first")), "--microphone", card(1), card(3), "-")
    assert made.told["unused"] == [str(card(3)), "-"]


def test_silence_to_the_end_is_an_incomplete_visit_that_sends_nothing(tmp_path):
    made = rehearse(saved(tmp_path, yes_no("first")), "--microphone", "-", "-", "-", "-", "--engine", "pocketsphinx")
    assert made.exit_code == 0
    assert (made.answers, made.told["complete"], made.told["collector"]) == ({}, False, {})


def test_a_visit_that_ends_early_arrives_as_incomplete(tmp_path):
    made = rehearse(saved(tmp_path, yes_no("first", "second")), "--keys", "green")
    assert made.told["complete"] is False
    assert made.arrived == {"first": "yes"}
    assert made.told["collector"]["values"]["sayso/complete"] == "no"
    assert made.told["collector"]["answers"]["second"]["how"] == "not_reached"


@pytest.mark.parametrize(
    ("keys", "answers"),
    [
        (["green", "red"], {"first": "yes", "second": "no"}),
        (["start", "green", "red", "green"], {"first": "yes", "second": "no"}),
        (["again", "green", "dont_know"], {"first": "yes", "second": "dont_know"}),
        (["rather_not_say", "skip"], {"first": "rather_not_say", "second": "skipped"}),
        (["green", "back", "red", "green"], {"first": "no", "second": "yes"}),
        (["green", "stop"], {"first": "yes"}),
    ],
)
def test_keys_are_pressed_where_the_kiosk_waits_for_one(tmp_path, keys, answers):
    made = rehearse(saved(tmp_path, yes_no("first", "second")), "--keys", *keys)
    assert made.answers == made.arrived == answers
    assert made.told["engine"] == "none"


def test_what_is_forgotten_at_the_end_does_not_arrive(tmp_path):
    made = rehearse(saved(tmp_path, yes_no("first")), "--keys", "green", "red", "red")
    assert made.told["collector"] == {}
    assert made.exit_code == 0


def test_recordings_come_first_and_keys_take_over_where_none_is_left(tmp_path):
    made = rehearse(saved(tmp_path, cards("first", "second")), "--microphone", card(1), "--keys", "red")
    assert made.answers == {"first": "ten", "second": "seven"}
    assert [made.told["answers"][name]["by"] for name in ("first", "second")] == ["voice", "key"]


@pytest.mark.parametrize("suffix", [".md", ".csv", ".xlsx", ".xml"])
def test_a_set_may_be_a_sheet_of_any_kind_or_a_form(tmp_path, suffix):
    path = saved(tmp_path, yes_no("first"), ".md" if suffix == ".xml" else suffix)
    if suffix == ".xml":
        path = path.with_suffix(".xml")
        write(convert(path.with_suffix(".md")), path)
    made = rehearse(path, "--keys", "red")
    assert made.arrived == {"first": "no"}
    assert made.told["form_id"] == "home"
    assert made.told["collector"]["sealed"] is (suffix != ".xml")


def test_a_form_that_is_sealed_to_somebody_else_can_be_rehearsed_and_opened(tmp_path):
    write_key_pair(tmp_path / "theirs")
    theirs = (tmp_path / "theirs" / PUBLIC_NAME).read_text(encoding="ascii")
    path = tmp_path / "sealed.xml"
    write(convert(saved(tmp_path, yes_no("first")), theirs), path)
    before = path.read_bytes()
    made = rehearse(path, "--keys", "red")
    assert made.exit_code == 0
    assert made.arrived == {"first": "no"}
    assert made.told["collector"]["sealed"] is True
    assert path.read_bytes() == before


@pytest.mark.parametrize(("name", "rate_hz", "channels"), [("a.wav", 44_100, 2), ("a.flac", 16_000, 1)])
def test_recordings_of_any_rate_are_heard_also_in_a_set_that_names_no_language(tmp_path, name, rate_hz, channels):
    sound, own_hz = soundfile.read(card(1))
    as_wanted = soxr.resample(sound, own_hz, rate_hz)
    soundfile.write(tmp_path / name, np.stack([as_wanted] * channels, axis=1), rate_hz)
    made = cards("first")
    for rows in (made["survey"], made["choices"]):
        rows[0] = [column.removesuffix("::English (en)") for column in rows[0]]
    made["settings"] = [["form_id", "version"], ["cards", "1"]]
    assert rehearse(saved(tmp_path, made), "--microphone", tmp_path / name).arrived == {"first": "ten"}


def test_it_leaves_nothing_behind_and_touches_nothing_beside_the_set(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    path = saved(tmp_path, yes_no("first"))
    rehearse(path, "--keys", "red")
    assert list(scratch.iterdir()) == []
    assert sorted(one.name for one in tmp_path.iterdir()) == ["scratch", "set.md"]


def test_two_rehearsals_of_the_same_recordings_hear_the_same(tmp_path):
    path = saved(tmp_path, cards("first", "second"))
    first, second = (rehearse(path, "--microphone", card(2), card(3)) for _ in range(2))
    assert first.told["heard"] == second.told["heard"]
    assert first.answers == second.answers
    assert first.told["instance_id"] != second.told["instance_id"]


def test_as_a_process_stdout_is_json_alone(tmp_path):
    path = saved(tmp_path, cards("first"))
    command = [sys.executable, "-m", "sayso", "rehearse", str(path), "--json", "--microphone", str(card(1))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["answers"]["first"]["value"] == "ten"


def test_without_json_it_tells_people_what_was_heard_and_what_arrived(tmp_path):
    path = saved(tmp_path, cards("first"))
    command = [sys.executable, "-m", "sayso", "rehearse", str(path), "--microphone", str(card(1)), str(card(3))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    for said in ("first = ten (by voice)", "complete", "delivered, and opened with the office's key", "not played"):
        assert said in done.stdout


def test_many_peoples_yes_and_no_arrive_as_what_they_said_and_never_as_the_opposite(tmp_path):
    folder = people() / "gsc_v2_test"
    said = [one for word in ("yes", "no") for one in sorted((folder / word).iterdir())[:8]]
    path = saved(tmp_path, yes_no(*(f"q{number}" for number in range(len(said)))))
    # Where somebody was not understood twice, the question takes keys only: "I don't know".
    keys = ["dont_know"] * len(said)
    made = rehearse(path, "--microphone", *said, "--keys", *keys, "--engine", "pocketsphinx")
    assert made.told["unused"] == []
    answered = {}
    for one in made.played:
        if one["outcome"] == "sure" or one["stage"] == "confirm":
            assert one["phrase"] in ("", Path(one["recording"]).parent.name)
            answered[one["question"]] = one["phrase"]
    assert made.arrived == made.answers
    assert {name: value for name, value in made.arrived.items() if value != "dont_know"} == answered
    assert len(answered) >= len(said) / 2


def test_other_words_are_not_taken_for_an_answer(tmp_path):
    folder = people() / "gsc_v2_test"
    others = [min((folder / word).iterdir()) for word in ("bed", "house", "marvin", "sheila")]
    path = saved(tmp_path, yes_no("first"))
    made = rehearse(path, "--microphone", *others[:2])
    assert made.answers == {}
    made = rehearse(path, "--microphone", *others[2:])
    assert made.answers == {}


def test_the_vosk_model_that_is_given_is_the_one_that_hears(tmp_path):
    korean = ROOT / "tests" / "korean" / "house.md"
    words = ["--engine", "vosk", "--models-dir", korean_model(), "--language", "ko"]
    made = rehearse(korean, "--microphone", card(1), card(3), "--keys", "red", "green", *map(str, words))
    assert made.told["engine"].startswith("vosk ")
    assert [one["evidence"]["engine"].split()[0] for one in made.played if "evidence" in one] == ["vosk", "vosk"]
    # English said to a Korean set is no answer; the keys are.
    assert made.arrived == made.answers == {"home": "bad", "food": "yes"}
