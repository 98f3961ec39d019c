"""The status file: written whole, read without the database, and one plain line for staff."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import date, datetime

import pytest

from kiosk.errors import KioskError
from kiosk.keeping.store import Counts, Role, Store, Tally
from kiosk.sending.go import Report
from kiosk.staff.status import (
    ALL_WELL,
    Sending,
    line,
    read,
    read_sending,
    write,
    write_sending,
)
from openrosa.submission import Submission

DAY = date(2026, 11, 22)
WRITES = (
    "import sys, datetime, pathlib; from kiosk.staff import status; from kiosk.keeping.tally import Tally;"
    "status.write(pathlib.Path(sys.argv[1]), Tally(), {}, datetime.date(2026, 11, 22))"
)
FINE = {"engine": "vosk en", "microphone": "USB Audio", "speaker": "USB Audio", "can_keep": True}


def test_all_is_well_whatever_waits_or_was_delivered():
    assert line(Counts(), FINE) == ALL_WELL
    assert line(Counts(open=1, waiting=40, delivered=9), FINE) == ALL_WELL


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"can_keep": False}, "cannot be saved"),
        ({"problem": "The keys are not plugged in."}, "The keys are not plugged in."),
        ({"speaker": ""}, "Plug the speaker in"),
        ({"microphone": ""}, "the keys still work"),
        ({"keys": ""}, "The keys are missing"),
        ({"key_problem": "The green key is stuck."}, "The green key is stuck."),
        ({"help_problem": "Help could not be called: x."}, "Help could not be called"),
        ({"disk_low": True}, "nearly full"),
        ({"power_low": True}, "too weak"),
        ({"too_hot": True}, "too hot"),
    ],
)
def test_what_does_not_work_is_told_with_what_to_do(facts, said):
    assert said in line(Counts(), {**FINE, **facts})


def test_a_kiosk_of_keys_alone_misses_no_microphone():
    assert line(Counts(), {"engine": "none", "microphone": ""}) == ALL_WELL


def test_what_was_set_aside_is_told():
    assert "could not be delivered" in line(Counts(set_aside=1, damaged=1), FINE)


@pytest.mark.parametrize(("days", "told"), [(6, False), (7, True), (30, True)])
def test_a_home_that_is_offline_is_told_of_only_after_a_week(days, told):
    sending = Sending(day=DAY, failing_since=date.fromordinal(DAY.toordinal() - days))
    assert (line(Counts(waiting=1), FINE, sending, DAY) != ALL_WELL) == told
    assert line(Counts(waiting=0), FINE, sending, DAY) == ALL_WELL, "nothing waits, so nothing is missing"


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "run" / "status.json"
    tally = Tally(waiting=2, finished=5, untold=1, reasons=(("HTTP 409", 2),))
    assert write(path, tally, FINE, DAY) == ALL_WELL
    found = read(path)
    assert (found.day, found.line, found.counts, found.facts) == (DAY, ALL_WELL, tally, FINE)
    assert (found.closed, found.running()) == ("", True)
    assert json.loads(path.read_text())["counts"]["waiting"] == 2
    assert [each.name for each in path.parent.iterdir()] == ["status.json"], "no half-written file is left"


def test_the_file_is_replaced_and_never_rewritten_in_place(tmp_path):
    path = tmp_path / "status.json"
    write(path, Tally(), FINE, DAY)
    with path.open() as reader:
        write(path, Tally(waiting=1), FINE, DAY)
        assert json.load(reader)["counts"]["waiting"] == 0, "who had it open reads the old one to its end"
    assert read(path).counts.waiting == 1


def test_a_status_that_is_not_there_or_is_none_is_told(tmp_path):
    with pytest.raises(KioskError, match="Start the kiosk"):
        read(tmp_path / "status.json")
    (tmp_path / "status.json").write_text('{"day": "2026-11-22"}')
    with pytest.raises(KioskError, match="it is no status"):
        read(tmp_path / "status.json")
    (tmp_path / "status.json").write_bytes(b"\xff\x00")
    with pytest.raises(KioskError, match="it is no status"):
        read(tmp_path / "status.json")


def test_a_status_that_cannot_be_written_is_told_and_leaves_no_rest(tmp_path):
    (tmp_path / "status.json").mkdir()
    with pytest.raises(KioskError, match="Cannot write the status"):
        write(tmp_path / "status.json", Counts(), FINE, DAY)
    assert [each.name for each in tmp_path.iterdir()] == ["status.json"]


def test_the_uploader_notes_since_when_nothing_could_be_sent(tmp_path):
    path = tmp_path / "status.json"
    assert read_sending(path) is None
    write_sending(path, Report(waiting=2, message="no network", retry=True), date(2026, 11, 1))
    write_sending(path, Report(waiting=2, message="no network", retry=True), date(2026, 11, 9))
    assert read_sending(path) == Sending(day=date(2026, 11, 9), failing_since=date(2026, 11, 1), message="no network")
    assert "for 21 days" in write(path, Tally(waiting=2), FINE, DAY)
    write_sending(path, Report(delivered=1, waiting=1, message="no network", retry=True, reached=True), DAY)
    assert read_sending(path) == Sending(day=DAY, message="no network", contact_on=DAY), "one got through"
    write_sending(path, Report(), DAY)
    assert read_sending(path) == Sending(day=DAY, contact_on=DAY)


def test_a_broken_note_of_the_uploader_stops_nobody(tmp_path):
    path = tmp_path / "status.json"
    (tmp_path / "sending.json").write_text("{")
    assert read_sending(path) is None
    assert write(path, Tally(waiting=1), FINE, DAY) == ALL_WELL
    write_sending(path, Report(), DAY)
    assert read_sending(path) == Sending(day=DAY)


def test_live_counts_are_never_written(tmp_path):
    path = tmp_path / "status.json"
    assert write(path, Counts(open=1, waiting=3, set_aside=1), FINE, DAY) == ALL_WELL
    assert read(path).counts == Tally()


def test_a_visit_of_today_changes_neither_the_file_nor_its_time(tmp_path):
    path = tmp_path / "status.json"
    with Store.open(tmp_path / "data", Role.KIOSK, lambda: DAY) as store:
        write(path, store.tally(), FINE, DAY)
        before = (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        store.finish(Submission("uuid:1", "home", "1", b"", (), sealed=True))
        write(path, store.tally(), FINE, DAY)
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_the_files_own_time_says_no_more_than_the_day(tmp_path):
    path = tmp_path / "status.json"
    write(path, Tally(), FINE, DAY)
    write_sending(path, Report(), DAY)
    for each in (path, tmp_path / "sending.json"):
        changed = datetime.fromtimestamp(each.stat().st_mtime).astimezone()
        assert (changed.date(), changed.hour, changed.minute, changed.second) == (DAY, 0, 0, 0)


def test_a_contact_or_a_failure_of_today_is_not_told_before_tomorrow(tmp_path):
    path = tmp_path / "status.json"
    days = [date(2026, 11, day) for day in (3, 8, 9)]
    for day in days:
        write_sending(path, Report(delivered=1, reached=True), day)
        write_sending(path, Report(delivered=1, reached=True), day)
    found = read_sending(path)
    assert found.last_contact(days[2]) == days[1]
    assert found.last_contact(date(2026, 11, 10)) == days[2]
    write_sending(path, Report(waiting=1, message="no network", retry=True), days[2])
    assert read_sending(path).failing(days[2]) is None
    assert read_sending(path).failing(DAY) == days[2]


def test_a_kiosk_that_ended_is_told_from_one_that_runs(tmp_path):
    path = tmp_path / "status.json"
    with subprocess.Popen([sys.executable, "-c", WRITES, str(path)], stdin=subprocess.PIPE) as process:
        process.stdin.close()
        process.wait(60)
    assert read(path).running() is False
    text = path.read_text()
    (tmp_path / "old.json").write_text(re.sub(r'"process": "[^"]*"', '"process": ""', text))
    assert read(tmp_path / "old.json").running() is None, "an older Sayso's"
    other = re.sub(r'"process": "[^"]*"', f'"process": "{os.getpid()} 1"', text)
    (tmp_path / "reused.json").write_text(other)
    assert read(tmp_path / "reused.json").running() is False, "the number is another process's now"
