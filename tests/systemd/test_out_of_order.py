"""The sign for a kiosk that cannot be started: Debian's own Python runs it, in a terminal, with what there is or lacks.

What plays and speaks is a stand-in that writes down what it was given: no machine here has a sound card. A console's
pixels are only there on a real one; how a picture becomes them is tried by itself.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
from pseudo_terminal import PseudoTerminal

from kiosk.config import load
from kiosk.saying.sentences import CATALOGUES, sentence
from kiosk.sign import make, picture, size_of
from voice.speech import SpeechCache, espeak_missing

PROGRAM = Path(__file__).parents[2] / "systemd" / "out-of-order"
ENGLISH = "Sorry, I am not working. Please tell staff."
STANDS = "--for", "600"
DOWN, UP = 1, 0


@pytest.fixture(scope="module")
def program() -> ModuleType:
    """The program's functions."""
    loader = SourceFileLoader("out_of_order", str(PROGRAM))
    spec = spec_from_loader("out_of_order", loader)
    assert spec is not None
    module = module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


class Sound:
    """`aplay` and `espeak-ng`, which write down how they were called; each works or fails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._calls = folder / "calls"
        folder.mkdir()

    def has(self, name: str, *, works: bool = True) -> None:
        program = self.folder / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" >>{self._calls}\nexit {0 if works else 1}\n')
        program.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return self._calls.read_text().splitlines() if self._calls.exists() else []


@pytest.fixture
def sound(tmp_path: Path) -> Sound:
    one = Sound(tmp_path / "bin")
    one.has("espeak-ng")
    return one


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "sayso.toml"
    path.write_text(f'sets = ["home.xml"]\n[home]\nlanguage = "en"\n[store]\nfolder = "{tmp_path}"\n')
    return path


def words(config: Path, *more: str) -> list[str]:
    folder = config.parent
    places = ("--config", str(config), "--made", str(folder / "out-of-order"), "--framebuffer", str(folder / "fb0"))
    return [sys.executable, "-I", str(PROGRAM), *places, "--keys", str(folder / "event*"), *more]


def run(config: Path, sound: Sound, *more: str) -> subprocess.CompletedProcess[str]:
    """To its end, without a terminal."""
    environment = {"PATH": str(sound.folder) + ":/usr/bin:/bin"}
    return subprocess.run(
        words(config, "--for", "0", *more),
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_its_own_words_are_those_of_the_kiosk_in_each_of_its_languages(program: ModuleType) -> None:
    assert {language: sentence("out_of_order", language) for language in CATALOGUES} == program.WORDS


def test_it_is_shown_and_no_key_ends_it_or_is_shown(config: Path, sound: Sound) -> None:
    environment = {"PATH": f"{sound.folder}:/usr/bin:/bin"}
    with PseudoTerminal.start(words(config, *STANDS), environment, config.parent) as terminal:
        terminal.wait_for("Sorry, I am not working.")
        terminal.wait_for("Please tell staff.")
        terminal.wait_for("out-of-order: said")
        place = len(terminal.drawn())
        terminal.press("\x03\x1a\x1c\x04qwerty\r")
        with suppress(AssertionError):
            terminal.wait_for("qwerty", since=place, within_s=1.0)
        assert "qwerty" not in terminal.drawn()
        assert terminal.process.poll() is None
    assert sound.calls == [f"espeak-ng -s 140 -v en -- {ENGLISH}"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[home]\nlanguage = "cy"\n', "-v cy -- Mae'n ddrwg gen i"),
        ('[home]\nlanguage = "xx"\n', f"-v xx -- {ENGLISH}"),
        ("this is no TOML", f"-v en -- {ENGLISH}"),
        ("home = 3", f"-v en -- {ENGLISH}"),
        (None, f"-v en -- {ENGLISH}"),
    ],
    ids=["welsh", "unknown", "broken", "senseless", "none"],
)
def test_it_is_said_in_the_homes_language_or_in_english_whatever_the_configuration_is(
    config: Path, sound: Sound, text: str | None, said: str
) -> None:
    config.unlink() if text is None else config.write_text(text)
    done = run(config, sound)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert len(sound.calls) == 1
    assert said in sound.calls[0]


def test_a_voice_that_there_is_not_is_followed_by_english_and_no_sound_at_all_ends_nothing(
    config: Path, sound: Sound
) -> None:
    sound.has("espeak-ng", works=False)
    done = run(config, sound)
    assert done.returncode == 0
    assert "could not be said" in done.stderr
    assert len(sound.calls) == 2


@pytest.mark.skipif(espeak_missing(), reason="no speech synthesis: espeak-ng is not installed")
def test_what_the_kiosk_made_beforehand_is_played_and_shown_in_the_homes_language(
    config: Path, sound: Sound, program: ModuleType
) -> None:
    config.write_text(config.read_text().replace('"en"', '"cy"'))
    make(load(config), SpeechCache(config.parent / "speech"), config.parent / "no-such-screen")
    made = config.parent / "out-of-order"
    width, height, pixels = program.read_ppm(made / "picture.ppm")
    assert ((width, height), len(pixels)) == ((1024, 600), 1024 * 600 * 3)
    sound.has("aplay")
    run(config, sound)
    assert sound.calls == [f"aplay -q {made}/spoken.wav"]
    assert program.words_for("cy", str(made)) == sentence("out_of_order", "cy")
    assert program.words_for("en", str(made)) == ENGLISH, "the home's language was changed since"
    sound.has("aplay", works=False)
    run(config, sound)
    assert sound.calls[-1].startswith("espeak-ng -s 140 -v cy"), "a recording that can't be played is spoken"


def test_a_key_says_it_again(config: Path, sound: Sound) -> None:
    keyboard = config.parent / "event0"
    os.mkfifo(keyboard)
    pressed = struct.pack("llHHi", 0, 0, 1, 28, DOWN)
    released = struct.pack("llHHi", 0, 0, 1, 28, UP)
    end = os.open(keyboard, os.O_RDWR)
    command = words(config, *STANDS, "--again", "0")
    environment = {"PATH": f"{sound.folder}:/usr/bin:/bin"}
    with PseudoTerminal.start(command, environment, config.parent) as terminal:
        terminal.wait_for("out-of-order: said")
        os.write(end, released)
        os.write(end, pressed + released)
        _until(terminal, lambda: len(sound.calls) == 2)
        os.write(end, pressed)
        _until(terminal, lambda: len(sound.calls) == 3)
    os.close(end)


def _until(terminal: PseudoTerminal, so: Callable[[], bool]) -> None:
    for _ in range(600):
        if so():
            return
        with suppress(AssertionError):
            terminal.wait_for("nothing that is ever drawn", within_s=0.1)
    raise AssertionError("it was not said again")


@pytest.mark.parametrize(
    ("bits", "red", "white"),
    [
        (32, b"\x00\x00\xff\x00", b"\xff\xff\xff\x00"),
        (24, b"\x00\x00\xff", b"\xff" * 3),
        (16, b"\x00\xf8", b"\xff" * 2),
    ],
    ids=str,
)
def test_a_picture_stands_in_the_middle_of_a_screen_of_any_depth(
    program: ModuleType, bits: int, red: bytes, white: bytes
) -> None:
    one_white_on_red = b"\xff\x00\x00" * 4 + b"\xff" * 3 + b"\xff\x00\x00" * 4
    screen = (5, 3, bits, 5 * bits // 8 + 2)
    lines = list(program.fitted((3, 3, one_white_on_red), screen))
    assert lines == [red * 5 + b"\0\0", red * 2 + white + red * 2 + b"\0\0", red * 5 + b"\0\0"]


def test_a_picture_that_is_larger_than_the_screen_shows_its_middle(program: ModuleType) -> None:
    middle = b"\x10\x20\x30"
    larger = (b"\xff" * 3) * 4 + middle + (b"\xff" * 3) * 4
    assert list(program.fitted((3, 3, larger), (1, 1, 32, 4))) == [b"\x30\x20\x10\x00"]


@pytest.mark.parametrize("broken", [b"", b"P6\n3 3\n255\nshort", b"P6\n0 3\n255\n", b"P5\n1 1\n255\n0", b"P6\nx\n"])
def test_a_broken_picture_leaves_the_words(config: Path, sound: Sound, broken: bytes) -> None:
    made = config.parent / "out-of-order"
    made.mkdir()
    (made / "picture.ppm").write_bytes(broken)
    done = run(config, sound)
    assert done.returncode == 0
    assert "no picture, but words" in done.stderr


def test_the_picture_is_as_large_as_the_kernel_says_and_of_a_usual_size_where_it_does_not(tmp_path: Path) -> None:
    size = tmp_path / "virtual_size"
    assert size_of(size) == (1024, 600)
    size.write_text("800,480\n")
    assert size_of(size) == (800, 480)
    assert picture(ENGLISH, (800, 480)).startswith(b"P6\n800 480\n255\n")
    size.write_text("99999,1")
    assert size_of(size) == (1024, 600)


@pytest.mark.parametrize(
    ("rows", "columns", "times"),
    [(37, 128, 9), (30, 100, 7), (67, 240, 16), (24, 80, 5), (80, 45, 4), (3, 10, 1)],
    ids=str,
)
def test_without_a_picture_the_letters_are_as_large_as_all_of_the_words_allow(
    program: ModuleType, rows: int, columns: int, times: int
) -> None:
    found, lines = program.layout(ENGLISH, rows, columns)
    assert found == times
    assert " ".join(lines) == ENGLISH
    assert times == 1 or len(lines) * times <= rows
    assert times == 1 or max(map(len, lines)) * times <= columns


@pytest.mark.parametrize("bits", [16, 32], ids=str)
def test_the_consoles_own_letters_are_made_larger_in_the_middle_of_the_screen(program: ModuleType, bits: int) -> None:
    each = bits // 8
    ink, behind, padding = b"\x01" * each, b"\x02" * each, b"\0\0"
    small = [ink + behind + behind * 4, behind + ink + behind * 4, *([behind * 6] * 4)]
    memory = b"".join(row + padding for row in small)
    lines = [*program.enlarged(memory, (6, 6, bits, 6 * each + 2), (2, 2), 2)]
    empty, first, second = behind * 6, behind + ink * 2 + behind * 3, behind * 3 + ink * 2 + behind
    assert lines == [line + padding for line in (empty, first, first, second, second, empty)]
