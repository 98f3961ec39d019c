"""Opening hours: when it is open, what is shown and said outside them, and that no visit is cut."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from drive import Driver

from kiosk import machine
from kiosk.clocks import open_by
from kiosk.errors import KioskError
from kiosk.events import Finish, HoursChanged, KeyPressed
from kiosk.hours import read_hours
from kiosk.inbox import RehearsalInbox
from kiosk.keeping.keeper import Keeper
from kiosk.keeping.store import Role, Store
from kiosk.ports import Ports
from kiosk.present import view_of
from kiosk.rehearsal import DeafEar, NoScreen, SilentVoice
from kiosk.runner import Runner
from kiosk.state import Stage, Visit
from kiosk.view import ScreenName
from question_sets import question_set

CLOSED = "I am closed now. Please come back later."


def fresh(*, closed: bool) -> Driver:
    return Driver(Visit(sets=(question_set(),), instance_id="uuid:1", seed=0, closed=closed))


def screen(driver: Driver) -> ScreenName:
    return view_of(driver.visit).screen


@pytest.mark.parametrize(
    ("text", "at", "is_open"),
    [
        ("09:00-20:00", time(9, 0), True),
        ("09:00-20:00", time(8, 59), False),
        ("09:00-20:00", time(19, 59, 59), True),
        ("09:00-20:00", time(20, 0), False),
        ("20:00-02:00", time(23, 0), True),
        ("20:00-02:00", time(1, 59), True),
        ("20:00-02:00", time(2, 0), False),
        ("00:00-24:00", time(23, 59), True),
        (" 09:00 - 20:00 ", time(12, 0), True),
    ],
)
def test_it_is_open_from_the_first_minute_until_the_last_one_begins(text: str, at: time, is_open: bool) -> None:
    hours = read_hours(text)
    assert hours is not None
    assert hours.open_at(at) is is_open


def test_without_hours_it_is_always_open() -> None:
    assert read_hours("") is None


@pytest.mark.parametrize("text", ["9-20", "09:00", "25:00-26:00", "09:00-09:00", "nine to five", "09:00-20:00 Monday"])
def test_what_is_no_span_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(KioskError, match="such as 09:00-20:00"):
        read_hours(text)


def test_outside_the_hours_it_shows_and_says_that_it_is_closed_and_asks_nothing() -> None:
    driver = fresh(closed=True)
    assert (screen(driver), view_of(driver.visit).words) == (ScreenName.CLOSED, CLOSED)
    driver.key("start")
    assert driver.said() == CLOSED
    assert screen(driver) is ScreenName.CLOSED
    driver.finish().time()
    assert driver.visit.stage is Stage.OVER
    assert driver.visit.answers == {}


def test_help_can_be_called_when_it_is_closed() -> None:
    assert fresh(closed=True).key("help").visit.stage is Stage.HELP


def test_the_waiting_screen_changes_when_the_hours_begin_and_when_they_end() -> None:
    driver = fresh(closed=True).send(HoursChanged(is_open=True))
    assert screen(driver) is ScreenName.WAITING
    assert screen(driver.send(HoursChanged(is_open=False))) is ScreenName.CLOSED


@pytest.mark.parametrize("steps", range(8))
def test_a_visit_that_is_running_when_the_hours_end_goes_on_to_its_end(steps: int) -> None:
    ended, other = fresh(closed=False).to_first_question(), fresh(closed=False).to_first_question()
    for number, key in enumerate(("green", "green", "green", "skip", "stop", "start", "start", "start")):
        if number == steps:
            ended.send(HoursChanged(is_open=False))
        for driver in (ended, other):
            driver.key(key).finish()
            if driver.visit.timer is not None:
                driver.time()
    assert ended.visit == other.visit
    assert [type(effect) for effect in ended.effects] == [type(effect) for effect in other.effects]
    assert any(isinstance(effect, Finish) for effect in ended.effects)


def test_a_visit_that_cannot_be_saved_after_the_hours_says_so_and_not_that_it_is_closed() -> None:
    driver = fresh(closed=False).to_first_question()
    driver.commits = False
    driver.send(HoursChanged(is_open=False)).key("green").finish()
    assert screen(driver) is not ScreenName.CLOSED


def test_the_next_visit_asks_the_clock_and_staff_see_their_line(tmp_path: Path) -> None:
    shown, inbox = NoScreen(), RehearsalInbox()
    open_now = iter([False, True, True])
    with Store.open(tmp_path, Role.KIOSK) as store:
        runner = Runner(
            Ports(shown, SilentVoice(inbox.put), DeafEar(), Keeper(store, machine.circumstances, allow_unsealed=True)),
            inbox,
            lambda: Visit(sets=(question_set(),), instance_id="uuid:2", seed=0, closed=not next(open_now)),
            line=lambda: "All well",
        )
        inbox.put(KeyPressed("start", 0))
        runner.run()
    assert (shown.views[0].screen, shown.views[0].line) == (ScreenName.CLOSED, "All well")
    assert shown.views[-1].screen is ScreenName.WAITING


@pytest.mark.parametrize("trusted", [True, False], ids=["a clock that was set", "a clock that nobody has set"])
def test_a_clock_that_nobody_has_set_closes_nothing(tmp_path: Path, monkeypatch, trusted: bool) -> None:
    from kiosk.config import load  # noqa: PLC0415

    path = tmp_path / "kiosk.toml"
    path.write_text('sets = ["a.xml"]\n[hours]\nopen = "09:00-20:00"\n')
    monkeypatch.setattr(machine, "time_of_day", lambda: time(23, 0))
    monkeypatch.setattr(machine, "clock_trusted", lambda: trusted)
    assert open_by(load(path))() is (not trusted)
