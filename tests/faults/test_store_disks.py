"""A disk that is full, read-only or gone: nothing is said to be kept that is not, and it goes on when it is mended."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from store_bed import lost, remount, small_disk, snapshot

from kiosk.errors import KioskError
from kiosk.keeping.keeper import Keeper
from kiosk.keeping.record import Circumstances
from kiosk.keeping.reserve import RESERVE_NAME
from kiosk.keeping.store import DATABASE_NAME, Role, Store

BLOCK_BYTES = 1024
MOST_ROOM_BYTES = 160_000
"""A few visits' worth."""


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    with small_disk(tmp_path_factory.mktemp("small")) as place:
        yield place


@pytest.fixture
def folder(disk):
    """A data folder on a disk with room."""
    shutil.rmtree(disk / "data", ignore_errors=True)
    (disk / "filler").unlink(missing_ok=True)
    (disk / "data").mkdir(mode=0o700)
    return disk / "data"


def fill(disk, but_bytes):
    """Leave so much room on the disk, and no more."""
    filler = disk / "filler"
    with filler.open("ab") as file:
        os.sync()
        step = 4_000_000
        while step >= BLOCK_BYTES:
            try:
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, step)
            except OSError:
                step //= 2
    with filler.open("r+b") as file:
        file.truncate(max(0, filler.stat().st_size - but_bytes))
    os.sync()


def keep_until_full(store, first):
    """Keep visits of growing answers until the disk says no.

    Returns: what was kept of each visit, and whether the one that is going on could be finished.
    """
    named = {}
    for visit in range(first, first + 1000):
        for answers in range(1, 5):
            one = snapshot(f"uuid:{visit}", answers, size_bytes=4100 * answers)
            try:
                store.keep(one)
            except KioskError as error:
                assert "the disk is full" in error.subject  # noqa: PT017 - the first that fails is what is looked for
                return named, f"uuid:{visit}" if answers > 1 else ""
            named[f"uuid:{visit}"] = answers
        # Finishing says nothing new: where it can't be written, the last answer's snapshot goes to the outbox as it is.
        store.finish(snapshot(f"uuid:{visit}", 4, size_bytes=4100 * 4))
    raise AssertionError("the disk never filled up")


def is_kept(store, instance_id, answers):
    """Whether exactly so much is kept, by the bytes."""
    kept = store.load(instance_id)
    return int(kept.xml) == answers and len(kept.attachments[0].data) == 4100 * answers


