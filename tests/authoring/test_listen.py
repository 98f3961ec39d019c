"""`sayso questions listen`, as somebody types it: files of what is said, and a terminal with a speaker."""

from __future__ import annotations

import re
import shutil
import sys
import wave
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from pseudo_terminal import PseudoTerminal
from sound_card import SoundCard, missing, no_sound

from kiosk.saying.voicebox import SPEED_FACTORS
from openrosa.convert import convert, write
from openrosa.errors import OpenRosaError
from sayso.__main__ import sayso
from sayso.questions_listen import SPEEDS
from voice.audio import RATE_HZ, duration_s, load, write_wav

ROOT = Path(__file__).parents[2]
LONG = "The lift is in the hall. " * 12
SHEET = f"""| survey |
| | type | name | label::English (en) | label::Cymraeg (cy) | hint::English (en) | audio::English (en) | relevant |
| | note | hello | Hello. This is a draft. | | | | |
| | select_one yn | lift | Is the lift good? | Ydy'r lifft yn dda? | {LONG} | lift.wav | |
| | select_one yn | stairs | Are the stairs good? | | | | ${{lift}} = 'no' |

| choices |
| | list_name | name | label::English (en) | label::Cymraeg (cy) |
| | yn | yes | Yes | Ydy |
| | yn | no | No | Nac ydy |

| settings |
| | default_language |
| | English (en) |
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    if shutil.which("espeak-ng") is None:
        pytest.skip("no speech synthesis: espeak-ng is not installed")
    path = tmp_path / "lift.md"
    path.write_text(SHEET, encoding="utf-8")
    tone = (8_000 * np.sin(np.arange(RATE_HZ * 2) * 2 * np.pi * 440 / RATE_HZ)).astype("<i2")
    write_wav(tmp_path / "lift.wav", tone.tobytes())
    return path


@pytest.fixture(scope="module")
def card() -> Iterator[SoundCard]:
    if reason := missing():
        pytest.skip(reason)
    with SoundCard.start() as made:
        yield made


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def listen(sheet: Path, *words: object) -> Done:
    """The command without a terminal, as `sayso.__main__.main` runs it, in the sheet's folder."""
    with chdir(sheet.parent):
        done = CliRunner().invoke(sayso, ["questions", "listen", str(sheet), *map(str, words)])
    if isinstance(done.exception, OpenRosaError):
        return Done(2, done.stdout, str(done.exception))
    return Done(done.exit_code, done.stdout, done.stderr)


@contextmanager
def terminal(environment: dict[str, str], sheet: Path, *words: object) -> Iterator[PseudoTerminal]:
    command = [sys.executable, "-m", "sayso", "questions", "listen", str(sheet), *map(str, words)]
    with PseudoTerminal.start(command, environment, ROOT) as one:
        yield one


