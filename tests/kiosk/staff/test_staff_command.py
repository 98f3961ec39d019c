"""`sayso staff pin` as a process and in a terminal: what it prints, refuses and keeps to itself."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib

import pytest
from click.testing import CliRunner
from pseudo_terminal import PseudoTerminal

from kiosk.config import load
from kiosk.staff.pin import PinGate, Right
from sayso.__main__ import sayso

COMMAND = [sys.executable, "-m", "sayso", "staff", "pin"]


def given(pin):
    return subprocess.run([*COMMAND, "--stdin"], input=pin, capture_output=True, text=True, check=False, timeout=60)


def test_the_line_printed_is_the_configurations_and_opens_for_that_pin(tmp_path):
    done = given("314124\n")
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "kiosk.toml").write_text(f"sets = ['a.xml']\n[staff]\n{done.stdout}")
    gate = PinGate(load(tmp_path / "kiosk.toml").staff.pin_hash, tmp_path / "tries")
    assert gate.try_pin("314124", 0) == Right()
    assert list(tomllib.loads(done.stdout)) == ["pin_hash"]
    assert "314124" not in done.stdout


@pytest.mark.parametrize(
    ("pin", "said"), [("", "4 to 12 digits"), ("5555\n", "4 to 12 digits"), ("1111\n", "first that anybody tries")]
)
def test_what_is_no_pin_is_exit_code_2_and_one_sentence(pin, said):
    done = given(pin)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_in_a_terminal_it_is_asked_for_twice_and_not_shown(tmp_path):
    with PseudoTerminal.start(COMMAND, os.environ, tmp_path) as terminal:
        place = terminal.wait_for("PIN:")
        terminal.press("314124\r")
        place = terminal.wait_for("The same again:", since=place)
        terminal.press("314124\r")
        terminal.wait_for('pin_hash = "$argon2id$', since=place)
        assert b"314124" not in terminal.raw


def test_two_that_differ_are_refused():
    result = CliRunner().invoke(sayso, ["staff", "pin"], input="314124\n314123\n")
    assert "the second one was another" in str(result.exception)