def test_a_disk_that_fills_up_at_any_write_loses_nothing_and_the_visit_is_closed_all_the_same(
    disk, folder, how_many, report
):
    tries = how_many(12, 400)
    named_in_all = closed = 0
    for number in report.each(tries):
        its = folder / str(number)
        with Store.open(its, Role.KIOSK) as store:
            assert store.has_reserve()
            store.finish(snapshot("uuid:before", 1))
            # Some more room each time: so every write of a commit is at some time the one that fails.
            fill(disk, number * MOST_ROOM_BYTES // tries)
            named, going_on = keep_until_full(store, 0)
            assert all(is_kept(store, *each) for each in named.items()), f"go {number}"
            if going_on:
                store.finish(snapshot(going_on, named[going_on], size_bytes=4100 * named[going_on]))
                assert going_on in store.waiting()
                assert is_kept(store, going_on, named[going_on])
                closed += 1
            assert not store.takes_more(), "nobody is asked while an answer could not be kept"
            assert lost(store, {"uuid:before": 1}) == []
            named_in_all += len(named)
            (disk / "filler").unlink()
            assert store.takes_more(), "and somebody is, once there is room"
            assert store.has_reserve()
            store.finish(snapshot("uuid:after", 1))
        shutil.rmtree(its)
    assert closed > tries // 4, "the disk filled up within visits"
    report.note(
        f"disk full {tries} times, each time with a little more room",
        "no false 'saved'; the visit is closed; goes on when there is room",
        f"0 of {named_in_all} visits that were said to be kept lost; {closed} visits closed with the room set by",
    )


def test_on_a_full_disk_a_visit_is_forgotten_all_the_same(disk, folder):
    with Store.open(folder, Role.KIOSK) as store:
        store.keep(snapshot("uuid:1", 1, size_bytes=100_000))
        fill(disk, 0)
        store.forget("uuid:1")
        with pytest.raises(KioskError, match="nothing is kept of it"):
            store.load("uuid:1")


def test_a_visit_too_large_to_be_written_once_more_is_closed_as_it_was_kept_last(disk, folder):
    with Store.open(folder, Role.KIOSK) as store:
        store.keep(snapshot("uuid:1", 3, size_bytes=5_000_000))
        fill(disk, 0)
        store.finish(snapshot("uuid:1", 4, size_bytes=9_000_000))
        assert store.waiting() == ["uuid:1"]
        assert store.load("uuid:1") == snapshot("uuid:1", 3, size_bytes=5_000_000)


def test_a_kiosk_starts_on_a_full_disk_and_asks_nobody_until_there_is_room(disk, folder):
    with Store.open(folder, Role.KIOSK) as store:
        store.keep(snapshot("uuid:1", 2))
    (folder / RESERVE_NAME).unlink()
    fill(disk, 0)
    with Store.open(folder, Role.KIOSK) as store:
        keeper = Keeper(store, lambda: Circumstances("", clock_trusted=False, software=""), allow_unsealed=False)
        keeper.take_up()
        assert not keeper.fit()
        (disk / "filler").unlink()
        assert keeper.fit()
        assert keeper.close_open() == 1
        assert store.waiting() == ["uuid:1"]


def test_what_is_set_by_is_room_and_not_a_length(folder):
    with Store.open(folder, Role.KIOSK):
        assert (folder / RESERVE_NAME).stat().st_blocks * 512 >= 2_000_000


def test_a_disk_that_becomes_read_only_is_told_and_taken_up_again(disk, folder, report):
    with Store.open(folder, Role.KIOSK) as store:
        store.keep(snapshot("uuid:1", 1))
        store._engine.dispose()  # the kernel lets nobody make a disk read-only that has a file open to be written
        lock, store._lock = store._lock, None
        lock.release()
        remount(disk, "ro")
        try:
            with pytest.raises(KioskError, match="cannot be written"):
                store.keep(snapshot("uuid:1", 2))
            with pytest.raises(KioskError):
                store.finish(snapshot("uuid:1", 3))
            assert not store.takes_more()
            assert int(store.load("uuid:1").xml) == 1
        finally:
            remount(disk, "rw")
        assert store.takes_more()
        store.finish(snapshot("uuid:1", 3))
        assert int(store.load("uuid:1").xml) == 3
    report.note("disk made read-only under the store", "no false 'saved'; goes on when mended", "refused, then went on")


def test_on_a_read_only_disk_the_kiosk_does_not_start_and_says_why(disk, folder):
    Store.open(folder, Role.KIOSK).close()
    remount(disk, "ro")
    try:
        with pytest.raises(KioskError, match="Read-only"):
            Store.open(folder, Role.KIOSK)
    finally:
        remount(disk, "rw")
    Store.open(folder, Role.KIOSK).close()


@pytest.mark.parametrize("again", [False, True], ids=["gone", "gone_and_empty_again"])
def test_a_store_that_was_taken_away_is_noticed_and_begun_anew(tmp_path, again, report):
    folder = tmp_path / "data"
    with Store.open(folder, Role.KIOSK) as store:
        store.keep(snapshot("uuid:1", 1))
        shutil.rmtree(folder)
        if again:
            folder.mkdir(mode=0o700)
        with pytest.raises(KioskError):
            store.keep(snapshot("uuid:1", 2))
        with pytest.raises(KioskError):
            store.keep(snapshot("uuid:1", 2))
        assert not (folder / DATABASE_NAME).exists(), "no empty file is begun quietly"
        assert store.takes_more()
        store.finish(snapshot("uuid:2", 1))
        assert lost(store, {"uuid:2": 1}) == []
        with pytest.raises(KioskError, match="second kiosk"):
            Store.open(folder, Role.KIOSK)
    with Store.open(folder, Role.KIOSK) as store:
        assert store.waiting() == ["uuid:2"]
    report.note("the store's folder removed under it", "no false 'saved'; goes on", "refused, then a new store")


def test_a_store_that_was_moved_away_and_back_goes_on_where_it_was(tmp_path):
    folder = tmp_path / "data"
    with Store.open(folder, Role.KIOSK) as store:
        store.keep(snapshot("uuid:1", 1))
        folder.rename(tmp_path / "elsewhere")
        with pytest.raises(KioskError):
            store.keep(snapshot("uuid:1", 2))
        (tmp_path / "elsewhere").rename(folder)
        assert store.takes_more()
        store.finish(snapshot("uuid:1", 2))
        assert store.waiting() == ["uuid:1"]


# --- where a restart takes everything ------------------------------------------------------------------------------


@pytest.fixture
def in_memory():
    """A folder on tmpfs, which every Linux has."""
    place = Path("/dev/shm") / f"sayso-test-{os.getpid()}"  # noqa: S108 - it has to be in memory
    yield place
    shutil.rmtree(place, ignore_errors=True)


def test_a_store_in_memory_is_refused_before_anything_is_made(in_memory):
    with pytest.raises(KioskError, match=r"it lies on tmpfs, which is memory and empty after a restart\. .*overlay"):
        Store.open(in_memory, Role.KIOSK, allow_volatile=False)
    assert not in_memory.exists()
    Store.open(in_memory, Role.KIOSK, allow_volatile=True).close()


def test_a_store_on_an_overlay_is_refused(tmp_path, in_memory):
    for name in ("lower", "upper", "work"):
        (in_memory / name).mkdir(parents=True)
    (tmp_path / "over").mkdir()
    layers = f"lowerdir={in_memory}/lower,upperdir={in_memory}/upper,workdir={in_memory}/work"
    done = subprocess.run(
        ["mount", "-t", "overlay", "overlay", "-o", layers, str(tmp_path / "over")],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        pytest.skip(f"no small disk to fill: {done.stderr.strip()}")
    try:
        with pytest.raises(KioskError, match="raspi-config's overlay covers every partition"):
            Store.open(tmp_path / "over" / "data", Role.KIOSK, allow_volatile=False)
    finally:
        subprocess.run(["umount", str(tmp_path / "over")], check=True)
