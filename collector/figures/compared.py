"""Two versions of a set side by side: was the new one finished more often, known and skipped less?

Shares of questions are taken over visits: ten answers of one visit are one person's, not ten people's. So their
intervals are made as wide as a sample of visits makes them (Kish's design effect), and never wider than what that share
of so many answers would have had by themselves. What is hidden in the figures is left out here too: else it could be
worked out. Groups are never merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from collector.errors import CollectorError
from collector.figures.figures import LEAST_VISITS, Share
from collector.figures.stats import difference, wilson
from collector.figures.tally import ASKED, PATTERN, WHO_IN_WORDS
from collector.visits import How, plain_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from collector.figures.tally import Tally

POINTS = 100
MEASURES = ("finished", "reached", "dont_know", "skipped")
_MORE = {
    "finished": "more visits were finished",
    "reached": "more of the questions were reached",
    "dont_know": 'there was more "I don\'t know"',
    "skipped": "more questions were skipped",
}
_FEWER = {
    "finished": "fewer visits were finished",
    "reached": "fewer of the questions were reached",
    "dont_know": 'there was less "I don\'t know"',
    "skipped": "fewer questions were skipped",
}
_ASKED = bytes(PATTERN[how] for how in ASKED)
_RELEVANT = _ASKED + bytes([PATTERN[How.NOT_REACHED]])


@dataclass(frozen=True)
class Comparison:
    """One measure of one group.

    Attributes:
        what: of `MEASURES`.
        old, new: visits that were finished, of visits; else questions, of those asked (of reached: of those that were
            relevant). Their intervals heed that one visit has several questions.
        low, high: of the difference new minus old, -1 to 1, by Newcombe, 95 %.
        alone: that interval leaves 0 out.
        together: so does the wider one that holds for all that were compared.
        sentence: what can be concluded.
    """

    what: str
    old: Share
    new: Share
    low: float
    high: float
    alone: bool
    together: bool
    sentence: str


@dataclass(frozen=True)
class GroupCompared:
    """One group, which had enough visits of both versions."""

    who: str
    code: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class Compared:
    """Two versions of one set.

    Attributes:
        old_days, new_days: first and last day of the visits that are compared; None where no form says it.
        groups: those with enough visits of both.
        left_out: the words of the others.
        compared: how many comparisons were made.
        cautions: what cannot be concluded, a sentence each.
    """

    form_id: str
    old: str
    new: str
    old_days: tuple[date, date] | None
    new_days: tuple[date, date] | None
    groups: tuple[GroupCompared, ...]
    left_out: tuple[str, ...]
    compared: int
    cautions: tuple[str, ...]


@dataclass(frozen=True)
class _Counted:
    """A share, and of how many independent answers it is worth."""

    count: int
    of: int
    worth: float

    @property
    def share(self) -> Share:
        low, high = wilson(*self.effective)
        return Share(self.count, self.of, low, high)

    @property
    def effective(self) -> tuple[float, float]:
        return self.worth * self.count / self.of, self.worth


def compare(
    tallies: Mapping[tuple[str, str], Tally], form_id: str, old: str, new: str, least_visits: int = LEAST_VISITS
) -> Compared:
    """Two versions of a set, for each group by itself.

    Raises: CollectorError: there are no visits of one of them.
    """
    before, after = (_tally(tallies, form_id, version) for version in (old, new))
    codes = [code for code in WHO_IN_WORDS if code in before.cells or code in after.cells]
    counted = {code: _both(before, after, code, least_visits) for code in codes}
    compared = sum(len(one) for one in counted.values())
    groups = tuple(
        GroupCompared(WHO_IN_WORDS[code], code, tuple(_comparison(what, *pair, compared) for what, pair in one.items()))
        for code, one in counted.items()
        if one
    )
    shown = [one.code for one in groups]
    return Compared(
        form_id=form_id,
        old=plain_version(old),
        new=plain_version(new),
        old_days=_days(before, shown),
        new_days=_days(after, shown),
        groups=groups,
        left_out=tuple(WHO_IN_WORDS[code] for code in codes if code not in shown),
        compared=compared,
        cautions=tuple(_cautions(before, after, shown, compared)),
    )


def _tally(tallies: Mapping[tuple[str, str], Tally], form_id: str, version: str) -> Tally:
    found = tallies.get((form_id, plain_version(version)))
    if found is None:
        there = sorted(each for form, each in tallies if form == form_id)
        hint = f"There are visits of version {', '.join(there)}." if there else "Check --form-id, and the days."
        raise CollectorError("Cannot compare", f"{form_id!r}: there are no visits of version {version!r}", hint)
    return found


def _both(before: Tally, after: Tally, code: str, least: int) -> dict[str, tuple[_Counted, _Counted]]:
    """The group's measures in both versions; none where one has too few visits."""
    if any(code not in one.cells or one.together(code).visits < least for one in (before, after)):
        return {}
    old, new = _counted(before, code, least), _counted(after, code, least)
    return {what: (old[what], new[what]) for what in MEASURES if what in old and what in new}


