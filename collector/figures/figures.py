"""What visits say together: counts for each question, with how sure they are, and nothing about few.

Proxies, and each kind of person and way of answering, are groups of their own and are never merged. Nothing is filled
in for fewer visits than the set number; docs/results.md says what is hidden, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from collector.figures.hiding import hidden_parts, merged_homes
from collector.figures.stats import exact, wilson
from collector.figures.tally import WHO_IN_WORDS, Cell, QuestionCounts, Tally
from collector.visits import How, plain_version
from openrosa.question_set import Kind, text_in

if TYPE_CHECKING:
    from datetime import date

    from collector.visits import Gathered
    from openrosa.question_set import Question

LEAST_VISITS = 5
"""Nothing is shown for fewer visits. Visits are not people: one person may have come five times."""


@dataclass(frozen=True)
class Share:
    """A count, of how many, and between which shares (0 to 1) the truth lies with 95 % confidence.

    By Wilson's score interval (an order effect's by the exact binomial one), as if each visit were a person drawn by
    chance. They are not: see docs/results.md.
    """

    count: int
    of: int
    low: float
    high: float


@dataclass(frozen=True)
class ChoiceFigure:
    """How often one choice was given, of all given answers."""

    name: str
    label: str
    share: Share


@dataclass(frozen=True)
class OrderEffect:
    """Whether the choice that was spoken first was given more often than its place alone explains.

    Attributes:
        kind: "choices" (spoken in any order: first against 1 of n) or "scale" (spoken forwards or backwards: of the
            answers at either end, those at the end that came first, against a half).
        first: how often the choice that was spoken first was given.
        expected: the share, 0 to 1, if the order made no difference.
        p_value: of the exact binomial test, two-sided.
    """

    kind: str
    first: Share
    expected: float
    p_value: float


@dataclass(frozen=True)
class Message:
    """One voice message; `who` are the group's words, `read` reads its bytes (WAV)."""

    instance_id: str
    name: str
    who: str
    read: Callable[[], bytes] = field(repr=False)

    @property
    def data(self) -> bytes:
        """The WAV file's bytes, read anew each time: a month's voices would fill the memory."""
        return self.read()


