"""A pull that ends at any moment leaves a whole set behind: a process is killed at each of its writes in turn.

Once on this disk, and once on one that then loses whatever was not synced, as a power cut does.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pull_bed import TODAY, bed, served
from store_power import lazy_disk

from kiosk.house import read_house
from kiosk.pulling import pull as pulling
from kiosk.pulling import shelf as shelves
from kiosk.pulling.pull import pull
from kiosk.pulling.went import State
from openrosa.client import Client

KILLED, DONE = 9, 0


def nothing() -> None:
    """A process that is killed loses nothing that it has written."""


@pytest.fixture(params=["killed", "power_cut"])
def disk(request, tmp_path, monkeypatch):
    """Where sets are kept, and what happens to the disk when a process has died."""
    if request.param == "killed":
        yield tmp_path / "data", nothing
    else:
        monkeypatch.setattr(pulling, "LEAVE_FREE_BYTES", -(10**12))  # LazyFS does not say how much room it has
        with lazy_disk(tmp_path) as lazy:
            yield lazy.place / "data", lazy.cut


@pytest.fixture
def one(disk, tmp_path):
    with bed(tmp_path / "house", served(), data=disk[0]) as made_bed:
        assert made_bed.pull().state is State.NEW
        yield made_bed


def pull_and_die(one, client: Client, step: int) -> int:
    """Pull in a process of its own that ends, as if killed, before its step of that number; how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = step

    def dying(real):
        def instead(*args, **named):
            nonlocal left
            if left == 0:
                os._exit(KILLED)
            left -= 1
            return real(*args, **named)

        return instead

    try:
        os.fsync = dying(os.fsync)
        shelves.sync_folder = dying(shelves.sync_folder)
        shelves.shutil.rmtree = dying(shelves.shutil.rmtree)
        for name in ("rename", "replace", "symlink_to", "mkdir", "unlink"):
            setattr(Path, name, dying(getattr(Path, name)))
        pulling._need_usable = lambda _draft, _config: None  # it writes nothing here, and takes its time
        pull(one.config, client, TODAY)
        os._exit(DONE)
    finally:
        os._exit(1)


def test_a_pull_that_ends_at_any_step_leaves_the_set_before_or_the_new_one_whole(one, disk):
    """All steps in one test: how many there are is found by going on until none is left."""
    asked = []
    number = 1
    client = Client(one.config.server.url, 5)  # made once, for that takes its time; each process opens its own line
    for step in range(200):
        number += 1
        before = one.shelf.note().version
        one.server.forms = [served(str(number))]
        ended = pull_and_die(one, client, step)
        disk[1]()
        assert ended in (KILLED, DONE)
        assert one.shelf.intact()
        version = read_house(one.config).question_sets[0].version
        assert version in (before, str(number))
        asked.append(version == str(number))
        if ended == DONE:
            break
    assert step > 12, "it was killed at many places"
    assert asked[-1]
    assert True in asked[:-1], "behind the last link the new one stands, though the rest was not done"
    assert not asked[0]
    assert one.pull().state is State.SAME
    one.server.forms = [served("1000")]
    assert one.pull().version == "1000"
    names = {path.name for path in one.shelf.folder.iterdir()}
    kept = {path.parent.name for path in one.shelf.versions()}
    assert names == kept | {"newest", "before"}, "what the cuts left behind is gone"
