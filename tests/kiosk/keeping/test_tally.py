"""What staff may count: as of last midnight, five visits at a time, and never an id or an answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kiosk.keeping.database import _engine, _script_config, writing
from kiosk.keeping.store import Role, Store, Tally
from openrosa.submission import Submission

MONDAY = date(2026, 11, 23)
ID = "uuid:00000000-0000-4000-8000-00000000000{}"


class Calendar:
    """The day, as the test moves it on."""

    day = MONDAY

    def __call__(self):
        return self.day

    def pass_night(self):
        self.day += timedelta(days=1)


@pytest.fixture
def calendar():
    return Calendar()


@pytest.fixture
def store(tmp_path, calendar):
    with Store.open(tmp_path, Role.KIOSK, calendar) as opened:
        yield opened


def visit(number, sealed=True):
    return Submission(f"uuid:{number}", "home", "1", b"<x/>", (), sealed)


def finish(store, numbers, complete=True):
    for number in numbers:
        store.keep(visit(number))
        store.finish(visit(number), complete=complete)


def test_nothing_that_happens_today_changes_what_staff_can_count(store, calendar):
    finish(store, range(7))
    calendar.pass_night()
    before = store.tally()
    store.keep(visit("open"))
    finish(store, range(10, 20))
    finish(store, range(20, 30), complete=False)
    store.delivered("uuid:0", calendar.day)
    store.delivered("uuid:10", calendar.day)
    store.set_aside("uuid:1", "refused")
    store.set_aside("uuid:11", "refused")
    assert store.close_open() == 1
    assert store.tally() == before == Tally(waiting=7, finished=5, untold=2)
    calendar.pass_night()
    assert store.tally() == Tally(
        waiting=24, set_aside=2, delivered=2, finished=17, incomplete=8, untold=3, reasons=(("refused", 2),)
    )


def test_five_visits_at_a_time_are_told_apart_the_oldest_first(store, calendar):
    told = []
    for number in range(10):
        finish(store, [number], complete=number not in (3, 8))
        calendar.pass_night()
        found = store.tally()
        assert found.waiting == number + 1
        told.append((found.finished, found.incomplete, found.untold))
    assert told == [
        *((0, 0, n) for n in (1, 2, 3, 4)),
        (4, 1, 0),
        *((4, 1, n) for n in (1, 2, 3, 4)),
        (8, 2, 0),
    ]


def test_a_visit_that_a_power_cut_closed_is_incomplete_on_the_day_of_the_next_start(store, calendar):
    finish(store, range(4))
    store.keep(visit(4))
    calendar.pass_night()
    assert store.tally() == Tally(waiting=4, untold=4), "an open visit is never counted"
    store.close_open()
    assert store.tally() == Tally(waiting=4, untold=4)
    calendar.pass_night()
    assert store.tally() == Tally(waiting=5, finished=4, incomplete=1)


def test_what_was_forgotten_is_in_no_count(store, calendar):
    store.keep(visit(1))
    store.forget("uuid:1")
    calendar.pass_night()
    assert store.tally() == Tally()


def test_a_sensitive_forms_visits_are_in_no_count_whatever_becomes_of_them(store, calendar):
    for number in range(6):
        store.keep(visit(number), sensitive=True)
        store.finish(visit(number), sensitive=True)
    store.delivered("uuid:0", calendar.day)
    store.set_aside("uuid:1", "refused")
    store.keep(visit("open"), sensitive=True)
    store.close_open()
    calendar.pass_night()
    assert store.tally() == Tally()
    assert store.is_sensitive("uuid:2")
    assert len(store.undelivered()) == 6, "it travels like the others"
    finish(store, [9])
    assert not store.is_sensitive("uuid:9")


def test_reasons_are_the_servers_without_ids_the_commonest_first(store, calendar):
    for number in range(4):
        store.finish(Submission(ID.format(number), "home", "1", b"", (), sealed=True))
        words = f"Central answered HTTP 409: {ID.format(number)} is another one" if number else "HTTP 413."
        store.set_aside(ID.format(number), words)
    calendar.pass_night()
    assert store.tally().reasons == (("Central answered HTTP 409: (its id) is another one", 3), ("HTTP 413.", 1))


def test_what_a_server_says_of_an_unsealed_visit_is_cut_to_its_number_because_it_may_be_an_answer(store, calendar):
    for number, reason in ((1, "host answered HTTP 400: 'bad' is no choice of feel_home"), (2, "bad is bad")):
        store.finish(visit(number, sealed=False))
        store.set_aside(f"uuid:{number}", reason)
    calendar.pass_night()
    assert store.tally().reasons == (("host answered HTTP 400", 1), ("refused", 1))


def test_what_an_older_sayso_kept_is_counted_and_not_told_apart(tmp_path):
    from alembic.command import upgrade  # noqa: PLC0415 - as the store itself does

    (tmp_path / "sayso.db").touch()
    engine = _engine(tmp_path / "sayso.db")
    with writing(engine) as connection:
        config = _script_config()
        config.attributes["connection"] = connection
        upgrade(config, "0001")
        for number in range(6):
            connection.exec_driver_sql(
                "INSERT INTO submission (instance_id, form_id, version, sealed, state, sha256)"
                " VALUES (?, 'f', '1', 1, ?, x'00')",
                (str(number), "delivered" if number else "waiting"),
            )
        connection.exec_driver_sql("UPDATE submission SET delivered_on = '2026-11-01' WHERE state = 'delivered'")
    engine.dispose()
    with Store.open(tmp_path, Role.KIOSK, lambda: MONDAY) as store:
        assert store.tally() == Tally(waiting=1, delivered=5, untold=6)


def test_what_is_undelivered_is_listed_with_its_size_whatever_became_of_it(store, calendar):
    finish(store, range(4))
    store.keep(visit("open"))
    store.delivered("uuid:0", calendar.day)
    store.set_aside("uuid:1", "refused")
    store.claim("uuid:2")
    assert sorted(store.undelivered()) == [("uuid:1", 4), ("uuid:2", 4), ("uuid:3", 4)]
    assert store.undelivered(before=calendar.day) == []
    calendar.pass_night()
    assert len(store.undelivered(before=calendar.day)) == 3
