"""How sure a figure is: intervals for shares, for events an hour and for percentiles.

Few enough formulas to stand here and be tested against published tables; a statistics library is no dependency.

Sources: Wilson (1927) and Newcombe (1998) for the score interval; Clopper and Pearson (1934); Garwood (1936) for the
exact Poisson interval; order statistics for percentiles (Conover, Practical Nonparametric Statistics); Efron's
percentile bootstrap, speakers being what is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

_Z = 1.959963984540054
"""Of the normal distribution, two-sided 95 %."""
_TAIL = 0.025
"""What a two-sided 95 % interval leaves out on each side."""
_RESAMPLES = 2_000
_SEED = 1


def wilson(count: int, of: int) -> tuple[float, float]:
    """The two-sided 95 % score interval of a share.

    Args:
        count: how often it was so.
        of: out of how many; 0 gives (0, 1): nothing is known.
    """
    if of == 0:
        return 0.0, 1.0
    share, z2 = count / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return (0.0 if count == 0 else middle - half), (1.0 if count == of else middle + half)


def share_upper(count: int, of: int, error: float = 0.05) -> float:
    """The exact one-sided upper bound of a share (Clopper and Pearson): right in at least 1 - `error` of all cases.

    Args:
        count: how often it was so.
        of: out of how many; 0 gives 1.
        error: 0.05 for a bound of 95 %.
    """
    if count >= of:
        return 1.0
    return _where_it_falls_to(error, lambda share: _binomial_up_to(count, of, share), 1.0)


def events_interval(events: int) -> tuple[float, float]:
    """The exact two-sided 95 % interval of the number of events that would be expected (Garwood)."""
    low = 0.0
    if events:
        low = _where_it_falls_to(1 - _TAIL, lambda mean: _poisson_up_to(events - 1, mean), float(events))
    return low, events_upper(events, _TAIL)


def events_upper(events: int, error: float = 0.05) -> float:
    """The exact one-sided upper bound of the number of events that would be expected."""
    return _where_it_falls_to(error, lambda mean: _poisson_up_to(events, mean), 10.0 + 3.0 * events)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The sample which that share of all samples does not exceed (nearest rank). `ordered` is not empty."""
    return ordered[max(0, math.ceil(round(share * len(ordered), 9)) - 1)]


def percentile_interval(ordered: Sequence[float], share: float) -> tuple[float | None, float | None]:
    """The two-sided 95 % interval of a percentile by order statistics; None where too few samples bound it."""
    ranks = range(1, len(ordered) + 1)
    below = [_binomial_up_to(rank - 1, len(ordered), share) for rank in ranks]
    low = max((rank for rank in ranks if below[rank - 1] <= _TAIL), default=None)
    high = next((rank for rank in ranks if below[rank - 1] >= 1 - _TAIL), None)
    return None if low is None else ordered[low - 1], None if high is None else ordered[high - 1]


def by_speaker(counts: Sequence[tuple[int, int]]) -> tuple[float, float] | None:
    """The 95 % percentile bootstrap of a share when whole speakers are drawn: clips of one speaker are no independent.

    Args:
        counts: for each speaker how often it was so, and out of how many.

    Returns: the interval, the same for the same counts; None with fewer than two speakers. A share that is 0 or 1 for
        every speaker gives an interval of no width, which proves nothing: read the exact bound there.
    """
    if len(counts) < 2:  # noqa: PLR2004 - nobody else to draw
        return None
    drawn = np.random.default_rng(_SEED).multinomial(len(counts), np.full(len(counts), 1 / len(counts)), _RESAMPLES)
    sums = drawn @ np.asarray(counts, dtype=np.int64)
    low, high = np.quantile(sums[:, 0] / sums[:, 1], (0.025, 0.975))
    return float(low), float(high)


def _where_it_falls_to(level: float, falling: Callable[[float], float], above: float) -> float:
    """Where a falling function of a number from 0 to `above` has that value."""
    low, high = 0.0, above
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > level else (low, middle)
    return high


def _binomial_up_to(count: int, of: int, share: float) -> float:
    """The probability of at most `count` in `of`."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 1.0 if count >= of else 0.0
    whole = math.lgamma(of + 1)
    return math.fsum(
        math.exp(
            whole
            - math.lgamma(one + 1)
            - math.lgamma(of - one + 1)
            + one * math.log(share)
            + (of - one) * math.log1p(-share)
        )
        for one in range(count + 1)
    )


def _poisson_up_to(count: int, mean: float) -> float:
    """The probability of at most `count` events where `mean` are expected."""
    if mean <= 0:
        return 1.0
    return math.fsum(math.exp(one * math.log(mean) - mean - math.lgamma(one + 1)) for one in range(count + 1))
