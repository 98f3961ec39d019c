"""When visits are sent: real store, the clock passed in; nobody can tell from the time of sending who answered when."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from kiosk.keeping.identity import KEY_NAME, kiosk_key, night_seed
from kiosk.keeping.store import Role, Store
from kiosk.sending.night import Due, Night
from openrosa.submission import Submission

TODAY = date(2026, 11, 22)
NIGHT = Night(time(1), 14_400.0, b"a kiosk of its own")
NOON = datetime.combine(TODAY, time(12))


def finish(store, name, *, sensitive=False):
    store.finish(Submission(name, "f", "1", b"<d/>", (), sealed=True), sensitive=sensitive)


@pytest.fixture
def day():
    return [TODAY]


@pytest.fixture
def store(tmp_path, day):
    with Store.open(tmp_path, Role.UPLOADER, lambda: day[0]) as opened:
        yield opened


def test_each_night_has_a_moment_of_its_own_within_the_time_set_and_a_restart_draws_the_same():
    begins = [NIGHT.begins(TODAY + timedelta(days=number)) for number in range(365)]
    after_s = [(begin - datetime.combine(begin.date(), time(1))).total_seconds() for begin in begins]
    assert 0 <= min(after_s) < 500
    assert 13_900 < max(after_s) <= 14_400
    assert len({round(each) for each in after_s}) > 350
    assert begins[0] == Night(time(1), 14_400.0, b"a kiosk of its own").begins(TODAY)


def test_two_kiosks_begin_at_two_moments():
    assert NIGHT.begins(TODAY) != Night(time(1), 14_400.0, b"another").begins(TODAY)


@pytest.mark.parametrize("at", [time(0), time(1), time(12), time(22), time(23, 59)])
def test_whatever_the_time_set_each_day_has_one_moment_from_which_on_its_night_has_begun(at):
    night = Night(at, 14_400.0, b"seed")
    for number in range(40):
        midnight = datetime.combine(TODAY + timedelta(days=number), time())
        begun = [night.has_begun(midnight + timedelta(minutes=minute)) for minute in range(0, 24 * 60, 20)]
        assert sum(before != after for before, after in pairwise([False, *begun])) <= 1
        assert night.has_begun(midnight + timedelta(hours=23, minutes=59, seconds=59.999999))


def test_by_day_goes_what_ended_before_midnight_and_nothing_of_today(store, day):
    day[0] = date(2026, 11, 21)
    finish(store, "uuid:yesterday")
    day[0] = TODAY
    finish(store, "uuid:today")
    due = Due(store, NIGHT)
    begins = NIGHT.begins(TODAY)
    assert due.at(begins - timedelta(seconds=1)) == []
    assert due.at(begins) == ["uuid:yesterday"]
    assert due.at(NOON) == ["uuid:yesterday"], "a kiosk that is off at night sends when it is switched on"
    assert due.at(datetime.combine(TODAY, time(23, 59))) == ["uuid:yesterday"]
    assert due.at(NIGHT.begins(date(2026, 11, 23))) == ["uuid:yesterday", "uuid:today"]


def test_a_sensitive_forms_visit_is_due_at_once_also_by_day(store):
    finish(store, "uuid:other")
    due = Due(store, NIGHT)
    assert due.at(NOON) == []
    finish(store, "uuid:hurt", sensitive=True)
    assert due.at(NOON) == ["uuid:hurt"]
    assert due.at(datetime.combine(TODAY, time(0, 1))) == ["uuid:hurt"], "before the night's moment too"


@pytest.mark.parametrize("wrong", [date(1970, 1, 1), date(2050, 6, 1), date(2026, 11, 23)])
def test_a_visit_of_a_day_that_the_clock_had_wrong_is_due_as_any_other(store, day, wrong):
    day[0] = wrong
    finish(store, "uuid:1")
    assert Due(store, NIGHT).at(NOON) == ["uuid:1"]


def test_a_sensitive_forms_visit_that_has_come_since_is_worth_a_try_and_no_other_is(store):
    due = Due(store, NIGHT)
    finish(store, "uuid:hurt", sensitive=True)
    assert due.came()
    due.at(NOON)
    finish(store, "uuid:home")
    assert not due.came()
    finish(store, "uuid:hurt-too", sensitive=True)
    assert due.came()
    due.at(NOON)
    assert not due.came(), "each is a reason once; then it waits with the others"


def test_what_a_power_cut_left_open_is_not_due_before_it_is_closed(store):
    store.keep(Submission("uuid:1", "f", "1", b"<d/>", (), sealed=True))
    assert Due(store, NIGHT).at(NOON) == []


def test_the_kiosks_key_is_made_once_for_its_owner_alone_and_gives_its_seed(tmp_path):
    folder = tmp_path / "data"
    seed = night_seed(kiosk_key(folder))
    assert night_seed(kiosk_key(folder)) == seed
    assert [path.name for path in folder.iterdir()] == [KEY_NAME]
    assert (folder / KEY_NAME).stat().st_mode & 0o777 == 0o600
    assert night_seed(kiosk_key(tmp_path / "other")) != seed
    assert kiosk_key(folder).private_bytes_raw() not in seed