def _counted(tally: Tally, code: str, least: int) -> dict[str, _Counted]:
    cell = tally.together(code)
    counts = [cell.questions[one.name] for one in tally.questions]
    # A question that few were asked is in no sum of answers. That few came so far is what "reached" is about.
    asked = [place for place, one in enumerate(counts) if one.asked >= least]
    relevant = [place for place, one in enumerate(counts) if one.asked + one.hows[How.NOT_REACHED] >= least]
    found = {"finished": _Counted(cell.complete, cell.visits, cell.visits)}
    for what, places, of_these, among in (
        ("reached", relevant, _ASKED, _RELEVANT),
        ("dont_know", asked, bytes([PATTERN[How.DONT_KNOW]]), _ASKED),
        ("skipped", asked, bytes([PATTERN[How.SKIPPED]]), _ASKED),
    ):
        parts = [
            (
                sum(pattern[place] in of_these for place in places),
                sum(pattern[place] in among for place in places),
                count,
            )
            for pattern, count in tally.patterns[code].items()
        ]
        if sum(count for _, of, count in parts if of) >= least:
            found[what] = clustered(parts)
    return found


def clustered(parts: Iterable[tuple[int, int, int]]) -> _Counted:
    """A share over visits that have several answers each.

    Its worth is how many independent answers would be as sure: the number of answers by Kish's design effect, at most
    the answers themselves. Where all visits say the same there is no effect to see; then a visit is worth one answer.
    Source: Kish 1965, Survey Sampling; the ratio estimator's linearised variance, Cochran 1977, Sampling Techniques.

    Args:
        parts: answers that count, answers in all, and how many visits were so. At least two visits have answers.
    """
    real = [(count, of, visits) for count, of, visits in parts if of]
    total = sum(of * visits for _, of, visits in real)
    counted = sum(count * visits for count, _, visits in real)
    number = sum(visits for *_, visits in real)
    share = counted / total
    if counted in (0, total):
        return _Counted(counted, total, number)
    spread = sum(visits * (count - share * of) ** 2 for count, of, visits in real)
    variance = number / (number - 1) * spread / total**2
    alone = share * (1 - share) / total
    return _Counted(counted, total, total / max(1.0, variance / alone))


def _comparison(what: str, old: _Counted, new: _Counted, compared: int) -> Comparison:
    (low, high), (wide_low, wide_high) = difference(new.effective, old.effective, compared)
    alone, together = not low <= 0 <= high, not wide_low <= 0 <= wide_high
    more = new.count / new.of >= old.count / old.of
    words = (_MORE if more else _FEWER)[what]
    numbers = f"{new.count} of {new.of}, before {old.count} of {old.of}"
    if together:
        sentence = f"{words[0].upper()}{words[1:]}: {numbers}. That is more than chance would make."
    elif alone:
        sentence = (
            f"It may be that {words}: {numbers}. By itself that is more than chance would make; "
            f"of {compared} things that are compared it may be chance."
        )
    else:
        sentence = f"We can't tell whether {words}: {numbers}. {_between(low, high)}"
    return Comparison(what, old.share, new.share, low, high, alone, together, sentence)


def _between(low: float, high: float) -> str:
    ends = (f"{abs(round(one * POINTS))} in 100 {'fewer' if one < 0 else 'more'}" for one in (low, high))
    return f"It may be anything from {' to '.join(ends)}."


def _days(tally: Tally, codes: Iterable[str]) -> tuple[date, date] | None:
    days = sorted(day for code in codes for day in tally.together(code).days)
    return (days[0], days[-1]) if days else None


def _cautions(before: Tally, after: Tally, codes: list[str], compared: int) -> Iterable[str]:
    yield (
        "Different people may have come, in different months, and nobody was chosen by chance: "
        "the words may not be the reason."
    )
    yield "Visits are not people: where somebody came more than once, we are less sure than these numbers say."
    yield f"{compared} things were compared. Of twenty, one looks different by chance alone."
    yield '"I don\'t know" and skipping are answers too: fewer of them is not better by itself.'
    old, new = ({one.name for one in tally.questions} for tally in (before, after))
    if old != new:
        yield (
            f"The versions do not ask the same: {len(old & new)} questions are in both, {len(old - new)} in the old "
            f"one alone, {len(new - old)} in the new one alone."
        )
    if {home for code in codes for home in before.cells[code]} != {
        home for code in codes for home in after.cells[code]
    }:
        yield "The versions were not asked in the same homes."
