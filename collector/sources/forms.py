"""The forms that results are read by: a collector's own, and those that were named."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from collector.forms import model_of, primary_instance
from collector.schema import Schema, read_schema
from collector.visits import plain_version
from openrosa.protocol import attribute
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
    """Known forms by id and version. Where two say they are the same one, the first counts."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], KnownForm] = {}

    def add(self, xform: bytes, media: Callable[[], Mapping[str, bytes]] = dict) -> None:
        """Make a form known. Raises: OpenRosaError: it is no XForm."""
        data = primary_instance(model_of(xform))
        form_id, version = attribute(data, "id") or "", plain_version(attribute(data, "version") or "")
        if (form_id, version) in self._known:
            return
        question_set, findings = read(xform, form_id)
        why = "" if question_set else str(next(one for one in findings if one.level == "error"))
        self._known[form_id, version] = KnownForm(form_id, version, xform, question_set, why, media)

    def find(self, form_id: str, version: str) -> KnownForm | None:
        """The form of that version, with or without ODK Central's suffix."""
        return self._known.get((form_id, plain_version(version)))

    def versions(self, form_id: str) -> tuple[KnownForm, ...]:
        """Every version of a form, in the order in which they were added."""
        return tuple(one for one in self._known.values() if one.form_id == form_id)

    def __iter__(self) -> Iterator[KnownForm]:
        return iter(self._known.values())

    @property
    def sets(self) -> dict[tuple[str, str], QuestionSet]:
        """The question sets of those that a kiosk asks."""
        return {key: one.question_set for key, one in self._known.items() if one.question_set is not None}
