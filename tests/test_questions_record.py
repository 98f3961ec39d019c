"""`sayso questions record` in a terminal, with a sound card of its own and recordings of real people as the speaker."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from pseudo_terminal import PseudoTerminal
from sound_card import SoundCard, missing

from openrosa.convert import convert
from openrosa.sheet_markdown import rows
from voice.audio import RATE_HZ, active_dbfs, load
from voice.recorder import SPEECH_DBFS

ROOT = Path(__file__).parent.parent
SPEECH = Path(os.environ.get("SAYSO_SPEECH") or ROOT.parent / "shared" / "speech")
SHEET = """| survey |
| | type | name | label::English (en) | label::Cymraeg (cy) |
| | note | hello | Hello. | Helo. |
| | select_one yn | lift | Is the lift good? | |

| choices |
| | list_name | name | label::English (en) | label::Cymraeg (cy) |
| | yn | yes | Yes | Ie |
| | yn | no | No | Na |

| settings |
| | default_language |
| | English (en) |
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "home.md"
    path.write_text(SHEET, encoding="utf-8")
    return path


@pytest.fixture
def person(tmp_path: Path) -> Path:
    """Somebody saying a sentence, as a file to play."""
    if not (SPEECH / "manifest.csv").is_file():
        pytest.skip("no recordings of people: neither SAYSO_SPEECH nor ../shared/speech is there")
    from voice.audio import write_wav  # noqa: PLC0415  only where there is somebody

    write_wav(
        tmp_path / "person.wav", load(min((SPEECH / "librispeech_librosa").rglob("*.[fw][la][av]*")))[: 5 * 32_000]
    )
    return tmp_path / "person.wav"


@pytest.fixture(scope="module")
def card() -> Iterator[SoundCard]:
    if reason := missing():
        pytest.skip(reason)
    with SoundCard.start() as made:
        yield made


