"""How many submissions stand where: now, for the machine; as of last midnight, for people.

Nobody may see from a count that somebody answered just now. Whether the newest visits were finished is not told either:
in a house of five, a number that grows by one overnight says who stopped. They are told apart five at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kiosk.keeping.schema import State, attachments, submissions

if TYPE_CHECKING:
    from datetime import date

DAMAGED = "damaged on this disk"
"""The reason of a submission whose bytes are no longer what was kept."""

TOLD_TOGETHER = 5
"""So many visits at a time are told apart into finished and incomplete."""

_INSTANCE_ID = re.compile(r"uuid:[0-9a-f-]{36}")
_STATUS = re.compile(r".*\bHTTP \d{3}\b")


@dataclass(frozen=True)
class Counts:
    """How many submissions stand where, now.

    Attributes:
        open: a visit that is going on.
        waiting: finished and not delivered yet, being sent included.
        set_aside: refused by the server, or damaged.
        damaged: those of `set_aside` whose bytes are broken.
        delivered: all that ever were.
    """

    open: int = 0
    waiting: int = 0
    set_aside: int = 0
    damaged: int = 0
    delivered: int = 0


@dataclass(frozen=True)
class Tally(Counts):
    """The same as of last midnight, for people: nothing that happens today changes it. `open` is always 0.

    Attributes:
        finished: visits that went to their end.
        incomplete: visits that did not.
        untold: the newest, up to four, which are not told apart yet; and those that an older Sayso kept.
        reasons: why the server refused what was set aside, each with how many.
    """

    finished: int = 0
    incomplete: int = 0
    untold: int = 0
    reasons: tuple[tuple[str, int], ...] = ()


def count(connection: sa.Connection) -> Counts:
    """How many stand where now."""
    query = sa.select(submissions.c.state, sa.func.count()).group_by(submissions.c.state)
    by_state: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    broken = (submissions.c.state == State.SET_ASIDE.value) & (submissions.c.reason == DAMAGED)
    return Counts(
        open=by_state.get(State.OPEN.value, 0),
        waiting=by_state.get(State.WAITING.value, 0) + by_state.get(State.SENDING.value, 0),
        set_aside=by_state.get(State.SET_ASIDE.value, 0),
        damaged=_number(connection, broken),
        delivered=by_state.get(State.DELIVERED.value, 0),
    )


def tally(connection: sa.Connection, today: date) -> Tally:
    """How many stood where when `today` began. Nothing that staff can see depends on a sensitive form."""
    ended = _ended_before(today) & ~submissions.c.sensitive
    delivered = ended & (submissions.c.state == State.DELIVERED.value) & (submissions.c.delivered_on < today)
    aside_by_then = submissions.c.set_aside_on.is_(None) | (submissions.c.set_aside_on < today)
    aside = ended & (submissions.c.state == State.SET_ASIDE.value) & aside_by_then
    total, sent, set_aside = (_number(connection, which) for which in (ended, delivered, aside))
    told = total - total % TOLD_TOGETHER
    # By number and not by day: a clock that was wrong for a while must not move a visit from one five to another.
    oldest = sa.select(submissions.c.complete).where(ended).order_by(submissions.c.seq)
    first = oldest.limit(told).subquery()
    by_end = connection.execute(sa.select(first.c.complete, sa.func.count()).group_by(first.c.complete))
    apart: dict[bool | None, int] = {row[0]: row[1] for row in by_end}
    finished, incomplete = apart.get(True, 0), apart.get(False, 0)
    return Tally(
        waiting=total - sent - set_aside,
        set_aside=set_aside,
        damaged=_number(connection, aside & (submissions.c.reason == DAMAGED)),
        delivered=sent,
        finished=finished,
        incomplete=incomplete,
        untold=total - finished - incomplete,
        reasons=_reasons(connection, aside),
    )


def is_sensitive(connection: sa.Connection, instance_id: str) -> bool:
    """Whether it is of a form that nothing staff can see may depend on."""
    query = sa.select(submissions.c.sensitive).where(submissions.c.instance_id == instance_id)
    return bool(connection.execute(query).scalar())


def undelivered(connection: sa.Connection, before: date | None) -> list[tuple[str, int]]:
    """Instance id and size in bytes of each submission that the server does not have, being sent and set aside too.

    Args:
        connection: in a transaction.
        before: leave out visits that ended on that day or later; None: all.
    """
    states = [state.value for state in (State.WAITING, State.SENDING, State.SET_ASIDE)]
    files = sa.select(sa.func.coalesce(sa.func.sum(sa.func.length(attachments.c.data)), 0))
    size = (
        sa.func.length(submissions.c.xml)
        + files.where(attachments.c.submission_seq == submissions.c.seq).scalar_subquery()
    )
    query = sa.select(submissions.c.instance_id, size).where(submissions.c.state.in_(states))
    if before is not None:
        query = query.where(_ended_before(before))
    return [(row[0], row[1]) for row in connection.execute(query)]


def _ended_before(day: date) -> Any:
    """Visits that were over by then. One without a day was kept by an older Sayso."""
    by_then = submissions.c.ended_on.is_(None) | (submissions.c.ended_on < day)
    return (submissions.c.state != State.OPEN.value) & by_then


def _number(connection: sa.Connection, which: Any) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(submissions).where(which)).scalar_one()


def _reasons(connection: sa.Connection, aside: Any) -> tuple[tuple[str, int], ...]:
    """The commonest first, without ids; and without words for what was not sealed: they may be an answer."""
    query = sa.select(submissions.c.reason, submissions.c.sealed).where(aside & (submissions.c.reason != DAMAGED))
    found: dict[str, int] = {}
    for reason, sealed in connection.execute(query):
        status = _STATUS.match(reason)
        words = _INSTANCE_ID.sub("(its id)", reason) if sealed else (status.group() if status else "refused")
        found[words] = found.get(words, 0) + 1
    return tuple(sorted(found.items(), key=lambda one: -one[1]))
