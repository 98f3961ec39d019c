"""`sayso voice fit` as somebody types it."""

import json
import subprocess
import sys

import pytest

from voice.audio import size_bytes, write_wav
from voice.weights import file_name, read

PEOPLE = 30


@pytest.fixture
def folder(tmp_path, cards):
    """So many people say "seven of clubs" (each a little later than the last), and so many say another card."""
    rows = ["path,label,speaker"]
    for number in range(PEOPLE):
        ahead = bytes(size_bytes(0.1 + number / 100))
        for name, label, card in (("seven", "seven of clubs", cards[2]), ("other", "other", cards[0])):
            write_wav(tmp_path / f"{name}-{number}.wav", ahead + card)
            rows.append(f"{name}-{number}.wav,{label},speaker {number}")
    (tmp_path / "manifest.csv").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path


def fit(folder, *options):
    words = ["voice", "fit", str(folder), "--choices", "seven of clubs,queen of spades", "--engine", "pocketsphinx"]
    models = ["--models-dir", str(folder / "models")]
    whole = [sys.executable, "-m", "sayso", *words, *models, *options]
    return subprocess.run(whole, capture_output=True, text=True, check=False)


def test_the_weights_go_where_the_kiosk_finds_them_the_old_ones_are_kept_and_each_folds_are_beside(folder):
    target = folder / "models" / file_name("pocketsphinx", "en-us")
    target.parent.mkdir(parents=True)
    target.write_text(file_of(0.5), encoding="utf-8")
    done = fit(folder, "--json", "--fold-weights", str(folder / "folds"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["file"] == str(target)
    weights = read(target)
    assert (weights.engine, weights.model) == ("pocketsphinx", "en-us")
    assert f"{2 * PEOPLE} recordings" in weights.data
    assert target.with_suffix(".before").read_text(encoding="utf-8") == file_of(0.5)
    found = sorted((folder / "folds").iterdir())
    assert [file.name for file in found] == [f"without-{number}.toml" for number in range(1, 6)]
    assert "without fold 3" in read(found[2]).data


def test_too_few_recordings_are_refused_and_nothing_is_written(folder):
    refused = fit(folder, "--limit", "3")
    assert refused.returncode == 2
    assert "Record more" in refused.stderr
    assert not (folder / "models").exists()


def file_of(bias: float) -> str:
    return f"""engine = "pocketsphinx"
model = "en-us"
data = "before"
date = "2026-01-01"
[weights]
bias = {bias}
over_others = 1.0
over_sounds = 1.0
open_agrees = 1.0
more_words = -1.0
[limits]
sure = 3.0
ask = 0.0
"""
