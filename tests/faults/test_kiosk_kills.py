"""kill -9 of the kiosk in the middle of driven visits: what stood on its screen as said is at the collector, once."""

from __future__ import annotations

from collections import Counter
from functools import partial
from random import SystemRandom

import pytest
from kiosk_house import house
from rehearsed import yes_no
from store_kiosk import QUESTIONS, SAYS_BEFORE_KEEPING, WAITS, Driven, drive_and_kill, in_terminal, without_speech

from collector.results import read, stored_submissions
from kiosk.keeping.store import Role, Store
from kiosk.machine import today
from kiosk.sending.uploader import upload_waiting
from openrosa.client import Client
from openrosa.instance import values_of
from openrosa.sealing import load_private_key, open_submission
from openrosa.xform import load
from sayso.office import office


@pytest.fixture
def one(tmp_path):
    """A kiosk by keys alone, without speech, that shows for half a second what it has kept."""
    its = house(tmp_path / "house", None, yes_no(*QUESTIONS))
    its.config.write_text(its.config.read_text().replace("change_s = 0", "change_s = 0.5"))
    without_speech(its)
    return its


def records(one):
    """Every finished visit in the store, oldest first, opened with the office's key: answers by question."""
    question_set = load(one.form.read_bytes(), one.form.name)
    key = (one.folder / "office" / "private.pem").read_bytes()
    found = []
    with Store.open(one.data, Role.READER) as store:
        for instance_id in store.waiting():
            kept = store.load(instance_id)
            opened = open_submission(kept.xml, {file.name: file.data for file in kept.attachments}, key)
            values = values_of(question_set, opened.xml)
            found.append({name: values.get(f"/data/{name}", "") for name in QUESTIONS})
    return found


def lost_of(driven, record):
    """The answers that were said back and are not in the visit's record."""
    return {name: said for name, said in driven.said_back.items() if record.get(name) != said}


def test_no_kill_of_the_kiosk_loses_an_answer_that_was_said_back(one, tmp_path, how_many, dice, report):
    kills = how_many(15, 1000)
    said = 0
    expected = []
    before = Driven()

    def check(kill):
        """The kiosk has opened, and closed the visit that was cut off the last time."""
        nonlocal expected
        now = records(one)
        assert len(now) - len(expected) in ({1} if before.said_back else {0, 1}), f"kill {kill}: one visit, once"
        assert lost_of(before, now[-1] if len(now) > len(expected) else {}) == {}, f"kill {kill}"
        expected = now

    for kill in report.each(kills):
        before = drive_and_kill(one, dice, check=partial(check, kill))
        said += len(before.said_back)
    with in_terminal(one) as terminal:
        terminal.wait_for(WAITS)
        check(kills)
    rows, ids = _collected(one, tmp_path)
    assert Counter(ids).most_common(1)[0][1] == 1
    assert Counter(map(tuple, rows)) == Counter(tuple(each.values()) for each in expected)
    assert said > kills, "visits went far enough to be cut"
    report.note(
        f"{kills} x kill -9 of the kiosk in the middle of driven visits",
        "0 answers lost that stood on the screen as said; 0 duplicates at the collector; opens every time",
        f"0 of {said} answers lost; {len(rows)} visits at the collector, 0 twice; it opened every time",
    )


def _collected(one, folder):
    """Send everything to a collector, half of it a second time; what the collector has: answers, and ids."""
    with office(folder / "office") as (its_office, url):
        its_office.form(one.form)
        address = url + its_office.kiosk_path("Elm Road")
        with Store.open(one.data, Role.UPLOADER) as store, Client(address, 30.0) as client:
            for instance_id in store.waiting()[::2]:
                # Killed after the server took it and before that was noted: it is sent again.
                client.submit(store.load(instance_id))
            upload_waiting(store, client, today(), SystemRandom())
            assert store.counts().waiting == 0
        key = load_private_key((one.folder / "office" / "private.pem").read_bytes())
        results = [read(stored, key) for stored in stored_submissions(its_office.database)]
    named = [{path.rsplit("/", 1)[-1]: value for path, value in result.values.items()} for result in results]
    rows = [[values.get(name, "") for name in QUESTIONS] for values in named]
    return rows, [result.stored.instance_id for result in results]


def test_a_kiosk_that_says_before_it_keeps_loses_answers_to_the_same_kills(one, how_many, dice, report):
    """Or the test above would prove nothing."""
    kills = how_many(1, 50)
    gone = said = before = 0
    for _ in report.each(kills):
        driven = drive_and_kill(one, dice, patch=SAYS_BEFORE_KEEPING, at_once=True)
        with Store.open(one.data, Role.KIOSK) as store:
            store.close_open()
        now = records(one)
        gone += len(lost_of(driven, now[-1] if len(now) > before else {}))
        said += len(driven.said_back)
        before = len(now)
    assert gone > 0, f"nothing was lost of {said} answers: the kills are too late"
    report.note(
        f"{kills} x the same, with a kiosk that says an answer back 0.3 s before it keeps it",
        "more than 0 lost",
        f"{gone} of {said} answers lost",
    )
