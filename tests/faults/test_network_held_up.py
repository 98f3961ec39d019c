"""The next question never waits for the network: kiosk and uploader are two processes on one database.

The uploader is a real `sayso upload` whose post is held in the middle, and then its answer; this process is the kiosk.
"""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from network_bed import an_office
from sealed_visits import sealed_visit

from kiosk.keeping.store import Counts, Role, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.conftest import Report as Notes

HALF_WAY_BYTES = 30_000
"""Of a post with a message of 200,000: more than the kernel keeps back on loopback has been asked for by then."""


class Gate:
    """A proxy that stops each connection half-way up and again before the answer, until it is let through."""

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self.held = threading.Semaphore(0)
        self.let = threading.Semaphore(0)

    @contextlib.contextmanager
    def open(self) -> Iterator[int]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=self._serve, args=(listener,), daemon=True)
            thread.start()
            yield listener.getsockname()[1]
            thread.join(60)

    def _serve(self, listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client, socket.create_connection(self._to) as server:
            up = threading.Thread(target=self._up, args=(client, server), daemon=True)
            up.start()
            pieces = 0
            with contextlib.suppress(OSError):
                while data := server.recv(65_536):
                    pieces += 1
                    if pieces == 2:
                        self._hold()
                    client.sendall(data)
            up.join(60)

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while data := client.recv(4096):
                if passed < HALF_WAY_BYTES <= passed + len(data):
                    self._hold()
                passed += len(data)
                server.sendall(data)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _hold(self) -> None:
        self.held.release()
        self.let.acquire(timeout=120)


def nobody_holds(database: Path) -> bool:
    """Whether no process has as much as a reading transaction open: an exclusive one is had at once."""
    with contextlib.closing(sqlite3.connect(database, timeout=0)) as other:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("ROLLBACK")
    return True


def kept_s(store: Store, count: int, first: int) -> list[float]:
    """How long each of so many answers took to be kept."""
    found = []
    for number in range(count):
        snapshot = sealed_visit(first + number % 5, message_bytes=0)
        begun_s = time.perf_counter()
        store.keep(snapshot)
        found.append(time.perf_counter() - begun_s)
    return found


def test_answers_are_kept_while_the_uploader_hangs_in_the_middle_of_a_post(
    tmp_path: Path, how_many, report: Notes
) -> None:
    answers = how_many(100, 2000)
    data = tmp_path / "data"
    with an_office(tmp_path / "collected", most_bytes=1_000_000) as office, Store.open(data, Role.KIOSK) as store:
        store.finish(sealed_visit(1, message_bytes=200_000))
        store.keep(sealed_visit(100, message_bytes=0))
        alone = kept_s(store, answers, 200)
        gate = Gate(office.address)
        with gate.open() as port:
            config = tmp_path / "kiosk.toml"
            config.write_text(
                f'sets = ["x.xml"]\nstatus = "status.json"\n[server]\nurl = "{office.url(port)}"\ntimeout_s = 120\n'
            )
            command = [sys.executable, "-m", "sayso", "upload", "--config", str(config)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as uploader:
                try:
                    meanwhile = []
                    for _ in ("half of the post is on its way", "the server has it all, and its answer is on its way"):
                        assert gate.held.acquire(timeout=60)
                        assert nobody_holds(data / "sayso.db")
                        assert store.counts() == Counts(open=store.counts().open, waiting=1), "it is being sent"
                        meanwhile += kept_s(store, answers, 200)
                        gate.let.release()
                    out, errors = uploader.communicate(timeout=60)
                finally:
                    uploader.kill()
        assert (uploader.returncode, errors) == (0, ""), out
        assert store.counts().delivered == 1
        assert office.has([sealed_visit(1, message_bytes=200_000)]) == []
    report.note(
        f"{2 * answers} answers kept while `sayso upload` hangs in a post, half-way and before its answer",
        "no transaction is open while bytes travel: none waits for the network",
        f"longest {max(meanwhile) * 1000:.0f} ms, median {sorted(meanwhile)[answers] * 1000:.1f} ms; with no uploader "
        f"longest {max(alone) * 1000:.0f} ms, median {sorted(alone)[answers // 2] * 1000:.1f} ms",
    )
