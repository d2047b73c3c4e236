"""Intervals and sample sizes, against published numbers."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.reports.proportions import (
    Share,
    difference,
    units_needed,
    wilson,
)

SHARES = st.integers(1, 500).flatmap(
    lambda of: st.integers(0, of).map(lambda hits: Share(hits, of))
)


@pytest.mark.parametrize(
    ("treated", "control", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_difference_has_newcombes_published_interval(
    treated: tuple[int, int], control: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe (1998), table II, method 10."""
    found = difference(Share(*treated), Share(*control))

    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


def test_one_proportion_has_wilsons_published_interval() -> None:
    """Newcombe (1998) "Two-sided confidence intervals for the single proportion", 81 of 263."""
    found = wilson(Share(81, 263))

    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=6e-5)


@given(SHARES, SHARES)
def test_the_estimate_lies_in_its_interval_and_both_in_range(one: Share, two: Share) -> None:
    found = difference(one, two)

    slack = 1e-12
    assert -1 - slack <= found.low <= found.estimate + slack
    assert found.estimate - slack <= found.high <= 1 + slack


@given(SHARES, SHARES)
def test_exchanging_the_arms_turns_the_interval_around(one: Share, two: Share) -> None:
    there, back = difference(one, two), difference(two, one)

    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


@given(SHARES, st.integers(2, 50))
def test_more_of_the_same_narrows_the_interval(one: Share, times: int) -> None:
    few = wilson(one)
    many = wilson(Share(one.hits * times, one.of * times))

    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize("share", [Share(0, 0), Share(2, 1), Share(-1, 3)])
def test_what_is_no_proportion_is_refused(share: Share) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(share)


@pytest.mark.parametrize(
    ("base", "effect", "power", "per_arm"),
    [(0.60, 0.10, 0.80, 356), (0.10, 0.05, 0.80, 686), (0.25, 0.15, 0.90, 203)],
)
def test_equal_arms_need_the_published_sizes(
    base: float, effect: float, power: float, per_arm: int
) -> None:
    """Fleiss, Levin and Paik (2003), section 4.2: without continuity correction."""
    needed = units_needed(control_rate=base, effect=effect, control_share=0.5, power=power)

    assert needed == 2 * per_arm


@given(st.floats(0.1, 0.8), st.floats(0.01, 0.05), st.floats(0.02, 0.5))
def test_a_smaller_holdout_needs_at_least_as_many(rate: float, effect: float, share: float) -> None:
    """Where the arms' spreads are alike; a control without spread (rate 1) needs fewer."""
    equal = units_needed(control_rate=rate, effect=effect, control_share=0.5)

    assert units_needed(control_rate=rate, effect=effect, control_share=share) >= equal * 0.98


def test_the_interval_holds_the_known_truth_about_as_often_as_it_says() -> None:
    """500 campaigns with a true lift of 10 points: 95 % +- 4 standard errors of the count."""
    rng, held = random.Random(20260304), 0
    for _ in range(500):
        hits = [sum(rng.random() < rate for _ in range(100)) for rate in (0.3, 0.2)]
        found = difference(Share(hits[0], 100), Share(hits[1], 100))
        held += found.low <= 0.1 <= found.high

    assert 0.911 <= held / 500 <= 0.989
