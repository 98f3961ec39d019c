"""Getting at the store's file: transactions, room that was set by, and a file that is lost and found again."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING, TypeVar

from kiosk.errors import KioskError
from kiosk.keeping.database import is_damage, is_file_lost, is_full, meeting, open_database, reading, writing
from kiosk.keeping.mending import mend
from kiosk.keeping.reserve import RESERVE_NAME, Reserve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    import sqlalchemy as sa

    from kiosk.keeping.lock import Lock

T = TypeVar("T")

LEAST_FREE_BYTES = 8_000_000
"""Two voice messages of two minutes, or one that is kept a second time."""


class DamagedError(KioskError):
    """The bytes are not what was kept; the submission has been set aside."""


class Access:
    """One process's way to the file.

    Args:
        engine: on the open file.
        path: of the file.
        lock: held while it is open; None for readers.
        today: the day.
    """

    def __init__(self, engine: sa.Engine, path: Path, lock: Lock | None, today: Callable[[], date]) -> None:
        self._engine = engine
        self._path = path
        self._lock = lock
        self._today = today
        self._reserve = Reserve(path.with_name(RESERVE_NAME))
        self._file = _identity(path)

    def close(self) -> None:
        """Let go of file and lock; closing it again does nothing."""
        self._engine.dispose()
        lock, self._lock = self._lock, None
        if lock:
            lock.release()

    def look(self) -> None:
        """Read from the file, as little as can be. Raises: KioskError: it can't be read."""
        with self._reading("Cannot read the store") as connection:
            connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()

    def has_reserve(self) -> bool:
        """Whether there is room set by to close a visit on a full disk; it is made again where there is room for it."""
        return self._reserve.make()

    def takes_more(self) -> bool:
        """Whether something can be written, and there is room for a visit: tried, without keeping anything.

        Only the kiosk asks. A folder that was gone and is there again, or a file that broke, is taken up again: whoever
        put the disk right need not know that the kiosk wants to be restarted.
        """
        # A second time, because what was opened on a disk that was read-only stays so when the disk does not.
        return self._tried() or self._tried()

    def _tried(self) -> bool:
        try:
            self._take_up_again()
            if not self.has_reserve() or shutil.disk_usage(self._path.parent).free < LEAST_FREE_BYTES:
                return False
            with self._writing("Cannot write to the store") as connection:
                connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
        except (KioskError, OSError):
            self._engine.dispose()
            return False
        return True

    def _take_up_again(self) -> None:
        """Open the file that stands there now, a new one where it has gone. Raises: KioskError, OSError."""
        folder = self._path.parent
        if self._lock is not None and not self._lock.is_of_its_file():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = self._lock.take_again()
        mended = mend(self._path, self._today())
        if mended is None and self._path.exists():
            return
        engine, self._engine = self._engine, open_database(self._path, migrate=True)
        engine.dispose()

    @contextlib.contextmanager
    def _reading(self, op: str) -> Iterator[sa.Connection]:
        with self._letting_go(), meeting(op, self._path), reading(self._engine) as connection:
            yield connection

    @contextlib.contextmanager
    def _writing(self, op: str) -> Iterator[sa.Connection]:
        with self._letting_go(), meeting(op, self._path), writing(self._engine) as connection:
            yield connection

    @contextlib.contextmanager
    def _letting_go(self) -> Iterator[None]:
        """Keep no file open that may be another one by now: the kiosk puts a new one in the place of a broken one.

        SQLite tells a writer that its file was moved, but a reader reads on in the old one.
        """
        if (now := _identity(self._path)) != self._file:
            self._engine.dispose()
            self._file = now
        try:
            yield
        except KioskError as error:
            if is_file_lost(error.__cause__) or is_damage(error.__cause__):
                self._engine.dispose()
            raise

    @contextlib.contextmanager
    def _or_damaged(self) -> Iterator[None]:
        """Tell a broken part of the file, which stops one submission, from a disk that stops them all."""
        try:
            yield
        except KioskError as error:
            if is_damage(error.__cause__):
                raise DamagedError(error.op, error.subject, error.hint) from error.__cause__
            raise

    def _with_reserve(self, work: Callable[[], T]) -> T:
        """Do what ends a visit; on a full disk with the room that was set by for it. Raises: KioskError."""
        try:
            return work()
        except KioskError as error:
            if not is_full(error.__cause__) or not self._reserve.give_up():
                raise
        return work()


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands there; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
