"""Submissions a second that the collector takes, on SQLite and on PostgreSQL, and what an export of 100,000 needs.

    .venv/bin/python benchmarks/collecting.py
    .venv/bin/python benchmarks/collecting.py --seconds 5 --submissions 10000 --json found.json

Beside each: a bare loop that inserts rows of the same size into the same database, one commit each, in the same run.
PostgreSQL is Debian's, with fsync on, on a socket; the senders run on the same machine as collector and database.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from house import ROOT
from measured import Budget, Figure
from sqlalchemy import Connection, insert

sys.path[:0] = [str(ROOT / "tests" / name) for name in ("", "collector", "faults")]

from collector_process import SAYSO, Served, set_up  # noqa: E402 - found by the line before
from loopback_collector import NOW, Where, instance_id, visit  # noqa: E402
from postgres_server import Server, running_server  # noqa: E402

from collector.database import Database  # noqa: E402
from collector.tables import attachments, pieces, submissions  # noqa: E402
from openrosa.client import Client, Verdict  # noqa: E402
from openrosa.sealing import new_key_pair, seal  # noqa: E402

BUDGET_MS = 10.0
"""A submission, at full load: 100 a second."""
SENDERS = 16
SECONDS = 10.0
EXPORTED = 100_000
SEALED = 2000
BATCH = 1000
SAMPLE_EVERY_S = 0.05
DATABASES = ("SQLite", "PostgreSQL")


def collecting(folder: Path, seconds: float = SECONDS, exported: int = EXPORTED) -> Iterator[Figure]:
    """All of it."""
    with running_server(sync=True) as server:
        for name in DATABASES:
            yield from _taking(name, _place(name, "taking", folder, server), folder, seconds)
        for name in DATABASES:
            for count, sealed in ((exported // 10, False), (exported, False), (SEALED, True)):
                where = _place(name, f"{count} {sealed}", folder, server)
                yield from _exporting(name, where, folder, count, sealed=sealed)


def _place(name: str, what: str, folder: Path, server: Server) -> Where:
    return Where(folder / f"{name} {what}", server.new_collector() if name == "PostgreSQL" else None)


def _taking(name: str, where: Where, folder: Path, seconds: float) -> Iterator[Figure]:
    """Sealed visits without a voice message over HTTP, and the bare loop."""
    _, public = new_key_pair()
    tokens = set_up(where, SENDERS)
    made = [seal(public, "home", "1", instance_id(n), visit(n), ()) for n in range(round(seconds * 500))]
    taken_ms: list[float] = []
    numbers = itertools.count()
    with Served(where, folder / "log") as served, ThreadPoolExecutor(SENDERS) as pool:
        begin_s = time.monotonic()

        def send(token: str) -> None:
            with Client(f"{served.url}/key/{token}") as client:
                while time.monotonic() < begin_s + seconds and (number := next(numbers)) < len(made):
                    sent_s = time.monotonic()
                    assert client.submit(made[number]).verdict is Verdict.DELIVERED
                    taken_ms.append((time.monotonic() - sent_s) * 1000)

        list(pool.map(send, tokens))
        each_ms = (time.monotonic() - begin_s) * 1000 / len(taken_ms)
    with closing(where.open()) as database:
        bare_ms = _bare_ms(database, len(made[0].xml), len(made[0].attachments[0].data), seconds / 2)
    budget = Budget(BUDGET_MS) if name == "PostgreSQL" else None
    note = (
        f"{1000 / each_ms:.0f} a second: {len(taken_ms)} sealed visits of {SENDERS} kiosks at once;"
        f" senders, collector and database on the same {os.cpu_count()} cores"
    )
    yield Figure(f"one submission more at full load, {name}", "ms", [each_ms], budget, note)
    note = f"{1000 / bare_ms:.0f} a second: the same rows, one commit a visit, one connection, no HTTP"
    yield Figure(f"one round of a bare insert loop, {name}", "ms", [bare_ms], None, note)
    yield Figure(f"a kiosk's wait for one submission, {name}", "ms", taken_ms, None, "at full load")


def _bare_ms(database: Database, xml_bytes: int, file_bytes: int, seconds: float) -> float:
    """A loop that inserts what one visit is, with nothing round it."""
    begin_s, count = time.monotonic(), 0
    while time.monotonic() - begin_s < seconds:
        with database.writing() as connection:
            _put(connection, count, os.urandom(xml_bytes), os.urandom(file_bytes), sealed=True)
        count += 1
    return (time.monotonic() - begin_s) * 1000 / count


def _put(connection: Connection, number: int, xml: bytes, file: bytes, *, sealed: bool) -> None:
    row = {"form_id": "home", "version": "1", "sealed": sealed, "xml": xml, "sha256": bytes(32)}
    row |= {"key": 1, "received_at": NOW, "sensitive": False, "instance_id": f"put-{number}"}
    done = connection.execute(insert(submissions).values(**row))
    if file:
        head = {"submission": done.inserted_primary_key[0], "name": "submission.xml.enc"}
        sums = {"content_type": "text/xml", "size_bytes": len(file), "sha256": bytes(32)}
        connection.execute(insert(attachments).values(**head, **sums))
        connection.execute(insert(pieces).values(**head, number=0, data=file))


def _exporting(name: str, where: Where, folder: Path, count: int, *, sealed: bool) -> Iterator[Figure]:
    """An export of so many visits, in a process of its own whose memory is watched."""
    set_up(where, 1)
    private, public = new_key_pair()
    key = folder / "key.pem"
    key.write_bytes(private)
    with closing(where.open()) as database:
        for start in range(0, count, BATCH):
            with database.writing() as connection:
                for number in range(start, min(start + BATCH, count)):
                    one = seal(public, "home", "1", f"put-{number}", visit(number), ()) if sealed else None
                    xml, file = (visit(number), b"") if one is None else (one.xml, one.attachments[0].data)
                    _put(connection, number, xml, file, sealed=sealed)
    out = folder / "out"
    begin_s = time.monotonic()
    peak_mb = _peak_mb([*where.options, "--to", str(out), "--key", str(key)])
    took_s = time.monotonic() - begin_s
    with (out / "home.csv").open(encoding="utf-8") as file_out:
        assert sum(1 for _ in file_out) == count + 1
    what = f"{count} {'sealed' if sealed else 'plain'} visits, {name}"
    yield Figure(f"export of {what}", "s", [took_s], None, f"{count / took_s:.0f} rows a second, start-up included")
    yield Figure(f"export of {what}: peak of memory", "MB", [peak_mb], None, "the whole process")


def _peak_mb(options: list[str]) -> float:
    with subprocess.Popen(
        [*SAYSO, "export", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss / 1000


def main() -> None:
    """Print each figure as it is found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of sending, for each database")
    parser.add_argument("--submissions", type=int, default=EXPORTED, help="that are exported")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample")
    arguments = parser.parse_args()
    figures = []
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="sayso-benchmark-") as folder:
        for figure in collecting(Path(folder), arguments.seconds, arguments.submissions):
            figures.append(figure)
            print("  ".join(one for one in (*figure.row(), f"({figure.note})") if one), flush=True)
    print(f"load after: {os.getloadavg()[0]:.1f}")
    if arguments.json:
        found = json.dumps([figure.as_json() for figure in figures], indent=1)
        arguments.json.write_text(f"{found}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
