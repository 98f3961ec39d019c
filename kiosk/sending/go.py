"""One go through what is to be sent, out of the store or from a stick: what came of each, and when to leave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from openrosa.reply import Reply, Verdict

if TYPE_CHECKING:
    from openrosa.submission import Submission

ABOUT_ONE_FORM = frozenset({401, 403, 404, 409})
"""Statuses with which a server may refuse one form and take another. With a wrong token it refuses them all: then one
visit of each form is tried."""


class Sender(Protocol):
    """What can send a submission: `openrosa.client.Client`."""

    def submit(self, submission: Submission, /) -> Reply:
        """Send it; any end is a Reply."""


@dataclass(frozen=True)
class Report:
    """What came of one go.

    Attributes:
        delivered, set_aside: how many, this time. Damaged ones count as set aside.
        waiting: how many wait now, those of visits that finished meanwhile included.
        message: one sentence on what went wrong last, "" if nothing did.
        retry: the server is not to be had: send the rest later.
        retry_after_s: how long the server asked to be left alone, or None.
        reached: the server took something, or refused it for good. A sensitive form's visit is not told of: staff see
            what comes of this.
    """

    delivered: int = 0
    set_aside: int = 0
    waiting: int = 0
    message: str = ""
    retry: bool = False
    retry_after_s: float | None = None
    reached: bool = False


class Go:
    """What has come of this go so far.

    A form that the server does not take now (closed, not published, not this kiosk's) keeps its own visits waiting and
    no others: a closed survey must not hold up the form that tells of somebody being hurt.
    """

    def __init__(self) -> None:
        self.over = False
        """The server is not to be had: nothing more is tried."""
        self._delivered = self._set_aside = 0
        self._message = ""
        self._blocked: Reply | None = None
        self._held: set[tuple[str, str]] = set()

    def holds(self, submission: Submission) -> bool:
        """Whether it has to wait, because the server does not take its form now."""
        return (submission.form_id, submission.version) in self._held

    def could_not_read(self, message: str) -> None:
        """One is damaged, and was set aside."""
        self._set_aside += 1
        self._message = message

    def note(self, message: str) -> None:
        """Something went wrong that changes no count."""
        self._message = message

    def came(self, submission: Submission, reply: Reply) -> None:
        """Take in what the server answered to one of them."""
        self._delivered += reply.verdict is Verdict.DELIVERED
        self._set_aside += reply.verdict is Verdict.SET_ASIDE
        if reply.verdict is not Verdict.DELIVERED:
            self._message = reply.message
        if reply.verdict is Verdict.WAIT:
            self._blocked = reply
            self._held.add((submission.form_id, submission.version))
            self.over = reply.status not in ABOUT_ONE_FORM

    @property
    def settled(self) -> int:
        """How many need not be sent again."""
        return self._delivered + self._set_aside

    def report(self, waiting: int, *, reached: bool = False) -> Report:
        """What came of it; both as in Report."""
        return Report(
            delivered=self._delivered,
            set_aside=self._set_aside,
            waiting=waiting,
            message=self._message,
            retry=self._blocked is not None,
            retry_after_s=self._blocked.retry_after_s if self._blocked else None,
            reached=reached,
        )
