"""Weights from recordings: what each piece of evidence is worth, and from which score on it is sure, or asked about.

Logistic regression, by Newton's method, on a handful of numbers an utterance. Whatever was said is one example for each
stretch of speech between two pauses, because at each pause a kiosk may decide. An example is right when the grammar's
phrase is what was said, and wrong in every other case: another answer, another word, somebody talking in the room.

The two limits are chosen on scores that the weights of other speakers gave (cross-validation), so that no more than the
shares of `Aims` are taken wrongly. They are the lowest that do: nobody is asked back without need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from voice.engine import Engine
from voice.errors import VoiceError
from voice.measure import Listened, Measured, Plan, measure
from voice.measure_corpus import Kind, fold_of
from voice.weights import FEATURES, Weights, features

Numbers = npt.NDArray[np.float64]

FOLDS = 5
"""Of speakers, for cross-validation, by the SHA-256 of their names: those of benchmarks/hearing/folds.json."""
_RIDGE = 1.0
"""How strongly weights are drawn to none, in standard deviations: two pieces of evidence that say the same share it."""
_ROUNDS = 30
_LONGEST_STEP = 3.0
_FEWEST = 20
"""Fewer right or wrong examples than this say nothing."""


@dataclass(frozen=True)
class Aims:
    """What may be taken wrongly, as shares of all of that kind.

    Attributes:
        sure_wrong: answers and commands taken as sure for another one.
        other_words_sure: other words taken as sure for an answer.
        other_words_asked: other words asked about, or taken as sure.
    """

    sure_wrong: float = 0.003
    other_words_sure: float = 0.008
    other_words_asked: float = 0.32


@dataclass(frozen=True)
class Example:
    """One utterance to learn from.

    Attributes:
        kind: what its recording is for.
        speaker: who.
        right: whether the grammar's phrase is what was said.
        values: what FEATURES found, in their order.
    """

    kind: Kind
    speaker: str
    right: bool
    values: tuple[float, ...]


@dataclass(frozen=True)
class Fitted:
    """The numbers of one fit, and what they do to examples whose speakers they have not seen.

    Attributes:
        bias, each, sure, ask: as in `Weights`.
        examples: how many there were, by kind, right and wrong ones.
        shares: what became of the examples of each kind, cross-validated: sure_right, sure_wrong, asked_right,
            asked_wrong.
    """

    bias: float
    each: Mapping[str, float]
    sure: float
    ask: float
    examples: Mapping[str, Mapping[str, int]]
    shares: Mapping[str, Mapping[str, float]]


def hear_all(plan: Plan, engine: Engine, on_progress: Callable[[int, Measured], None]) -> Measured:
    """Hear what is to be learnt from: each pause at which a kiosk may decide ends a listening.

    Args:
        plan: what to hear; its endpoint is replaced.
        engine: its weights are put aside meanwhile: what they took as sure would end a listening.
        on_progress: as in `voice.measure.measure`.
    """
    weights, engine.weights = engine.weights, None
    try:
        limits = replace(plan.limits, endpoint_s=plan.limits.early_s)
        return measure(replace(plan, limits=limits), engine, on_progress)
    finally:
        engine.weights = weights


def examples(listened: Sequence[Listened], meanings: Mapping[str, str]) -> list[Example]:
    """What can be learnt from of what was heard: wherever the grammar proposed something."""
    found = []
    for one in listened:
        values = features(one.evidence, meanings) if one.evidence is not None else None
        if one.evidence is None or values is None or not one.evidence.grammar_text:
            continue
        right = one.evidence.grammar_text == one.clip.label
        found.append(Example(one.clip.kind, one.clip.speaker, right, tuple(values[name] for name in FEATURES)))
    return found


def fit(learnt: Sequence[Example], aims: Aims | None = None) -> Fitted:
    """Weights and limits from examples.

    Args:
        learnt: of all kinds.
        aims: what may be taken wrongly.

    Raises:
        VoiceError: too few examples, or all from one fold.
    """
    values = np.array([one.values for one in learnt], dtype=np.float64).reshape(len(learnt), len(FEATURES))
    right = np.array([one.right for one in learnt], dtype=np.float64)
    if min(right.sum(), len(right) - right.sum()) < _FEWEST:
        raise VoiceError(
            "Cannot fit",
            f"on {right.sum():.0f} answers proposed right and {len(right) - right.sum():.0f} other examples",
            f"Record more: at least {_FEWEST} of each, by several people, other words and the room too.",
        )
    folds = np.array([fold_of(one.speaker, FOLDS) for one in learnt])
    scores = np.zeros(len(learnt))
    for held_out in np.unique(folds):
        seen = folds != held_out
        if len(np.unique(right[seen])) < 2:  # noqa: PLR2004  right and wrong
            raise VoiceError("Cannot fit", "on recordings of one fold of speakers", "Record more people.")
        bias, each = _logistic(values[seen], right[seen])
        scores[~seen] = bias + values[~seen] @ each
    sure, ask = _limits(learnt, scores, aims or Aims())
    bias, each = _logistic(values, right)
    return Fitted(
        bias, dict(zip(FEATURES, map(float, each), strict=True)), sure, ask, *_told(learnt, scores, sure, ask)
    )


def weights_of(fitted: Fitted, engine: str, model: str, data: str, date: str) -> Weights:
    """A fit as weights for an engine and model."""
    return Weights(engine, model, data, date, fitted.bias, fitted.each, fitted.sure, fitted.ask)


def _logistic(values: Numbers, right: Numbers) -> tuple[float, Numbers]:
    """The bias and weights under which what happened is likeliest, the weights being drawn to none a little."""
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    known = np.column_stack([np.ones(len(values)), (values - mean) / spread])
    drawn = np.diag([0.0] + [_RIDGE] * values.shape[1])
    found = np.zeros(known.shape[1])
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-known @ found))
        slope = known.T @ (right - likely) - drawn @ found
        bend = known.T @ (known * (likely * (1 - likely))[:, None]) + drawn
        found += np.clip(np.linalg.solve(bend, slope), -_LONGEST_STEP, _LONGEST_STEP)
    each = found[1:] / spread
    return float(found[0] - each @ mean), each


def _limits(learnt: Sequence[Example], scores: Numbers, aims: Aims) -> tuple[float, float]:
    """The lowest scores at which no more than the aims is taken wrongly."""
    kinds = np.array([one.kind.value for one in learnt])
    right = np.array([one.right for one in learnt])
    said = np.isin(kinds, [Kind.ANSWER.value, Kind.COMMAND.value])
    other = kinds == Kind.OTHER.value
    sure = max(
        _lowest(scores[said & ~right], int(aims.sure_wrong * said.sum())),
        _lowest(scores[other], int(aims.other_words_sure * other.sum())),
    )
    return sure, min(sure, _lowest(scores[other], int(aims.other_words_asked * other.sum())))


def _lowest(wrong: Numbers, may_pass: int) -> float:
    """The lowest score that no more than so many of these reach; half-way to the next one that does not."""
    ordered = np.sort(wrong)[::-1]
    if may_pass >= len(ordered):
        return float(ordered[-1]) if len(ordered) else 0.0
    above = ordered[may_pass - 1] if may_pass else ordered[may_pass] + 1.0
    return float((ordered[may_pass] + above) / 2) if above > ordered[may_pass] else float(ordered[may_pass]) + 1e-6


def _told(
    learnt: Sequence[Example], scores: Numbers, sure: float, ask: float
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """How many examples there were of each kind, and what became of them."""
    counts: dict[str, dict[str, int]] = {}
    shares: dict[str, dict[str, float]] = {}
    right = np.array([one.right for one in learnt])
    for kind in Kind:
        here = np.array([one.kind is kind for one in learnt])
        if not here.any():
            continue
        of = int(here.sum())
        counts[kind.value] = {"right": int((here & right).sum()), "wrong": int((here & ~right).sum())}
        is_sure, asked = here & (scores >= sure), here & (scores >= ask) & (scores < sure)
        shares[kind.value] = {
            "sure_right": float((is_sure & right).sum() / of),
            "sure_wrong": float((is_sure & ~right).sum() / of),
            "asked_right": float((asked & right).sum() / of),
            "asked_wrong": float((asked & ~right).sum() / of),
        }
    return counts, shares
