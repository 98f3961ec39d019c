"""What was said, kept: every call commits before it returns, and nothing here can read a sealed answer.

Kiosk and uploader are two processes on one file, as one user. The kiosk keeps, finishes and forgets; the uploader
claims, sends and settles; neither holds a transaction for longer than its own few rows.
"""

from __future__ import annotations

import contextlib
import shutil
from enum import Enum
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from kiosk.errors import KioskError
from kiosk.keeping import tally
from kiosk.keeping.database import is_damage, meeting, open_database, reading, writing
from kiosk.keeping.day import today as day_here
from kiosk.keeping.lock import Lock
from kiosk.keeping.rows import checksum, fetch, put
from kiosk.keeping.schema import State, attachments, submissions
from kiosk.keeping.tally import DAMAGED, Counts, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from openrosa.submission import Submission

__all__ = ["DAMAGED", "DATABASE_NAME", "AlreadySentError", "Counts", "DamagedError", "Role", "Store", "Tally"]

DATABASE_NAME = "sayso.db"
LONGEST_REASON = 200
LEAST_FREE_BYTES = 8_000_000
"""Two voice messages of two minutes, or one that is kept a second time."""


class Role(Enum):
    """Who opens the store. One kiosk and one uploader at a time; readers as many as there are."""

    KIOSK = "kiosk"
    UPLOADER = "upload"
    READER = "reader"


class AlreadySentError(KioskError):
    """Forgotten here, but it was being sent or had been: nobody may be told that it is gone."""


class DamagedError(KioskError):
    """The bytes are not what was kept; the submission has been set aside."""


