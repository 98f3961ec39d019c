"""Somebody is told when a visit of a sensitive form arrives, and again when nobody has opened it after a day.

Who was told, and who has opened it, is in the database: a restart forgets neither. The program is told which form and
which kiosk, never what was said: it may send its words anywhere. It runs first and is noted afterwards, so that a power
cut in between tells somebody twice, and not never.
"""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from collector.errors import CollectorError
from collector.tables import keys, submissions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from collector.database import Database

UNOPENED_AFTER = timedelta(days=1)
PROGRAM_TIMEOUT_S = 60.0
ARRIVED, UNOPENED = "arrived", "unopened"
_HANDED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")
"""What of the collector's own environment the program gets: nothing that may hold the database's password."""


@dataclass(frozen=True)
class Alert:
    """One thing to tell somebody.

    Attributes:
        reason: "arrived", or "unopened" for a day.
        number: of the submission, in order of arrival.
        kiosk: the name of the key that it came with.
    """

    reason: str
    number: int
    form_id: str
    kiosk: str
    received_at: datetime


def due(database: Database, now: datetime) -> tuple[Alert, ...]:
    """What somebody has to be told of, oldest first. What was opened is nobody's worry any more."""
    joined = submissions.join(keys, keys.c.id == submissions.c.key)
    columns = (
        submissions.c.id,
        submissions.c.form_id,
        submissions.c.received_at,
        submissions.c.alerted_at,
        keys.c.name,
    )
    waiting = submissions.c.sensitive & submissions.c.opened_at.is_(None) & submissions.c.reminded_at.is_(None)
    with database.reading() as connection:
        rows = connection.execute(select(*columns).select_from(joined).where(waiting).order_by(submissions.c.id)).all()
    found = []
    for row in rows:
        # SQLite keeps no time zone; what was stored is UTC.
        received_at = row.received_at.replace(tzinfo=row.received_at.tzinfo or UTC)
        if row.alerted_at is None:
            found.append(Alert(ARRIVED, row.id, row.form_id, row.name, received_at))
        elif received_at + UNOPENED_AFTER <= now:
            found.append(Alert(UNOPENED, row.id, row.form_id, row.name, received_at))
    return tuple(found)


def tell(database: Database, program: Path, now: datetime) -> tuple[str, ...]:
    """Run the program for each alert that is due, and note those for which it ended well. The others stay due.

    Returns: a sentence for each time it failed.
    """
    failed = []
    for alert in due(database, now):
        met = _run(program, alert)
        if met:
            hint = "It will be tried again."
            failed.append(str(CollectorError("Cannot alert", f"by {program}: {met}", hint)))
            continue
        column = "alerted_at" if alert.reason == ARRIVED else "reminded_at"
        with database.writing() as connection:
            connection.execute(update(submissions).where(submissions.c.id == alert.number).values({column: now}))
    return tuple(failed)


def unopened(database: Database) -> tuple[Alert, ...]:
    """Every visit of a sensitive form that nobody has opened, told of or not; oldest first."""
    joined = submissions.join(keys, keys.c.id == submissions.c.key)
    columns = (submissions.c.id, submissions.c.form_id, submissions.c.received_at, keys.c.name)
    waiting = submissions.c.sensitive & submissions.c.opened_at.is_(None)
    with database.reading() as connection:
        rows = connection.execute(select(*columns).select_from(joined).where(waiting).order_by(submissions.c.id)).all()
    return tuple(
        Alert(UNOPENED, row.id, row.form_id, row.name, row.received_at.replace(tzinfo=row.received_at.tzinfo or UTC))
        for row in rows
    )


def mark_opened(database: Database, numbers: Iterable[int], now: datetime) -> None:
    """Note that these submissions have been opened; the first time counts."""
    for number in numbers:
        here = (submissions.c.id == number) & submissions.c.opened_at.is_(None)
        with database.writing() as connection:
            connection.execute(update(submissions).where(here).values(opened_at=now))


def _run(program: Path, alert: Alert) -> str:
    """What went wrong, or ""."""
    environment = {name: os.environ[name] for name in _HANDED_ON if name in os.environ} | {
        "SAYSO_ALERT": alert.reason,
        "SAYSO_FORM": alert.form_id,
        "SAYSO_KIOSK": alert.kiosk,
    }
    command: Sequence[str] = [str(program.absolute())]  # a bare name would be looked for on the PATH
    try:
        # A group of its own: whatever it started ends with it.
        with subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                status = process.wait(PROGRAM_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return f"it had not ended after {PROGRAM_TIMEOUT_S:.0f} s"
    except OSError as error:
        return str(error.strerror)
    return f"it ended with exit code {status}" if status else ""
