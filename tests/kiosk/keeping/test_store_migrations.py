"""A store that any released Sayso has left is brought up to date with everything in it.

`schemas/NNNN.sql` are dumps of stores that the Sayso of that version made itself. A new version adds its own.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from kiosk.errors import KioskError
from kiosk.keeping import database
from kiosk.keeping.database import reading
from kiosk.keeping.store import Counts, Role, Store
from openrosa.submission import Attachment, Submission

SCHEMAS = Path(__file__).parent / "schemas"
VERSIONS = sorted(path.stem for path in SCHEMAS.glob("*.sql"))


def one(number: int) -> Submission:
    """What the dumps hold: 1 waits, 2 is set aside, 3 was delivered, 4 is being sent, 5 is open."""
    files = (
        Attachment("1-voice-1.wav.enc", bytes([number]) * 5000, "application/octet-stream"),
        Attachment("submission.xml.enc", bytes([number + 100]) * 40, "application/octet-stream"),
    )
    xml = f"<data number='{number}'/>".encode()
    return Submission(f"uuid:{number}", "my_home", "1", xml, files, sealed=True)


@pytest.fixture(params=VERSIONS)
def old(request, tmp_path):
    with closing(sqlite3.connect(tmp_path / "sayso.db")) as connection:
        connection.executescript((SCHEMAS / f"{request.param}.sql").read_text(encoding="utf-8"))
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(request.param,)]
    return tmp_path


def test_there_is_a_store_of_every_released_version():
    script = ScriptDirectory.from_config(database._script_config())
    assert sorted(each.revision for each in script.walk_revisions()) == VERSIONS


def test_every_visit_of_an_older_store_is_there_to_the_byte_and_where_it_stood(old):
    with Store.open(old, Role.KIOSK) as store:
        assert store.counts() == Counts(open=1, waiting=2, set_aside=1, delivered=1)
        for number in range(1, 6):
            assert store.load(f"uuid:{number}") == one(number)
        assert store.close_open() == 1
        with reading(store._engine) as connection:
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == database.HEAD
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            seen = connection.exec_driver_sql("SELECT reason FROM submission WHERE instance_id = 'uuid:2'").scalar()
        assert seen == "refused: HTTP 400"
    with Store.open(old, Role.UPLOADER) as store:
        assert store.waiting() == ["uuid:1", "uuid:4", "uuid:5"], "in the order in which they began"
        for number in (1, 4, 5):
            assert store.claim(f"uuid:{number}") == one(number)
            store.delivered(f"uuid:{number}", date(2026, 11, 23))
    with Store.open(old, Role.KIOSK) as store:
        store.finish(one(6))
        assert store.counts() == Counts(waiting=1, set_aside=1, delivered=4)


def test_a_broken_store_of_an_older_version_is_mended_into_the_newest(old):
    path = old / "sayso.db"
    data = bytearray(path.read_bytes())
    data[100:108] = bytes(8)  # the first page's own header
    path.write_bytes(data)
    with Store.open(old, Role.KIOSK) as store:
        assert store.counts() == Counts(open=1, waiting=2, set_aside=1, delivered=1)
        assert [store.load(f"uuid:{number}") for number in range(1, 6)] == [one(number) for number in range(1, 6)]


@pytest.mark.parametrize("role", [Role.UPLOADER, Role.READER])
def test_only_the_kiosk_brings_a_store_up_to_date(old, role):
    if database._revision(old / "sayso.db") == database.HEAD:
        Store.open(old, role).close()
        return
    with pytest.raises(KioskError, match="older version"):
        Store.open(old, role)
