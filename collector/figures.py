"""What visits say together: counts for each question, with how sure they are, and nothing about few.

Proxies, and each kind of person and way of answering, are groups of their own and are never merged. Nothing is filled
in for fewer visits than the set number; docs/results.md says what is hidden, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from openrosa.question_set import Kind

LEAST_VISITS = 5
"""Nothing is shown for fewer visits. Visits are not people: one person may have come five times."""


@dataclass(frozen=True)
class Share:
    """A count, of how many, and between which shares (0 to 1) the truth lies with 95 % confidence.

    By Wilson's score interval, as if each visit were a person drawn by chance. They are not: see docs/results.md.
    """

    count: int
    of: int
    low: float
    high: float


@dataclass(frozen=True)
class ChoiceFigure:
    """How often one choice was given, of all given answers to its question."""

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
    """One voice message.

    Attributes:
        name: of its file, beside the visit's other ones.
        who: the group's words.
        read: reads its bytes (WAV).
    """

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
