"""A backup made as docs/collector.md says, while visits arrive, holds every visit that had arrived; all open."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from loopback_collector import NOW, VECTORS, Where, collecting, instance_id, posted, visit

from collector.arrivals import Outcome, receive
from collector.keys import key_of
from collector.results import Result, read, stored_submissions
from openrosa.sealing import load_private_key, seal
from openrosa.submission import Attachment

if TYPE_CHECKING:
    from postgres_server import Server

DOCS = (Path(__file__).parents[2] / "docs" / "collector.md").read_text(encoding="utf-8")
PUBLIC = (VECTORS / "test_key.pub.der").read_bytes()
PRIVATE = load_private_key((VECTORS / "test_key.pem").read_bytes())
VOICE = Attachment("m.wav", bytes(range(256)) * 3000, "audio/wav")


def backed_up(where: Where, folder: Path, request: pytest.FixtureRequest) -> Where:
    """Backed up, and restored in another place."""
    if where.url is None:
        restored = folder / "restored"
        restored.mkdir(mode=0o700)
        statement = "VACUUM INTO 'collector-backup.sqlite'"
        assert f'sqlite3 collected/collector.sqlite "{statement}"' in DOCS
        target = statement.replace("collector-backup.sqlite", str(restored / "collector.sqlite"))
        with closing(sqlite3.connect(where.folder / "collector.sqlite", timeout=60)) as raw:
            raw.execute(target)
        return Where(restored)
    server: Server = request.getfixturevalue("postgres")
    dump, name = folder / "collector.dump", where.url.partition("@/")[2].partition("?")[0]
    assert "pg_dump --format=custom --file=collector.dump sayso" in DOCS
    server.run("pg_dump", "--format=custom", f"--file={dump}", name)
    assert "pg_restore --exit-on-error --single-transaction --no-privileges --dbname=restored collector.dump" in DOCS
    restored_name = server.new_database()
    options = ("--exit-on-error", "--single-transaction", "--no-privileges", f"--dbname={restored_name}")
    server.run("pg_restore", *options, dump)
    return Where(folder, server.url(restored_name))


def test_every_visit_that_had_arrived_opens_after_a_restore_and_is_known_again(
    where: Where, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    taken: list[int] = []
    stop = threading.Event()
    with collecting(where) as collector:

        def send() -> None:
            for number in count(1):
                if stop.is_set():
                    return
                xml = visit(number, message=VOICE.name)
                one = seal(PUBLIC, "home", "1", instance_id(number), xml, [VOICE])
                files = [(file.name, file.data) for file in one.attachments]
                assert posted(collector, one.xml, *files).status_code == 201
                taken.append(number)

        sender = threading.Thread(target=send)
        sender.start()
        while len(taken) < 5 and sender.is_alive():
            stop.wait(0.01)
        before = list(taken)
        restored = backed_up(where, tmp_path, request)
        stop.set()
        sender.join(60)
        token = collector.token
    with closing(restored.open()) as database:
        stored = list(stored_submissions(database))
        results = [read(one, PRIVATE) for one in stored]
        assert all(isinstance(one, Result) and dict(one.files) == {VOICE.name: VOICE.data} for one in results)
        assert {instance_id(number) for number in before} <= {one.instance_id for one in stored}
        # It goes on where it was: tokens hold, what was taken is known, what is new is taken.
        key = key_of(database, token)
        assert key is not None
        assert receive(database, key, stored[0].xml, [], NOW).outcome is Outcome.TAKEN_BEFORE
        assert receive(database, key, visit(99_999), [], NOW).outcome is Outcome.TAKEN
