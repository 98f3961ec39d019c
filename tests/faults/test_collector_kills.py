"""The collector is killed while visits arrive: what it has acknowledged is there, once and whole."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import httpx
import pytest
from collector_process import Served, at, sent, set_up
from loopback_collector import instance_id, new_place, posted
from postgres_server import running_server

from collector.results import stored_submissions

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from loopback_collector import Where
    from postgres_server import Server

SENDERS = 6
BACKOFF_S = 0.02


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with running_server() as server:
        yield server


class Load:
    """Kiosks that send one visit after the other, each until it is acknowledged; some send twice what was taken."""

    def __init__(self, served: Served, where: Where, tokens: list[str]) -> None:
        self._served = served
        self._where = where
        self._tokens = tokens
        self._numbers = itertools.count(1)
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self.acknowledged: set[int] = set()
        self.refused: list[str] = []
        self.posts = 0

    def send(self, kiosk: int) -> None:
        while not self._stop.is_set() and not self.refused:
            number = next(self._numbers)
            xml, files = sent(number)
            # The files of every third visit come in posts of their own, as for a server that takes little at once.
            parts = [dict([one]) for one in files.items()] if files and number % 3 == 0 else [files]
            if number % 5 == 0:
                parts += parts[:1]
            for part in parts:
                self._until_taken(kiosk, xml, part)
            with self._changed:
                self.acknowledged.add(number)
                self._changed.notify_all()

    def _until_taken(self, kiosk: int, xml: bytes, files: dict[str, bytes]) -> None:
        there = at(self._served, self._tokens[kiosk], self._where)
        while not self.refused:
            self.posts += 1
            try:
                answer = posted(there, xml, *files.items())
            except httpx.TransportError:
                self._stop.wait(BACKOFF_S)
                continue
            if answer.status_code == 201:
                return
            if answer.status_code != 503:
                self.refused.append(f"{answer.status_code} {answer.text}")

    def wait_for(self, more: int) -> None:
        """Until so many more are acknowledged."""
        with self._changed:
            wanted = len(self.acknowledged) + more
            assert self._changed.wait_for(lambda: len(self.acknowledged) >= wanted or self.refused, 120)

    def stop(self) -> None:
        self._stop.set()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_acknowledged_is_there_once_however_often_the_collector_is_killed(
    kind: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    how_many: Callable[[int, int], int],
    dice: random.Random,
    report,
) -> None:
    where = new_place(kind, tmp_path / "collected", lambda: request.getfixturevalue("postgres"))
    tokens = set_up(where, SENDERS)
    kills = how_many(5, 300)
    wait = threading.Event().wait
    with Served(where, tmp_path / "log") as served, ThreadPoolExecutor(SENDERS) as pool:
        load = Load(served, where, tokens)
        senders = [pool.submit(load.send, kiosk) for kiosk in range(SENDERS)]
        try:
            for _ in report.each(kills):
                load.wait_for(dice.randrange(1, 10))
                wait(dice.uniform(0, 0.05))
                served.kill()
                served.start()
        finally:
            load.stop()
        for one in senders:
            one.result(120)
        said = served.said()
    assert not load.refused
    assert "Traceback" not in said
    with closing(where.open()) as database:
        found = [(one.instance_id, one.xml, dict(one.files)) for one in stored_submissions(database)]
    by_id = {name: (xml, files) for name, xml, files in found}
    lost = [number for number in load.acknowledged if by_id.get(instance_id(number)) != sent(number)]
    repeated = len(found) - len(by_id)
    assert (lost, repeated) == ([], 0)
    assert len(found) == len(load.acknowledged)
    report.note(
        f"kill -9 of the collector under load, {kind}, {kills} kills, {SENDERS} kiosks",
        "0 acknowledged lost, 0 duplicates",
        f"{len(lost)} lost, {repeated} duplicates of {len(load.acknowledged)} visits in {load.posts} posts",
    )
