"""What a receipt on a stick erases: only what the pinned collector has signed for, to the byte."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.errors import KioskError
from kiosk.keeping.store import Counts, Role, Store
from kiosk.staff.export import export
from kiosk.staff.receipts import Received, take_receipts
from kiosk.staff.stick import StickExport
from openrosa.errors import OpenRosaError
from openrosa.signing import mark_of, public_text, signed
from openrosa.stick import FOLDER, INSTANCES, LISTS, RECEIPTS, Receipt, VisitList, listed, read_list, written
from openrosa.submission import Attachment, Submission

DAY = date(2026, 11, 22)
COLLECTOR = Ed25519PrivateKey.generate()
KIOSK = Ed25519PrivateKey.generate()
PINNED = public_text(COLLECTOR)


def submission(number, data=b"\x00\xffsealed"):
    file = Attachment("submission.xml.enc", data, "application/octet-stream")
    return Submission(f"uuid:{number}", "home", "1", f'<data id="home">{number}</data>'.encode(), (file,), sealed=True)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "data", Role.KIOSK, lambda: DAY) as opened:
        for number in range(3):
            opened.finish(submission(number))
        yield opened


@pytest.fixture
def stick(tmp_path, store):
    place = tmp_path / "stick"
    place.mkdir()
    export(store, place, key=KIOSK)
    return place


def leave(stick, *visits, key=COLLECTOR, change=lambda data: data):
    """A receipt on the stick, as a collector writes it."""
    name, data = written(key, Receipt, map(listed, visits))
    folder = stick / FOLDER / RECEIPTS
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(change(data))


def take(store, stick, public=PINNED):
    return take_receipts(store, stick, public, DAY)


def all_are_here(store):
    return all(store.load(f"uuid:{number}") == submission(number) for number in range(3))


def test_what_the_collector_has_signed_for_is_erased_and_nothing_else(store, stick):
    leave(stick, submission(0), submission(2))
    assert take(store, stick) == Received(erased=2)
    assert store.counts() == Counts(waiting=1, delivered=2)
    for number in (0, 2):
        with pytest.raises(KioskError, match="nothing is kept"):
            store.load(f"uuid:{number}")
    assert store.load("uuid:1") == submission(1)
    assert [path.name for path in (stick / FOLDER / INSTANCES).iterdir()] == ["uuid-1"]


def test_the_same_receipt_again_is_without_effect(store, stick):
    leave(stick, submission(0))
    assert take(store, stick).erased == 1
    assert take(store, stick) == Received()


def test_without_a_pinned_key_no_receipt_counts(store, stick):
    leave(stick, submission(0))
    assert take(store, stick, "") == Received()
    assert all_are_here(store)


def test_a_receipt_of_another_collector_erases_nothing(store, stick):
    leave(stick, submission(0), key=Ed25519PrivateKey.generate())
    found = take(store, stick)
    assert (found.erased, len(found.refused)) == (0, 1)
    assert "another collector" in found.refused[0]
    assert all_are_here(store)


def test_a_receipt_that_names_the_pinned_key_but_is_not_signed_by_it_erases_nothing(store, stick):
    body = json.dumps(
        {"what": "sayso-receipt-1", "by": PINNED, "visits": [{"instance_id": "uuid:0", "files": {}}]}
    ).encode()
    (stick / FOLDER / RECEIPTS).mkdir()
    (stick / FOLDER / RECEIPTS / f"{mark_of(PINNED)}.json").write_bytes(signed(KIOSK, body))
    assert "signature does not fit" in take(store, stick).refused[0]
    assert all_are_here(store)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data.replace(b"uuid:0", b"uuid:1"),
        lambda data: data + b"\n",
        lambda data: data.partition(b"\n")[2],
        lambda _: b"",
        lambda _: b"\n" * 1000,
        lambda data: b"\xff" + data,
    ],
)
def test_a_receipt_that_was_changed_in_any_way_erases_nothing(store, stick, change):
    leave(stick, submission(0), change=change)
    assert len(take(store, stick).refused) == 1
    assert all_are_here(store)


def test_a_list_of_the_same_key_is_no_receipt(store, stick):
    (stick / FOLDER / RECEIPTS).mkdir()
    name, data = written(COLLECTOR, VisitList, [listed(submission(0))])
    (stick / FOLDER / RECEIPTS / name).write_bytes(data)
    assert len(take(store, stick).refused) == 1
    assert all_are_here(store)


def test_a_receipt_for_other_bytes_under_the_same_id_erases_nothing(store, stick):
    """What the collector has is not what is here: a snapshot of before, or something that was slipped in."""
    leave(stick, submission(0, b"other"))
    assert take(store, stick) == Received(other=1)
    assert all_are_here(store)


def test_a_visit_that_goes_on_is_not_erased(store, stick):
    store.keep(submission(7))
    leave(stick, submission(7))
    assert take(store, stick) == Received()
    assert store.load("uuid:7") == submission(7)


def test_what_was_set_aside_is_erased_too_once_it_has_arrived_by_stick(store, stick):
    store.set_aside("uuid:0", "HTTP 413")
    leave(stick, submission(0))
    assert take(store, stick).erased == 1
    assert store.counts() == Counts(waiting=2, delivered=1)


def test_a_link_or_a_pipe_in_place_of_a_receipt_is_not_followed(store, stick, tmp_path):
    leave(stick, submission(0))
    folder = stick / FOLDER / RECEIPTS
    (real,) = folder.iterdir()
    shutil.move(real, tmp_path / "elsewhere.json")
    (folder / "a.json").symlink_to(tmp_path / "elsewhere.json")
    os.mkfifo(folder / "b.json")
    found = take(store, stick)
    assert (found.erased, len(found.refused)) == (0, 2)
    assert "it is a link" in found.refused[0]
    assert "no plain file" in found.refused[1]


def test_a_pinned_key_that_is_none_is_one_sentence(store, stick):
    with pytest.raises(KioskError, match=r"server\.receipt_key is no public key"):
        take(store, stick, "abc")


def test_the_list_is_signed_by_the_kiosk_and_names_exactly_what_is_there(store, stick):
    (path,) = (stick / FOLDER / LISTS).iterdir()
    found = read_list(path.read_bytes())
    assert found == VisitList(public_text(KIOSK), tuple(listed(submission(number)) for number in range(3)))


def test_a_second_export_lists_what_was_there_before_too_as_long_as_it_is_there(store, stick):
    store.delivered("uuid:1", DAY)
    store.delivered("uuid:2", DAY)
    shutil.rmtree(stick / FOLDER / INSTANCES / "uuid-2")
    store.finish(submission(3))
    export(store, stick, key=KIOSK)
    (path,) = (stick / FOLDER / LISTS).iterdir()
    assert [one.instance_id for one in read_list(path.read_bytes()).visits] == ["uuid:0", "uuid:1", "uuid:3"]


def test_two_kiosks_have_a_list_each_on_one_stick(store, stick, tmp_path):
    other = Ed25519PrivateKey.generate()
    with Store.open(tmp_path / "other", Role.KIOSK, lambda: DAY) as second:
        second.finish(submission(8))
        export(second, stick, key=other)
    lists = [read_list(path.read_bytes()) for path in (stick / FOLDER / LISTS).iterdir()]
    assert {one.by: len(one.visits) for one in lists} == {public_text(KIOSK): 3, public_text(other): 1}


def test_the_staff_button_takes_receipts_first_and_says_when_one_does_not_fit(store, stick, tmp_path):
    later = date(2026, 11, 23)
    button = StickExport(tmp_path / "data", stick, lambda: later, receipt_key=PINNED, patience_s=60, anywhere=True)
    leave(stick, submission(0))
    assert button() == "Everything up to yesterday is on the stick. You can take it out."
    assert store.counts() == Counts(waiting=2, delivered=1)
    leave(stick, submission(1), key=COLLECTOR, change=lambda data: data[:-1])
    assert button() == "The receipt on the stick does not fit. Please tell the people who look after Sayso."
    assert store.counts() == Counts(waiting=2, delivered=1)


@pytest.mark.parametrize("place", [FOLDER, f"{FOLDER}/{INSTANCES}", f"{FOLDER}/{LISTS}"])
def test_a_stick_whose_folders_lead_elsewhere_is_neither_written_nor_believed(store, stick, tmp_path, place):
    """Somebody may have put a link there: what is written must not land in the kiosk's own folders."""
    shutil.move(stick / place, tmp_path / "elsewhere")
    (stick / place).symlink_to(tmp_path / "elsewhere")
    before = sorted(path.name for path in (tmp_path / "elsewhere").rglob("*"))
    store.finish(submission(9))
    with pytest.raises(OpenRosaError, match="it is a link"):
        export(store, stick, key=KIOSK)
    assert sorted(path.name for path in (tmp_path / "elsewhere").rglob("*")) == before


