"""From a visit to the sealed bytes on the disk: record -> instance XML -> sealed -> committed. The only way there."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Mapping

from kiosk.answer import How
from kiosk.errors import KioskError
from kiosk.keeping.record import Circumstances, is_sensitive, values
from kiosk.keeping.store import AlreadySentError, Store
from kiosk.state import Visit
from openrosa.instance import fill
from openrosa.question_set import Kind, QuestionSet
from openrosa.sealing import seal, unsealed
from openrosa.submission import Attachment, Submission
from voice.audio import size_bytes, write_wav

log = logging.getLogger(__name__)

MESSAGE_STEP_S = 10.0
"""Voice messages are filled up with silence to whole steps: how long somebody spoke must not show in a sealed size."""


class Keeper:
    """Keeps a visit's snapshots. Every one is a whole submission: nobody here can open it again.

    Args:
        store: where they are committed.
        circumstances: what the record says beside the visit, asked for each time.
        allow_unsealed: keep the visits of a form without a public key in the clear.
    """

    def __init__(self, store: Store, circumstances: Callable[[], Circumstances], *, allow_unsealed: bool) -> None:
        self._store = store
        self._circumstances = circumstances
        self._allow_unsealed = allow_unsealed
        self.can_keep = True
        """Whether the last snapshot could be committed: for staff."""
        self._to_forget: set[str] = set()

    def keep(self, visit: Visit, messages: Mapping[str, bytes]) -> None:
        """Commit the visit as it is now, the pending answer included.

        Args:
            visit: with a question set.
            messages: the sound of voice messages, 16-bit mono at 16,000 Hz, by file name.

        Raises: KioskError: it is not committed.
        """
        submission = self._submission(visit, messages, complete=False)
        self._commit(lambda: self._store.keep(submission, sensitive=is_sensitive(visit)))

    def finish(self, visit: Visit, messages: Mapping[str, bytes], *, complete: bool) -> None:
        """Commit it and put it in the outbox, in one transaction. Raises: KioskError."""
        submission = self._submission(visit, messages, complete=complete)
        self._commit(lambda: self._store.finish(submission, complete=complete, sensitive=is_sensitive(visit)))

    def forget(self, visit: Visit) -> None:
        """Delete everything of this visit, committed when this returns. Raises: KioskError."""
        self._to_forget.add(visit.instance_id)
        self._forget()

    def close_open(self) -> int:
        """Close visits that a power cut or a full disk left open: how many. Raises: KioskError.

        One that was to be forgotten and could not be, is forgotten now: nobody's word may be sent against their wish.
        """
        self._forget()
        return self._store.close_open()

    def _forget(self) -> None:
        for instance_id in tuple(self._to_forget):
            try:
                self._store.forget(instance_id)
            except AlreadySentError:
                self._to_forget.discard(instance_id)  # deleted here all the same
                raise
            self._to_forget.discard(instance_id)

    def take_up(self) -> None:
        """At the kiosk's start: close what was left open. Where that can't be, nobody is asked until it can.

        No error: a kiosk that ends for a full disk is started again, and ends again.
        """
        try:
            self.close_open()
        except KioskError as error:
            log.error("%s", error)  # noqa: TRY400 - a sentence for staff
            self.can_keep = False

    def look(self) -> None:
        """See whether the store answers. Raises: KioskError: no; then no visit may be begun until it takes one."""
        try:
            self._store.look()
        except KioskError:
            self.can_keep = False
            raise

    def fit(self) -> bool:
        """Whether a visit may be begun.

        After an answer that could not be kept, and after the room set by had to be given up, only when the store takes
        a whole visit again.
        """
        if not self.can_keep or not self._store.has_reserve():
            self.can_keep = self._store.takes_more()
        return self.can_keep

    def _commit(self, work: Callable[[], None]) -> None:
        self.can_keep = False
        work()
        self.can_keep = True

    def _submission(self, visit: Visit, messages: Mapping[str, bytes], *, complete: bool) -> Submission:
        question_set = visit.question_set
        if question_set is None:
            raise KioskError("Cannot keep", "a visit without a question set", "This is a fault in Sayso: report it.")
        record = values(visit, self._circumstances(), complete=complete)
        xml = fill(question_set, visit.instance_id, record)
        attachments = tuple(
            Attachment(answer.value, message_file(messages[answer.value]), "audio/wav")
            for name, answer in visit.answers_with_pending.items()
            if answer.how is How.GIVEN and question_set.question(name).kind is Kind.AUDIO
        )
        form = (question_set.form_id, question_set.version, visit.instance_id)
        if question_set.public_key is not None:
            return seal(question_set.public_key, *form, xml, attachments)
        check_sealable(question_set, allow_unsealed=self._allow_unsealed)
        return unsealed(*form, xml, attachments)


def message_file(pcm: bytes) -> bytes:
    """A voice message as a WAV file, filled up with silence to the next `MESSAGE_STEP_S`.

    Args:
        pcm: 16-bit mono at 16,000 Hz.
    """
    out = io.BytesIO()
    write_wav(out, pcm + bytes(-len(pcm) % size_bytes(MESSAGE_STEP_S)))
    return out.getvalue()


def check_sealable(question_set: QuestionSet, *, allow_unsealed: bool) -> None:
    """Refuse a form without a public key where the configuration does not allow it. Raises: KioskError."""
    if question_set.public_key is None and not allow_unsealed:
        raise KioskError(
            "Cannot use question set",
            f"'{question_set.form_id}': it has no public key, so whoever has the disk could read the answers",
            "Give the form a public_key (docs/question-sets.md), or set allow_unsealed = true under [store].",
        )
