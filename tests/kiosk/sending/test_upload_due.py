"""`sayso upload --due`, as systemd's timer and path start it: one go of what is due, or of what staff ask for."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from loopback_openrosa import Answer

from kiosk.keeping.day import today
from kiosk.keeping.store import Counts, Role, Store
from kiosk.staff import requests
from openrosa.submission import Attachment, Submission

LONG_AGO = date(2026, 11, 1)


def due(tmp_path, url, *more):
    """The command to its end: what it printed, and its exit code."""
    config = tmp_path / "kiosk.toml"
    upload = '[upload]\nat = "00:00"\nspread_s = 0\n'
    config.write_text(f'sets = ["home.xml"]\nstatus = "status.json"\n[server]\nurl = "{url}"\n{upload}')
    command = [sys.executable, "-m", "sayso", "upload", "--due", *more, "--config", str(config)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def ended(tmp_path, number, day=None, *, sensitive=False):
    """A visit that ended on that day; today if None."""
    with Store.open(tmp_path / "data", Role.KIOSK, today=lambda: day or today()) as store:
        xml = f'<d id="f"><meta><instanceID>uuid:{number}</instanceID></meta></d>'.encode()
        file = Attachment("submission.xml.enc", b"sealed", "application/octet-stream")
        store.finish(Submission(f"uuid:{number}", "f", "1", xml, (file,), sealed=True), sensitive=sensitive)


def counts(tmp_path):
    with Store.open(tmp_path / "data", Role.READER) as store:
        return store.counts()


def test_one_go_of_what_is_due_leaves_what_ended_today_for_the_next_night(tmp_path, server):
    ended(tmp_path, 1, LONG_AGO)
    ended(tmp_path, 2)
    done = due(tmp_path, server.url)
    assert (done.returncode, done.stdout) == (0, "Delivered: 1; set aside: 0; still waiting: 1.\n")
    assert counts(tmp_path) == Counts(waiting=1, delivered=1)
    assert due(tmp_path, server.url).stdout == "", "nothing is due any more"


def test_one_go_by_day_sends_what_is_sensitive_and_takes_the_request_away(tmp_path, server):
    ended(tmp_path, 1)
    ended(tmp_path, 2, sensitive=True)
    requests.leave(tmp_path / "status.json", requests.SEND_DUE)
    assert due(tmp_path, server.url).returncode == 0
    assert counts(tmp_path) == Counts(waiting=1, delivered=1)
    assert not (tmp_path / requests.SEND_DUE).exists()


def test_one_go_sends_everything_where_staff_have_asked(tmp_path, server):
    ended(tmp_path, 1)
    ended(tmp_path, 2)
    requests.leave(tmp_path / "status.json", requests.SEND_NOW)
    done = due(tmp_path, server.url)
    assert (done.returncode, counts(tmp_path)) == (0, Counts(delivered=2))
    assert not (tmp_path / "send-now").exists()


def test_a_request_that_comes_while_bytes_are_on_their_way_is_acted_on_in_the_same_go(tmp_path, server):
    ended(tmp_path, 1, LONG_AGO)
    ended(tmp_path, 2)

    def asked_meanwhile(_):
        if not server.received:
            requests.leave(tmp_path / "status.json", requests.SEND_NOW)
        return Answer()

    server.answer = asked_meanwhile
    assert due(tmp_path, server.url).returncode == 0
    assert counts(tmp_path) == Counts(delivered=2)


def test_what_was_due_and_still_waits_is_exit_code_1(tmp_path, server):
    ended(tmp_path, 1, LONG_AGO)
    server.answer = lambda _: Answer(503, "")
    assert due(tmp_path, server.url).returncode == 1
    assert counts(tmp_path) == Counts(waiting=1)


def test_a_home_without_a_server_has_nothing_due_and_its_requests_are_taken_away(tmp_path):
    requests.leave(tmp_path / "status.json", requests.SEND_DUE)
    done = due(tmp_path, "")
    assert (done.returncode, done.stdout) == (0, "Nothing is due: server.url is empty.\n")
    assert not (tmp_path / requests.SEND_DUE).exists()


@pytest.mark.parametrize("other", ["--watch", "--now"])
def test_one_go_of_what_is_due_goes_with_no_other_way_of_sending(tmp_path, server, other):
    done = due(tmp_path, server.url, other)
    assert done.returncode == 2
    assert "leave --watch, --now and --from out" in done.stderr
