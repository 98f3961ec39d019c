"""Visits of a collector's own database."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from collector.export import MISSING, NOT_DECRYPTED
from collector.forms import all_forms, media_of
from collector.results import Result, read, stored_submissions
from collector.sources.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from collector.database import Database
    from collector.results import Stored, Unread
    from collector.sources.forms import Forms


class DatabaseSource:
    """A collector's database, and the forms that are published there."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add_forms(self, forms: Forms) -> None:
        """Make its forms known."""
        for form in all_forms(self.database):
            forms.add(form.xform, partial(media_of, self.database, form))

    def readings(self, forms: Forms, private_key: RSAPrivateKey | None, form_id: str | None) -> Iterator[Reading]:
        """Its submissions, oldest first, of one form or of all. Raises: what the database raises."""
        del forms  # it has the form of each
        for stored in stored_submissions(self.database, form_id):
            yield reading_of(stored, read(stored, private_key))


def reading_of(stored: Stored, found: Result | Unread) -> Reading:
    """What a collector keeps, or could keep, as a reading."""
    columns = {
        "SubmitterID": str(stored.key_id),
        "SubmitterName": stored.key_name,
        "AttachmentsPresent": str(sum(name in stored.files for name in stored.expected)),
        "AttachmentsExpected": str(len(stored.expected)),
        "Edits": "0",
        "Status": "" if isinstance(found, Result) else MISSING if found.missing else NOT_DECRYPTED,
    }
    return Reading(
        instance_id=stored.instance_id,
        form_id=stored.form_id,
        version=stored.version,
        home=stored.key_name,
        received_at=stored.received_at,
        values=found.values if isinstance(found, Result) else {},
        files=found.files if isinstance(found, Result) else {},
        columns=columns,
        why="" if isinstance(found, Result) else found.why,
        unopened=stored.number if stored.unopened and isinstance(found, Result) else None,
    )
