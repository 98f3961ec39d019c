"""What each answer of a server does to the outbox: real store, real client, a real server on loopback."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from random import Random

import pytest
from loopback_openrosa import OPENROSA, Answer, Loopback

from kiosk.errors import KioskError
from kiosk.keeping.store import Counts, Role, Store
from kiosk.sending.erasing import erase_old
from kiosk.sending.go import Report
from kiosk.sending.uploader import POLL_S, backoff_s, keep_sending, upload_waiting
from openrosa.client import Client
from openrosa.submission import Attachment, Submission

TODAY = date(2026, 11, 22)
PORTAL = "<!DOCTYPE html><html><body>Welcome to the free network. Please sign in.</body></html>"


def seeded(seed=1):
    return Random(seed)  # noqa: S311 - a test's shuffle has to come again


def submission(number=1, data=b"\x00\x01sealed"):
    xml = f'<data id="f" version="1"><meta><instanceID>uuid:{number}</instanceID></meta></data>'.encode()
    file = Attachment("submission.xml.enc", data, "application/octet-stream")
    return Submission(f"uuid:{number}", "f", "1", xml, (file,), sealed=True)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path, Role.UPLOADER) as opened:
        yield opened


@pytest.fixture
def client(server):
    with Client(server.url, timeout_s=10) as made:
        yield made


def fill(store, numbers):
    for number in numbers:
        store.finish(submission(number))


@pytest.mark.parametrize("status", [201, 202])
def test_an_openrosa_answer_of_201_or_202_is_delivery(store, server, client, status):
    server.answer = lambda _: Answer(status)
    fill(store, range(3))
    report = upload_waiting(store, client, TODAY, seeded())
    assert report == Report(delivered=3, reached=True)
    assert store.counts() == Counts(delivered=3)
    assert store.waiting() == []


def test_what_arrives_is_what_was_kept_to_the_byte(store, server, client):
    fill(store, [7])
    upload_waiting(store, client, TODAY, seeded())
    (parts,) = server.received
    assert sorted(parts.values()) == sorted([submission(7).xml, submission(7).attachments[0].data])


@pytest.mark.parametrize("status", [400, 409, 413])
def test_a_submission_that_the_server_refuses_is_set_aside_and_the_others_go_on(store, server, client, status):
    refused = submission(2).xml
    server.answer = lambda parts: Answer(status, OPENROSA % "no") if refused in parts.values() else Answer()
    fill(store, range(5))
    report = upload_waiting(store, client, TODAY, seeded())
    assert (report.delivered, report.set_aside, report.waiting, report.retry) == (4, 1, 0, False)
    assert str(status) in report.message
    assert store.counts() == Counts(delivered=4, set_aside=1)
    assert store.load("uuid:2") == submission(2), "it is never deleted"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(401, OPENROSA % "no"),
        Answer(403, OPENROSA % "no"),
        Answer(404, OPENROSA % "no"),
        Answer(408, ""),
        Answer(429, ""),
        Answer(500, OPENROSA % "oh"),
        Answer(502, PORTAL),
        Answer(503, ""),
        Answer(200, PORTAL),
        Answer(201, PORTAL),
        Answer(400, PORTAL),
        Answer(302, "", {"Location": "http://portal.invalid/sign-in"}),
        Answer(0),
    ],
    ids=lambda answer: f"{answer.status}{'-html' if answer.body == PORTAL else ''}",
)
def test_a_server_that_is_not_to_be_had_sets_nothing_aside_and_keeps_all_waiting(store, server, client, answer):
    asked = []
    server.answer = lambda _: asked.append(1) or answer
    fill(store, range(4))
    report = upload_waiting(store, client, TODAY, seeded())
    assert (report.delivered, report.set_aside, report.waiting, report.retry) == (0, 0, 4, True)
    assert report.message
    assert server.token not in report.message
    assert store.counts() == Counts(waiting=4)
    assert store.waiting() == [f"uuid:{number}" for number in range(4)]
    assert len(asked) == 1, "the rest is not tried against the same wall"


def test_no_server_at_all_keeps_all_waiting_and_the_next_go_delivers(store):
    fill(store, range(2))
    with Loopback() as gone:
        url = gone.url
    with Client(url, timeout_s=5) as client:
        assert upload_waiting(store, client, TODAY, seeded()).retry
    assert store.waiting() == ["uuid:0", "uuid:1"]
    with Loopback() as back, Client(back.url, timeout_s=5) as client:
        assert upload_waiting(store, client, TODAY, seeded()) == Report(delivered=2, reached=True)


def test_what_was_delivered_before_the_server_went_away_stays_delivered(store, server, client):
    server.answer = lambda _: Answer() if len(server.received) < 2 else Answer(503, "")
    fill(store, range(5))
    report = upload_waiting(store, client, TODAY, seeded())
    assert (report.delivered, report.waiting, report.retry) == (2, 3, True)
    assert store.counts() == Counts(delivered=2, waiting=3)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_form_that_the_server_does_not_take_now_holds_up_no_other_form(store, server, client, status):
    fill(store, range(5))
    other = Submission("uuid:other", "g", "1", b'<data id="g" version="1"/>', (), sealed=False)
    store.finish(other)
    server.answer = lambda parts: Answer(201) if other.xml in parts.values() else Answer(status)
    report = upload_waiting(store, client, TODAY, seeded())
    assert (report.delivered, report.waiting, report.retry) == (1, 5, True)
    assert len(server.received) == 2, "one visit of each form is tried, not all"


def test_the_servers_retry_after_comes_with_the_report(store, server, client):
    server.answer = lambda _: Answer(429, "", {"Retry-After": "120"})
    fill(store, [1])
    assert upload_waiting(store, client, TODAY, seeded()).retry_after_s == 120.0


def test_an_answer_lost_on_its_way_is_one_submission_sent_twice_with_the_same_bytes(store, server, client):
    posts = []

    def answer(parts):
        posts.append(parts)
        return Answer(0) if len(posts) == 1 else Answer()

    server.answer = answer
    fill(store, [1])
    assert upload_waiting(store, client, TODAY, seeded()).retry
    assert upload_waiting(store, client, TODAY, seeded()).delivered == 1
    assert posts[0] == posts[1]


def test_the_order_of_sending_is_shuffled(store, server, client):
    fill(store, range(12))
    upload_waiting(store, client, TODAY, seeded())
    sent = [
        next(int(d.split(b"uuid:")[1].split(b"<")[0]) for d in p.values() if b"uuid:" in d) for p in server.received
    ]
    assert sorted(sent) == list(range(12))
    assert sent != sorted(sent)


def test_a_sensitive_forms_visit_is_sent_without_telling_that_the_server_was_reached(store, server, client):
    store.finish(submission(1), sensitive=True)
    report = upload_waiting(store, client, TODAY, seeded())
    assert (report.delivered, report.reached) == (1, False)
    fill(store, [2])
    assert upload_waiting(store, client, TODAY, seeded()).reached


@pytest.mark.parametrize(("status", "reached"), [(201, True), (409, True), (401, False), (503, False)])
def test_the_server_is_reached_when_it_takes_or_refuses_for_good(store, server, client, status, reached):
    server.answer = lambda _: Answer(status)
    fill(store, [1])
    assert upload_waiting(store, client, TODAY, seeded()).reached == reached


def test_an_open_visit_is_never_sent(store, server, client):
    store.keep(submission(1))
    fill(store, [2])
    assert upload_waiting(store, client, TODAY, seeded()).delivered == 1
    assert len(server.received) == 1
    assert store.counts() == Counts(open=1, delivered=1)


def test_a_damaged_one_is_set_aside_and_the_others_are_delivered(store, server, client, tmp_path):
    fill(store, range(3))
    with sqlite3.connect(tmp_path / "sayso.db") as connection:
        connection.execute("UPDATE attachment SET data = x'00' WHERE submission_seq = 2")
    connection.close()
    report = upload_waiting(store, client, TODAY, seeded())
    assert (report.delivered, report.set_aside, report.retry) == (2, 1, False)
    assert "damaged" in report.message
    assert store.counts() == Counts(delivered=2, set_aside=1, damaged=1)


def test_delivered_bytes_are_erased_seven_whole_days_later(store, client, tmp_path):
    days = tmp_path / "days-seen.json"
    fill(store, [1])
    upload_waiting(store, client, TODAY, seeded())
    for later in range(8):
        erase_old(store, days, TODAY + timedelta(days=later))
    assert store.load("uuid:1") == submission(1)
    assert erase_old(store, days, TODAY + timedelta(days=8)) == 1
    with pytest.raises(KioskError, match="nothing is kept"):
        store.load("uuid:1")


def test_a_clock_that_jumps_to_2050_and_back_erases_nothing_early_and_leaves_nothing_for_ever(store, client, tmp_path):
    days = tmp_path / "days-seen.json"
    for before in range(8, 0, -1):
        erase_old(store, days, TODAY - timedelta(days=before))
    fill(store, [1])
    upload_waiting(store, client, TODAY, seeded())
    erase_old(store, days, TODAY)
    far = date(2050, 1, 1)
    assert erase_old(store, days, far) == 0, "it was delivered a minute ago"
    fill(store, [2])
    upload_waiting(store, client, far, seeded())
    assert erase_old(store, days, TODAY) == 0
    erased = [erase_old(store, days, TODAY + timedelta(days=later)) for later in range(1, 10)]
    assert erased == [0, 0, 0, 0, 0, 0, 1, 1, 0]
    assert store.counts() == Counts(delivered=2)


def test_a_machine_that_stood_still_for_a_year_erases_what_it_delivered_before(store, client, tmp_path):
    days = tmp_path / "days-seen.json"
    fill(store, [1])
    upload_waiting(store, client, TODAY, seeded())
    for later in (*range(3), *range(400, 406)):
        erase_old(store, days, TODAY + timedelta(days=later))
    with pytest.raises(KioskError, match="nothing is kept"):
        store.load("uuid:1")


@pytest.mark.parametrize("left", [b"", b"[", b'["yesterday"]', b"{}", bytes(100)])
def test_when_the_days_seen_are_lost_nothing_is_erased_until_seven_are_known_again(store, client, tmp_path, left):
    days = tmp_path / "days-seen.json"
    fill(store, [1])
    upload_waiting(store, client, TODAY - timedelta(days=300), seeded())
    days.write_bytes(left)
    erased = [erase_old(store, days, TODAY + timedelta(days=later)) for later in range(9)]
    assert erased == [0, 0, 0, 0, 0, 0, 0, 1, 0]


def test_where_the_day_cannot_be_noted_it_is_one_sentence_and_nothing_is_erased(store, tmp_path):
    with pytest.raises(KioskError, match="Cannot note the day"):
        erase_old(store, tmp_path, TODAY)


def test_a_visit_forgotten_while_others_travel_is_not_sent(store, server, client, tmp_path):
    fill(store, [1, 2])

    def answer(parts):
        with Store.open(tmp_path, Role.READER) as kiosk:
            for left in kiosk.waiting():
                kiosk.forget(left)
        return Answer()

    server.answer = answer
    assert upload_waiting(store, client, TODAY, seeded()) == Report(delivered=1, reached=True)
    assert len(server.received) == 1


def test_no_transaction_is_open_while_bytes_travel(store, server, client, tmp_path):
    fill(store, [1])

    def answer(parts):
        other = sqlite3.connect(tmp_path / "sayso.db", timeout=0)
        other.execute("BEGIN EXCLUSIVE")  # fails at once if anybody as much as reads
        other.execute("ROLLBACK")
        other.close()
        return Answer()

    server.answer = answer
    assert upload_waiting(store, client, TODAY, seeded()) == Report(delivered=1, reached=True)


class Breaks:
    """A client with a bug."""

    def submit(self, _submission):
        raise ZeroDivisionError


def test_a_bug_while_sending_leaves_the_submission_waiting(store):
    fill(store, [1])
    with pytest.raises(ZeroDivisionError):
        upload_waiting(store, Breaks(), TODAY, seeded())
    assert store.waiting() == ["uuid:1"]


def test_asked_to_stop_it_sends_no_more(store, server, client):
    fill(store, range(3))
    report = upload_waiting(store, client, TODAY, seeded(), stopping=lambda: len(server.received) == 1)
    assert (report.delivered, report.waiting) == (1, 2)


def test_backing_off_stays_between_nothing_and_a_ceiling_that_doubles_to_a_quarter_of_an_hour():
    rng = seeded()
    for failures, ceiling_s in [(1, 5), (2, 10), (3, 20), (8, 640), (9, 900), (10, 900), (5000, 900)]:
        waits = [backoff_s(failures, rng) for _ in range(300)]
        assert 0 <= min(waits) < ceiling_s * 0.1
        assert ceiling_s * 0.9 < max(waits) <= ceiling_s


def test_a_servers_retry_after_is_kept_to_up_to_an_hour():
    assert backoff_s(1, seeded(), 120) == 120
    assert backoff_s(1, seeded(), 86_400) == 3600
    assert backoff_s(9, seeded(), 0) > 0


class Waits:
    """A clock that does not wait: notes each pause and ends after so many."""

    def __init__(self, most, at=None):
        self.pauses = []
        self.most = most
        self.at = at or {}

    def __call__(self, seconds):
        if seconds == 0 and self.pauses:
            return False
        self.pauses.append(seconds)
        self.at.get(len(self.pauses), lambda: None)()
        return len(self.pauses) > self.most


def test_watching_sends_what_comes_and_looks_again_soon(store, client):
    wait = Waits(4, {3: lambda: fill(store, [1])})
    reports = []
    keep_sending(store, client, lambda: TODAY, seeded(), wait=wait, told=reports.append)
    assert wait.pauses == [0, POLL_S, POLL_S, POLL_S, POLL_S]
    assert reports == [Report(delivered=1, reached=True)]


def test_watching_backs_off_while_the_server_is_away_and_starts_afresh_when_it_is_back(store, server, client):
    server.answer = lambda _: Answer(503, "")
    fill(store, [1])

    def back():
        server.answer = lambda _: Answer()

    wait = Waits(13, {12: back})
    reports = []
    keep_sending(store, client, lambda: TODAY, seeded(3), wait=wait, told=reports.append)
    failing = wait.pauses[1:12]
    assert all(pause <= 5 * 2**number for number, pause in enumerate(failing))
    assert max(failing) > 60
    assert max(failing) <= 900
    assert wait.pauses[12:] == [POLL_S, POLL_S]
    assert reports[-1] == Report(delivered=1, reached=True)


def test_watching_counts_failures_anew_after_a_success(store, server, client):
    fill(store, [1])
    answers = [*[Answer(503, "")] * 8, Answer(), *[Answer(503, "")]]
    server.answer = lambda _: answers.pop(0)
    wait = Waits(10, {10: lambda: fill(store, [2])})
    keep_sending(store, client, lambda: TODAY, seeded(3), wait=wait, told=lambda _: None)
    assert max(wait.pauses[1:9]) > 60
    assert wait.pauses[9] == POLL_S
    assert wait.pauses[10] <= 5


def test_watching_leaves_a_server_alone_as_long_as_it_asks(store, server, client):
    server.answer = lambda _: Answer(503, "", {"Retry-After": "3000"})
    fill(store, [1])
    wait = Waits(1)
    keep_sending(store, client, lambda: TODAY, seeded(), wait=wait, told=lambda _: None)
    assert wait.pauses == [0, 3000.0]


def test_watching_erases_old_bytes_even_when_nothing_waits(store, client):
    days = [TODAY, TODAY, date(2026, 12, 24), date(2026, 12, 24)]
    asked = []
    wait = Waits(3, {number: lambda: days.pop(0) for number in (2, 3)})
    told = lambda _: pytest.fail("nothing waits")  # noqa: E731
    keep_sending(store, client, lambda: days[0], seeded(), wait=wait, told=told, daily=asked.append)
    assert asked == [TODAY, date(2026, 12, 24)], "once a day"


def test_watching_sends_only_what_is_due(store, server, client):
    fill(store, [1, 2])
    reports = []
    keep_sending(store, client, lambda: TODAY, seeded(), wait=Waits(1), told=reports.append, due=lambda: ["uuid:2"])
    assert reports == [Report(delivered=1, waiting=1, reached=True)]
    assert store.waiting() == ["uuid:1"]
