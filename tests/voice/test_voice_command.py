"""`sayso voice hear`, as somebody runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from voice.audio import write_wav

CARDS = Path("/usr/share/pocketsphinx/test/data/cards")


def sayso(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "sayso", *words], capture_output=True, text=True, check=False)


def test_what_is_heard_is_told_with_its_evidence_as_json_on_stdout_alone(cards, tmp_path):
    write_wav(tmp_path / "silence.wav", bytes(32_000))
    done = sayso(
        *("voice", "hear", str(CARDS / "003.wav"), str(tmp_path / "silence.wav")),
        *("--choices", "Seven of clubs, ten of hearts", "--engine", "pocketsphinx", "--json"),
    )
    assert done.returncode == 0, done.stderr
    heard, silence = json.loads(done.stdout)
    assert heard["evidence"]["grammar_text"] == heard["evidence"]["decoy_text"] == "seven of clubs"
    assert heard["meaning"] == "seven of clubs"
    assert heard["outcome"] in {"sure", "ask"}
    assert (silence["outcome"], silence["evidence"]) == ("silence", None)


def test_the_same_recordings_twice_give_the_same_text_to_the_last_figure(cards, speech, tmp_path):
    """An answer, another word, ten seconds of somebody reading aloud, and silence: the evidence too."""
    write_wav(tmp_path / "silence.wav", bytes(32_000))
    recordings = [
        min((speech / "gsc_v1_sample/yes").iterdir()),
        min((speech / "gsc_v1_sample/cat").iterdir()),
        speech / "librispeech_librosa/free/198_1.flac",
        tmp_path / "silence.wav",
    ]
    words = ("voice", "hear", *map(str, recordings), "--choices", "yes,no", "--engine", "pocketsphinx", "--json")
    first = sayso(*words)
    assert first.returncode == 0, first.stderr
    yes, cat, reading, silence = (one["outcome"] for one in json.loads(first.stdout))
    assert (yes, reading, silence) == ("sure", "noisy", "silence")
    assert cat in {"ask", "no_match"}
    assert sayso(*words).stdout == first.stdout


def test_people_read_it_without_json(cards):
    choices = ("--choices", "seven of clubs,bad", "--engine", "pocketsphinx")
    done = sayso("voice", "hear", str(CARDS / "003.wav"), *choices)
    assert "grammar 'seven of clubs'" in done.stdout
    assert "pocketsphinx en-us" in done.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["missing.wav", "--choices", "good,bad"], "there is no such file"),
        (["pyproject.toml", "--choices", "good,bad"], "Give a WAV or FLAC file"),
        ([str(CARDS / "003.wav"), "--choices", "good,blorft"], "'blorft'"),
        ([str(CARDS / "003.wav"), "--choices", " , "], "no choice is in it"),
        ([str(CARDS / "003.wav"), "--choices", "good", "--language", "cy"], "English only"),
        (
            [str(CARDS / "003.wav"), "--choices", "good", "--engine", "vosk", "--models-dir", "nowhere"],
            "models install",
        ),
    ],
)
def test_wrong_use_is_one_sentence_and_exit_code_2(cards, words, says):
    done = sayso("voice", "hear", *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr
