"""The health form, fetched from the server, filled in, sealed where it has a key, and sent: once a day.

The office publishes the form and gives it to the kiosk; a server without it is told nothing. It goes straight to the
server and never into the outbox: one that is late tells nothing, and counts of visits stay counts of visits.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from openrosa.instance import fill
from openrosa.record_words import HEALTH_FORM_ID
from openrosa.reply import Reply, Verdict
from openrosa.sealing import seal, unsealed
from openrosa.xform import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from openrosa.protocol import FormEntry
    from openrosa.question_set import QuestionSet
    from openrosa.submission import Submission

FORM_ID = HEALTH_FORM_ID
TAKEN_ALREADY = 409
"""HTTP: the same id with other bytes. One of today is there, and a second would say nothing more."""


class Server(Protocol):
    """What gives forms and takes them: `openrosa.client.Client`."""

    def form_list(self) -> tuple[FormEntry, ...]:
        """What it offers."""

    def form(self, entry: FormEntry, /) -> bytes:
        """A form."""

    def submit(self, submission: Submission, /) -> Reply:
        """Send it; any end is a Reply."""


class Outcome(Enum):
    """What came of it."""

    TOLD = "told"
    NOT_OFFERED = "not_offered"  # the office wants none
    FAILED = "failed"


@dataclass(frozen=True)
class Told:
    """What came of it, and why; `why` is "" unless it failed."""

    outcome: Outcome
    why: str = ""


def tell(server: Server, told: Mapping[str, str], key: Ed25519PrivateKey) -> Told:
    """Tell the server how the kiosk is.

    Args:
        server: the configuration's.
        told: of `kiosk.reporting.values.values`.
        key: the kiosk's own; with the day it makes the instance id, so that a lost reply makes no second one.

    Raises: OpenRosaError: the server is not to be had, or its form can't be used.
    """
    entry = next((one for one in reversed(server.form_list()) if one.form_id == FORM_ID), None)
    if entry is None:
        return Told(Outcome.NOT_OFFERED)
    form = load(server.form(entry), f"{FORM_ID}.xml")
    reply = server.submit(filled_in(form, told, instance_id(key, told["sayso/day"])))
    if reply.verdict is Verdict.DELIVERED or reply.status == TAKEN_ALREADY:
        return Told(Outcome.TOLD)
    return Told(Outcome.FAILED, reply.message)


def filled_in(form: QuestionSet, told: Mapping[str, str], instance_id: str) -> Submission:
    """The form with these values, sealed to the office where it has a key: nobody's answer is in it."""
    by_path = {path: told[below] for path in form.record_paths if (below := path.split("/", 2)[-1]) in told}
    xml = fill(form, instance_id, by_path)
    head = (form.form_id, form.version, instance_id)
    return seal(form.public_key, *head, xml, ()) if form.public_key is not None else unsealed(*head, xml, ())


def instance_id(key: Ed25519PrivateKey, day: str) -> str:
    """One a kiosk and day; nobody who lacks the kiosk's key can tell it beforehand."""
    digest = hashlib.sha256(b"sayso health\n" + key.private_bytes_raw() + day.encode()).digest()
    return f"uuid:{uuid.UUID(bytes=digest[:16], version=4)}"
