"""`sayso voice measure`, as somebody runs it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from voice.audio import write_wav

CHOICES = ("--choices", "seven of clubs,ten of clubs", "--engine", "pocketsphinx")


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "sayso", "voice", "measure", *words]


def sayso(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path, cards: list[bytes]) -> Path:
    place = tmp_path / "recordings"
    (place / "noise").mkdir(parents=True)
    write_wav(place / "seven.wav", cards[2])
    write_wav(place / "noise" / "room.wav", cards[0])
    rows = "seven.wav,seven of clubs,anna\nnoise/room.wav,,room\n"
    (place / "manifest.csv").write_text(f"path,label,speaker\n{rows}", encoding="utf-8")
    return place


def test_figures_are_json_on_stdout_alone_and_progress_goes_to_stderr(folder, tmp_path):
    each, log = tmp_path / "each.jsonl", tmp_path / "log.jsonl"
    done = sayso(
        *(str(folder), *CHOICES, "--noise", str(folder / "noise"), "--snr", "clean,10"),
        *("--each", str(each), "--log", str(log), "--json"),
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    clean, noisy = found["conditions"]
    assert (clean["snr_db"], noisy["snr_db"]) == (None, 10.0)
    assert clean["answers"]["proposed_right"]["count"] == 1
    assert found["room"]["recordings"] == 1
    assert found["memory_mb"]["peak"] > 10
    assert found["real_time_factor"] > 0
    assert "3 of 3 recordings" in done.stderr
    assert next(json.loads(line)["path"] for line in each.read_text(encoding="utf-8").splitlines()) == "seven.wav"
    sayso(str(folder), *CHOICES, "--only", "room", "--log", str(log))
    first, second = (json.loads(line) for line in log.read_text(encoding="utf-8").splitlines())
    assert first["conditions"][0]["answers"]["proposed_right"] == clean["answers"]["proposed_right"]
    assert first["date"] < second["date"] or first["date"] == second["date"]
    assert (second["engine"], second["options"]["only"]) == ("pocketsphinx", ["room"])
    assert str(tmp_path) not in log.read_text(encoding="utf-8"), "a log is shared: it names no place of one machine"


def test_people_read_it_without_json(folder):
    done = sayso(str(folder), *CHOICES)
    assert done.returncode == 0, done.stderr
    assert "Answers: 1 recordings by 1 speakers" in done.stdout
    assert "taken as sure" in done.stdout
    assert "End of speech to decision" in done.stdout


def test_ctrl_c_prints_what_was_measured_so_far(folder, cards):
    for number in range(60):
        write_wav(folder / f"{number}.wav", cards[2])
    rows = "".join(f"{number}.wav,seven of clubs,anna\n" for number in range(60))
    (folder / "manifest.csv").write_text(f"path,label,speaker\n{rows}", encoding="utf-8")
    # A shell that runs the tests in the background has Ctrl-C ignored, for them and for all that they start.
    hears_ctrl_c = ("env", "--default-signal=INT")
    with subprocess.Popen(
        [*hears_ctrl_c, *command(str(folder), *CHOICES, "--json")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        assert "of 60 recordings" in running.stderr.readline()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    found = json.loads(out)
    assert found["interrupted"]
    assert 0 < found["conditions"][0]["answers"]["recordings"] < 60
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--choices", " , "], "no choice is in it"),
        (["--choices", "yes,blorft"], "'blorft'"),
        (["--choices", "yes,no", "--commands", "no"], "a choice and a command"),
        (["--choices", "yes", "--snr", "10"], "Give --noise DIR too"),
        (["--choices", "yes", "--noise", ".", "--snr", "loud"], "Write decibels"),
        (["--choices", "yes", "--fold", "1"], "Give both"),
        (["--choices", "yes", "--only", "answers"], "no recording is left"),
        (["--choices", "yes", "--language", "cy"], "English only"),
        (["--choices", "yes", "--log", "nowhere/log.jsonl"], "Give a file that may be written"),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(folder, words, says):
    done = sayso(str(folder), "--engine", "pocketsphinx", *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_recording_that_is_not_there_is_told_by_its_line(folder):
    (folder / "seven.wav").unlink()
    done = sayso(str(folder), *CHOICES)
    assert done.returncode == 2
    assert "line 2: there is no recording 'seven.wav'" in done.stderr


def test_help_shows_the_manifest_and_examples():
    done = sayso("--help")
    assert "yes/anna_1.wav,yes,anna" in done.stdout
    assert "$ sayso voice measure recordings --choices good,okay,bad" in done.stdout


def test_real_people_are_heard_the_same_twice(speech):
    words = (
        str(speech),
        "--commands",
        "stop",
        "--only",
        "answers",
        "--limit",
        "4",
        "--engine",
        "pocketsphinx",
        "--json",
    )
    first, second = (json.loads(sayso(*words).stdout)["conditions"][0]["answers"] for _ in range(2))
    assert first == second
    assert first["recordings"] == 4