def sayso(*words: object, **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sayso", "questions", "record", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, **more)


@contextmanager
def terminal(card: SoundCard, *words: object) -> Iterator[PseudoTerminal]:
    command = [sys.executable, "-m", "sayso", "questions", "record", *map(str, words)]
    with PseudoTerminal.start(command, card.environment, ROOT) as one:
        yield one


def audio(sheet: Path, table: str, name: str, language: str = "English (en)") -> str | None:
    (row,) = [row for row in rows(sheet.read_text(encoding="utf-8"), table) if row.cells.get("name") == name]
    return row.cells.get(f"audio::{language}")


def test_each_text_is_shown_recorded_played_back_and_kept_and_the_sheet_names_it(card, sheet, person):
    with terminal(card, sheet, "--language", "en") as one:
        at = one.wait_for("[1 of 4] question hello Hello. Enter to begin:")
        one.press("\r")
        at = one.wait_for("Speak now", since=at)
        card.wait_until_recording(1)
        card.play_into_microphone(person)
        heard = card.record_speaker()
        at = one.wait_for("Enter keeps it", since=at)
        played = np.frombuffer(heard.end()[: 2 * RATE_HZ * 60], dtype="<i2")
        one.press("\r")
        at = one.wait_for("[2 of 4] question lift Is the lift good? Enter to begin:", since=at)
        one.press("q\r")
        one.wait_until_ended()
        assert "Kept: " in one.drawn()
        assert "1 of 4 are recorded. The same command goes on." in one.drawn()
    assert np.abs(played.astype(int)).max() > 3_000
    kept = sheet.parent / "media" / "home-en-hello.wav"
    assert active_dbfs(load(kept)) == pytest.approx(SPEECH_DBFS, abs=1.5)
    assert audio(sheet, "survey", "hello") == kept.name
    assert audio(sheet, "survey", "lift") is None
    assert convert(sheet).media == {kept.name: kept.read_bytes()}


def test_it_goes_on_where_it_was_left_and_back_goes_back(card, sheet, person):
    (sheet.parent / "media").mkdir()
    (sheet.parent / "media" / "hello.wav").write_bytes(person.read_bytes())
    sheet.write_text(
        SHEET.replace(
            "cy) |\n| | note | hello | Hello. | Helo. |",
            "cy) | audio::English (en) |\n| | note | hello | Hello. | Helo. | hello.wav |",
        )
    )
    with terminal(card, sheet) as one:
        at = one.wait_for("4 texts in English, 1 recorded already.")
        at = one.wait_for("[2 of 4] question lift", since=at)
        one.press("b\r")
        at = one.wait_for("[1 of 4] question hello, recorded already", since=at)
        one.press("s\r")
        at = one.wait_for("[2 of 4] question lift", since=at)
        one.press("s\r")
        one.wait_for("[3 of 4] choice yn/yes Yes", since=at)


def test_enter_ends_a_recording_and_a_records_it_again(card, sheet, person):
    with terminal(card, sheet, "--only", "yes") as one:
        at = one.wait_for("[1 of 1] choice yn/yes Yes Enter to begin:")
        for answer in ("a\r", "\r"):
            one.press("\r") if answer == "a\r" else None
            at = one.wait_for("Speak now", since=at)
            card.wait_until_recording(1)
            playing = card.play_into_microphone(person, wait=False)
            one.wait_for("|####", since=at)
            playing.wait(timeout=60)
            one.press("\r")
            at = one.wait_for("Enter keeps it", since=at)
            one.press(answer)
        one.wait_until_ended()
    assert audio(sheet, "choices", "yes") == "home-en-choice-yn-yes.wav"


def test_where_nobody_speaks_nothing_is_kept(card, sheet):
    with terminal(card, sheet) as one:
        at = one.wait_for("Enter to begin:")
        one.press("\r")
        at = one.wait_for("Speak now", since=at)
        card.wait_until_recording(1)
        one.press("\r")
        at = one.wait_for("Nobody was heard.", since=at)
        one.press("q\r")
        one.wait_until_ended()
    assert sheet.read_text(encoding="utf-8") == SHEET
    assert not (sheet.parent / "media").exists()


def test_the_kiosks_own_sentences_go_into_the_recordings_folder_piece_by_piece(card, tmp_path, person):
    with terminal(card, "--own", "--language", "cy", "--only", "you_said", "--recordings", tmp_path / "own") as one:
        at = one.wait_for("the kiosk's own, you_said Dywedoch chi: Enter to begin:")
        one.press("\r")
        at = one.wait_for("Speak now", since=at)
        card.wait_until_recording(1)
        card.play_into_microphone(person)
        one.wait_for("Enter keeps it", since=at)
        one.press("\r")
        one.wait_until_ended()
    assert (tmp_path / "own" / "cy" / "you_said.wav").is_file()


def test_a_language_without_words_for_a_text_leaves_it_out(card, sheet):
    with terminal(card, sheet, "--language", "cy") as one:
        one.wait_for("3 texts in Welsh (Cymraeg), 0 recorded already.")


def test_a_keyboard_that_is_gone_ends_it(card, sheet):
    done = sayso(sheet, stdin=subprocess.DEVNULL, env=card.environment)
    assert done.returncode == 0
    assert "0 of 4 are recorded. The same command goes on." in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("home.csv",), "it is no Markdown sheet. Save it as .md"),
        (("gone.md",), "Cannot read"),
        (("home.md", "--language", "fr"), "'fr': home.md has en, cy. Add label::NAME (CODE) first."),
        (("home.md", "--only", "nothing"), "nothing is called so"),
        (("--own", "--language", "fr"), "the kiosk says nothing in it yet"),
        (("--own",), "Give --language"),
        ((), "Give a SHEET, or --own"),
    ],
)
def test_wrong_use_is_one_sentence(sheet, words, said):
    here = [str(sheet.parent / word) if word.endswith((".md", ".csv")) else word for word in words]
    done = sayso(*here, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
