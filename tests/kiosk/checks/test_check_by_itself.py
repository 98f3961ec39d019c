"""The kiosk looks at itself: when, never while somebody is there, and what staff are told of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from kiosk_house import house

from kiosk.checks.by_itself import PLAIN, OwnCheck, moments, nightly, plain
from kiosk.checks.lines import advice, error, fine
from kiosk.config import load
from kiosk.hours import read_hours
from kiosk.keeping.tally import Tally
from kiosk.settings import Config
from kiosk.staff import status

CONFIG = Config(sets=())


class Clock:
    def __init__(self, at: str = "2026-11-23 09:00") -> None:
        self.at = datetime.fromisoformat(at)

    def __call__(self) -> datetime:
        return self.at


def checking(*lines, clock=None, idle=lambda: True, hours="") -> OwnCheck:
    return OwnCheck(CONFIG, idle, now=clock or Clock(), hours=read_hours(hours), lines=lambda _config: iter(lines))


def runs_between(clock: Clock, check: OwnCheck, until: str) -> list[str]:
    """When it runs, looked at every ten minutes."""
    found = []
    while clock.at <= datetime.fromisoformat(until):
        if check.due:
            check.run()
            found.append(f"{clock.at:%d %H:%M}")
        clock.at += timedelta(minutes=10)
    return found


def test_it_runs_at_the_start_and_each_night():
    clock = Clock("2026-11-23 09:00")
    assert runs_between(clock, checking(clock=clock), "2026-11-25 12:00") == ["23 09:00", "24 03:20", "25 03:20"]


def test_and_half_an_hour_before_it_opens():
    clock = Clock("2026-11-23 02:00")
    check = checking(clock=clock, hours="09:00-17:00")
    assert runs_between(clock, check, "2026-11-23 23:50") == ["23 02:00", "23 03:20", "23 08:30"]


@pytest.mark.parametrize("hours", ["00:00-24:00", "00:10-09:00", "03:50-12:00"])
def test_hours_that_begin_at_night_have_their_check_too(hours):
    clock = Clock("2026-11-23 12:00")
    assert len(runs_between(clock, checking(clock=clock, hours=hours), "2026-11-25 11:00")) in (3, 5)
    assert all(moment.hour in (3, 23) for moment in moments(read_hours(hours)))


def test_a_clock_that_jumps_back_and_forth_makes_it_run_and_never_stop():
    clock = Clock("1970-01-01 00:00")
    check = checking(clock=clock)
    check.run()
    for at in ("2026-11-23 09:00", "2050-01-01 00:00", "2026-11-23 09:00"):
        clock.at = datetime.fromisoformat(at)
        assert check.due
        check.run()
        assert not check.due


def test_it_waits_line_by_line_while_somebody_is_there():
    there = [True, True, False, False, True, False, False]
    looked = []

    def lines(_config):
        for number in range(2):
            looked.append((number, len(there)))
            yield fine(str(number), "")

    check = OwnCheck(CONFIG, lambda: not there.pop(0) if there else True, now=Clock(), lines=lines)
    waited = []
    check.run(waited.append)
    assert waited == [1.0, 1.0, 1.0]
    assert [number for number, _ in looked] == [0, 1]


def test_before_the_first_check_nothing_is_told():
    assert checking().facts() == {}


@pytest.mark.parametrize(
    ("lines", "row", "line"),
    [
        ([fine("store", "x")], "2026-11-23: fine", "All well"),
        ([advice("clock", "x", "y"), fine("disk", "x")], "2026-11-23: advice on clock", "All well"),
        (
            [error("disk", "took 4000 ms", "y"), advice("clock", "x", "y")],
            "2026-11-23: wrong: disk; advice on clock",
            f"{PLAIN['disk']} {status.CALL}",
        ),
        (
            [error("set my_home.xml", "x", "y")],
            "2026-11-23: wrong: set my_home.xml",
            f"The questions of 'my_home' cannot be asked as they are. {status.CALL}",
        ),
    ],
    ids=["fine", "advice", "disk", "set"],
)
def test_staff_are_told_of_an_error_in_plain_words_and_of_advice_in_a_row(lines, row, line):
    check = checking(*lines)
    check.run()
    assert check.facts()["check"] == row
    assert status.line(Tally(), check.facts()) == line


def test_no_figure_that_a_visit_moves_is_told():
    check = checking(error("disk", "/data has 150 MB left, 4000 ms", "y"))
    check.run()
    assert "150" not in str(check.facts())
    assert "4000" not in str(check.facts())


def test_every_line_that_the_kiosk_looks_at_by_itself_has_plain_words(tmp_path):
    one = house(tmp_path / "house")
    lines = list(nightly(load(one.config)))
    assert {line.what for line in lines if not line.what.startswith("set ")} <= PLAIN.keys()
    assert all(plain(line) != "Something is not in order." for line in lines)


def test_the_day_is_that_of_the_check():
    clock = Clock()
    check = checking(fine("store", "x"), clock=clock)
    check.run()
    clock.at += timedelta(days=1)
    assert check.facts()["check"].startswith(str(date(2026, 11, 23)))
