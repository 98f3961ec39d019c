"""`sayso upload` and `sayso status` as processes: exit codes, what is printed, signals."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import threading
from datetime import date

import pytest
from loopback_openrosa import OPENROSA, Answer, Loopback

from kiosk.keeping.identity import kiosk_key
from kiosk.keeping.store import Counts, Role, Store, Tally
from kiosk.staff import requests, status
from openrosa.signing import public_text
from openrosa.submission import Attachment, Submission
from sayso.upload import Ending

DAY = date(2026, 11, 22)


def configured(tmp_path, url, more=""):
    path = tmp_path / "kiosk.toml"
    path.write_text(f'sets = ["home.xml"]\nstatus = "status.json"\n[server]\nurl = "{url}"\ntimeout_s = 10\n{more}')
    return path


def finished(tmp_path, *numbers):
    with Store.open(tmp_path / "data", Role.KIOSK) as store:
        for number in numbers:
            xml = f'<d id="f"><meta><instanceID>uuid:{number}</instanceID></meta></d>'.encode()
            file = Attachment("submission.xml.enc", b"sealed", "application/octet-stream")
            store.finish(Submission(f"uuid:{number}", "f", "1", xml, (file,), sealed=True))


def counts(tmp_path):
    with Store.open(tmp_path / "data", Role.READER) as store:
        return store.counts()


def sayso(*arguments):
    command = [sys.executable, "-m", "sayso", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr
    assert Loopback.token not in done.stdout + done.stderr
    return done


def test_everything_sent_is_exit_code_0(tmp_path, server):
    finished(tmp_path, 1, 2)
    done = sayso("upload", "--config", configured(tmp_path, server.url))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Delivered: 2; set aside: 0; still waiting: 0.\n"
    assert counts(tmp_path) == Counts(delivered=2)


def test_nothing_to_send_is_exit_code_0(tmp_path, server):
    assert sayso("upload", "--config", configured(tmp_path, server.url)).returncode == 0
    assert server.received == []


def test_what_still_waits_or_was_set_aside_is_exit_code_1_and_says_why(tmp_path, server):
    finished(tmp_path, 1)
    server.answer = lambda _: Answer(401, OPENROSA % "Authentication failed")
    done = sayso("upload", "--json", "--config", configured(tmp_path, server.url))
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert (report["waiting"], report["retry"]) == (1, True)
    assert "401" in report["message"]
    server.answer = lambda _: Answer(409, OPENROSA % "other bytes")
    done = sayso("upload", "--config", configured(tmp_path, server.url))
    assert done.returncode == 1
    assert "set aside: 1" in done.stdout
    assert "409" in done.stdout


@pytest.mark.parametrize(
    ("more", "url", "said"),
    [
        ("", "", "server.url is empty"),
        ("tiemout_s = 3", "http://127.0.0.1:1/key/" + Loopback.token, 'Did you mean "timeout_s"'),
    ],
)
def test_a_wrong_configuration_is_exit_code_2_and_one_sentence(tmp_path, more, url, said):
    done = sayso("upload", "--config", configured(tmp_path, url, more))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_database_of_a_newer_version_is_exit_code_2_and_one_sentence(tmp_path, server):
    finished(tmp_path, 1)
    with Store.open(tmp_path / "data", Role.KIOSK) as store, store._engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    done = sayso("upload", "--config", configured(tmp_path, server.url))
    assert (done.returncode, done.stdout) == (2, "")
    assert "newer than this Sayso" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_watching_sends_what_comes_while_it_runs_and_ends_when_asked(tmp_path, server, asked):
    config = configured(tmp_path, server.url)
    finished(tmp_path, 1)
    command = [sys.executable, "-m", "sayso", "upload", "--watch", "--now", "--json", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert json.loads(process.stdout.readline())["delivered"] == 1
            second = sayso("upload", "--config", config)
            assert second.returncode == 2
            assert f"process {process.pid} has it" in second.stderr
            finished(tmp_path, 2)
            assert json.loads(process.stdout.readline())["delivered"] == 1
            process.send_signal(asked)
            rest, errors = process.communicate(timeout=60)
            assert (process.returncode, rest, errors) == (0, "", "")
        finally:
            process.kill()
    assert counts(tmp_path) == Counts(delivered=2)


def test_a_signal_lets_the_post_in_flight_come_to_its_end(tmp_path, server):
    finished(tmp_path, 1, 2)
    config = configured(tmp_path, server.url)
    command = [sys.executable, "-m", "sayso", "upload", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:

        def answer(_):
            process.send_signal(signal.SIGTERM)
            return Answer()

        server.answer = answer
        out, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (1, "")
    assert out == "Delivered: 1; set aside: 0; still waiting: 1.\n"
    assert counts(tmp_path) == Counts(waiting=1, delivered=1)


def test_status_reads_the_file_and_never_the_database(tmp_path):
    config = configured(tmp_path, "")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sayso.db").write_bytes(b"would be refused if it were opened")
    status.write(tmp_path / "status.json", Tally(waiting=3, delivered=4, finished=5), {"microphone": "USB"}, DAY)
    done = sayso("status", "--config", config)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Open: yes",
        "What to do: All well",
        "Counted at: midnight before 2026-11-22",
        "Visits finished: 5",
        "Visits not finished: 0",
        "Newest visits, not told apart yet: 0",
        "Waiting to be sent: 3",
        "Sent: 4",
        "Set aside: 0",
        "Server last reached: not yet",
        "Microphone: USB",
    ]


def test_status_is_exit_code_1_when_staff_have_something_to_do_and_json_says_it_all(tmp_path):
    config = configured(tmp_path, "")
    status.write(tmp_path / "status.json", Tally(set_aside=1, reasons=(("HTTP 409", 1),)), {}, DAY)
    done = sayso("status", "--json", "--config", config)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["counts"]["set_aside"] == 1
    assert found["counts"]["reasons"] == [["HTTP 409", 1]]
    assert "could not be delivered" in found["line"]
    assert (found["open"], found["why"], found["running"]) == (True, "", True)
    assert found["sending"] is None


def test_a_kiosk_that_does_not_run_or_cannot_save_is_not_open_and_exit_code_1(tmp_path):
    config = configured(tmp_path, "")
    status.write(tmp_path / "status.json", Tally(), {"can_keep": False}, DAY)
    done = sayso("status", "--config", config)
    assert done.returncode == 1
    assert done.stdout.startswith("Open: no: Answers cannot be saved.")
    status.write(tmp_path / "status.json", Tally(), {}, DAY)
    ended = re.sub(r'"process": "\d+ ', '"process": "999999999 ', (tmp_path / "status.json").read_text())
    (tmp_path / "status.json").write_text(ended)
    done = sayso("status", "--config", config)
    assert done.returncode == 1
    assert done.stdout.startswith("Open: no: the kiosk is not running. Start it.\n")


def test_an_upload_tells_status_how_it_went_on_the_next_day(tmp_path, server):
    config = configured(tmp_path, server.url)
    finished(tmp_path, 1)
    server.answer = lambda _: Answer(503, "")
    sayso("upload", "--config", config)
    status.write(tmp_path / "status.json", Tally(waiting=1), {}, DAY)
    found = json.loads(sayso("status", "--json", "--config", config).stdout)
    assert found["sending"] == {"contact_on": None, "failing_since": None, "message": ""}, "that would tell of a visit"
    noted = (tmp_path / "sending.json").read_text()
    assert "503" in noted
    (tmp_path / "sending.json").write_text(re.sub(r"\d{4}-\d\d-\d\d", "2026-11-01", noted))
    found = json.loads(sayso("status", "--json", "--config", config).stdout)
    assert "503" in found["sending"]["message"]
    assert found["sending"]["failing_since"] == "2026-11-01"
    assert "Nothing sent since: 2026-11-01: " in sayso("status", "--config", config).stdout


def test_staff_can_ask_a_watching_uploader_to_send_now(tmp_path, server):
    config = configured(tmp_path, server.url)
    finished(tmp_path, 1)
    server.answer = lambda _: Answer(503, "", {"Retry-After": "3000"})
    command = [sys.executable, "-m", "sayso", "upload", "--watch", "--now", "--json", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert json.loads(process.stdout.readline())["retry"] is True
            server.answer = lambda _: Answer()
            requests.leave(tmp_path / "status.json", requests.SEND_NOW)
            assert json.loads(process.stdout.readline())["delivered"] == 1
            assert not (tmp_path / "send-now").exists()
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()


def test_status_shows_the_kiosks_public_key_once_there_is_one_and_never_the_private_one(tmp_path):
    config = configured(tmp_path, "")
    status.write(tmp_path / "status.json", Tally(), {}, DAY)
    assert json.loads(sayso("status", "--json", "--config", config).stdout)["kiosk_key"] is None
    key = kiosk_key(tmp_path / "data")
    done = sayso("status", "--json", "--config", config)
    assert json.loads(done.stdout)["kiosk_key"] == public_text(key)
    assert base64.b64encode(key.private_bytes_raw()).decode() not in done.stdout


def test_no_status_yet_is_one_sentence(tmp_path):
    done = sayso("status", "--config", configured(tmp_path, ""))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Start the kiosk" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_by_day_a_watching_uploader_sends_what_is_sensitive_and_the_rest_when_staff_ask(tmp_path, server):
    """The night begins a minute ago or in 23 hours; what ends today is not due in either case."""
    config = configured(tmp_path, server.url, '[upload]\nat = "00:00"\nspread_s = 0\n')
    finished(tmp_path, 1)
    with Store.open(tmp_path / "data", Role.KIOSK) as store:
        xml = b'<d id="f"><meta><instanceID>uuid:hurt</instanceID></meta></d>'
        store.finish(Submission("uuid:hurt", "f", "1", xml, (), sealed=True), sensitive=True)
    command = [sys.executable, "-m", "sayso", "upload", "--watch", "--json", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            first = json.loads(process.stdout.readline())
            assert (first["delivered"], first["waiting"]) == (1, 1)
            assert [list(parts.values()) for parts in server.received] == [[xml]]
            requests.leave(tmp_path / "status.json", requests.SEND_NOW)
            assert json.loads(process.stdout.readline())["delivered"] == 1
            process.send_signal(signal.SIGTERM)
            rest, errors = process.communicate(timeout=60)
            assert (process.returncode, rest, errors) == (0, "", "")
        finally:
            process.kill()


def test_an_authority_that_cannot_be_read_is_exit_code_2_and_one_sentence(tmp_path, server):
    finished(tmp_path, 1)
    done = sayso("upload", "--config", configured(tmp_path, server.url, 'ca_file = "none.pem"\n'))
    assert (done.returncode, done.stdout) == (2, "")
    assert "none.pem: No such file" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("at", ["1:00", "24:00", "at night", ""])
def test_a_time_that_is_none_is_exit_code_2_and_one_sentence(tmp_path, server, at):
    done = sayso("upload", "--config", configured(tmp_path, server.url, f'[upload]\nat = "{at}"\n'))
    assert (done.returncode, done.stdout) == (2, "")
    assert "upload.at" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_signal_that_comes_to_a_librarys_thread_is_heeded_as_well():
    """numpy starts threads when it is imported, before anything can be blocked in them."""
    over = threading.Event()
    threading.Thread(target=over.wait, daemon=True).start()
    with Ending() as ending:
        assert not ending.asked()
        os.kill(os.getpid(), signal.SIGTERM)
        assert any(ending.wait(0.1) for _ in range(100))
    over.set()


def test_the_uploader_loads_nothing_of_sound():
    loaded = "import sys, sayso.upload; sys.exit('numpy' in sys.modules or 'sounddevice' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0
