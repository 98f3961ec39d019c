"""Staff at their screen between two visits, with the real runner, store and gate: what they see, and visits go on."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from rehearsed import yes_no
from rig import rig

from kiosk.config import load
from kiosk.staff import status
from kiosk.staff.desk import CLOSES_S
from kiosk.staff.pin import hash_pin
from kiosk.staff.setup import desk_of
from kiosk.view import ScreenName

OPENS = ("back", "stop", "back", "stop", "green", "yellow", "blue", "red", "start")
MONDAY = date(2026, 11, 23)
HOUSE = "sets = ['set.xml']\nstatus = 'status.json'\nstore.allow_volatile = true\n"
CONFIG = f"{HOUSE}[staff]\npin_hash = '{hash_pin('1243')}'\n"


@contextmanager
def house(folder):
    folder.mkdir(exist_ok=True)
    (folder / "kiosk.toml").write_text(CONFIG)
    config = load(folder / "kiosk.toml", folder / "no-run-folder")
    with rig(folder / "data", yes_no("lift")) as home:
        home.day = MONDAY
        home.store._today = lambda: home.day

        def refresh():
            return status.write(config.status, home.store.tally(), {}, home.day)

        home.runner._ports.desk = desk_of(config, refresh, lambda: "Did you hear it?", lambda: home.day)
        home.refresh = refresh
        yield home


@pytest.fixture
def one(tmp_path):
    with house(tmp_path / "house") as home:
        yield home


def press(home, *keys):
    for key in keys:
        home.key(key)


def visit(home, *answers):
    """Start, answer, and be at the waiting screen again."""
    press(home, "start", *answers)
    for _ in range(20):
        if home.screen.views[-1].screen is ScreenName.WAITING:
            return
        if home.visit.timer is not None:
            home.time()
    pytest.fail("the visit does not end")


def rows(home):
    """What staff read, all pages; they leave again."""
    press(home, *OPENS)
    found = list(home.screen.views[-1].rows)
    assert found, "the staff screen is up"
    for _ in range(5):
        press(home, "green")
        if home.screen.views[-1].rows[0] == found[0]:
            break
        found += home.screen.views[-1].rows
    press(home, "red")
    assert home.screen.views[-1].screen is ScreenName.WAITING
    return found


def test_staff_read_their_screen_and_no_visit_begins_or_is_kept(one):
    before = one.visit
    assert ("What to do", "All well") in rows(one)
    assert one.visit.instance_id == before.instance_id
    assert one.store.counts().open == 0


def test_a_visit_right_after_staff_left_goes_as_ever(one):
    rows(one)
    visit(one, "green")
    assert one.store.counts().waiting == 1
    assert one.record(one.store.waiting()[0])["lift"] == "yes"


@pytest.mark.parametrize("answers", [(), ("green",), ("red",), ("dont_know",), ("green", "stop")])
def test_whatever_somebody_answers_today_staff_read_the_same(one, answers):
    before, line = rows(one), one.refresh()
    visit(one, *answers)
    assert rows(one) == before
    assert one.refresh() == line


def test_what_was_answered_shows_in_no_row_tomorrow_either(tmp_path):
    seen = []
    for answer in ("green", "red", "dont_know", "rather_not_say", "skip"):
        with house(tmp_path / answer) as home:
            visit(home, answer)
            home.day += timedelta(days=1)
            seen.append(rows(home))
    assert ("Waiting to be sent", "1") in seen[0]
    assert all(found == seen[0] for found in seen)


def test_left_alone_the_staff_screen_makes_room_for_the_next_person(one):
    press(one, *OPENS)
    one.inbox._now_s += CLOSES_S
    assert one.runner._pass_time()
    assert one.screen.views[-1].screen is ScreenName.WAITING
    visit(one, "green")
    assert one.store.counts().waiting == 1


def test_the_sequence_opens_nothing_while_somebody_is_being_asked(one):
    press(one, "start", *OPENS[:4])
    assert all(view.screen is not ScreenName.STAFF for view in one.screen.views)
