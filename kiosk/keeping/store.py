"""What was said, kept: every call commits before it returns, and nothing here can read a sealed answer.

Kiosk and uploader are two processes on one file, as one user. The kiosk keeps, finishes and forgets; the uploader
claims, sends and settles; neither holds a transaction for longer than its own few rows.
"""

from __future__ import annotations

import contextlib
from enum import Enum
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from kiosk.errors import KioskError
from kiosk.keeping import tally
from kiosk.keeping.access import Access, DamagedError
from kiosk.keeping.database import is_full, meeting, open_database
from kiosk.keeping.day import today as day_here
from kiosk.keeping.lasting import refuse_forgetful
from kiosk.keeping.lock import Lock
from kiosk.keeping.mending import mend
from kiosk.keeping.rows import checksum, erase, fetch, put
from kiosk.keeping.schema import State, submissions
from kiosk.keeping.tally import DAMAGED, Counts, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date
    from pathlib import Path

    from openrosa.submission import Submission

__all__ = ["DAMAGED", "DATABASE_NAME", "AlreadySentError", "Counts", "DamagedError", "Role", "Store", "Tally"]

DATABASE_NAME = "sayso.db"
LONGEST_REASON = 200


class Role(Enum):
    """Who opens the store. One kiosk and one uploader at a time; readers as many as there are."""

    KIOSK = "kiosk"
    UPLOADER = "upload"
    READER = "reader"


class AlreadySentError(KioskError):
    """Forgotten here, but it was being sent or had been: nobody may be told that it is gone."""


class Store(Access):
    """The submissions of one kiosk. Safe to call from several threads; every method raises KioskError for the disk."""

    @classmethod
    def open(
        cls, folder: Path, role: Role, today: Callable[[], date] = day_here, *, allow_volatile: bool = True
    ) -> Self:
        """The store in that folder; a new one where there is none.

        Only the kiosk brings an older version up to date, and mends a broken file: the uploader must not change tables
        under a running kiosk.

        Args:
            folder: made if need be.
            role: who opens it.
            today: the day, noted for what ends or is set aside.
            allow_volatile: the folder may lie where a restart empties it. False refuses that before anything is made.

        Raises:
            KioskError: a second kiosk or uploader, no database, one of a newer version, or the disk says no.
        """
        if not allow_volatile:
            refuse_forgetful(folder)
        path = folder / DATABASE_NAME
        with meeting("Cannot open the store", folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = None if role is Role.READER else Lock.take(folder / f"{role.value}.lock", role.value)
        try:
            if role is Role.KIOSK:
                mend(path, today())
            store = cls(open_database(path, migrate=role is Role.KIOSK), path, lock, today)
            if role is Role.UPLOADER:
                store.take_back()
            elif role is Role.KIOSK:
                store.has_reserve()
        except BaseException:
            if lock:
                lock.release()
            raise
        return store

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

        The same again, as after a power cut before this returned, replaces what waits. On a disk so full that not even
        the room set by is enough, what was kept last goes to the outbox: all that was said back, only its end is not
        in it.

        Args:
            submission: its last snapshot.
            complete: it went to its end; only counted, five visits at a time.
            sensitive: as for `keep`.

        Raises:
            KioskError: it is being sent or has been, or the disk says no: nothing was changed.
        """
        over = (State.OPEN, State.WAITING)
        noted = {"ended_on": self._today(), "complete": complete, "sensitive": sensitive}
        op = "Cannot finish the visit"
        try:
            self._with_reserve(lambda: self._put(op, submission, State.WAITING, over, **noted))
        except KioskError as error:
            if not is_full(error.__cause__) or not self._close(op, submissions.c.instance_id == submission.instance_id):
                raise

    def close_open(self) -> int:
        """Put visits that a power cut left open in the outbox, as they are; how many. Call it at the kiosk's start."""
        op = "Cannot close visits left open"
        return self._with_reserve(lambda: self._close(op, sa.true()))

    def forget(self, instance_id: str) -> None:
        """Delete a visit's row and bytes, wherever it stands; committed, and overwritten in the file, on return.

        Once it is being sent nothing can call it back: it is deleted here all the same, is not tried again, and the
        error says so. A visit of which nothing was kept is forgotten already.

        Raises:
            AlreadySentError: deleted here, but the server may have it.
            KioskError: the disk says no: it may still be there.
        """
        state = self._with_reserve(lambda: self._delete(instance_id))
        if state in (State.SENDING.value, State.DELIVERED.value):
            hint = "Ask whoever runs the server to delete it there."
            raise AlreadySentError("Cannot forget", f"{instance_id}: deleted here, but it was being sent", hint)

    # The uploader's side

    def waiting(self, *, ended_on: date | None = None) -> list[str]:
        """Instance ids in the outbox, in the order in which the visits began.

        Args:
            ended_on: only of visits that ended on that very day; None: all.
        """
        with self._reading("Cannot read the outbox") as connection:
            query = sa.select(submissions.c.instance_id).where(submissions.c.state == State.WAITING.value)
            if ended_on is not None:
                query = query.where(submissions.c.ended_on == ended_on)
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

    def erase_delivered(self, but: Collection[date]) -> int:
        """Erase the bytes of what was delivered on any day but those; how many. Their ids and days stay."""
        with self._writing("Cannot erase what was delivered") as connection:
            due = (submissions.c.state == State.DELIVERED.value) & submissions.c.delivered_on.not_in(but)
            return erase(connection, due & submissions.c.xml.is_not(None))

    def erase_received(self, instance_id: str, day: date) -> bool:
        """The collector has signed that it has these very bytes: count it as delivered and erase them, at once.

        Returns: False if there is nothing to erase: unknown, still open, or delivered before.
        """
        states = (State.WAITING, State.SENDING, State.SET_ASIDE)
        with self._writing("Cannot erase what was received") as connection:
            moved = self._move(connection, instance_id, states, State.DELIVERED, delivered_on=day)
            return moved and erase(connection, submissions.c.instance_id == instance_id) == 1

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

    def _put(self, op: str, submission: Submission, to: State, over: tuple[State, ...], **noted: Any) -> None:
        with self._writing(op) as connection:
            if not put(connection, submission, to, over, **noted):
                hint = "A finished visit is not changed; start another one."
                raise KioskError(op, f"{submission.instance_id}: it is finished already", hint)

    def _close(self, op: str, which: sa.ColumnElement[bool]) -> int:
        """Put open visits in the outbox as they are, by their rows alone; how many."""
        with self._writing(op) as connection:
            closed = sa.update(submissions).where((submissions.c.state == State.OPEN.value) & which)
            ended = closed.values(state=State.WAITING.value, ended_on=self._today(), complete=False)
            return connection.execute(ended).rowcount

    def _delete(self, instance_id: str) -> str | None:
        """Delete a visit; the state it was in, None where there was none."""
        with self._writing("Cannot forget the visit") as connection:
            mine = submissions.c.instance_id == instance_id
            state: str | None = connection.execute(sa.select(submissions.c.state).where(mine)).scalar()
            connection.execute(sa.delete(submissions).where(mine))
        return state

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
