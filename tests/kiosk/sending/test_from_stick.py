"""A stick's visits to any OpenRosa server: a real stick, the real command, a real server on loopback."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from loopback_openrosa import OPENROSA, Answer, Loopback
from sealed_visits import sealed_visit

from kiosk.keeping.store import Counts, Role, Store
from kiosk.staff.export import export
from openrosa.stick import FOLDER, INSTANCES, SUMS


@pytest.fixture
def stick(tmp_path):
    place = tmp_path / "stick"
    place.mkdir()
    with Store.open(tmp_path / "data", Role.KIOSK) as store:
        for number in range(4):
            store.finish(sealed_visit(number))
        export(store, place)
    return place


def upload(tmp_path, stick, server, *more):
    config = tmp_path / "office.toml"
    config.write_text(f'sets = ["any.xml"]\n[store]\nfolder = "none"\n[server]\nurl = "{server.url}"\n')
    command = [sys.executable, "-m", "sayso", "upload", "--from", str(stick), "--config", str(config), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr
    assert Loopback.token not in done.stdout + done.stderr
    assert not (tmp_path / "none").exists(), "no store is made where there is none"
    return done


def test_every_visit_of_a_stick_goes_to_the_server_to_the_byte(tmp_path, stick, server):
    done = upload(tmp_path, stick, server)
    assert (done.returncode, done.stdout) == (0, "Delivered: 4; set aside: 0; still waiting: 0.\n")
    sent = sorted(tuple(sorted(parts.values())) for parts in server.received)
    on_stick = [
        tuple(sorted(file.read_bytes() for file in place.iterdir())) for place in (stick / FOLDER / INSTANCES).iterdir()
    ]
    assert sent == sorted(on_stick)
    with Store.open(tmp_path / "data", Role.READER) as store:
        assert store.counts() == Counts(waiting=4), "the kiosk is told nothing of it"


def test_the_folder_itself_may_be_named_in_place_of_the_stick(tmp_path, stick, server):
    assert upload(tmp_path, stick / FOLDER, server).returncode == 0


def test_a_damaged_visit_is_not_sent_and_the_others_are(tmp_path, stick, server):
    place = sorted((stick / FOLDER / INSTANCES).iterdir())[1]
    (place / "submission.xml.enc").write_bytes(b"damaged")
    done = upload(tmp_path, stick, server, "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["delivered"], told["set_aside"], told["waiting"]) == (1, 3, 1, 0)
    assert f"{place.name}: submission.xml.enc is not what the list says" in told["message"]


def test_a_server_that_is_not_to_be_had_is_told_and_tried_once(tmp_path, stick, server):
    asked = []
    server.answer = lambda _: asked.append(1) or Answer(401, OPENROSA % "no")
    done = upload(tmp_path, stick, server)
    assert (done.returncode, len(asked)) == (1, 1), "one of each form is tried: here it is one form"
    assert "still waiting: 4. " in done.stdout
    assert "401" in done.stdout


@pytest.mark.parametrize(("gone", "said"), [(INSTANCES, "no exported visits"), (SUMS, "SHA256SUMS: No such file")])
def test_what_is_no_stick_is_exit_code_2_and_one_sentence(tmp_path, stick, server, gone, said):
    (stick / FOLDER / gone).rename(tmp_path / "elsewhere")
    done = upload(tmp_path, stick, server)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_stick_is_not_watched(tmp_path, stick, server):
    assert upload(tmp_path, stick, server, "--watch").returncode == 2
