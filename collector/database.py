"""Where a collector keeps forms, keys and submissions: SQLAlchemy Core, on SQLite unless an URL says otherwise.

SQLite's write-ahead log stays off: 3.7.0 to 3.51.2 can corrupt such a database when two connections write at once, and
Debian 12 has 3.40.1.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.exc import DatabaseError, IntegrityError

from collector.errors import CollectorError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

FILE_NAME = "collector.sqlite"
SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 20

_metadata = MetaData()

about = Table("about", _metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False))

keys = Table(
    "keys",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    # SHA-256 is enough: a token is 256 random bits, which nobody can guess at whatever speed.
    Column("token_sha256", LargeBinary, nullable=False, unique=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
)

forms = Table(
    "forms",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("form_id", String, nullable=False),
    Column("version", String, nullable=False),  # "" for a form without one
    Column("title", String, nullable=False),
    Column("xform", LargeBinary, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("form_id", "version"),
)

media = Table(
    "media",
    _metadata,
    Column("form", ForeignKey("forms.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

submissions = Table(
    "submissions",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("instance_id", String, nullable=False, unique=True),
    Column("form_id", String, nullable=False, index=True),
    Column("version", String, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("xml", LargeBinary, nullable=False),
    Column("key", ForeignKey("keys.id"), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
)

attachments = Table(
    "attachments",
    _metadata,
    Column("submission", ForeignKey("submissions.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("content_type", String, nullable=False),
    Column("data", LargeBinary, nullable=False),
)


class Database:
    """The collector's tables, made when they are not there.

    Args:
        url: as SQLAlchemy writes it.
    Raises: CollectorError: not a database, or one of a newer collector.
    """

    def __init__(self, url: str) -> None:
        # hide_parameters: an error in a log must not hold what somebody said.
        self._engine = create_engine(url, hide_parameters=True)
        if self._engine.dialect.name == "sqlite":
            _set_up_sqlite(self._engine)
        hint = "Name another folder with --data, or move that file away."
        try:
            with self.writing() as connection:
                about.create(connection, checkfirst=True)
                found = connection.scalar(select(about.c.value).where(about.c.name == "schema"))
                if found is None:
                    _metadata.create_all(connection)
                    connection.execute(insert(about).values(name="schema", value=str(SCHEMA_VERSION)))
        except DatabaseError as error:
            self.close()
            where = self._engine.url.database or self._engine.dialect.name
            raise CollectorError("Cannot use", f"the database {where}: {error.orig}", hint) from None
        if found is not None and int(found) != SCHEMA_VERSION:
            self.close()
            met = f"its tables are of version {found}, this collector knows {SCHEMA_VERSION}"
            raise CollectorError(
                "Cannot use", f"the database: {met}", "Install the Sayso that wrote it, or a newer one."
            )

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent look at the data. Keep it short: on SQLite a reader holds up writers."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: kept as a whole when the block ends, or not at all."""
        with self._engine.connect().execution_options(sayso_writes=True) as connection, connection.begin():
            yield connection


def insert_if_new(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert first and look afterwards: two that arrive at once can't both believe to be the first.

    Returns: False when a row with the same key is there already.
    """
    try:
        with connection.begin_nested():
            connection.execute(insert(table).values(values))
    except IntegrityError:
        return False
    return True


def open_data(folder: Path, *, make: bool = True) -> Database:
    """The database in a data folder; both are made, for this user alone, when they are not there and `make` is true.

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
    return Database(f"sqlite:///{path}")


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
