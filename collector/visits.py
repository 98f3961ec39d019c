"""Opened visits as figures, pages and digests read them: one shape, whatever they came from.

`collector.sources` makes them from a collector's database, a USB folder or a zip of ODK Central. Words and values are
those of docs/record.md. What nobody declared in the form is "" here, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openrosa.record_words import How

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from openrosa.question_set import QuestionSet

__all__ = ["Answer", "Gathered", "How", "Visit"]

_ENCRYPTED = re.compile(r"\[encrypted:[^\]]*\]$")


@dataclass(frozen=True)
class Answer:
    """What became of one question in one visit.

    Attributes:
        name: the question's.
        value: the choice's name, the step's number, or the file name of a voice message; "" without an answer.
        by: "voice", "key", "touch", "switch", or "".
        corrected: it replaced another answer, or something misheard.
        order: the choices' names as they were spoken; empty where they were not.
        file: the voice message's name in the visit's `files`, or "".
    """

    name: str
    how: How
    value: str = field(default="", repr=False)
    by: str = ""
    corrected: bool = False
    order: tuple[str, ...] = ()
    file: str = field(default="", repr=False)


@dataclass(frozen=True)
class Visit:
    """One person's turn at a kiosk.

    Attributes:
        version: without the suffix that ODK Central's managed encryption puts on it.
        home: the kiosk's name: of its token at a collector, of the list on a stick, of the submitter in Central's zip;
            "" where nothing says it.
        received_on: the day of arrival, UTC; None on a stick.
        day: of the visit, by the kiosk's clock (sayso/day); None where the form does not declare it.
        who, how, by_whom: as in docs/record.md; "" where it was not said.
        language: the code.
        complete: the visit was finished.
        answers: by the question's name, in the set's order; notes have none.
        files: opened voice messages by name. It may read from the disk: take one at a time.
    """

    instance_id: str
    form_id: str
    version: str
    home: str
    received_on: date | None
    day: date | None
    who: str
    how: str
    by_whom: str
    language: str
    complete: bool
    answers: Mapping[str, Answer] = field(repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Gathered:
    """What a source holds.

    Attributes:
        sets: the question sets by form_id and version (as in `Visit`).
        visits: each visit once. From `collector.sources` it can be gone through once, in bounded memory.
        unread: instance id (or file) and why, of what can't be read. Whole only when `visits` is through.
        media: the sets' own pictures and recordings, by name.
    """

    sets: Mapping[tuple[str, str], QuestionSet]
    visits: Iterable[Visit] = field(repr=False)
    unread: Sequence[tuple[str, str]] = ()
    media: Mapping[tuple[str, str], Mapping[str, bytes]] = field(default_factory=dict, repr=False)


def plain_version(version: str) -> str:
    """A form's version without what ODK Central's managed encryption puts after it: `1[encrypted:AaIEnpVL]` is `1`."""
    return _ENCRYPTED.sub("", version)