def test_without_a_terminal_all_of_it_is_one_file_and_what_is_in_it_is_told(sheet):
    done = listen(sheet)
    assert done.returncode == 0
    written = sheet.parent / "lift-heard-en.wav"
    with wave.open(str(written)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    assert f"{written.name}: written." in done.stdout
    assert "0:00  hello, note" in done.stdout
    assert "    Is the lift good?  [recorded]\n" in done.stdout
    assert "    Green: Yes.  [made voice, English]\n" in done.stdout
    assert re.search(r'stairs, question, \d+ s, only if lift is "No"\n', done.stdout)
    prompts = [float(line.split(", ")[2].split()[0]) for line in done.stdout.splitlines() if line[:1].isdigit()]
    assert seconds == pytest.approx(sum(prompts) + len(prompts), abs=len(prompts) / 2 + 0.5)


def test_a_text_that_is_too_long_is_named_and_so_is_the_longest_prompt(sheet):
    done = listen(sheet, "--to", sheet.parent / "heard", "--again")
    assert "Too long to keep in mind, over 15 s: lift, hint, " in done.stdout
    assert done.stdout.count("Too long") == 1
    assert "Longest prompt: lift, asked again, " in done.stdout
    assert "The kiosk speaks for about 2" in done.stdout


def test_a_folder_gets_a_file_for_each_prompt_in_order(sheet):
    to = sheet.parent / "heard"
    assert listen(sheet, "--to", to).returncode == 0
    assert [path.name for path in sorted(to.iterdir())] == [
        "001-hello-note.wav",
        "002-lift-question.wav",
        "003-lift-said-back.wav",
        "004-stairs-question.wav",
        "005-stairs-said-back.wav",
    ]
    heard = np.frombuffer(load(to / "002-lift-question.wav"), dtype="<i2").astype(float)
    spectrum = np.abs(np.fft.rfft(heard[RATE_HZ // 4 : RATE_HZ // 4 + RATE_HZ]))
    assert np.argmax(spectrum) == pytest.approx(440, abs=2), "the recording is what is heard first"


def test_one_question_can_be_heard_alone_and_slower(sheet):
    usual, slow = sheet.parent / "usual.wav", sheet.parent / "slow.wav"
    listen(sheet, "--question", "stairs", "--to", usual)
    done = listen(sheet, "--question", "stairs", "--to", slow, "--speed", "0.7")
    assert "hello" not in done.stdout
    assert duration_s(load(slow)) > 1.15 * duration_s(load(usual))


def test_words_that_are_missing_in_a_language_are_said_in_the_other_ones_voice_and_it_is_shown(sheet):
    done = listen(sheet, "--language", "cy")
    assert "    Hello.  [made voice, English]\n" in done.stdout
    assert "    Ydy'r lifft yn dda?  [made voice, Welsh]\n" in done.stdout
    assert (sheet.parent / "lift-heard-cy.wav").is_file()


def test_an_xform_is_heard_with_the_files_beside_it(sheet):
    write(convert(sheet), sheet.with_suffix(".xml"))
    done = listen(sheet.with_suffix(".xml"), "--question", "lift")
    assert "Is the lift good?  [recorded]" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--language", "fr"), "'fr': lift.md has en, cy.", id="language"),
        pytest.param(("--question", "roof"), "'roof': lift.md has hello, lift, stairs.", id="question"),
        pytest.param(("--speed", "3"), "'3' is not one of", id="speed"),
        pytest.param(("--to", "/dev/null/a.wav"), "Cannot write", id="place"),
    ],
)
def test_wrong_use_is_one_sentence(sheet, words, said):
    done = listen(sheet, *words)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_set_that_no_kiosk_can_ask_is_not_heard(sheet):
    sheet.write_text(SHEET.replace("select_one yn | stairs", "text | stairs"), encoding="utf-8")
    done = listen(sheet)
    assert done.returncode == 2
    assert "sayso questions check" in done.stderr


def test_at_a_terminal_each_prompt_is_heard_and_a_question_waits_for_a_key(card, sheet):
    heard = card.record_speaker()
    with terminal(card.environment, sheet) as one:
        at = one.wait_for("[1 of 5] hello, note")
        at = one.wait_for("Hello. [made voice, English]", since=at)
        at = one.wait_for("[2 of 5] lift, question", since=at)  # a note goes on by itself
        one.press(" ")
        at = one.wait_for("[3 of 5] lift, said back", since=at)
        at = one.wait_for("[4 of 5] stairs, question", since=at)
        one.press("b")
        at = one.wait_for("[3 of 5] lift, said back", since=at)
        one.press("q")
        assert one.wait_until_ended() == 0
        assert "The kiosk speaks for about" in one.drawn()
        assert one.restored
    played = np.frombuffer(heard.end(), dtype="<i2").astype(int)
    assert np.abs(played).max() > 3_000


def test_the_second_asking_is_a_key_away(card, sheet):
    with terminal(card.environment, sheet, "--question", "lift") as one:
        at = one.wait_for("[1 of 2] lift, question")
        one.press("h")
        at = one.wait_for("lift, asked again", since=at)
        one.press("a")
        one.wait_for("[1 of 2] lift, question", since=at)
        one.press("q")
        assert one.wait_until_ended() == 0


def test_without_a_speaker_the_words_are_shown_and_keys_go_on(sheet, tmp_path):
    with terminal(no_sound(tmp_path), sheet) as one:
        at = one.wait_for("It could not be heard")
        assert "This is a draft. [made voice, English]" in one.drawn()
        one.press("\n")
        at = one.wait_for("[2 of 5] lift, question", since=at)
        one.press("q")
        assert one.wait_until_ended() == 0


def test_the_commands_speeds_are_the_kiosks():
    assert tuple(map(float, SPEEDS)) == SPEED_FACTORS
