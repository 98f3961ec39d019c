"""Visits counted one by one: by group, home and question. Nothing is hidden yet, and no visit is kept. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from collector.consent import for_the_office, withheld
from collector.visits import Answer, How, Visit
from openrosa.question_set import Kind, Question, QuestionSet

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

ASKED = frozenset({How.GIVEN, How.DONT_KNOW, How.RATHER_NOT_SAY, How.SKIPPED})
"""The question was put to somebody."""

UNKNOWN = "unknown"
WHO_IN_WORDS = {
    "resident-self": "people who live there, by themselves",
    "resident-with_help": "people who live there, with help",
    "proxy-staff": "answered for somebody: by staff",
    "proxy-family": "answered for somebody: by family or friends",
    "proxy-visitor": "answered for somebody: by a visitor",
    "proxy-unknown": "answered for somebody: nobody said by whom",
    "staff": "staff, for themselves",
    "family": "family and friends, for themselves",
    "visitor": "visitors, for themselves",
    UNKNOWN: "nobody said who",
}
"""Groups in the order in which they are told. They are never merged."""


def group_of(visit: Visit) -> str:
    """Which group a visit belongs to. What nobody has said, or no record knows, is a group of its own."""
    if visit.how == "proxy":
        code = f"proxy-{visit.by_whom or UNKNOWN}"
        return code if code in WHO_IN_WORDS else "proxy-unknown"
    code = f"{visit.who}-{visit.how}" if visit.who == "resident" else visit.who
    return code if code in WHO_IN_WORDS and not code.startswith("proxy") else UNKNOWN


@dataclass
class QuestionCounts:
    """One question in the visits of one group and one home.

    Attributes:
        choices, by: of given answers.
        ordered, first: given answers of which the whole order is known (of a scale those at either end), and how many
            of them were the choice that was spoken first.
    """

    hows: Counter[How] = field(default_factory=Counter)
    choices: Counter[str] = field(default_factory=Counter)
    by: Counter[str] = field(default_factory=Counter)
    corrected: int = 0
    ordered: int = 0
    first: int = 0

    @property
    def asked(self) -> int:
        """Visits in which it was relevant and reached."""
        return sum(self.hows[how] for how in ASKED)

    def add(self, answer: Answer, question: Question) -> None:
        """Count one visit's answer."""
        self.hows[answer.how] += 1
        if answer.how is not How.GIVEN:
            return
        if question.kind is not Kind.AUDIO:  # a file's name says nothing
            self.choices[answer.value] += 1
        if answer.by:
            self.by[answer.by] += 1
        self.corrected += answer.corrected
        if {*answer.order} == {choice.name for choice in question.choices} and len(answer.order) > 1:
            at_an_end = answer.value in (answer.order[0], answer.order[-1])
            if at_an_end if question.kind is Kind.SCALE else answer.value in answer.order:
                self.ordered += 1
                self.first += answer.value == answer.order[0]

    def take(self, other: QuestionCounts) -> None:
        """Add another home's."""
        self.hows += other.hows
        self.choices += other.choices
        self.by += other.by
        self.corrected += other.corrected
        self.ordered += other.ordered
        self.first += other.first


@dataclass
class Cell:
    """The visits of one group in one home, or in several."""

    visits: int = 0
    complete: int = 0
    days: set[date] = field(default_factory=set)
    questions: dict[str, QuestionCounts] = field(default_factory=dict)

    def take(self, other: Cell) -> None:
        """Add another home's."""
        self.visits += other.visits
        self.complete += other.complete
        self.days |= other.days
        for name, counts in other.questions.items():
            self.questions.setdefault(name, QuestionCounts()).take(counts)


@dataclass(frozen=True)
class KeptMessage:
    """A voice message, whose bytes lie elsewhere."""

    instance_id: str
    name: str
    read: Callable[[], bytes] = field(repr=False)


class Tally:
    """One version of one set, as visits go by.

    Attributes:
        questions: those that take an answer, in the set's order.
        cells: by group's code, then home.
        patterns: by group's code: what became of each question in turn, a letter each, and in how many visits so. For
            figures in which a visit counts once, whatever it has answered.
        messages: by group's code, then question; those that others may hear.
    """

    def __init__(self, question_set: QuestionSet) -> None:
        self.question_set = question_set
        self.questions = tuple(one for one in question_set.questions if one.kind is not Kind.NOTE)
        self.visits = 0
        self.cells: dict[str, dict[str, Cell]] = {}
        self.patterns: dict[str, Counter[bytes]] = {}
        self.messages: dict[str, dict[str, list[KeptMessage]]] = {}

    def add(self, visit: Visit) -> None:
        """Count a visit. Of its files nothing is read; they are remembered by `visit.files`."""
        group = group_of(visit)
        cell = self.cells.setdefault(group, {}).setdefault(visit.home, Cell())
        self.visits += 1
        cell.visits += 1
        cell.complete += visit.complete
        if visit.day is not None:
            cell.days.add(visit.day)
        may_be_heard = not withheld(visit, self.question_set)
        pattern = bytearray()
        for question in self.questions:
            answer = visit.answers.get(question.name) or Answer(question.name, How.NOT_REACHED)
            cell.questions.setdefault(question.name, QuestionCounts()).add(answer, question)
            pattern.append(PATTERN[answer.how])
            is_kept = answer.how is How.GIVEN and answer.file in visit.files
            if is_kept and may_be_heard and not for_the_office(question.name):
                kept = KeptMessage(visit.instance_id, answer.file, _reader(visit, answer.file))
                self.messages.setdefault(group, {}).setdefault(question.name, []).append(kept)
        self.patterns.setdefault(group, Counter())[bytes(pattern)] += 1

    def together(self, group: str, homes: tuple[str, ...] | None = None) -> Cell:
        """The visits of one group in these homes, or in all."""
        found = Cell()
        for home, cell in self.cells[group].items():
            if homes is None or home in homes:
                found.take(cell)
        return found


PATTERN = {how: ord(letter) for how, letter in zip(How, "gdrsna", strict=True)}
"""A letter for each of a pattern: given, don't know, rather not say, skipped, not reached, not asked."""


def _reader(visit: Visit, name: str) -> Callable[[], bytes]:
    files = visit.files
    return lambda: files[name]
