"""The formulas against values that others have published, not against themselves."""

from __future__ import annotations

import pytest

from collector.figures.stats import difference, exact, wilson


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        pytest.param(81, 263, 0.2553, 0.3662, id="81-of-263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15-of-148"),
        pytest.param(0, 20, 0.0000, 0.1611, id="0-of-20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1-of-29"),
    ],
)
def test_wilsons_interval_is_that_of_newcombes_table(count: int, of: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3."""
    assert wilson(count, of) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(
    ("new", "old", "low", "high"),
    [
        pytest.param((56, 70), (48, 80), 0.0524, 0.3339, id="a-56-of-70-and-48-of-80"),
        pytest.param((9, 10), (3, 10), 0.1705, 0.8090, id="b-9-of-10-and-3-of-10"),
        pytest.param((6, 7), (2, 7), 0.0582, 0.8062, id="c-6-of-7-and-2-of-7"),
        pytest.param((5, 56), (0, 29), -0.0381, 0.1926, id="d-5-of-56-and-0-of-29"),
        pytest.param((0, 10), (0, 20), -0.1611, 0.2775, id="e-0-of-10-and-0-of-20"),
        pytest.param((0, 10), (0, 10), -0.2775, 0.2775, id="f-0-of-10-and-0-of-10"),
        pytest.param((10, 10), (0, 20), 0.6791, 1.0000, id="g-10-of-10-and-0-of-20"),
        pytest.param((10, 10), (0, 10), 0.6075, 1.0000, id="h-10-of-10-and-0-of-10"),
    ],
)
def test_newcombes_interval_is_that_of_his_table(
    new: tuple[int, int], old: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10."""
    assert difference(new, old)[0] == pytest.approx((low, high), abs=0.00005)


def test_of_nothing_everything_may_be_so() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_exact_interval_is_clopper_and_pearsons() -> None:
    """Newcombe 1998, as above, method 5: 81 of 263; and the rule of three's exact form for 0 of 20."""
    assert exact(81, 263, 0.5)[:2] == pytest.approx((0.2527, 0.3676), abs=0.00005)
    assert exact(0, 20, 0.5)[:2] == pytest.approx((0.0, 1 - 0.025 ** (1 / 20)))


def test_more_comparisons_make_the_interval_for_all_of_them_wider() -> None:
    alone, together = difference((18, 20), (11, 20), compared=4)
    assert together[0] < alone[0] < alone[1] < together[1]
    assert difference((18, 20), (11, 20))[0] == alone