class Store:
    """The submissions of one kiosk. Safe to call from several threads; every method raises KioskError for the disk."""

    def __init__(self, engine: sa.Engine, path: Path, lock: Lock | None, today: Callable[[], date]) -> None:
        self._engine = engine
        self._path = path
        self._lock = lock
        self._today = today

    @classmethod
    def open(cls, folder: Path, role: Role, today: Callable[[], date] = day_here) -> Self:
        """The store in that folder; a new one where there is none.

        Only the kiosk brings an older version up to date: the uploader must not change tables under a running kiosk.

        Args:
            folder: made if need be.
            role: who opens it.
            today: the day, noted for what ends or is set aside.

        Raises:
            KioskError: a second kiosk or uploader, no database, one of a newer version, or the disk says no.
        """
        path = folder / DATABASE_NAME
        with meeting("Cannot open the store", folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = None if role is Role.READER else Lock.take(folder / f"{role.value}.lock", role.value)
        try:
            store = cls(open_database(path, migrate=role is Role.KIOSK), path, lock, today)
            if role is Role.UPLOADER:
                store.take_back()
        except BaseException:
            if lock:
                lock.release()
            raise
        return store

    def close(self) -> None:
        """Let go of file and lock; closing it again does nothing."""
        self._engine.dispose()
        lock, self._lock = self._lock, None
        if lock:
            lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The kiosk's side

    def keep(self, submission: Submission, *, sensitive: bool = False) -> None:
        """Keep a visit so far; it replaces the same visit's earlier snapshot. It is not sent while it is open.

        Args:
            submission: the snapshot.
            sensitive: of a form that nothing staff can see may depend on: it is in no tally.

        Raises:
            KioskError: the visit is finished already, or the disk says no: nothing was changed.
        """
        self._put("Cannot keep the visit", submission, State.OPEN, (State.OPEN,), sensitive=sensitive)

    def finish(self, submission: Submission, *, complete: bool = True, sensitive: bool = False) -> None:
        """Keep the whole visit and put it in the outbox, both or neither.

        The same again, as after a power cut before this returned, replaces what waits.

        Args:
            submission: its last snapshot.
            complete: it went to its end; only counted, five visits at a time.
            sensitive: as for `keep`.

        Raises:
            KioskError: it is being sent or has been, or the disk says no: nothing was changed.
        """
        over = (State.OPEN, State.WAITING)
        noted = {"ended_on": self._today(), "complete": complete, "sensitive": sensitive}
        self._put("Cannot finish the visit", submission, State.WAITING, over, **noted)

    def close_open(self) -> int:
        """Put visits that a power cut left open in the outbox, as they are; how many. Call it at the kiosk's start."""
        with self._writing("Cannot close visits left open") as connection:
            closed = sa.update(submissions).where(submissions.c.state == State.OPEN.value)
            ended = closed.values(state=State.WAITING.value, ended_on=self._today(), complete=False)
            return connection.execute(ended).rowcount

    def takes_more(self) -> bool:
        """Whether something can be written, and there is room for a visit: tried, without keeping anything."""
        try:
            if shutil.disk_usage(self._path.parent).free < LEAST_FREE_BYTES:
                return False
            with self._writing("Cannot write to the store") as connection:
                connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
        except (KioskError, OSError):
            return False
        return True

    def forget(self, instance_id: str) -> None:
        """Delete a visit's row and bytes, wherever it stands; committed, and overwritten in the file, on return.

        Once it is being sent nothing can call it back: it is deleted here all the same, is not tried again, and the
        error says so. A visit of which nothing was kept is forgotten already.

        Raises:
            AlreadySentError: deleted here, but the server may have it.
            KioskError: the disk says no: it may still be there.
        """
        with self._writing("Cannot forget the visit") as connection:
            mine = submissions.c.instance_id == instance_id
            state = connection.execute(sa.select(submissions.c.state).where(mine)).scalar()
            connection.execute(sa.delete(submissions).where(mine))
        if state in (State.SENDING.value, State.DELIVERED.value):
            hint = "Ask whoever runs the server to delete it there."
            raise AlreadySentError("Cannot forget", f"{instance_id}: deleted here, but it was being sent", hint)

    # The uploader's side

    def waiting(self) -> list[str]:
        """Instance ids in the outbox, in the order in which the visits began."""
        with self._reading("Cannot read the outbox") as connection:
            query = sa.select(submissions.c.instance_id).where(submissions.c.state == State.WAITING.value)
            return list(connection.execute(query.order_by(submissions.c.seq)).scalars())

    def claim(self, instance_id: str) -> Submission | None:
        """Take one out of the outbox to send it; None if it does not wait there any more.

        It counts as being sent from here on, until `delivered`, `set_aside` or `release`.

        Raises: DamagedError: it was set aside instead.
        """
        with self._or_damaged(), self._writing("Cannot take from the outbox") as connection:
            if not self._move(connection, instance_id, (State.WAITING,), State.SENDING):
                return None
        return self._checked(instance_id)

    def release(self, instance_id: str) -> None:
        """Put one that was claimed back in the outbox."""
        with self._writing("Cannot put back in the outbox") as connection:
            self._move(connection, instance_id, (State.SENDING,), State.WAITING)

    def take_back(self) -> int:
        """Put back what an uploader that was killed left as being sent; how many.

        The server may have it already: the same bytes under the same id are accepted again.
        """
        with self._writing("Cannot put back in the outbox") as connection:
            left = sa.update(submissions).where(submissions.c.state == State.SENDING.value)
            return connection.execute(left.values(state=State.WAITING.value)).rowcount

    def delivered(self, instance_id: str, day: date) -> None:
        """The server has all of it. One that was forgotten meanwhile stays forgotten."""
        with self._writing("Cannot note the delivery") as connection:
            self._move(connection, instance_id, (State.WAITING, State.SENDING), State.DELIVERED, delivered_on=day)

    def set_aside(self, instance_id: str, reason: str) -> None:
        """Leave it out of the outbox for people to look at; its bytes stay. One that was delivered stays delivered."""
        with self._writing("Cannot set aside") as connection:
            states = (State.WAITING, State.SENDING)
            noted = {"reason": reason[:LONGEST_REASON], "set_aside_on": self._today()}
            self._move(connection, instance_id, states, State.SET_ASIDE, **noted)

    def erase_delivered(self, before: date) -> int:
        """Erase the bytes of what was delivered before that day; how many. Their ids and days stay."""
        with self._writing("Cannot erase what was delivered") as connection:
            due = (submissions.c.state == State.DELIVERED.value) & (submissions.c.delivered_on < before)
            numbers = sa.select(submissions.c.seq).where(due)
            connection.execute(sa.delete(attachments).where(attachments.c.submission_seq.in_(numbers)))
            erased = sa.update(submissions).where(due & submissions.c.xml.is_not(None)).values(xml=None)
            return connection.execute(erased).rowcount

    # For both

    def load(self, instance_id: str) -> Submission:
        """The bytes exactly as they were kept.

        Raises:
            DamagedError: they are not; it was set aside.
            KioskError: there is none, or its bytes were erased after delivery.
        """
        found = self._checked(instance_id)
        if found is None:
            raise KioskError("Cannot load", f"{instance_id}: nothing is kept of it", "It was erased or forgotten.")
        return found

    def counts(self) -> Counts:
        """How many stand where now: for the machine. People see `tally`."""
        with self._reading("Cannot count") as connection:
            return tally.count(connection)

    def tally(self) -> Tally:
        """How many stood where at last midnight: for people."""
        with self._reading("Cannot count") as connection:
            return tally.tally(connection, self._today())

    def is_sensitive(self, instance_id: str) -> bool:
        """Whether it is of a form that nothing staff can see may depend on."""
        with self._reading("Cannot read the outbox") as connection:
            return tally.is_sensitive(connection, instance_id)

    def undelivered(self, before: date | None = None) -> list[tuple[str, int]]:
        """Instance id and size in bytes of all that the server does not have, set aside too, in no order.

        Args:
            before: leave out what ended on that day or later.
        """
        with self._reading("Cannot read the outbox") as connection:
            return tally.undelivered(connection, before)

    @contextlib.contextmanager
    def _or_damaged(self) -> Iterator[None]:
        """Tell a broken part of the file, which stops one submission, from a disk that stops them all."""
        try:
            yield
        except KioskError as error:
            if is_damage(error.__cause__):
                raise DamagedError(error.op, error.subject, error.hint) from error.__cause__
            raise

    @contextlib.contextmanager
    def _reading(self, op: str) -> Iterator[sa.Connection]:
        with meeting(op, self._path), reading(self._engine) as connection:
            yield connection

    @contextlib.contextmanager
    def _writing(self, op: str) -> Iterator[sa.Connection]:
        with meeting(op, self._path), writing(self._engine) as connection:
            yield connection

    def _put(self, op: str, submission: Submission, to: State, over: tuple[State, ...], **noted: Any) -> None:
        with self._writing(op) as connection:
            if not put(connection, submission, to, over, **noted):
                hint = "A finished visit is not changed; start another one."
                raise KioskError(op, f"{submission.instance_id}: it is finished already", hint)

    def _move(
        self, connection: sa.Connection, instance_id: str, states: tuple[State, ...], to: State, **values: object
    ) -> bool:
        mine = (submissions.c.instance_id == instance_id) & submissions.c.state.in_([each.value for each in states])
        return connection.execute(sa.update(submissions).where(mine).values(state=to.value, **values)).rowcount == 1

    def _checked(self, instance_id: str) -> Submission | None:
        """The submission, or None where nothing is kept of it; a damaged one is set aside."""
        with contextlib.suppress(DamagedError):
            with self._or_damaged(), self._reading("Cannot load") as connection:
                found = fetch(connection, instance_id)
            if found is None:
                return None
            submission, kept = found
            if checksum(submission) == kept:
                return submission
        with self._or_damaged():
            self.set_aside(instance_id, DAMAGED)
        hint = "It was set aside and the others go on; copy the data folder for whoever repairs it."
        raise DamagedError("Cannot load", f"{instance_id}: it is {DAMAGED}", hint)
