"""A file that is broken: the kiosk starts, what is whole is loaded as it was, what is not is set aside and counted."""

from __future__ import annotations

import shutil
from collections import Counter
from functools import partial

import pytest
from store_bed import ANSWERS, Keeping, answering, snapshot

from kiosk.errors import KioskError
from kiosk.keeping.mending import DAMAGED_SUFFIX
from kiosk.keeping.store import DATABASE_NAME, DamagedError, Role, Store
from openrosa.submission import Attachment, Submission

PAGE_BYTES = 4096
VISITS = 24


@pytest.fixture
def kept(tmp_path, dice):
    """A store of finished visits, some with voice messages: the folder, and the submissions by their ids."""
    found = {}
    with Store.open(tmp_path / "whole", Role.KIOSK) as store:
        for number in range(VISITS):
            sizes = [4096, *([30_000] if number % 6 == 5 else [])]
            files = tuple(Attachment(f"{n}.enc", dice.randbytes(size), "x/y") for n, size in enumerate(sizes))
            one = Submission(
                f"uuid:{dice.getrandbits(128):032x}", "my_home", "1", dice.randbytes(900), files, sealed=True
            )
            found[one.instance_id] = one
            store.finish(one)
    return tmp_path / "whole", found


def taken_up(folder, kept):
    """Start on it and load everything.

    Returns: how many are whole, how many are counted as damaged.
    """
    with Store.open(folder, Role.KIOSK) as store:
        whole = []
        for instance_id in store.waiting():
            try:
                loaded = store.load(instance_id)
            except DamagedError:
                continue
            assert loaded == kept[instance_id], "what is loaded is what was kept, to the last bit"
            whole.append(instance_id)
        assert whole == [one for one in kept if one in set(whole)], "in the order in which the visits began"
        damaged = store.counts().damaged
    # And again: what was mended is sound, and what was set aside is no more than it was.
    with Store.open(folder, Role.KIOSK) as store:
        assert (store.waiting(), store.counts().damaged) == (whole, damaged)
    return len(whole), damaged


