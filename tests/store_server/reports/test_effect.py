"""One metric compared, against scipy and against known truths."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]  # scipy ships no types

from store_server.reports.cuped import OWN_SCATTER_UNITS
from store_server.reports.effect import Effect, effect_of
from store_server.reports.outcomes import Metric, UnitOutcome
from tests.store_server.reports.builders import units

VALUES = st.lists(st.integers(-10_000, 10_000), min_size=2, max_size=40)


def of_margins(one: list[int], two: list[int], *, ended: bool = True) -> Effect:
    outcomes = [UnitOutcome(True, True, value) for value in one]
    outcomes += [UnitOutcome(False, True, value) for value in two]
    return effect_of(outcomes, Metric.MARGIN, ended=ended)


@pytest.mark.filterwarnings("ignore:Precision loss")
@given(VALUES, VALUES)
def test_money_of_large_arms_has_welchs_interval_and_p(one: list[int], two: list[int]) -> None:
    one, two = (values * (OWN_SCATTER_UNITS // len(values) + 1) for values in (one, two))
    found = of_margins(one, two)
    assert found.fixed is not None
    if found.fixed.low == found.fixed.high:
        return

    oracle = stats.ttest_ind(one, two, equal_var=False)

    low, high = oracle.confidence_interval(0.95)
    assert (found.fixed.low, found.fixed.high) == pytest.approx((low, high), rel=1e-6, abs=1e-6)
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-6, abs=1e-9)


@pytest.mark.filterwarnings("ignore:Precision loss")
@given(VALUES, VALUES)
def test_money_of_small_arms_has_students_interval_and_p(one: list[int], two: list[int]) -> None:
    found = of_margins(one, two)
    assert found.fixed is not None
    if found.fixed.low == found.fixed.high:
        return

    oracle = stats.ttest_ind(one, two, equal_var=True)

    low, high = oracle.confidence_interval(0.95)
    assert (found.fixed.low, found.fixed.high) == pytest.approx((low, high), rel=1e-6, abs=1e-6)
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-6, abs=1e-9)


def test_one_unit_in_an_arm_has_no_spread() -> None:
    found = of_margins([1], [1, 2])

    assert (found.fixed, found.visible, found.p) == (None, None, None)


def test_a_share_without_a_buyer_is_not_taken_for_certain() -> None:
    outcomes = units(treated=True, bought=0, of=30) + units(treated=False, bought=0, of=30)

    found = effect_of(outcomes, Metric.CONVERSION, ended=False)

    assert found.sequence is not None
    assert found.sequence.low < -0.05
    assert found.sequence.high > 0.05


def test_what_is_said_to_be_visible_is_seen_four_times_in_five() -> None:
    rng = np.random.default_rng(11)
    sizes, rate = (2_000, 500), 0.2
    hits = [round(size * rate) for size in sizes]
    known = units(treated=True, bought=hits[0], of=sizes[0])
    known += units(treated=False, bought=hits[1], of=sizes[1])
    visible = effect_of(known, Metric.CONVERSION, ended=True).visible
    assert visible is not None

    drawn = rng.binomial(sizes, [rate + visible, rate], size=(1_000, 2)) / sizes
    error = np.sqrt((drawn * (1 - drawn) / sizes).sum(axis=1))
    seen = np.mean(np.abs(drawn[:, 0] - drawn[:, 1]) > 1.96 * error)

    assert abs(seen - 0.8) < 0.05


def test_earlier_spend_makes_the_interval_narrower_and_moves_it_little() -> None:
    rng = random.Random(5)
    outcomes, plain = [], []
    for number in range(600):
        before = rng.gauss(5_000, 2_000)
        after = before + rng.gauss(0, 600) + (300 if number % 2 else 0)
        outcomes.append(
            UnitOutcome(bool(number % 2), True, 0, round(after), before_minor=(round(before),))
        )
        plain.append(UnitOutcome(bool(number % 2), True, 0, round(after)))

    adjusted, raw = (effect_of(one, Metric.SPEND, ended=True) for one in (outcomes, plain))

    assert adjusted.fixed is not None
    assert raw.fixed is not None
    assert adjusted.variance_reduction == pytest.approx(0.92, abs=0.02)
    assert adjusted.fixed.high - adjusted.fixed.low < 0.35 * (raw.fixed.high - raw.fixed.low)
    assert adjusted.fixed.low <= 300 <= adjusted.fixed.high