@pytest.mark.parametrize(
    "name",
    ["SHA256SUMS", "README.txt", f"{LISTS}/{mark_of(public_text(KIOSK))}.json"],
    ids=["sums", "readme", "list"],
)
def test_links_in_place_of_files_are_replaced_and_what_they_led_to_stays(store, stick, tmp_path, name):
    mine = tmp_path / "mine.txt"
    mine.write_text("of this machine")
    path = stick / FOLDER / name
    path.unlink()
    path.with_name(f".partial-{path.name}").symlink_to(mine)
    export(store, stick, key=KIOSK)
    assert mine.read_text() == "of this machine"
    assert path.is_file()
    assert not path.is_symlink()


def test_pipes_and_links_among_the_visits_hold_nothing_up_and_are_in_no_list(store, stick, tmp_path):
    """A pipe would be read for ever, and a link would tell the checksum of a file of this machine."""
    (tmp_path / "mine.txt").write_text("of this machine")
    place = stick / FOLDER / INSTANCES / "uuid-8"
    place.mkdir()
    os.mkfifo(place / "submission.xml")
    (place / "x.enc").symlink_to(tmp_path / "mine.txt")
    os.mkfifo(stick / FOLDER / INSTANCES / "uuid-1" / "more")
    assert export(store, stick, key=KIOSK).copied == 1
    assert "uuid-8" not in (stick / FOLDER / "SHA256SUMS").read_text()
