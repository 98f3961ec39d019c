"""What the store keeps, sends, forgets and counts. Real SQLite files, a fresh one a test."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import pytest

from kiosk.errors import KioskError
from kiosk.keeping.rows import checksum
from kiosk.keeping.store import AlreadySentError, Counts, DamagedError, Role, Store
from openrosa.submission import Attachment, Submission

DAY = date(2026, 11, 22)


def submission(number=1, xml=b"\x00\xff sealed \r\n", data=b"voice\x00bytes", sealed=True):
    files = (Attachment("submission.xml.enc", data, "application/octet-stream"), Attachment("a1.enc", b"", "audio/wav"))
    return Submission(f"uuid:{number}", "my_home", "1[encrypted:x]", xml, files, sealed)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "data", Role.KIOSK) as opened:
        yield opened


def test_what_is_loaded_is_what_was_kept_to_the_byte(store):
    kept = submission()
    store.keep(kept)
    assert store.load("uuid:1") == kept
    plain = submission(2, xml=bytes(range(256)), sealed=False)
    store.keep(plain)
    assert store.load("uuid:2") == plain


def test_an_open_snapshot_never_waits_in_the_outbox(store):
    store.keep(submission())
    assert store.waiting() == []
    assert store.counts() == Counts(open=1)
    assert store.claim("uuid:1") is None


def test_a_snapshot_replaces_the_same_visits_earlier_one_with_all_its_files(store):
    store.keep(submission(data=b"first"))
    shorter = Submission("uuid:1", "my_home", "1", b"<second/>", (), sealed=True)
    store.keep(shorter)
    assert store.load("uuid:1") == shorter
    assert store.counts() == Counts(open=1)


def test_finishing_keeps_the_last_bytes_and_puts_them_in_the_outbox(store):
    store.keep(submission(data=b"so far"))
    whole = submission(data=b"whole")
    store.finish(whole)
    assert store.waiting() == ["uuid:1"]
    assert store.load("uuid:1") == whole
    assert store.counts() == Counts(waiting=1)


def test_finishing_twice_is_one_submission(store):
    store.finish(submission())
    store.finish(submission())
    assert store.waiting() == ["uuid:1"]


def test_a_finished_visit_cannot_be_opened_again(store):
    store.finish(submission(data=b"whole"))
    with pytest.raises(KioskError, match="finished already"):
        store.keep(submission(data=b"late"))
    assert store.load("uuid:1") == submission(data=b"whole")
    assert store.waiting() == ["uuid:1"]


def test_what_is_being_sent_cannot_be_finished_again(store):
    store.finish(submission(data=b"sent"))
    assert store.claim("uuid:1") == submission(data=b"sent")
    with pytest.raises(KioskError, match="finished already"):
        store.finish(submission(data=b"other"))
    assert store.load("uuid:1") == submission(data=b"sent")


def test_visits_left_open_by_a_power_cut_are_closed_as_they_are(tmp_path):
    with Store.open(tmp_path, Role.KIOSK) as before:
        before.keep(submission(1, data=b"so far"))
        before.finish(submission(2))
    with Store.open(tmp_path, Role.KIOSK) as after:
        assert after.close_open() == 1
        assert after.waiting() == ["uuid:1", "uuid:2"]
        assert after.load("uuid:1") == submission(1, data=b"so far")
        assert after.close_open() == 0


def test_the_outbox_is_in_the_order_in_which_visits_began(store):
    for number in (3, 1, 2):
        store.keep(submission(number))
    for number in (1, 2, 3):
        store.finish(submission(number))
    assert store.waiting() == ["uuid:3", "uuid:1", "uuid:2"]


def test_a_number_of_the_order_is_not_used_again_after_a_deletion(store):
    store.finish(submission(1))
    store.finish(submission(2))
    store.forget("uuid:2")
    store.finish(submission(3))
    store.keep(submission(4))
    assert store.waiting() == ["uuid:1", "uuid:3"]


def test_forgetting_leaves_nothing_whether_open_waiting_or_set_aside(store):
    store.keep(submission(1))
    store.finish(submission(2))
    store.finish(submission(3))
    store.set_aside("uuid:3", "409 other bytes")
    for number in (1, 2, 3):
        store.forget(f"uuid:{number}")
        with pytest.raises(KioskError, match="nothing is kept"):
            store.load(f"uuid:{number}")
    assert store.counts() == Counts()
    assert store.waiting() == []


def test_forgetting_a_visit_of_which_nothing_was_kept_is_done_already(store):
    store.forget("uuid:none")
    assert store.counts() == Counts()


def test_forgetting_what_is_being_sent_deletes_it_here_and_does_not_claim_that_it_is_gone(store):
    store.finish(submission())
    store.claim("uuid:1")
    with pytest.raises(AlreadySentError, match="it was being sent"):
        store.forget("uuid:1")
    assert store.counts() == Counts()
    store.release("uuid:1")  # the server was not there: it must not be tried again
    assert store.waiting() == []
    store.delivered("uuid:1", DAY)
    assert store.counts() == Counts()


def test_forgetting_what_was_delivered_does_not_claim_that_it_is_gone(store):
    store.finish(submission())
    store.delivered("uuid:1", DAY)
    with pytest.raises(AlreadySentError):
        store.forget("uuid:1")


def test_what_is_claimed_is_counted_as_waiting_but_not_offered_again(store):
    store.finish(submission())
    assert store.claim("uuid:1") == submission()
    assert store.waiting() == []
    assert store.claim("uuid:1") is None
    assert store.counts() == Counts(waiting=1)
    store.release("uuid:1")
    assert store.waiting() == ["uuid:1"]


def test_an_uploader_that_was_killed_leaves_nothing_behind_as_being_sent(tmp_path):
    with Store.open(tmp_path, Role.KIOSK) as kiosk:
        kiosk.finish(submission())
        kiosk.claim("uuid:1")
        assert kiosk.waiting() == []
        with Store.open(tmp_path, Role.UPLOADER) as uploader:
            assert uploader.waiting() == ["uuid:1"]


def test_delivery_counts_and_ends_the_wait(store):
    store.finish(submission())
    store.claim("uuid:1")
    store.delivered("uuid:1", DAY)
    assert store.waiting() == []
    assert store.counts() == Counts(delivered=1)


def test_what_is_set_aside_keeps_its_bytes_and_waits_no_more(store):
    store.finish(submission())
    store.claim("uuid:1")
    store.set_aside("uuid:1", "409 " + "x" * 5000)
    assert store.waiting() == []
    assert store.load("uuid:1") == submission()
    assert store.counts() == Counts(set_aside=1)


def test_an_open_visit_is_neither_delivered_nor_set_aside(store):
    store.keep(submission())
    store.delivered("uuid:1", DAY)
    store.set_aside("uuid:1", "x")
    store.release("uuid:1")
    assert store.counts() == Counts(open=1)


def test_delivered_bytes_are_erased_unless_their_day_is_to_be_kept(store):
    store.finish(submission(1))
    store.finish(submission(2))
    store.finish(submission(3))
    store.delivered("uuid:1", date(2026, 11, 14))
    store.delivered("uuid:2", date(2026, 11, 15))
    assert store.erase_delivered([date(2026, 11, 15), date(2026, 11, 16)]) == 1
    assert store.erase_delivered([date(2026, 11, 15), date(2026, 11, 16)]) == 0
    with pytest.raises(KioskError, match="nothing is kept"):
        store.load("uuid:1")
    assert store.load("uuid:2") == submission(2)
    assert store.load("uuid:3") == submission(3)
    assert store.counts() == Counts(waiting=1, delivered=2)


@pytest.mark.parametrize("state", ["waiting", "sending", "set aside"])
def test_what_a_collector_has_signed_for_is_erased_at_once_and_counts_as_delivered(store, state):
    store.finish(submission(1))
    store.finish(submission(2))
    if state == "sending":
        store.claim("uuid:1")
    if state == "set aside":
        store.set_aside("uuid:1", "refused")
    assert store.erase_received("uuid:1", date(2026, 11, 15))
    assert not store.erase_received("uuid:1", date(2026, 11, 15)), "there is nothing left to erase"
    assert not store.erase_received("uuid:9", date(2026, 11, 15))
    with pytest.raises(KioskError, match="nothing is kept"):
        store.load("uuid:1")
    assert store.counts() == Counts(waiting=1, delivered=1)


def test_an_open_visit_is_not_erased_whatever_anybody_has_signed(store):
    store.keep(submission(1))
    assert not store.erase_received("uuid:1", date(2026, 11, 15))
    assert store.load("uuid:1") == submission(1)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE submission SET xml = x'00' WHERE instance_id = 'uuid:1'",
        "UPDATE submission SET version = '2' WHERE instance_id = 'uuid:1'",
        "UPDATE submission SET sealed = NOT sealed WHERE instance_id = 'uuid:1'",
        "UPDATE submission SET form_id = CAST(x'ff' AS TEXT) WHERE instance_id = 'uuid:1'",
        "UPDATE attachment SET data = x'00' WHERE submission_seq = 1 AND position = 0",
        "UPDATE attachment SET name = 'b.enc' WHERE submission_seq = 1 AND position = 0",
        "DELETE FROM attachment WHERE submission_seq = 1 AND position = 1",
    ],
)
def test_a_damaged_submission_is_set_aside_and_counted_and_the_others_go_on(store, damage):
    store.finish(submission(1))
    store.finish(submission(2))
    with store._engine.connect() as connection, connection.begin():
        connection.exec_driver_sql(damage)
    with pytest.raises(DamagedError, match="uuid:1"):
        store.claim("uuid:1")
    assert store.waiting() == ["uuid:2"]
    assert store.claim("uuid:2") == submission(2)
    assert store.counts() == Counts(waiting=1, set_aside=1, damaged=1)


def test_bytes_that_move_from_one_part_to_the_next_change_the_checksum():
    def of(form_id, xml, name, data):
        return checksum(Submission("uuid:1", form_id, "1", xml, (Attachment(name, data, "x/y"),), sealed=True))

    assert of("f", b"", "ab", b"c") != of("f", b"ab", "", b"c")
    assert of("f", b"x1", "a", b"") != of("fx", b"1", "a", b"")
    assert of("f", b"x", "ax/y", b"") != of("f", b"x", "a", b"x/y")


def flipped(raw, rng):
    damaged = bytearray(raw)
    damaged[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def test_no_flipped_bit_is_ever_sent_and_it_holds_up_no_other_submission(tmp_path):
    rng = Random(5)  # noqa: S311 - the same bits each time
    kept = {f"uuid:{n}": submission(n, data=rng.randbytes(3000)) for n in range(10)}
    with Store.open(tmp_path, Role.KIOSK) as store:
        for each in kept.values():
            store.finish(each)
    path = tmp_path / "sayso.db"
    raw = path.read_bytes()
    outcomes = Counter()
    for _ in range(80):
        path.write_bytes(flipped(raw, rng))
        try:
            with Store.open(tmp_path, Role.UPLOADER) as store:
                whole = damaged = 0
                for instance_id in store.waiting():
                    try:
                        claimed = store.claim(instance_id)
                    except DamagedError:
                        damaged += 1
                    else:
                        assert claimed is None or claimed == kept[instance_id]
                        whole += claimed is not None
        except KioskError as error:
            assert "damaged" in error.subject  # noqa: PT017 - either outcome is right
            outcomes["refused"] += 1
        else:
            outcomes["all" if whole == len(kept) else "one less" if whole == len(kept) - 1 else "fewer"] += 1
    assert outcomes["one less"] > 20, "the flips met what was kept"
    assert outcomes["refused"] + outcomes["fewer"] <= 8, "only the few bytes of the tables' own structure stop more"


def test_a_full_disk_is_told_and_what_was_kept_before_stays(store):
    store.keep(submission(data=b"before"))
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite's own way of having no room
    with pytest.raises(KioskError) as caught:
        store.keep(submission(data=bytes(1_000_000)))
    assert "the disk is full" in caught.value.subject
    assert "Free some space" in caught.value.hint
    assert store.load("uuid:1") == submission(data=b"before")


def test_a_disk_that_cannot_be_written_is_told(store):
    store.keep(submission())
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(KioskError, match="it cannot be written"):
        store.keep(submission())


def test_no_error_of_the_store_shows_what_was_kept(store):
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(KioskError) as caught:
        store.keep(submission(xml=b"canary" * 10_000))
    error = caught.value
    while error is not None:
        assert "canary" not in str(error)
        error = error.__cause__
