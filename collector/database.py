"""Where a collector keeps forms, keys and submissions: SQLAlchemy Core, on SQLite unless an URL says PostgreSQL.

SQLite's write-ahead log stays off: 3.7.0 to 3.51.2 can corrupt such a database when two connections write at once, and
Debian 12 has 3.40.1. PostgreSQL works at READ COMMITTED, its own default: nothing here reads first and inserts then.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import URL, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError

from collector.errors import CollectorError
from collector.tables import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

FILE_NAME = "collector.sqlite"
BUSY_TIMEOUT_S = 20
CONNECT_TIMEOUT_S = 10
MOST_CONNECTIONS = 20
"""To PostgreSQL. Who finds none free waits."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x53617973
"""PostgreSQL's number for "somebody is making tables"; any number does that no other program takes."""
_FIRST = "0001"


class Database:
    """The collector's tables, made or brought up to date when they are opened.

    Args:
        url: as SQLAlchemy writes it; `postgresql://` alone takes the driver that is installed.
    Raises: CollectorError: not a database, one of a newer collector, or one whose tables this user may not make.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = _understood(url)
        self._engine = _engine(self.url)
        where = self.url.render_as_string(hide_password=True)
        try:
            if not self.on_postgresql:
                where = str(self.url.database)
            self._bring_up_to_date(where)
        except DBAPIError as error:
            self.close()
            hint = "Name another folder with --data, or move that file away."
            if self.on_postgresql:
                hint = "Check --database, that the server runs, and who may do what: `roles` prints that."
            met = str(error.orig).strip().partition("\n")[0]
            raise CollectorError("Cannot use", f"the database {where}: {met}", hint) from None
        except BaseException:
            self.close()
            raise

    @property
    def on_postgresql(self) -> bool:
        """Whether it is on a PostgreSQL server, else on SQLite."""
        return self._engine.dialect.name == "postgresql"

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One look at the data. Keep it short: on SQLite a reader holds up writers."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: kept as a whole when the block ends, or not at all."""
        with self._engine.connect().execution_options(sayso_writes=True) as connection, connection.begin():
            yield connection

    def _bring_up_to_date(self, where: str) -> None:
        with self.reading() as connection:
            found = _revision(connection)
        if found != HEAD:
            with self.writing() as connection:
                if self.on_postgresql:  # SQLite's BEGIN IMMEDIATE has the same effect
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
                found = _revision(connection)  # again: another process may have been faster
                if found is None or found in _known_revisions():
                    _upgrade(connection, found)
                    return
            met = f"its tables are of version {found}, this collector knows {HEAD}"
            hint = "Install the Sayso that wrote it, or a newer one; nothing was changed."
            raise CollectorError("Cannot use", f"the database {where}: {met}", hint)


def insert_if_new(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert first and look afterwards: two that arrive at once can't both believe to be the first.

    The second waits for the first one's transaction, on SQLite at BEGIN and on PostgreSQL at the unique index.

    Returns: False when a row with the same key is there already.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement: Any = insert(table).values(values)
    options = {"preserve_rowcount": True}
    return connection.execute(statement.on_conflict_do_nothing(), execution_options=options).rowcount == 1


def open_data(folder: Path, *, make: bool = True) -> Database:
    """The SQLite database in a data folder; both are made, for this user alone, when not there and `make` is true.

    Raises: CollectorError: the folder can't be made or written, or holds no collector.
    """
    path = folder / FILE_NAME
    if not make and not path.exists():
        raise CollectorError("Cannot use", f"the data folder {folder}: no collector's data is in it", "Check --data.")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
    except OSError as error:
        hint = "Name a folder with --data that you may write to."
        raise CollectorError("Cannot use", f"the data folder {folder}: {error.strerror}", hint) from None
    return Database(URL.create("sqlite", database=str(path)))


@contextmanager
def opened(folder: Path | None, url: str | None, *, make: bool = True) -> Iterator[Database]:
    """The database at an URL, or in a data folder: for one command.

    Raises: CollectorError: as for `Database` and `open_data`; and where it went away, or refused something, meanwhile.
    """
    if folder is None and url is None:
        raise CollectorError("Cannot use", "a database: none is named", "Name --data FOLDER, or --database URL.")
    database = open_data(folder, make=make) if folder is not None else Database(url or "")
    try:
        yield database
    except DBAPIError as error:
        # The statement is not chained, nor what it was given.
        met = str(error.orig).strip().partition("\n")[0]
        hint = "Check that it is there, and who may do what: docs/collector.md."
        raise CollectorError("Cannot use", f"the database: {met}", hint) from None
    finally:
        database.close()


def _understood(url: str | URL) -> URL:
    hint = "Write it as postgresql://USER@HOST/NAME; for SQLite use --data FOLDER."
    try:
        found = make_url(url)
    except ArgumentError:
        # The text is not shown: it may hold a password.
        raise CollectorError("Cannot use", "the database's URL: it is not one", hint) from None
    if found.drivername in {"postgresql", "postgres"}:
        found = found.set(drivername="postgresql+psycopg")
    if found.drivername not in {"postgresql+psycopg", "sqlite"}:
        raise CollectorError("Cannot use", f"the database's URL: {found.drivername} is not known here", hint)
    return found


def _engine(url: URL) -> Engine:
    # hide_parameters: an error in a log must not hold what somebody said.
    if url.drivername == "sqlite":
        engine = create_engine(url, hide_parameters=True)
        _set_up_sqlite(engine)
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        pool_size=MOST_CONNECTIONS,
        max_overflow=0,
        pool_pre_ping=True,  # a server that was restarted costs nobody an answer
        connect_args={} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_TIMEOUT_S},
    )
    _set_up_postgresql(engine)
    return engine


def _set_up_sqlite(engine: Engine) -> None:
    # Python's own handling of transactions begins them late, so that two readers that turn writers lock each other out.
    # Source: SQLAlchemy's SQLite dialect, "Serializable isolation / Savepoints / Transactional DDL".
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_S * 1000}",
            "journal_mode=TRUNCATE",
            "synchronous=EXTRA",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("sayso_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _set_up_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            # A server may have it off for all; what is answered with 201 has to be on its disk.
            cursor.execute("SELECT set_config('synchronous_commit', 'on', false) WHERE"
                           " current_setting('synchronous_commit') IN ('off', 'local')")  # fmt: skip
        connection.commit()


def _revision(connection: Connection) -> str | None:
    """The version of the tables; None where there are none."""
    tables = sa.inspect(connection)
    if tables.has_table("alembic_version"):
        return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))
    if tables.has_table("about"):
        schema = connection.scalar(sa.text("SELECT value FROM about WHERE name = 'schema'"))
        return _FIRST if schema == "1" else f"about {schema}"
    return None


def _known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - slow to load, and hardly ever needed

    return {script.revision for script in ScriptDirectory.from_config(_script_config()).walk_revisions()}


def _script_config() -> Any:
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _upgrade(connection: Connection, found: str | None) -> None:
    """Every migration that is missing, within the caller's transaction."""
    from alembic.command import stamp, upgrade  # noqa: PLC0415 - as above

    config = _script_config()
    config.attributes["connection"] = connection
    if found == _FIRST:
        stamp(config, _FIRST)
    upgrade(config, "head")
