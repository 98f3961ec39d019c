"""Opening the store: what must hold each time, and what is refused without being touched."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from kiosk.errors import KioskError
from kiosk.keeping import database
from kiosk.keeping.database import PRAGMAS, open_database, reading, writing
from kiosk.keeping.schema import APPLICATION_ID, HEAD, metadata
from kiosk.keeping.store import Counts, Role, Store
from openrosa.submission import Submission

ONE = Submission("uuid:1", "my_home", "1", b"<x/>", (), sealed=True)


def test_each_connection_has_every_pragma(tmp_path):
    engine = open_database(tmp_path / "sayso.db", migrate=True)
    with reading(engine) as first, reading(engine) as second:
        for connection in (first, second):
            met = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
            assert met == {
                "busy_timeout": 5000,
                "trusted_schema": 0,
                "cell_size_check": 1,
                "journal_mode": "truncate",
                "synchronous": 3,
                "foreign_keys": 1,
                "secure_delete": 1,
            }
    engine.dispose()


def test_a_pragma_that_does_not_hold_refuses_the_opening(tmp_path, monkeypatch):
    monkeypatch.setitem(PRAGMAS, "synchronous", ("OFF", 3))
    with pytest.raises(KioskError, match=r"synchronous is \(0,\), not 3"):
        open_database(tmp_path / "sayso.db", migrate=True)


def test_a_new_database_goes_through_the_migrations_to_exactly_these_tables(tmp_path):
    engine = open_database(tmp_path / "sayso.db", migrate=True)
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == HEAD
        assert connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION_ID
    engine.dispose()


def test_the_head_written_down_is_the_head_of_the_folder():
    assert ScriptDirectory.from_config(database._script_config()).get_current_head() == HEAD


def test_migrations_are_all_or_nothing(tmp_path):
    path = tmp_path / "sayso.db"
    path.touch()
    engine = database._engine(path)

    def cut():
        with writing(engine) as connection:
            database._upgrade(connection)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        cut()
    with reading(engine) as connection:
        assert sa.inspect(connection).get_table_names() == []
    engine.dispose()
    open_database(path, migrate=True).dispose()


def test_only_the_owner_can_read_what_is_kept(tmp_path):
    (tmp_path / "made-before").mkdir(mode=0o755)
    for folder in (tmp_path / "data", tmp_path / "made-before"):
        with Store.open(folder, Role.KIOSK) as store:
            store.finish(ONE)
            assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_kiosk_and_uploader_may_both_start_on_a_folder_that_is_not_there_yet(tmp_path):
    code = (
        "import sys, pathlib; from kiosk.keeping.store import Role, Store\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        f"Store.open(pathlib.Path({str(tmp_path / 'data')!r}), Role[sys.argv[1]]).counts()"
    )
    roles = (Role.KIOSK, Role.UPLOADER, Role.READER, Role.READER)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    processes = [subprocess.Popen([sys.executable, "-c", code, role.name], **pipes) for role in roles]
    for process in processes:
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in processes:
        assert process.communicate(timeout=60) == (b"", b"")
        assert process.returncode == 0


def at_version(path, version):
    Store.open(path.parent, Role.KIOSK).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.close()


@pytest.mark.parametrize("role", list(Role))
def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path, role):
    path = tmp_path / "sayso.db"
    at_version(path, "9999")
    before = path.read_bytes()
    with pytest.raises(KioskError) as caught:
        Store.open(tmp_path, role)
    assert str(path) in caught.value.subject
    assert "9999, newer than this Sayso" in caught.value.subject
    assert "Install the newer Sayso" in caught.value.hint
    assert path.read_bytes() == before


def test_an_older_version_is_brought_up_to_date_by_the_kiosk_alone(tmp_path, monkeypatch):
    path = tmp_path / "sayso.db"
    Store.open(tmp_path, Role.KIOSK).close()
    monkeypatch.setattr(database, "HEAD", "0003")  # as if this program were one step further
    with pytest.raises(KioskError, match=r"older version 0002.*Restart the kiosk"):
        Store.open(tmp_path, Role.UPLOADER)
    assert path.exists()
    Store.open(tmp_path, Role.KIOSK).close()


@pytest.mark.parametrize("content", [b"these are somebody's notes, not a database", b"SQLite format 3\0" + b"x" * 4096])
@pytest.mark.parametrize("role", list(Role))
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path, content, role):
    path = tmp_path / "sayso.db"
    path.write_bytes(content)
    with pytest.raises(KioskError) as caught:
        Store.open(tmp_path, role)
    assert str(path) in str(caught.value)
    assert "store.folder" in caught.value.hint
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "sayso.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(KioskError, match="another program's database"):
        Store.open(tmp_path, Role.KIOSK)
    assert path.read_bytes() == before


def test_an_empty_file_is_a_new_store(tmp_path):
    (tmp_path / "sayso.db").touch()
    with Store.open(tmp_path, Role.KIOSK) as store:
        assert store.counts() == Counts()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(KioskError, match=r"store\.folder"):
        Store.open(tmp_path / "file" / "data", Role.KIOSK)


@pytest.mark.parametrize("role", [Role.KIOSK, Role.UPLOADER])
def test_a_second_process_of_the_same_kind_is_refused_with_the_firsts_number(tmp_path, role):
    code = (
        "import sys, pathlib; from kiosk.keeping.store import Role, Store\n"
        f"store = Store.open(pathlib.Path({str(tmp_path)!r}), Role.{role.name})\n"
        "print('open', flush=True); sys.stdin.read()"
    )
    first = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert first.stdout.readline() == b"open\n"
        with pytest.raises(KioskError) as caught:
            Store.open(tmp_path, role)
        assert f"process {first.pid} has it" in caught.value.subject
        assert "Stop that one first" in caught.value.hint
    finally:
        first.kill()
        first.communicate()
    Store.open(tmp_path, role).close()  # a killed one leaves no lock behind


def test_a_refused_opening_lets_go_of_the_lock(tmp_path):
    (tmp_path / "sayso.db").write_bytes(b"no database")
    with pytest.raises(KioskError, match="not a database"):
        Store.open(tmp_path, Role.KIOSK)
    (tmp_path / "sayso.db").unlink()
    Store.open(tmp_path, Role.KIOSK).close()


def test_closing_twice_takes_the_lock_from_nobody(tmp_path):
    first = Store.open(tmp_path, Role.KIOSK)
    first.close()
    with Store.open(tmp_path, Role.KIOSK):
        first.close()
        with pytest.raises(KioskError, match="second kiosk"):
            Store.open(tmp_path, Role.KIOSK)


def test_kiosk_uploader_and_readers_open_one_store_together(tmp_path):
    with (
        Store.open(tmp_path, Role.KIOSK) as kiosk,
        Store.open(tmp_path, Role.UPLOADER) as uploader,
        Store.open(tmp_path, Role.READER) as one,
        Store.open(tmp_path, Role.READER) as other,
    ):
        kiosk.finish(ONE)
        assert uploader.waiting() == ["uuid:1"]
        assert one.counts() == other.counts() == Counts(waiting=1)


def test_a_program_that_holds_the_database_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setitem(PRAGMAS, "busy_timeout", ("1", 1))
    with Store.open(tmp_path, Role.KIOSK) as store:
        other = sqlite3.connect(tmp_path / "sayso.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(KioskError, match="another program holds it"):
            store.keep(ONE)
        other.execute("ROLLBACK")
        other.close()
        store.keep(ONE)


def test_a_writer_takes_its_turn_before_its_first_statement_and_a_reader_takes_none(tmp_path):
    Store.open(tmp_path, Role.KIOSK).close()
    engine = open_database(tmp_path / "sayso.db", migrate=False)
    other = sqlite3.connect(tmp_path / "sayso.db", isolation_level=None, timeout=0)
    with writing(engine), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    with reading(engine):
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    other.close()
    engine.dispose()


def test_the_lock_names_this_process(tmp_path):
    with Store.open(tmp_path, Role.KIOSK):
        assert (tmp_path / "kiosk.lock").read_text() == str(os.getpid())
