"""What a kiosk says of itself once a day: what the staff's status says, in a form's fields.

Counts are those of last midnight, days are the finest time, and nothing here knows an answer. What a form does not
declare is left out when it is filled in.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from kiosk.staff.rows import why_not_open
from kiosk.staff.status import ALL_WELL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kiosk.keeping.record import Circumstances
    from kiosk.pulling.went import Went
    from kiosk.staff.status import Sending, Status

NO_STATUS = "The kiosk has written no status: it has not been started, or cannot write it."
FACTS = (
    "microphone",
    "speaker",
    "headphones",
    "keys",
    "engine",
    "engine_restarts",
    "microphone_overflows",
    "loud_listenings",
    "check",
    "disk",
    "temperature",
    "power",
    "sets",
)
"""Facts of the status that go out under their own names."""
MISSING = "missing"
YES, NO = "yes", "no"


def values(
    found: Status | None,
    sending: Sending | None,
    went: Went | None,
    circumstances: Circumstances,
    *,
    home: str,
    started_on: date | None = None,
) -> Mapping[str, str]:
    """The form's fields by path below its root, such as "sayso/day".

    Args:
        found: the kiosk's status; None: there is none.
        sending: what the uploader met.
        went: how the last pull of question sets went.
        circumstances: the day and so on, as a visit's record has them.
        home: its name.
        started_on: since when the machine is on.
    """
    today = date.fromisoformat(circumstances.day)
    told = {
        "home": home,
        "machine_started_on": str(started_on or ""),
        **_kiosk(found),
        **_server(sending, today),
        **_sets(went),
    }
    record = {
        "day": circumstances.day,
        "clock_trusted": _yes(of=circumstances.clock_trusted),
        "software": circumstances.software,
        "complete": YES,
    }
    return {**told, **{f"sayso/{name}": value for name, value in record.items()}}


def started_on(now: datetime, up_s: float) -> date:
    """The day on which the machine was switched on.

    Args:
        now: the clock on the wall.
        up_s: for how many seconds it has been on.
    """
    return (now - timedelta(seconds=up_s)).date()


def _kiosk(found: Status | None) -> dict[str, str]:
    if found is None:
        return {"well": NO, "line": NO_STATUS, "open": NO, "why_not_open": NO_STATUS, "running": NO}
    running = found.running()
    why = why_not_open(found, running)
    counts = found.counts
    return {
        "well": _yes(of=found.line == ALL_WELL and not why),
        "line": found.line,
        "open": _yes(of=not why),
        "why_not_open": why,
        "running": "" if running is None else _yes(of=running),
        "visits_waiting": str(counts.waiting),
        "visits_delivered": str(counts.delivered),
        "visits_set_aside": str(counts.set_aside),
        "visits_damaged": str(counts.damaged),
        **{name: str(found.facts[name]) or MISSING for name in FACTS if name in found.facts},
    }


def _server(sending: Sending | None, today: date) -> dict[str, str]:
    if sending is None:
        return {}
    failing = sending.failing(today)
    return {
        "last_contact": str(sending.last_contact(today) or ""),
        "nothing_sent_since": str(failing or ""),
        "why_not_sent": sending.message if failing else "",
    }


def _sets(went: Went | None) -> dict[str, str]:
    if went is None:
        return {}
    why = went.message or next((one.message for one in went.sets if one.message), "")
    return {
        "sets_fetched_on": str(went.reached_on or ""),
        "sets_not_fetched_since": str(went.failing_since or ""),
        "why_not_fetched": why if went.failing_since else "",
    }


def _yes(*, of: bool) -> str:
    return YES if of else NO
