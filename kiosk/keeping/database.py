"""The kiosk's SQLite file: opened with the pragmas that make a commit last, and brought up to date by Alembic.

TRUNCATE with EXTRA and not WAL: the library of Debian 12 (3.40.1) can corrupt a WAL database that two processes write.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from kiosk.errors import KioskError
from kiosk.keeping.schema import APPLICATION_ID, HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY_TIMEOUT_MS = 5000
"""How long a process waits for the other one's transaction."""

PRAGMAS: dict[str, tuple[str, object]] = {
    "busy_timeout": (str(BUSY_TIMEOUT_MS), BUSY_TIMEOUT_MS),
    "trusted_schema": ("OFF", 0),
    "cell_size_check": ("ON", 1),
    "journal_mode": ("TRUNCATE", "truncate"),
    "synchronous": ("EXTRA", 3),
    "foreign_keys": ("ON", 1),
    "secure_delete": ("ON", 1),
}
"""Name -> what is written, what must be read back. SQLite ignores a pragma that it does not know or can't grant."""

_MAGIC = b"SQLite format 3\0"
_WRITE = "sayso_write"
_MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(path: Path, *, migrate: bool) -> sa.Engine:
    """The database in that file, at the newest version; a new one where there is none.

    Args:
        path: in a folder that exists.
        migrate: bring an older version up to date; else it is refused. A new file is always made.

    Raises:
        KioskError: no database, another program's, of a newer version, or it can't be read or written. The file is left
            as it was.
    """
    with meeting("Cannot open the store", path):
        found = _revision(path)
        _refuse_unfit(path, found, migrate=migrate)
        if found is None and not path.exists():
            path.touch(mode=0o600)  # whoever made the folder: SQLite gives its journal the same permissions
        engine = _engine(path)
        try:
            if found == HEAD:
                with reading(engine):
                    pass  # the first connection sets the pragmas, and must not fail later
            else:
                with writing(engine) as connection:
                    _upgrade(connection)
        except BaseException:
            engine.dispose()
            raise
        return engine


@contextlib.contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that only reads. Keep it short: a reader delays the other process's commit."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction that writes, committed at the end. It takes its turn at once: none fails halfway as busy."""
    with engine.connect().execution_options(**{_WRITE: True}) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def meeting(op: str, path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say into a KioskError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        met, hint = _advice(error.orig)
        # The statement and its parameters are not chained: they hold the submission's bytes.
        raise KioskError(op, f"{path}: {met}", hint) from error.orig
    except sqlite3.Error as error:
        met, hint = _advice(error)
        raise KioskError(op, f"{path}: {met}", hint) from error
    except OSError as error:
        hint = "Let the user that runs Sayso read and write that folder, or name another one in store.folder."
        raise KioskError(op, f"{path}: {error.strerror}", hint) from error


def is_damage(error: BaseException | None) -> bool:
    """Whether SQLite found the file itself broken."""
    return _code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def is_full(error: BaseException | None) -> bool:
    """Whether there was no room."""
    return _code(error) == sqlite3.SQLITE_FULL


def is_file_lost(error: BaseException | None) -> bool:
    """Whether the file that is open is not the one that stands there any more, or can't be reached."""
    moved = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY_DBMOVED
    return moved or _code(error) in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}


def _code(error: BaseException | None) -> int | None:
    """SQLite's primary result code: the low byte of the extended one."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def _advice(error: BaseException | None) -> tuple[str, str]:
    """What was met and what to do about it."""
    match _code(error):
        case sqlite3.SQLITE_FULL:
            return "the disk is full", "Free some space on that disk. What was kept before is safe."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM | sqlite3.SQLITE_CANTOPEN:
            return f"it cannot be written ({error})", "Let the user that runs Sayso write there; see store.folder."
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another program holds it", "Close whatever else has that file open, then try again."
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return f"it is damaged ({error})", (
                "Restart the kiosk: it takes over what can still be read. If it is no store, name another store.folder."
            )
        case sqlite3.SQLITE_IOERR:
            return f"the disk fails ({error})", "Check whether the disk is full or worn out, and copy the folder."
        case _:
            return f"{error}", "Keep that folder and report this."


def _revision(path: Path) -> str | None:
    """The version of the database in that file, None for a new or empty one. Changes nothing in a file not ours."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    journal = path.with_name(path.name + "-journal")
    with path.open("rb") as file:
        # After a power cut in its very first transaction, a database has a journal before it has a header.
        if file.read(len(_MAGIC)) != _MAGIC and not (journal.exists() and journal.stat().st_size):
            hint = "Move that file away, or name another folder in store.folder."
            raise KioskError("Cannot open the store", f"{path}: it is not a database", hint)
    # mode=rw and not ro: a journal left by a power cut has to be rolled back to read anything.
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_MS / 1000)) as connection:
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
            return None
        if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
            hint = "Name another folder in store.folder."
            raise KioskError("Cannot open the store", f"{path}: it is another program's database", hint)
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else ""


def known_revision(path: Path) -> bool:
    """Whether the file's version is one that this program knows, or can't be read. Changes nothing."""
    try:
        found = _revision(path)
    except (sqlite3.Error, KioskError):
        return True
    return found in (None, "", HEAD) or found in _known_revisions()


def _refuse_unfit(path: Path, found: str | None, *, migrate: bool) -> None:
    if found in (None, HEAD):
        return
    if found not in _known_revisions():
        hint = "Install the newer Sayso again, or name a new folder in store.folder; nothing was changed."
        raise KioskError("Cannot open the store", f"{path}: it is of version {found}, newer than this Sayso", hint)
    if not migrate:
        hint = "Restart the kiosk first: it brings the store up to date."
        raise KioskError("Cannot open the store", f"{path}: it is of the older version {found}", hint)


def _engine(path: Path) -> sa.Engine:
    # hide_parameters: an error must not print a submission's bytes.
    # mode=rw: where the file has gone, a new connection must not quietly begin an empty one without tables.
    uri = f"{path.absolute().as_uri()}?mode=rw"
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, check_same_thread=False),
        poolclass=sa.QueuePool,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, record: object) -> None:
        del record
        connection.isolation_level = None  # `began` below says which BEGIN
        # One flipped bit in one id must not make all ids unreadable; the checksum finds the bit.
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        for name, (wanted, expected) in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {wanted}")
            met = connection.execute(f"PRAGMA {name}").fetchone()
            if met != (expected,):
                hint = "Close whatever else has that file open; if nothing has, this SQLite does not fit."
                raise KioskError("Cannot open the store", f"{path}: {name} is {met}, not {expected!r}", hint)

    @sa.event.listens_for(engine, "begin")
    def began(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(_WRITE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _script_config() -> Any:
    from alembic.config import Config  # noqa: PLC0415 - half a second on a Pi, and hardly ever needed

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _known_revisions() -> set[str]:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    return {script.revision for script in ScriptDirectory.from_config(_script_config()).walk_revisions()}


def _upgrade(connection: sa.Connection) -> None:
    """Every migration that is missing, within the caller's transaction."""
    from alembic.command import upgrade  # noqa: PLC0415 - as above

    config = _script_config()
    config.attributes["connection"] = connection
    upgrade(config, "head")
