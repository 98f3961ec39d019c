"""What a server's answer to a submission means: delivered, set aside, or send it again later.

One wrong token or one hotel's sign-in page must not set a year of answers aside, so only what a server says of this one
submission does; and only a server's own words are delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from openrosa.errors import OpenRosaError
from openrosa.protocol import parse_response

LONGEST_MESSAGE = 300
LONGEST_WAIT_S = 86_400.0
"""No server can tell a kiosk to be silent for longer."""

FORM_CLOSED = "not currently accepting submissions"
"""ODK Central's words where an office has closed a form: the same 409 as for changed bytes, but about every visit.

In Central's lib/util/problem.js since 2018; the reply carries no code to go by.
"""


class Verdict(Enum):
    """What becomes of a submission that was sent."""

    DELIVERED = "delivered"  # every part arrived
    SET_ASIDE = "set_aside"  # this one will never be taken; a person has to look
    WAIT = "wait"  # nothing is wrong with it: send it again later


@dataclass(frozen=True)
class Reply:
    """What came of sending one submission.

    Attributes:
        status: the HTTP status of the part that decided; None when there was no answer.
        message: one sentence for a person, without the token.
        retry_after_s: what the server asked for, at most a day, or None.
    """

    verdict: Verdict
    status: int | None
    message: str
    retry_after_s: float | None = None


def judged(status: int, body: bytes, host: str, retry_after_s: float | None = None) -> Reply:
    """What one answer to a posted submission means.

    Args:
        status: HTTP status.
        body: what came with it.
        host: who answered, for the message.
        retry_after_s: handed through when the verdict is to wait.
    """
    try:
        said = parse_response(body)
    except OpenRosaError:
        said = None
    words = f": {said.message[:LONGEST_MESSAGE]}" if said is not None and said.message else "."
    message = f"{host} answered HTTP {status}{words}"
    match status:
        case 201 | 202 if said is not None and not said.nature.startswith("error"):
            return Reply(Verdict.DELIVERED, status, message)
        case 413:
            # Often said by the proxy before the server, as a page of HTML, and no less final.
            return Reply(Verdict.SET_ASIDE, status, message)
        case 409 if said is not None and FORM_CLOSED in said.message.lower():
            return Reply(Verdict.WAIT, status, message, retry_after_s)
        case 400 | 409 if said is not None or not _is_page(body):
            return Reply(Verdict.SET_ASIDE, status, message)
        case _:
            return Reply(Verdict.WAIT, status, message, retry_after_s)


def retry_after_s(value: str, now: datetime) -> float | None:
    """The Retry-After header, which is seconds or a date; None where it is neither."""
    if value.isascii() and value.isdecimal():
        return min(float(value), LONGEST_WAIT_S)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max(0.0, (at - now).total_seconds()), LONGEST_WAIT_S)


def _is_page(body: bytes) -> bool:
    start = body.lstrip()[:200].lower()
    return start.startswith((b"<!doctype html", b"<html")) or b"<html" in start
