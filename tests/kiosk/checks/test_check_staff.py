"""What the check says of the staff screen and of help, before anybody needs them."""

from __future__ import annotations

import pytest

from kiosk.checks.lines import Level
from kiosk.checks.staff import findings
from kiosk.config import load
from kiosk.staff.pin import hash_pin

PIN = f"[staff]\npin_hash = '{hash_pin('1243')}'\n"


def found(folder, more):
    (folder / "kiosk.toml").write_text(f"sets = ['home.xml']\n{more}")
    staff, helper = findings(load(folder / "kiosk.toml"))
    return staff, helper


def test_a_house_without_either_is_fine(tmp_path):
    assert [line.level for line in found(tmp_path, "")] == [Level.FINE, Level.FINE]


def test_a_pin_and_keys_that_reach_it_are_fine_and_nothing_is_made(tmp_path):
    staff, _ = found(tmp_path, PIN)
    assert (staff.level, staff.met) == (Level.FINE, "behind back, stop, back, stop and a PIN")
    assert [path.name for path in tmp_path.iterdir()] == ["kiosk.toml"]


@pytest.mark.parametrize(
    ("more", "level", "said"),
    [
        ("[staff]\npin_hash = '1243'\n", Level.ERROR, "no hash of a PIN"),
        (PIN + "sequence = []\n", Level.ADVICE, "never opens"),
        (PIN + "[keys]\nx = 'none'\n", Level.ADVICE, "no key does 'stop'"),
        (PIN + "[input]\ndevices = ['*']\n[buttons]\nKEY_B = 'none'\n", Level.ADVICE, "no key does 'back'"),
        (PIN + "sequence = ['green', 'back']\n", Level.ADVICE, "'green' in staff.sequence starts a visit"),
        (PIN + "sequence = ['green', 'back']\n[input]\nany_key_starts = false\n", Level.FINE, "behind green, back"),
    ],
)
def test_what_keeps_staff_out_is_told(tmp_path, more, level, said):
    staff, _ = found(tmp_path, more)
    assert staff.level is level
    assert said in staff.met


@pytest.mark.parametrize(("command", "level"), [("true", Level.FINE), ("/bin/sh", Level.FINE), ("/etc", Level.ERROR)])
def test_help_is_a_program_that_can_be_started(tmp_path, command, level):
    _, helper = found(tmp_path, f"[help]\ncommand = ['{command}']\n")
    assert helper.level is level
    _, helper = found(tmp_path, "[help]\ncommand = ['no-such-program-here']\n")
    assert (helper.level, helper.todo != "") == (Level.ERROR, True)
