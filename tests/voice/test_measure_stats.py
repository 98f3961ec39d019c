"""Intervals against published tables."""

import pytest

from voice.measure_stats import (
    by_speaker,
    events_interval,
    events_upper,
    percentile,
    percentile_interval,
    share_upper,
    wilson,
)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_score_interval_is_that_of_newcombe_1998_table_1(count, of, low, high):
    assert wilson(count, of) == pytest.approx((low, high), abs=5e-5)


def test_the_score_interval_is_the_same_from_both_ends():
    low, high = wilson(3, 50)
    assert wilson(47, 50) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(
    ("count", "of", "high"), [(81, 263, 0.3676), (15, 148, 0.1617), (0, 20, 0.1684), (1, 29, 0.1776)]
)
def test_the_exact_bound_of_a_share_is_that_of_newcombe_1998_table_1(count, of, high):
    assert share_upper(count, of, 0.025) == pytest.approx(high, abs=5e-5)


def test_nothing_in_n_is_bounded_by_the_rule_of_three():
    assert share_upper(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300))
    assert share_upper(0, 300) == pytest.approx(3 / 300, rel=0.01)


def test_of_nothing_nothing_is_known():
    assert wilson(0, 0) == (0.0, 1.0)
    assert share_upper(0, 0) == 1.0


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.624, 11.668), (10, 4.795, 18.390), (100, 81.364, 121.627)],
)
def test_the_interval_of_events_is_garwoods(events, low, high):
    assert events_interval(events) == pytest.approx((low, high), abs=1e-3)


def test_the_one_sided_bound_of_events_is_the_published_one():
    assert [events_upper(n) for n in (0, 1, 2, 5)] == pytest.approx([2.996, 4.744, 6.296, 10.513], abs=1e-3)


def test_percentiles_are_samples_by_nearest_rank():
    samples = [float(n) for n in range(1, 101)]
    assert (percentile(samples, 0.5), percentile(samples, 0.95), percentile(samples[:1], 0.95)) == (50, 95, 1)


def test_the_interval_of_a_median_is_the_tabled_pair_of_ranks_and_few_samples_give_none():
    assert percentile_interval([float(n) for n in range(1, 101)], 0.5) == (40, 61)
    assert percentile_interval([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.5) == (1, 6)
    assert percentile_interval([1.0, 2.0, 3.0, 4.0, 5.0], 0.5) == (None, None)
    assert percentile_interval([float(n) for n in range(1, 21)], 0.95)[1] is None


def test_drawing_speakers_gives_a_wider_interval_than_drawing_clips_when_speakers_differ():
    alike, unlike = [(5, 10)] * 20, [(10, 10)] * 10 + [(0, 10)] * 10
    assert by_speaker(alike) == (0.5, 0.5)
    low, high = by_speaker(unlike) or (0.5, 0.5)
    clips_low, clips_high = wilson(100, 200)
    assert low < clips_low
    assert high > clips_high


def test_drawing_speakers_gives_the_same_interval_again_and_none_for_one_speaker():
    counts = [(1, 2), (3, 4), (0, 2), (5, 5)]
    assert by_speaker(counts) == by_speaker(counts)
    assert by_speaker([(1, 2)]) is None
