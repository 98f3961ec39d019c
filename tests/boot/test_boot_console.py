"""The serial console of the boot test, with a real shell at its other end."""

from __future__ import annotations

import subprocess
import sys
import wave
from pathlib import Path

import pytest
from boot_console import PROMPT, BootError, Console
from boot_guest import differing, loudest, loudest_part, same
from boot_report import Report
from PIL import Image, ImageDraw

RUN = Path(__file__).parent / "boot_run.py"


@pytest.fixture
def console(tmp_path):
    shell = ["env", f"PS1={PROMPT} ", "bash", "--norc", "--noprofile", "-i"]
    one = Console.of(shell, tmp_path / "serial.log", timeout_s=60)
    one.wait_for(PROMPT, 60)
    one.type_line("stty -echo; PS1= PS2=")
    yield one
    one.kill(9)


def test_a_command_gives_what_it_printed_and_its_code(console):
    told = console.run("echo one; echo two >&2; false")
    assert (told.words, told.code) == ("one\ntwo", 1)


def test_what_comes_between_two_commands_belongs_to_neither(console):
    console.type_line("echo a message of the kernel")
    assert console.must("echo mine") == "mine"


def test_a_command_that_has_to_do_and_fails_is_a_sentence(console):
    with pytest.raises(BootError, match=r"`ls /nowhere` ended with 2"):
        console.must("ls /nowhere")


def test_a_command_without_an_end_is_given_up(console):
    with pytest.raises(BootError, match=r"`sleep 60` did not end in 1 s"):
        console.run("sleep 60", timeout_s=1)


def test_a_command_that_takes_long_is_told_line_by_line(console):
    heard = []
    told = console.run("echo one; echo; echo two; printf three", heard=heard.append)
    assert heard == ["one", "two", "three"]
    assert told.words == "one\n\ntwo\nthree"


def test_what_is_typed_stands_in_the_log(console, tmp_path):
    console.type_line("echo number: $((4000 + 711))")
    console.wait_for("number: 4711", 60)
    assert "number: 4711" in (tmp_path / "serial.log").read_text()


def test_two_pictures_are_the_same_but_for_a_few_pixels_or_they_are_not(tmp_path):
    names = [tmp_path / f"{name}.png" for name in ("one", "other", "far")]
    for path, size in zip(names, (0, 1, 60), strict=True):
        picture = Image.new("RGB", (100, 100))
        if size:
            ImageDraw.Draw(picture).rectangle((0, 0, size, size), fill="white")
        picture.save(path)
    one, other, far = names
    assert same(one, other)
    assert not same(one, far)
    assert differing(one, far) == pytest.approx(61 * 61 / 100**2)


def test_silence_is_told_from_sound(tmp_path):
    for number, level in enumerate((0, 16384)):
        with wave.open(str(tmp_path / f"sound-{number}.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(level.to_bytes(2, "little") * 100)
        assert loudest_part(tmp_path) == level / 32768
    assert loudest(tmp_path / "sound-1.wav", since=44 + 198) == 0.5
    assert loudest(tmp_path / "sound-1.wav", since=44 + 200) == 0


def test_a_step_that_fails_is_told_and_the_next_one_is_tried(tmp_path, capsys):
    report = Report(tmp_path)
    with report.step("first"):
        report.check("the kiosk is open", so=False, seen="closed")
    with report.step("second"):
        report.check("the kiosk is open", so=True)
    assert report.failed == ["first"]
    assert "NOT SO: the kiosk is open: not so. closed" in capsys.readouterr().out
    assert "fine: second" in (tmp_path / "boot.log").read_text()


def test_a_step_that_nobody_knows_is_refused():
    done = subprocess.run([sys.executable, RUN, "--only", "coffee"], check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--only coffee: not known. Take of: units" in done.stderr
