"""Visits on a stick: whole folders, checksums, refusals; nothing is lost, doubled or deleted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.errors import KioskError
from kiosk.keeping.identity import kiosk_key
from kiosk.keeping.store import Counts, Role, Store
from kiosk.staff.export import FOLDER, INSTANCES, Exported, export
from kiosk.staff.stick import StickExport, check_target
from openrosa.signing import public_text
from openrosa.stick import SUMS as MANIFEST
from openrosa.stick import folder_name
from openrosa.submission import Attachment, Submission

DAY = date(2026, 11, 22)


def submission(number, data=b"\x00\xffsealed", sealed=True):
    files = (
        Attachment(f"{number}-voice-1.wav.enc", data * 3, "application/octet-stream"),
        Attachment("submission.xml.enc", data, "application/octet-stream"),
    )
    return Submission(f"uuid:{number}", "home", "1", f'<data id="home">{number}</data>'.encode(), files, sealed)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "data", Role.KIOSK, lambda: DAY) as opened:
        yield opened


@pytest.fixture
def stick(tmp_path):
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def fill(store, numbers):
    for number in numbers:
        store.finish(submission(number))


def on(stick):
    """What is there: file by path below sayso-export, without the lists."""
    root = stick / FOLDER / INSTANCES
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def fits(stick):
    """Whether sha256sum, which knows nothing of us, finds every file as listed."""
    folder = stick / FOLDER
    done = subprocess.run(["sha256sum", "-c", "--strict", "--quiet", MANIFEST], cwd=folder, check=False, timeout=60)
    listed = {line[66:] for line in (folder / MANIFEST).read_text().splitlines()}
    assert listed == {f"{INSTANCES}/{name}" for name in on(stick)}
    return done.returncode == 0


def test_every_undelivered_visit_becomes_a_folder_with_the_bytes_that_would_be_posted(store, stick):
    fill(store, range(5))
    store.keep(submission("open"))
    store.delivered("uuid:0", DAY)
    store.set_aside("uuid:1", "refused")
    store.claim("uuid:2")
    done = []
    found = export(store, stick, told=lambda *at: done.append(at))
    assert found == Exported(stick / FOLDER, copied=4)
    expected = {}
    for number in range(1, 5):
        one = submission(number)
        expected[f"uuid-{number}/submission.xml"] = one.xml
        expected |= {f"uuid-{number}/{each.name}": each.data for each in one.attachments}
    assert on(stick) == expected
    assert fits(stick)
    assert done == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_nothing_is_deleted_or_changed_on_the_kiosk(store, stick):
    fill(store, range(3))
    store.set_aside("uuid:1", "refused")
    export(store, stick)
    assert store.counts() == Counts(waiting=2, set_aside=1)
    assert store.claim("uuid:0") == submission(0)


def test_a_second_time_copies_only_what_is_missing(store, stick):
    fill(store, range(2))
    export(store, stick)
    before = {path: path.stat().st_mtime_ns for path in (stick / FOLDER / INSTANCES).rglob("*")}
    assert export(store, stick) == Exported(stick / FOLDER, already=2)
    fill(store, [2])
    assert export(store, stick) == Exported(stick / FOLDER, copied=1, already=2)
    assert before.items() <= {path: path.stat().st_mtime_ns for path in (stick / FOLDER / INSTANCES).rglob("*")}.items()
    assert fits(stick)


@pytest.mark.parametrize("damage", ["cut", "missing", "more", "other"])
def test_a_folder_that_was_damaged_on_the_stick_is_written_anew(store, stick, damage):
    fill(store, range(2))
    export(store, stick)
    before = on(stick)
    file = stick / FOLDER / INSTANCES / "uuid-1" / "submission.xml.enc"
    match damage:
        case "cut":
            file.write_bytes(file.read_bytes()[:-1])
        case "missing":
            file.unlink()
        case "more":
            file.with_name("notes.txt").write_text("x")
        case _:
            file.write_bytes(b"other")
    assert export(store, stick) == Exported(stick / FOLDER, copied=1, already=1)
    assert on(stick) == before
    assert fits(stick)


def test_what_another_kiosk_put_there_stays_and_its_damage_is_not_made_right(store, stick):
    fill(store, [1])
    export(store, stick)
    theirs = stick / FOLDER / INSTANCES / "uuid-9"
    shutil.copytree(stick / FOLDER / INSTANCES / "uuid-1", theirs)
    export(store, stick)
    assert fits(stick)
    (theirs / "submission.xml").write_bytes(b"damaged")
    export(store, stick)
    assert not fits(stick)


def test_what_a_stick_that_was_pulled_out_left_half_written_is_cleared_away(store, stick):
    fill(store, [1])
    half = stick / FOLDER / INSTANCES / ".partial-uuid-1"
    half.mkdir(parents=True)
    (half / "submission.xml").write_bytes(b"<da")
    assert export(store, stick).copied == 1
    assert set(on(stick)) == {
        f"uuid-1/{name}" for name in ("submission.xml", "1-voice-1.wav.enc", "submission.xml.enc")
    }


def test_folders_are_made_in_no_order(store, stick):
    fill(store, range(12))
    seen = []
    export(store, stick, told=lambda *_: seen.append({path.name for path in (stick / FOLDER / INSTANCES).iterdir()}))
    made = [next(iter(now - before)) for before, now in pairwise([set(), *seen])]
    assert {*made} == {f"uuid-{number}" for number in range(12)}
    assert made != [f"uuid-{number}" for number in range(12)]


def test_a_damaged_visit_is_told_and_the_others_are_copied(store, stick):
    fill(store, range(3))
    with store._engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE submission SET xml = x'00' WHERE instance_id = 'uuid:1'")
    found = export(store, stick)
    assert (found.copied, len(found.damaged)) == (2, 1)
    assert "damaged on this disk" in found.damaged[0]
    assert not any(name.startswith("uuid-1/") for name in on(stick))


def test_what_is_not_sealed_is_left_out_because_whoever_has_the_stick_could_read_it(store, stick):
    fill(store, [1])
    store.finish(submission(2, sealed=False))
    assert export(store, stick) == Exported(stick / FOLDER, copied=1, unsealed=1)
    assert not any(name.startswith("uuid-2/") for name in on(stick))


def test_any_instance_id_has_a_folder_that_every_file_system_takes():
    assert folder_name("uuid:00000000-0000-4000-8000-00000000000A") == "uuid-00000000-0000-4000-8000-00000000000a"
    for hostile in ("../../etc", "uuid:../x", "", "a" * 999, "uuid:é/\0"):
        name = folder_name(hostile)
        assert name.startswith("id-")
        assert name.isascii()
        assert len(name) == 35


def test_without_room_nothing_is_written(store, stick, monkeypatch):
    fill(store, range(2))
    monkeypatch.setattr(
        "kiosk.staff.export.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(10**6, 10**6, 700_000)
    )
    with pytest.raises(KioskError, match=r"0\.8 MB are needed and 0\.7 MB are free"):
        export(store, stick)
    assert on(stick) == {}


@pytest.fixture
def mounted(tmp_path):
    """A small file system of its own, mounted: what a stick is, but in memory."""
    place = tmp_path / "mounted"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(place)], check=False, capture_output=True, timeout=60
    )
    if done.returncode:
        pytest.skip(f"no small disk to fill: {done.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True, timeout=60)


def test_a_stick_that_fills_up_meanwhile_is_one_sentence_and_what_is_there_is_whole(store, mounted, monkeypatch):
    for number in range(4):
        store.finish(submission(number, data=os.urandom(80_000)))
    monkeypatch.setattr("kiosk.staff.export.SPARE_BYTES", -(10**6))
    with pytest.raises(KioskError, match=r"No space left on device\. Make room"):
        export(store, mounted)
    whole = {path.name for path in (mounted / FOLDER / INSTANCES).iterdir() if not path.name.startswith(".")}
    for name in whole:
        assert len(list((mounted / FOLDER / INSTANCES / name).iterdir())) == 3
    for number in range(4):
        if folder_name(f"uuid:{number}") not in whole:
            store.delivered(f"uuid:{number}", DAY)
    assert export(store, mounted).already == len(whole), "and the half one is gone"


def test_what_is_no_stick_is_refused_with_what_to_do(tmp_path, stick):
    data = tmp_path / "data"
    with pytest.raises(KioskError, match=r"no such folder\. Put the stick in"):
        check_target(tmp_path / "none", data)
    with pytest.raises(KioskError, match=r"kiosk's own disk, so no stick is mounted there\. .*--anywhere"):
        check_target(stick, stick)
    check_target(stick, data, anywhere=True)


def test_memory_and_a_read_only_stick_are_refused(tmp_path, mounted):
    with pytest.raises(KioskError, match=r"in memory \(tmpfs\)"):
        check_target(mounted, tmp_path / "data")
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True, timeout=60)
    with pytest.raises(KioskError, match="it is read-only"):
        check_target(mounted, tmp_path / "data", anywhere=True)


def test_the_staff_button_takes_only_visits_of_before_today_and_tells_no_number(tmp_path, stick):
    day = [DAY]
    with Store.open(tmp_path / "data", Role.KIOSK, lambda: day[0]) as store:
        fill(store, range(3))
        day[0] = date(2026, 11, 23)
        fill(store, [7])
        button = StickExport(tmp_path / "data", stick, lambda: day[0], patience_s=60, anywhere=True)
        assert button() == "Everything up to yesterday is on the stick. You can take it out."
    assert {name.partition("/")[0] for name in on(stick)} == {"uuid-0", "uuid-1", "uuid-2"}


def test_the_staff_button_says_what_is_wrong_and_can_be_pressed_again(tmp_path, stick):
    Store.open(tmp_path / "data", Role.KIOSK).close()
    button = StickExport(tmp_path / "data", stick, lambda: DAY, patience_s=60)
    assert "no stick is mounted there" in button()
    assert "no stick is mounted there" in button()


def test_while_it_copies_the_staff_button_begins_no_second_copy(tmp_path, stick):
    gate = threading.Event()

    def today():
        gate.wait(60)
        return DAY

    with Store.open(tmp_path / "data", Role.KIOSK, lambda: DAY) as store:
        fill(store, [1])
    button = StickExport(tmp_path / "data", stick, today, patience_s=0, anywhere=True)
    assert button().startswith("Copying.")
    first = button._copying
    assert button().startswith("Copying.")
    assert button._copying is first
    gate.set()
    first.join(60)
    assert button() == "Everything up to yesterday is on the stick. You can take it out."


def sayso(*words):
    command = [sys.executable, "-m", "sayso", "export", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "kiosk.toml"
    path.write_text('sets = ["home.xml"]\n')
    return path


def test_the_command_says_what_it_did(store, stick, config):
    fill(store, range(2))
    done = sayso(stick, "--config", config, "--anywhere")
    assert done.returncode == 0
    public = public_text(kiosk_key(config.parent / "data"))
    assert done.stdout.splitlines() == [
        f"Copied: 2; there already: 0. The visits are in {stick / FOLDER}.",
        f"This kiosk's key: {public}",
    ]
    assert done.stderr.endswith("Copying: 2 of 2\n")
    done = sayso(stick, "--config", config, "--anywhere", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "folder": str(Path(stick) / FOLDER),
        "copied": 0,
        "already": 2,
        "unsealed": 0,
        "damaged": [],
        "kiosk_key": public,
        "receipts": {"erased": 0, "other": 0, "refused": []},
    }


def test_the_command_is_exit_code_1_when_something_was_left_out_and_2_without_a_stick(store, stick, config):
    store.finish(submission(1, sealed=False))
    done = sayso(stick, "--config", config, "--anywhere")
    assert done.returncode == 1
    assert "Left out: 1, which are not sealed" in done.stdout
    done = sayso(stick / "none", "--config", config)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
