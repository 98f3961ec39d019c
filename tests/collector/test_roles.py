"""On PostgreSQL whoever runs the server can take visits and read none; whoever reads can let nobody in."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from loopback_collector import NOW, Collector, Where, posted, visit, xform
from sqlalchemy.exc import ProgrammingError

from collector.alerts import due, mark_opened, tell
from collector.audit import lines
from collector.database import Database, _understood, open_data
from collector.errors import CollectorError
from collector.export import export
from collector.forms import add_form
from collector.keys import all_keys, new_key, revoke_key
from collector.limits import Limits
from collector.roles import ADMIN, GRANTS, INGEST, READER, make_roles, statements
from collector.serve import running
from collector.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postgres_server import Server

SENSITIVE = xform().replace(b"<data ", b'<data sayso_sensitive="yes" ')


class Office:
    """One database with a login for each role."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.url = server.new_collector()
        self.name = str(_understood(self.url).database)
        with closing(Database(self.url)) as owner:
            make_roles(owner, self.name)
            make_roles(owner, self.name)  # a second time, as after a new version, does no harm
            with owner.writing() as connection:
                for role in GRANTS:
                    connection.exec_driver_sql(f"CREATE ROLE {self.name}_{role}_login LOGIN")
                    connection.exec_driver_sql(f"GRANT {self.name}_{role} TO {self.name}_{role}_login")

    @contextmanager
    def role(self, role: str) -> Iterator[Database]:
        with closing(Database(self._server.url(self.name, f"{self.name}_{role}_login"))) as database:
            yield database


@pytest.fixture
def office(postgres: Server) -> Office:
    return Office(postgres)


def test_admin_lets_kiosks_in_ingest_takes_and_reader_reads(office: Office, tmp_path: Path) -> None:
    with office.role(ADMIN) as admin:
        add_form(admin, SENSITIVE, {"good.wav": b"RIFF"}, NOW)
        token = new_key(admin, "Elm Road", NOW)
        new_key(admin, "Oak Lane", NOW)
        revoke_key(admin, "Oak Lane", NOW)
    program = tmp_path / "tell"
    program.write_text(f"#!/bin/sh\necho told >> {tmp_path}/told\n", encoding="ascii")
    program.chmod(0o700)
    with office.role(INGEST) as ingest, running(ingest, lambda: NOW, limits=Limits(unknown_per_minute=1)) as url:
        there = Collector(url, token, ingest, Where(tmp_path))
        voice = ("m.wav", bytes(600_000))
        assert [posted(there, visit(message="m.wav"), voice).status_code for _ in range(2)] == [201, 201]
        assert posted(there, visit(said="bad")).status_code == 409
        assert posted(there, visit(message="m.wav"), ("m.wav", b"other")).status_code == 409
        assert [posted(there, visit(), token="wrong").status_code for _ in range(2)] == [401, 429]  # noqa: S106 - no secret
        assert tell(ingest, program, NOW) == ()
        assert due(ingest, NOW) == ()
    with office.role(READER) as reader:
        done = export(reader, tmp_path / "out")
        mark_opened(reader, done.opened, NOW)
        assert (done.rows, len(done.opened)) == (1, 1)
    assert ",good,m.wav," in done.files[0].read_text(encoding="utf-8")
    with office.role(ADMIN) as admin:
        events = [line.event for line in lines(admin)]
        assert events[:3] == ["key_made", "key_made", "key_revoked"]
        assert sorted(events[3:]) == ["conflict", "conflict", "token_unknown", "too_many"]


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        (INGEST, "SELECT xml FROM submissions"),
        (INGEST, "SELECT * FROM submissions"),
        (INGEST, "SELECT data FROM pieces"),
        (INGEST, "UPDATE submissions SET xml = ''"),
        (INGEST, "UPDATE submissions SET opened_at = now()"),
        (INGEST, "DELETE FROM submissions"),
        (INGEST, "DELETE FROM pieces"),
        (INGEST, "SELECT * FROM audit"),
        (INGEST, "UPDATE audit SET count = 0"),
        (INGEST, "INSERT INTO keys (name, token_sha256, created_at) VALUES ('x', 'x', now())"),
        (INGEST, "UPDATE keys SET revoked_at = NULL"),
        (INGEST, "CREATE TABLE more (id integer)"),
        (READER, "SELECT token_sha256 FROM keys"),
        (READER, "INSERT INTO keys (name, token_sha256, created_at) VALUES ('x', 'x', now())"),
        (READER, "UPDATE submissions SET xml = ''"),
        (READER, "DELETE FROM submissions"),
        (ADMIN, "SELECT xml FROM submissions"),
        (ADMIN, "SELECT data FROM pieces"),
        (ADMIN, "DELETE FROM audit"),
        (ADMIN, "UPDATE keys SET token_sha256 = ''"),
    ],
)
def test_no_role_may_do_what_it_is_not_for(office: Office, role: str, statement: str) -> None:
    with (
        office.role(role) as database,
        pytest.raises(ProgrammingError, match="permission denied"),
        database.writing() as connection,
    ):
        connection.exec_driver_sql(statement)


def test_every_table_is_in_the_roles_or_in_nobodys(office: Office) -> None:
    granted = {what.partition(" ")[0] for grants in GRANTS.values() for _, what in grants} - {"SEQUENCE"}
    assert granted == {"alembic_version", *metadata.tables}
    with closing(Database(office.url)) as owner, owner.reading() as connection:
        assert set(sa.inspect(connection).get_table_names()) == granted | {"about"}


def test_a_role_that_may_not_make_tables_is_told_so_in_one_sentence(postgres: Server) -> None:
    office = Office(postgres)
    with closing(Database(office.url)) as owner, owner.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(CollectorError, match="Cannot use the database"), office.role(INGEST):
        pass


def test_roles_are_sql_that_can_be_read_first() -> None:
    assert "GRANT SELECT (submission, name, sha256) ON attachments TO ours_ingest" in statements("ours")
    assert not any("xml" in one for one in statements("ours"))


def test_sqlite_has_no_roles(tmp_path: Path) -> None:
    with closing(open_data(tmp_path)) as database, pytest.raises(CollectorError, match="permissions"):
        make_roles(database)


def test_a_key_that_admin_made_is_listed_to_reader_without_its_hash(office: Office) -> None:
    with office.role(ADMIN) as admin:
        new_key(admin, "Elm Road", NOW)
    with office.role(READER) as reader:
        assert [key.name for key in all_keys(reader)] == ["Elm Road"]