def damaged_copy(kept, folder, change):
    """A copy of the store with its file changed."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    data = bytearray((kept[0] / DATABASE_NAME).read_bytes())
    change(data)
    (folder / DATABASE_NAME).touch(mode=0o600)
    (folder / DATABASE_NAME).write_bytes(data)
    return folder


def byte_flip(data, dice):
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def structure_flip(data, dice):
    """A byte where SQLite's own structure is: the beginning of a page."""
    page = dice.randrange(len(data) // PAGE_BYTES)
    data[page * PAGE_BYTES + dice.randrange(100)] = dice.randrange(256)


def page_flip(data, dice):
    page = dice.randrange(len(data) // PAGE_BYTES)
    data[page * PAGE_BYTES : (page + 1) * PAGE_BYTES] = dice.randbytes(PAGE_BYTES)


def page_zeroed(data, dice):
    page = dice.randrange(len(data) // PAGE_BYTES)
    data[page * PAGE_BYTES : (page + 1) * PAGE_BYTES] = bytes(PAGE_BYTES)


@pytest.mark.parametrize("flip", [byte_flip, structure_flip, page_flip, page_zeroed], ids=lambda flip: flip.__name__)
def test_a_flip_stops_no_more_than_the_visits_that_it_met(kept, flip, tmp_path, how_many, dice, report):
    flips = how_many(30, 1000)
    outcomes = Counter()
    for number in report.each(flips):
        folder = damaged_copy(kept, tmp_path / "damaged", lambda data: flip(data, dice))
        whole, damaged = taken_up(folder, kept[1])
        # A file whose visit's number was hit belongs to nobody any more: it is counted beside the visit that lacks it.
        assert whole + damaged in (VISITS, VISITS + 1), f"flip {number}: {whole} whole and {damaged} damaged"
        outcomes[damaged] += 1
    lost = ", ".join(f"{count} x {damaged}" for damaged, count in sorted(outcomes.items()))
    report.note(
        f"{flips} x {flip.__name__.replace('_', ' ')} in a store of {VISITS} visits",
        "it starts; whole visits are loaded, the others counted as damaged",
        f"started every time, every visit whole or counted; damaged a time: {lost}",
    )


def size_of(path):
    return path.stat().st_size if path.exists() else 0


def test_torn_ends_of_a_journal_leave_every_visit_whole_or_counted(tmp_path, how_many, dice, report):
    tears = how_many(30, 1000)
    torn = mended = 0
    for tear in report.each(tears):
        folder = tmp_path / str(tear)
        journal = folder / (DATABASE_NAME + "-journal")
        child = Keeping.start(partial(answering, folder, 0))
        named = child.killed_after(dice.randint(1, 3 * ANSWERS), until=lambda its=journal: size_of(its) > 0)
        size = size_of(journal)
        if size:
            with journal.open("r+b") as file:
                file.truncate(dice.randrange(size))
            torn += 1
        with Store.open(folder, Role.KIOSK) as store:
            store.close_open()
            whole = set()
            for instance_id in store.waiting():
                try:
                    loaded = store.load(instance_id)
                except DamagedError:
                    continue
                assert loaded == snapshot(instance_id, int(loaded.xml)), "half a snapshot is never loaded as one"
                whole.add(instance_id)
            assert len(named.keys() - whole) <= store.counts().damaged, f"tear {tear}"
        mended += (folder / (DATABASE_NAME + DAMAGED_SUFFIX)).exists()
        shutil.rmtree(folder)
    assert torn > tears // 3, "kills fell within commits"
    report.note(
        f"{tears} x kill -9, then the journal cut at a random length ({torn} had one)",
        "it starts; whole visits are loaded, the others counted as damaged",
        f"started every time; {mended} stores had to be mended with a loss",
    )


def test_a_file_without_anything_of_ours_is_left_as_it_is(tmp_path, dice):
    path = tmp_path / DATABASE_NAME
    path.write_bytes(dice.randbytes(10 * PAGE_BYTES))
    before = path.read_bytes()
    with pytest.raises(KioskError):
        Store.open(tmp_path, Role.KIOSK)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_version_is_not_mended_by_an_older_one(kept):
    import sqlite3  # noqa: PLC0415 - here alone

    path = kept[0] / DATABASE_NAME
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    data = bytearray(path.read_bytes())
    data[5 * PAGE_BYTES] = 0xFF
    path.write_bytes(data)
    with pytest.raises(KioskError):
        Store.open(kept[0], Role.KIOSK)
    assert path.read_bytes() == bytes(data)


def test_the_broken_file_stays_beside_the_new_one_where_something_was_lost(kept, tmp_path, dice):
    def torn_out(data):
        middle = slice(8 * PAGE_BYTES, len(data) // PAGE_BYTES // 2 * PAGE_BYTES)
        data[middle] = dice.randbytes(middle.stop - middle.start)

    folder = damaged_copy(kept, tmp_path / "damaged", torn_out)
    before = (folder / DATABASE_NAME).read_bytes()
    assert sum(taken_up(folder, kept[1])) > 0
    with Store.open(folder, Role.KIOSK) as store:
        assert store.counts().damaged > 0
    assert (folder / (DATABASE_NAME + DAMAGED_SUFFIX)).read_bytes() == before
    assert (folder / (DATABASE_NAME + DAMAGED_SUFFIX)).stat().st_mode & 0o777 == 0o600


def test_uploader_and_readers_go_on_with_the_file_that_the_kiosk_has_mended(kept):
    folder, visits = kept
    with Store.open(folder, Role.UPLOADER) as uploader, Store.open(folder, Role.READER) as reader:
        assert uploader.waiting() == reader.waiting() == list(visits)
        path = folder / DATABASE_NAME
        data = bytearray(path.read_bytes())
        data[100:108] = bytes(8)
        path.write_bytes(data)
        with Store.open(folder, Role.KIOSK) as kiosk:
            kiosk.finish(snapshot("uuid:new", 1))
            assert reader.waiting() == uploader.waiting() == [*visits, "uuid:new"]
            assert uploader.claim("uuid:new") == snapshot("uuid:new", 1)
