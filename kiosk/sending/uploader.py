"""The outbox, sent: one submission after the other, each result committed before the next one goes.

No transaction is open while bytes travel. The order is shuffled: servers stamp arrival to the millisecond, and in a
house of five an order is a name. Nor can one submission that a server chokes on hold up the others for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.keeping.store import DamagedError
from kiosk.sending.go import Go, Report, Sender
from openrosa.reply import Reply, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from random import Random

    from kiosk.keeping.store import Store
    from openrosa.submission import Submission

FIRST_BACKOFF_S = 5.0
LONGEST_BACKOFF_S = 15 * 60.0
LONGEST_RETRY_AFTER_S = 60 * 60.0
POLL_S = 2.0
"""How often an idle uploader looks into the outbox."""


def upload_waiting(
    store: Store,
    client: Sender,
    today: date,
    rng: Random,
    *,
    due: list[str] | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Report:
    """Send what waits, until all of it was tried or the server is not to be had; that keeps all the rest waiting.

    Args:
        store: opened as the uploader.
        client: the server.
        today: written down as the day of delivery.
        rng: shuffles.
        due: send these only; None: all that waits.
        stopping: asked before each submission whether to end.

    Raises: KioskError: the store can't be read or written. What was claimed is put back when it is opened next.
    """
    order = store.waiting() if due is None else [*due]
    rng.shuffle(order)
    go = Go()
    reached = False
    for instance_id in order:
        if go.over or stopping():
            break
        try:
            submission = store.claim(instance_id)
        except DamagedError as error:
            go.could_not_read(str(error))
            continue
        if submission is None:
            if instance_id in store.waiting():  # not forgotten since: SQLite can list it but not find it
                go.note(f"Cannot find {instance_id} in the store: it is damaged. Copy its folder for a repair.")
            continue
        if go.holds(submission):
            store.release(instance_id)
            continue
        reply = _sent(store, client, submission)
        go.came(submission, reply)
        match reply.verdict:
            case Verdict.DELIVERED:
                store.delivered(instance_id, today)
            case Verdict.SET_ASIDE:
                store.set_aside(instance_id, reply.message)
            case Verdict.WAIT:
                store.release(instance_id)
        reached = reached or (reply.verdict is not Verdict.WAIT and not store.is_sensitive(instance_id))
    return go.report(store.counts().waiting, reached=reached)


def _sent(store: Store, client: Sender, submission: Submission) -> Reply:
    try:
        return client.submit(submission)
    except BaseException:  # a bug, or Ctrl+C: whatever it was, the submission must wait again
        store.release(submission.instance_id)
        raise


def backoff_s(failures: int, rng: Random, retry_after_s: float | None = None) -> float:
    """How long to leave a server alone: full jitter, so that kiosks which lost it together do not come back together.

    Args:
        failures: in a row, from 1.
        rng: the jitter.
        retry_after_s: what the server asked for; kept to, up to an hour.
    """
    ceiling_s = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2.0 ** min(failures - 1, 32))
    return max(rng.uniform(0, ceiling_s), min(retry_after_s or 0.0, LONGEST_RETRY_AFTER_S))


def keep_sending(
    store: Store,
    client: Sender,
    today: Callable[[], date],
    rng: Random,
    *,
    wait: Callable[[float], bool],
    told: Callable[[Report], None],
    due: Callable[[], list[str]] | None = None,
    daily: Callable[[date], object] = lambda _day: None,
) -> None:
    """Send what is due, until asked to end.

    Args:
        store: opened as the uploader.
        client: the server.
        today: the day, asked anew each time.
        rng: order and jitter.
        wait: waits so many seconds, or less when somebody asks to send now; True, and at once, when asked to end.
        told: gets the report of each go that found something.
        due: what is to be sent now; None: whatever waits.
        daily: called at the start and whenever the day has changed; `kiosk.sending.erasing.erase_old`.

    Raises: KioskError: as for `upload_waiting`.
    """
    due = due or store.waiting
    failures = 0
    pause_s = 0.0
    begun_on: date | None = None
    while not wait(pause_s):
        pause_s = POLL_S
        if begun_on != today():
            begun_on = today()
            daily(begun_on)
        if found := due():
            report = upload_waiting(store, client, today(), rng, due=found, stopping=lambda: wait(0))
            told(report)
            failures = failures + 1 if report.retry else 0
            if report.retry:
                pause_s = backoff_s(failures, rng, report.retry_after_s)
