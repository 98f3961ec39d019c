"""The forms that results are read by: a collector's own, and those that were named."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from lxml import etree

from collector.errors import CollectorError
from collector.forms import model_of, primary_instance
from collector.schema import Schema, read_schema
from collector.visits import plain_version
from openrosa.protocol import attribute, local_name
from openrosa.xform import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from openrosa.question_set import QuestionSet


@dataclass(frozen=True)
class KnownForm:
    """One version of one form.

    Attributes:
        version: without ODK Central's suffix.
        question_set: None for a form that no kiosk asks: it has columns, and neither labels nor figures.
        why: what a kiosk would say of it then.
        media: reads its pictures and recordings.
    """

    form_id: str
    version: str
    xform: bytes = field(repr=False)
    question_set: QuestionSet | None
    why: str
    media: Callable[[], Mapping[str, bytes]] = field(repr=False)

    @cached_property
    def schema(self) -> Schema:
        """The leaves of its record."""
        return read_schema(self.xform)

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Its pictures and recordings by name, read once."""
        return self.media()


class Forms:
    """Known forms by id and version. Where two say they are the same one, the first counts.

    With its encryption on, ODK Central takes a version's number twice, and tells the uploads apart by its suffix alone.
    So a form that came from there is that of its own suffix, and of visits without one.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], KnownForm] = {}
        self._uploads: dict[tuple[str, str], set[str]] = {}

    def add(self, xform: bytes, media: Callable[[], Mapping[str, bytes]] = dict) -> None:
        """Make a form known.

        Raises:
            OpenRosaError: it is no XForm.
            CollectorError: Central has two forms under this one number, which ask different things.
        """
        data = primary_instance(model_of(xform))
        form_id, upload = attribute(data, "id") or "", attribute(data, "version") or ""
        version = plain_version(upload)
        key = form_id, version
        known, uploads = self._known.get(key), self._uploads.setdefault(key, set())
        if known is None or _asked(known.xform) == _asked(xform):
            uploads.add(upload)
        elif not {version, upload} & {*uploads} and upload != version:
            met = f"two forms that Central both has as {form_id!r} version {version!r}, one of them {upload!r}"
            hint = "Name one of them with --form, and the other in another go, with a folder of its own."
            raise CollectorError("Cannot tell apart", met, hint)
        if known is not None:
            return
        question_set, findings = read(xform, form_id)
        why = "" if question_set else str(next(one for one in findings if one.level == "error"))
        self._known[key] = KnownForm(form_id, version, xform, question_set, why, media)

    def find(self, form_id: str, version: str) -> KnownForm | None:
        """The form of that version, with or without ODK Central's suffix; another suffix is another form."""
        key = form_id, plain_version(version)
        here = version == key[1] or {version, key[1]} & self._uploads.get(key, set())
        return self._known.get(key) if here else None

    def versions(self, form_id: str) -> tuple[KnownForm, ...]:
        """Every version of a form, in the order in which they were added."""
        return tuple(one for one in self._known.values() if one.form_id == form_id)

    def __iter__(self) -> Iterator[KnownForm]:
        return iter(self._known.values())

    @property
    def sets(self) -> dict[tuple[str, str], QuestionSet]:
        """The question sets of those that a kiosk asks."""
        return {key: one.question_set for key, one in self._known.items() if one.question_set is not None}


def _asked(xform: bytes) -> bytes:
    """What a form says but for what Central's encryption puts into it: a suffix, and its key."""
    model = model_of(xform)
    data = primary_instance(model)
    data.set("version", plain_version(data.get("version") or ""))
    for one in [one for one in model if local_name(one) == "submission"]:
        model.remove(one)
    return etree.tostring(model.getroottree(), method="c14n")