@dataclass(frozen=True)
class QuestionFigures:
    """One question, as one group answered it.

    Attributes:
        kind: never a note.
        asked: visits in which it was relevant and reached: given, dont_know, rather_not_say and skipped together.
        not_reached, not_asked: visits that ended before it, and those in which it was not relevant.
        choices: in the form's order, those that nobody gave too; of those who gave an answer.
        by: what given answers were given with: "voice", "key", "touch", "switch".
        corrected: given answers that replaced another one, or something misheard.
        order_effect: None where too few answers had an order.
        messages: for a voice message's question, by instance id, which is chance. Empty where homes are apart, and
            for a sensitive form.
        hidden: asked in fewer visits than the set number (or its figures could be worked out from others): nothing
            but name, label and kind is filled in.
    """

    name: str
    label: str
    kind: Kind
    asked: int = 0
    given: int = 0
    dont_know: int = 0
    rather_not_say: int = 0
    skipped: int = 0
    not_reached: int = 0
    not_asked: int = 0
    choices: tuple[ChoiceFigure, ...] = ()
    by: Mapping[str, int] = field(default_factory=dict)
    corrected: int = 0
    order_effect: OrderEffect | None = None
    messages: tuple[Message, ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class GroupFigures:
    """Those who answered in the same way.

    Attributes:
        who: in words: "people who live there, by themselves".
        code: "resident-self", "resident-with_help", "proxy-staff", "staff", ...; "unknown" where it was not said.
        visits: how many; never fewer than the set number.
        complete: how many of them were finished.
        questions: in the set's order, hidden ones too.
    """

    who: str
    code: str
    visits: int
    complete: int
    questions: tuple[QuestionFigures, ...]


@dataclass(frozen=True)
class HomesFigures:
    """One home, or several that are shown together because each alone has too few visits.

    Attributes:
        names: the homes', sorted; "" is a home that nothing names.
        groups: those with enough visits.
    """

    names: tuple[str, ...]
    groups: tuple[GroupFigures, ...]


@dataclass(frozen=True)
class SetFigures:
    """One version of one question set.

    Attributes:
        title: of the set.
        language: the code in which labels are.
        homes: the first is all homes together; the others split it, each group by itself.
        hidden_groups: the words of the groups with too few visits.
        days: first and last day of the visits that are shown, None where no form says it.
        sensitive: rule 11's form: never split by home, and without voice messages.
    """

    form_id: str
    version: str
    title: str
    language: str
    homes: tuple[HomesFigures, ...]
    least_visits: int = LEAST_VISITS
    days: tuple[date, date] | None = None
    hidden_groups: tuple[str, ...] = ()
    sensitive: bool = False


def figures(
    gathered: Gathered, form_id: str, *, least_visits: int = LEAST_VISITS, language: str | None = None
) -> tuple[SetFigures, ...]:
    """What the visits of one set say, a version each, in the order of the sets.

    Args:
        gathered: its visits are gone through once.
        form_id: which set.
        least_visits: nothing is filled in for fewer.
        language: of the labels; the set's default one if it is None or the set has it not.
    """
    tallies = {key: Tally(one) for key, one in gathered.sets.items() if key[0] == form_id}
    for visit in gathered.visits:
        tally = tallies.get((visit.form_id, visit.version))
        if tally is not None:
            tally.add(visit)
    return tuple(figures_of(tally, least_visits, language) for tally in tallies.values() if tally.visits)


def figures_of(tally: Tally, least_visits: int = LEAST_VISITS, language: str | None = None) -> SetFigures:
    """What was counted of one version, without what must stay hidden."""
    here = tally.question_set
    made = _Made(tally, least_visits, language if language in here.languages else here.default_language)
    whole = {code: tally.together(code) for code in WHO_IN_WORDS if code in tally.cells}
    shown = [code for code, cell in whole.items() if cell.visits >= least_visits]
    homes = {home for cells in tally.cells.values() for home in cells}
    days = sorted(day for code in shown for day in whole[code].days)
    return SetFigures(
        form_id=here.form_id,
        version=plain_version(here.version),
        title=here.title,
        language=made.language,
        homes=(
            HomesFigures(tuple(sorted(homes)), tuple(made.group(code, whole[code]) for code in shown)),
            *(() if here.sensitive else made.homes_apart(shown)),
        ),
        least_visits=least_visits,
        days=(days[0], days[-1]) if days else None,
        hidden_groups=tuple(WHO_IN_WORDS[code] for code in whole if code not in shown),
        sensitive=here.sensitive,
    )


class _Made:
    """Figures from counts: `language` is one that the set has."""

    def __init__(self, tally: Tally, least: int, language: str) -> None:
        self._tally = tally
        self._least = least
        self.language = language

    def group(
        self, code: str, cell: Cell, hidden: frozenset[str] = frozenset(), *, apart: bool = False
    ) -> GroupFigures:
        """One group; `hidden` are questions that must be, `apart` is of some homes alone."""
        questions = tuple(
            self._question(question, cell.questions[question.name], code, apart=apart)
            if question.name not in hidden and cell.questions[question.name].asked >= self._least
            else QuestionFigures(question.name, self._label(question.labels), question.kind, hidden=True)
            for question in self._tally.questions
        )
        return GroupFigures(WHO_IN_WORDS[code], code, cell.visits, cell.complete, questions)

    def homes_apart(self, shown: list[str]) -> tuple[HomesFigures, ...]:
        """Each group split by home as far as it can be; parts of the same homes stand together."""
        found: dict[tuple[str, ...], list[GroupFigures]] = {}
        for code in shown:
            visits = {home: cell.visits for home, cell in self._tally.cells[code].items()}
            parts = merged_homes(visits, self._least)
            cells = [self._tally.together(code, names) for names in parts]
            hidden: list[set[str]] = [set() for _ in parts]
            for question in self._tally.questions:
                asked = [cell.questions[question.name].asked for cell in cells]
                for place in hidden_parts(asked, self._least):
                    hidden[place].add(question.name)
            for names, cell, names_hidden in zip(parts, cells, hidden, strict=True):
                group = self.group(code, cell, frozenset(names_hidden), apart=True)
                found.setdefault(names, []).append(group)
        return tuple(HomesFigures(names, tuple(groups)) for names, groups in sorted(found.items()))

    def _question(self, question: Question, counts: QuestionCounts, code: str, *, apart: bool) -> QuestionFigures:
        given = counts.hows[How.GIVEN]
        silent = apart or self._tally.question_set.sensitive
        kept = [] if silent else self._tally.messages.get(code, {}).get(question.name, [])
        kept = sorted(kept, key=lambda one: one.instance_id)
        return QuestionFigures(
            name=question.name,
            label=self._label(question.labels),
            kind=question.kind,
            asked=counts.asked,
            given=given,
            dont_know=counts.hows[How.DONT_KNOW],
            rather_not_say=counts.hows[How.RATHER_NOT_SAY],
            skipped=counts.hows[How.SKIPPED],
            not_reached=counts.hows[How.NOT_REACHED],
            not_asked=counts.hows[How.NOT_ASKED],
            choices=tuple(
                ChoiceFigure(one.name, self._label(one.labels), _share(counts.choices[one.name], given))
                for one in question.choices
            ),
            by=dict(sorted(counts.by.items())),
            corrected=counts.corrected,
            order_effect=self._order_effect(question, counts),
            messages=tuple(Message(one.instance_id, one.name, WHO_IN_WORDS[code], one.read) for one in kept),
        )

    def _order_effect(self, question: Question, counts: QuestionCounts) -> OrderEffect | None:
        if counts.ordered < self._least:
            return None
        scale = question.kind is Kind.SCALE
        expected = 1 / 2 if scale else 1 / len(question.choices)
        low, high, p_value = exact(counts.first, counts.ordered, expected)
        first = Share(counts.first, counts.ordered, low, high)
        return OrderEffect("scale" if scale else "choices", first, expected, p_value)

    def _label(self, texts: Mapping[str, str]) -> str:
        return text_in(texts, self.language, self._tally.question_set.default_language)


def _share(count: int, of: int) -> Share:
    return Share(count, of, *wilson(count, of))
