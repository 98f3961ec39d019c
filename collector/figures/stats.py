"""The few formulas that figures need, by statsmodels and SciPy. An office has them; a kiosk does not.

They are imported where they are called: each takes seconds to load, and whoever only reads counts needs neither.
"""

from __future__ import annotations

ALPHA = 0.05
"""One minus the confidence: intervals are of 95 %."""


def wilson(count: float, of: float) -> tuple[float, float]:
    """Wilson's score interval of a share, 0 to 1; all of it where there is nothing to judge by.

    Source: Wilson 1927, J. Am. Stat. Assoc. 22; Newcombe 1998, Stat. Med. 17, 857-872, method 3.
    """
    from statsmodels.stats.proportion import proportion_confint  # noqa: PLC0415 - takes seconds

    if of <= 0:
        return 0.0, 1.0
    low, high = proportion_confint(count, of, alpha=ALPHA, method="wilson")
    return float(low), float(high)


def exact(count: int, of: int, expected: float) -> tuple[float, float, float]:
    """The exact binomial (Clopper-Pearson) interval of a share, and the two-sided p-value against an expected one."""
    from scipy.stats import binomtest  # noqa: PLC0415 - takes seconds

    found = binomtest(count, of, expected)
    interval = found.proportion_ci(confidence_level=1 - ALPHA, method="exact")
    return float(interval.low), float(interval.high), float(found.pvalue)


def difference(
    new: tuple[float, float], old: tuple[float, float], compared: int = 1
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Newcombe's interval of the difference of two independent shares, new minus old.

    Source: Newcombe 1998, Stat. Med. 17, 873-890, method 10.

    Args:
        new: count and of how many; they may be broken where they are effective numbers.
        old: the same.
        compared: how many comparisons are made together.
    Returns: the interval of 95 %, and the one that holds for all of them together (Bonferroni).
    """
    from statsmodels.stats.proportion import confint_proportions_2indep  # noqa: PLC0415 - takes seconds

    found = []
    for alpha in (ALPHA, ALPHA / compared):
        low, high = confint_proportions_2indep(*new, *old, method="newcomb", compare="diff", alpha=alpha)
        found.append((float(low), float(high)))
    return found[0], found[1]
