"""What outlives a kill -9, what two processes do to each other, and what a deletion leaves in the file."""

from __future__ import annotations

import os
import signal
from datetime import date
from random import Random

import pytest

from kiosk.keeping.store import Counts, Role, Store
from openrosa.submission import Attachment, Submission

KILLS = 30
ANSWERS = 4
CANARY = b"canary-said-in-confidence"


def snapshot(instance_id, answers, size_bytes=3000):
    file = Attachment("submission.xml.enc", bytes([answers]) * size_bytes, "application/octet-stream")
    return Submission(instance_id, "my_home", "1", str(answers).encode(), (file,), sealed=True)


def in_child(work):
    """Run it in a process of its own, handing it a pipe to write to; returns its number and a file to read."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            work(writing)
        finally:
            os._exit(1)  # nothing of pytest may run on in here
    os.close(writing)
    return child, os.fdopen(reading, "rb")


def answering(folder, first_visit):
    """A kiosk that only keeps: one visit after the other, acknowledging each answer once it is kept."""

    def work(pipe):
        store = Store.open(folder, Role.KIOSK)
        visit = first_visit
        while True:
            for answers in range(1, ANSWERS + 1):
                store.keep(snapshot(f"uuid:{visit}", answers))
                os.write(pipe, b"%d %d\n" % (visit, answers))
            store.finish(snapshot(f"uuid:{visit}", ANSWERS + 1))
            os.write(pipe, b"%d %d\n" % (visit, ANSWERS + 1))
            visit += 1

    return work


def test_no_kill_loses_an_answer_that_was_acknowledged(tmp_path):
    rng = Random(20261122)  # noqa: S311 - a test's moments have to come again, as far as they can
    acknowledged = {}
    for kill in range(KILLS):
        child, pipe = in_child(answering(tmp_path, kill * 10_000))
        with pipe:
            lines = [pipe.readline() for _ in range(rng.randint(1, 3 * ANSWERS))]
            os.kill(child, signal.SIGKILL)  # it has gone on meanwhile: any moment of a commit
            os.waitpid(child, 0)
            lines += pipe.readlines()
        for visit, answers in (line.split() for line in lines):
            acknowledged[f"uuid:{int(visit)}"] = int(answers)
        with Store.open(tmp_path, Role.KIOSK) as store:
            assert store.counts().open <= 1
            for instance_id, answers in acknowledged.items():
                loaded = store.load(instance_id)
                kept = int(loaded.xml)
                assert loaded == snapshot(instance_id, kept), "a snapshot is whole"
                assert kept in (answers, answers + 1), "the next one may have been committed unacknowledged"
            store.close_open()
            waiting = store.waiting()
            assert set(acknowledged) <= set(waiting)
            assert len(waiting) == len(set(waiting))
    assert len(acknowledged) >= KILLS
    assert set(acknowledged.values()) > {1, ANSWERS + 1}, "kills fell within visits and between them"


def test_kiosk_and_uploader_do_not_lock_each_other_out(tmp_path):
    large = snapshot("uuid:large", 1, size_bytes=2_000_000)

    def uploading(pipe):
        with Store.open(tmp_path, Role.UPLOADER) as store:
            while True:
                assert store.claim("uuid:large") == large
                store.counts()
                store.release("uuid:large")
                os.write(pipe, b"1")

    with Store.open(tmp_path, Role.KIOSK) as store:
        store.finish(large)  # and it is closed again: no connection may be shared over a fork
    child, pipe = in_child(uploading)
    try:
        with Store.open(tmp_path, Role.KIOSK) as store:
            goes = 0
            for number in range(60):
                store.keep(snapshot("uuid:now", number % 200))
                if number % 20 == 0:
                    goes += len(pipe.read(1))  # the uploader is getting its turns as well
            assert goes == 3
            assert int(store.load("uuid:now").xml) == 59
            assert os.waitpid(child, os.WNOHANG) == (0, 0), "the uploader met no error"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        pipe.close()


def told(number, size_bytes):
    file = Attachment("a.wav", CANARY * (size_bytes // len(CANARY)), "audio/wav")
    return Submission(f"uuid:{number}", "f", "1", b"<home>" + CANARY + b"</home>", (file,), sealed=False)


def on_disk(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


@pytest.mark.parametrize("size_bytes", [50, 3000, 400_000])
@pytest.mark.parametrize("finished", [False, True])
def test_what_was_forgotten_is_nowhere_in_the_files(tmp_path, size_bytes, finished):
    with Store.open(tmp_path, Role.KIOSK) as store:
        for number in range(5):
            store.finish(snapshot(f"uuid:other-{number}", number))
        for size in (size_bytes, size_bytes // 2, size_bytes):
            store.keep(told(1, size))
        store.finish(snapshot("uuid:after", 1))
        if finished:
            store.finish(told(1, size_bytes))
        assert CANARY in on_disk(tmp_path)
        store.forget("uuid:1")
        assert CANARY not in on_disk(tmp_path)
        assert store.counts() == Counts(waiting=6)


def test_bytes_erased_after_delivery_are_nowhere_in_the_files(tmp_path):
    with Store.open(tmp_path, Role.KIOSK) as store:
        store.finish(told(1, 10_000))
        store.delivered("uuid:1", date(2026, 11, 1))
        store.erase_delivered([date(2026, 11, 22)])
        assert CANARY not in on_disk(tmp_path)


def test_a_snapshot_that_was_replaced_is_nowhere_in_the_files(tmp_path):
    with Store.open(tmp_path, Role.KIOSK) as store:
        store.keep(told(1, 10_000))
        store.keep(snapshot("uuid:1", 1))
        assert CANARY not in on_disk(tmp_path)
