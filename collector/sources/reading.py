"""One submission as a source gives it, and the visit that its form finds in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from collector.visits import Answer, How, Visit, plain_version
from openrosa.question_set import Kind, Question, QuestionSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime


@dataclass(frozen=True)
class Reading:
    """One submission, read or not.

    Attributes:
        version: as it came, ODK Central's suffix included.
        home: as in `Visit`.
        received_at: UTC; None on a stick.
        values: what the form's own schema finds in it, by path without the root: "sayso/who".
        files: its voice messages by name. They may be read when they are asked for.
        columns: what ODK Central's last columns say of it, by their names.
        why: what keeps it from being read; "" where nothing does.
        unopened: the collector's number of a sensitive form's visit that nobody has opened yet.
    """

    instance_id: str
    form_id: str
    version: str
    home: str
    received_at: datetime | None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    columns: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    unopened: int | None = None


class LazyFiles(Mapping[str, bytes]):
    """Files by name that are read when they are asked for: never more than one at a time is in memory.

    Args:
        names: of those that are there.
        read: a file's bytes. Raises what reading raises.
    """

    def __init__(self, names: Iterable[str], read: Callable[[str], bytes]) -> None:
        self._names = dict.fromkeys(names)
        self._read = read

    def __getitem__(self, name: str) -> bytes:
        if name not in self._names:
            raise KeyError(name)
        return self._read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


def path_of(question: Question) -> str:
    """Where a question's answer stands in `Reading.values`: its path without the root."""
    return question.path.split("/", 2)[2]


def visit_of(reading: Reading, question_set: QuestionSet) -> Visit:
    """What was said in a submission that could be read."""
    values = reading.values
    answers = {
        one.name: _answer(one, values, reading.files) for one in question_set.questions if one.kind is not Kind.NOTE
    }
    return Visit(
        instance_id=reading.instance_id,
        form_id=reading.form_id,
        version=plain_version(reading.version),
        home=reading.home,
        received_on=reading.received_at.date() if reading.received_at else None,
        day=_day(values.get("sayso/day", "")),
        who=values.get("sayso/who", ""),
        how=values.get("sayso/how", ""),
        by_whom=values.get("sayso/by_whom", ""),
        language=values.get("sayso/language", ""),
        complete=values.get("sayso/complete") == "yes",
        answers=MappingProxyType(answers),
        files=reading.files,
    )


def _answer(question: Question, values: Mapping[str, str], files: Mapping[str, bytes]) -> Answer:
    path = path_of(question)
    value = values.get(path, "").strip()
    try:
        how = How(values.get(f"{path}_how", "").strip())
    except ValueError:  # a form without that field says no more than whether there is an answer
        how = How.GIVEN if value else How.NOT_REACHED
    by, _, more = values.get(f"{path}_by", "").strip().partition(" ")
    return Answer(
        name=question.name,
        how=how,
        value=value,
        by=by if by in ("voice", "key", "touch", "switch") else "",
        corrected=more == "corrected",
        order=tuple(values.get(f"{path}_order", "").split()),
        file=value if question.kind is Kind.AUDIO and value in files else "",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
