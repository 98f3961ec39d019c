"""What the kiosk does by itself while nobody is there, put together: new questions, its own check, staff told anew."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from kiosk_house import house

from kiosk.beside import Beside
from kiosk.config import load
from kiosk.house import read_house
from kiosk.runner import Midnight


@pytest.fixture
def one(tmp_path):
    return house(tmp_path / "house")


def test_it_looks_at_itself_once_and_staff_are_told(one):
    told: list[Any] = []
    beside = Beside(read_house(load(one.config)), lambda _house, _step: None, lambda: True, told.append)
    assert beside.own_check.facts() == {}
    beside.look()
    beside.look()
    assert told == [Midnight()]
    assert set(beside.own_check.facts()) == {"check", "check_problem"}


def test_staff_are_told_when_a_call_for_help_fails_long_after_it_was_made_and_when_one_is_fine_again(one):
    told: list[Any] = []
    problem = [""]
    beside = Beside(
        read_house(load(one.config)), lambda _house, _step: None, lambda: True, told.append, lambda: problem[0]
    )
    beside.look()
    told.clear()
    for problem[0], times in (("", 0), ("Help failed.", 1), ("Help failed.", 1), ("", 2)):
        beside.look()
        assert told == [Midnight()] * times


def test_a_kiosk_loads_nothing_of_the_network():
    """It has none, and httpx takes a fifth of its start and 7 MB."""
    loaded = "import sys, kiosk.start; sys.exit('httpx' in sys.modules or 'kiosk.checks.server' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
