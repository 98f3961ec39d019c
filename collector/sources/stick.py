"""Visits on a USB stick, read where they lie: nothing is imported, and no receipt is written.

Only what a kiosk's signed list names is read. Whose list it is, the collector's kiosks.json may say; without it each
kiosk has the mark of its key for a name, and whoever can write on the stick can have made the list.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from collector.arrivals import expected_files
from collector.results import Stored, read
from collector.sources.database import reading_of
from collector.sources.reading import Reading
from openrosa.errors import OpenRosaError
from openrosa.signing import mark_of
from openrosa.stick import INSTANCES, LISTS, check_no_links, folder_name, read_file, read_list, read_visit, root_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from collector.sources.forms import Forms
    from openrosa.stick import Listed

_NO_TIME = datetime.min.replace(tzinfo=UTC)
"""Nothing on a stick says when it arrived."""


class StickSource:
    """What `sayso export` has written.

    Args:
        folder: where the stick is mounted.
        kiosks: name by public key, of the kiosks that are known.

    Raises: OpenRosaError: there are no exported visits, or a folder is a link.
    """

    def __init__(self, folder: Path, kiosks: Mapping[str, str]) -> None:
        self._root = root_of(folder)
        self._kiosks = kiosks
        check_no_links(self._root, self._root / INSTANCES, self._root / LISTS)

    def add_forms(self, forms: Forms) -> None:
        """A stick has none."""

    def readings(self, forms: Forms, private_key: RSAPrivateKey | None, form_id: str | None) -> Iterator[Reading]:
        """Its visits, list by list."""
        named: set[str] = set()
        for path in sorted((self._root / LISTS).glob("*.json")):
            try:
                found = read_list(read_file(path))
            except OpenRosaError as error:
                yield _unread(f"{LISTS}/{path.name}", str(error))
                continue
            home = self._kiosks.get(found.by) or f"kiosk {mark_of(found.by)[:8]}"
            named |= {folder_name(one.instance_id) for one in found.visits}
            for one in found.visits:
                reading = self._reading(one, home, forms, private_key)
                if form_id in (None, reading.form_id) or not reading.form_id:
                    yield reading
        for path in sorted((self._root / INSTANCES).iterdir()):
            if path.is_dir() and path.name not in named and not path.name.startswith("."):
                yield _unread(path.name, "no kiosk's list on the stick names it")

    def _reading(self, one: Listed, home: str, forms: Forms, private_key: RSAPrivateKey | None) -> Reading:
        try:
            submission = read_visit(self._root / INSTANCES / folder_name(one.instance_id), one.files)
            if submission.instance_id != one.instance_id:
                return _unread(one.instance_id, "its XML has another instanceID than the list")
            form = forms.find(submission.form_id, submission.version)
            if form is None:
                why = unknown_form(submission.form_id, submission.version)
                return replace(_unread(one.instance_id, why), form_id=submission.form_id, version=submission.version)
            stored = Stored(
                instance_id=submission.instance_id,
                form_id=submission.form_id,
                version=submission.version,
                sealed=True,
                received_at=_NO_TIME,
                key_id=0,
                key_name=home,
                xform=form.xform,
                xml=submission.xml,
                files={file.name: file.data for file in submission.attachments},
                expected=expected_files(form.xform, submission.xml),
            )
            reading = reading_of(stored, read(stored, private_key))
        except OpenRosaError as error:
            return _unread(one.instance_id, str(error))
        return replace(reading, received_at=None, columns={**reading.columns, "SubmitterID": ""})


def unknown_form(form_id: str, version: str) -> str:
    """Why a submission of a form that is not here stays unread."""
    return f"its form, {form_id!r} version {version!r}, is not here: name it with --form"


def _unread(name: str, why: str) -> Reading:
    return Reading(name, "", "", "", None, why=why)
