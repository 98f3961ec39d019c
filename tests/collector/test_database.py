"""A collector's database is made, brought up to date or refused, on SQLite and on PostgreSQL; never half."""

from __future__ import annotations

import hashlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade
from alembic.migration import MigrationContext
from loopback_collector import NOW, Where, instance_id, visit, xform

from collector.arrivals import Outcome, receive
from collector.audit import lines
from collector.database import Database, _engine, _known_revisions, _script_config, _understood, open_data
from collector.errors import CollectorError
from collector.keys import all_keys, key_of, new_key
from collector.results import stored_submissions
from collector.tables import metadata
from openrosa.submission import Attachment

if TYPE_CHECKING:
    from postgres_server import Server

FIRST_SCHEMA = Path(__file__).parent / "first_schema.sql"
VOICE = bytes(range(256)) * 4000
TOKEN = "first"  # noqa: S105 - no secret


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    """A place where nobody has made a table."""
    folder = tmp_path / "collected"
    if request.param == "sqlite":
        return Where(folder)
    server: Server = request.getfixturevalue("postgres")
    return Where(folder, server.url(server.new_database()))


def old(empty: Where) -> None:
    """A database as the first collector left it, with one visit in it."""
    if empty.url is None:
        empty.folder.mkdir()
        with closing(sqlite3.connect(empty.folder / "collector.sqlite")) as raw:
            raw.executescript(FIRST_SCHEMA.read_text(encoding="utf-8"))
        url = f"sqlite:///{empty.folder / 'collector.sqlite'}"
    else:
        url = empty.url
    engine = _engine(_understood(url))
    with engine.connect().execution_options(sayso_writes=True) as connection, connection.begin():
        if empty.url is not None:  # no collector of that schema ran there; its tables stand for the step in between
            config = _script_config()
            config.attributes["connection"] = connection
            upgrade(config, "0001")
        put = {
            "keys": {"id": 1, "name": "Elm Road", "token_sha256": hashlib.sha256(TOKEN.encode()).digest()}
            | {"created_at": NOW},
            "forms": {
                "id": 1,
                "form_id": "home",
                "version": "1",
                "title": "Home",
                "xform": xform(),
                "published_at": NOW,
            },
            "submissions": {"id": 1, "instance_id": instance_id(1), "form_id": "home", "version": "1", "sealed": False}
            | {"xml": visit(1, message="m.wav"), "key": 1, "received_at": NOW},
            "attachments": {"submission": 1, "name": "m.wav", "content_type": "audio/wav", "data": VOICE},
        }
        for name, row in put.items():
            table = sa.Table(name, sa.MetaData(), autoload_with=connection)
            connection.execute(sa.insert(table).values(**row))
    engine.dispose()


def test_the_first_collectors_database_is_brought_up_to_date_and_loses_nothing(empty: Where) -> None:
    old(empty)
    with closing(empty.open()) as database:
        (stored,) = stored_submissions(database)
        assert (stored.xml, dict(stored.files)) == (visit(1, message="m.wav"), {"m.wav": VOICE})
        key = key_of(database, TOKEN)
        assert key is not None
        # What was taken before is known again, by sums that were made from it.
        again = receive(database, key, stored.xml, [Attachment("m.wav", VOICE, "audio/wav")], NOW)
        assert again.outcome is Outcome.TAKEN_BEFORE
        other = receive(database, key, stored.xml, [Attachment("m.wav", VOICE[1:], "audio/wav")], NOW)
        assert other.outcome is Outcome.CONFLICT
        if database.on_postgresql:
            return  # rows were put in with numbers that its sequence has not given
        new_key(database, "Oak Lane", NOW)


def test_migrations_make_the_tables_that_the_code_knows(empty: Where) -> None:
    with closing(empty.open()) as database, database.reading() as connection:
        different = compare_metadata(MigrationContext.configure(connection), metadata)
    # `about` is only there for the first collector to refuse.
    assert [(what, table.name) for what, table in different] == [("remove_table", "about")]


def test_head_is_the_newest_migration(empty: Where) -> None:
    with closing(empty.open()) as database, database.reading() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == max(_known_revisions())
        assert connection.scalar(sa.text("SELECT value FROM about")) == "2"


@pytest.mark.parametrize("first", [False, True])
def test_many_that_open_the_same_database_at_once_all_may_use_it(empty: Where, *, first: bool) -> None:
    at_once = 6
    barrier = Barrier(at_once)
    if first and empty.url is None:
        old(empty)

    def start(number: int) -> str:
        barrier.wait()
        with closing(empty.open()) as database:
            return new_key(database, f"Kiosk {number}", NOW)

    with ThreadPoolExecutor(at_once) as pool:
        assert len(set(pool.map(start, range(at_once)))) == at_once
    with closing(empty.open()) as database:
        assert len([key for key in all_keys(database) if key.name.startswith("Kiosk")]) == at_once
        assert len(list(lines(database))) == at_once


@pytest.mark.parametrize(
    "change",
    ["UPDATE alembic_version SET version_num = '9999'", "DROP TABLE alembic_version; UPDATE about SET value = '9'"],
)
def test_a_database_of_a_newer_collector_is_left_alone(where: Where, change: str) -> None:
    with closing(where.open()) as database, database.writing() as connection:
        for statement in change.split(";"):
            connection.exec_driver_sql(statement)
    with pytest.raises(CollectorError, match="9, this collector knows"):
        where.open()


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: Where) -> None:
    old(empty)
    engine = _engine(_understood(empty.url or f"sqlite:///{empty.folder / 'collector.sqlite'}"))
    with engine.connect().execution_options(sayso_writes=True) as connection, connection.begin():
        connection.exec_driver_sql("CREATE TABLE audit (id INTEGER)")  # in the way of the second step
    with pytest.raises(CollectorError, match="audit"):
        empty.open()
    with engine.connect() as connection:
        assert "sha256" not in {one["name"] for one in sa.inspect(connection).get_columns("submissions")}
    engine.dispose()


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "collector.sqlite").write_bytes(b"not a database" * 1000)
    with pytest.raises(CollectorError, match="not a database"):
        open_data(tmp_path)


def test_the_data_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "collected"
    open_data(folder).close()
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "collector.sqlite").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("url", "met"),
    [
        ("no url", "it is not one"),
        ("mysql://user:secret@host/name", "mysql is not known here"),
        ("postgresql://user:secret@/name?host=/nowhere", r"user:\*\*\*@"),
    ],
)
def test_a_database_that_can_not_be_used_is_one_sentence_without_the_password(url: str, met: str) -> None:
    with pytest.raises(CollectorError, match=met) as raised:
        Database(url)
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_server_that_answers_before_it_has_written_is_told_to_write_first(postgres: Server) -> None:
    url = postgres.new_collector()
    name = _understood(url).database
    with closing(Database(url)) as database, database.writing() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    with closing(Database(url)) as database, database.reading() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
