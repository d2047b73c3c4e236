"""Lift: like with like, honest about what is not known yet."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]  # scipy ships no types

from store_server.reports.lift import Lift, UnitOutcome, lift_of, mean_difference

VALUES = st.lists(st.integers(-10_000, 10_000), min_size=2, max_size=40)


def units(*, treated: bool, bought: int, of: int, margin_minor: int = 100) -> list[UnitOutcome]:
    return [
        UnitOutcome(treated, number < bought, margin_minor if number < bought else 0)
        for number in range(of)
    ]


def lift(treated: tuple[int, int], control: tuple[int, int], *, share: float = 0.1) -> Lift:
    outcomes = [
        *units(treated=True, bought=treated[0], of=treated[1]),
        *units(treated=False, bought=control[0], of=control[1]),
    ]
    return lift_of(outcomes, control_share=share)


def test_few_shoppers_are_not_enough_and_the_report_says_how_many_more() -> None:
    found = lift((10, 50), (1, 6))

    assert found.units_missing > 1_000
    assert found.verdict == f"Not enough data yet: needs about {found.units_missing} more shoppers."


def test_an_empty_shop_has_no_lift_and_no_interval() -> None:
    found = lift((0, 0), (0, 0))

    assert (found.share, found.margin_per_unit_minor, found.ratio_p) == (None, None, None)
    assert found.verdict.startswith("Not enough data yet")


def test_enough_shoppers_show_a_gain() -> None:
    found = lift((1_800, 9_000), (100, 1_000))

    assert found.units_missing == 0
    assert found.share is not None
    assert found.share.estimate == pytest.approx(0.1)
    assert found.verdict.startswith("The offers sold more: +10.0 points (+7.")


def test_enough_shoppers_show_a_loss() -> None:
    assert lift((900, 9_000), (200, 1_000)).verdict.startswith("The offers sold less: -10.0")


def test_enough_shoppers_show_that_nothing_is_seen() -> None:
    assert lift((905, 9_000), (100, 1_000)).verdict.startswith("No difference can be seen")


def test_arms_that_were_not_drawn_so_stop_the_reading() -> None:
    found = lift((1_800, 9_500), (100, 500))

    assert found.verdict.startswith("The arms are not what was drawn")


def test_without_a_holdout_nothing_is_claimed() -> None:
    found = lift((1_800, 9_000), (0, 0), share=0.0)

    assert found.share is None
    assert found.verdict.startswith("Nobody is held out")


def test_every_arm_alone_must_be_large_enough() -> None:
    assert lift((4_000, 20_000), (1, 2)).units_missing > 0


@pytest.mark.filterwarnings("ignore:Precision loss")
@given(VALUES, VALUES)
def test_the_margin_has_welchs_interval(one: list[int], two: list[int]) -> None:
    found = mean_difference(one, two)
    assert found is not None
    if found.low == found.high:
        return

    oracle = stats.ttest_ind(one, two, equal_var=False).confidence_interval(0.95)

    assert found.low == pytest.approx(oracle.low, rel=1e-6, abs=1e-6)
    assert found.high == pytest.approx(oracle.high, rel=1e-6, abs=1e-6)


def test_one_unit_in_an_arm_has_no_spread() -> None:
    assert mean_difference([1], [1, 2]) is None


def test_the_interval_holds_the_known_truth_about_as_often_as_it_says() -> None:
    """500 campaigns with a true lift of 10 points: 95 % +- 4 standard errors of the count."""
    rng, held = random.Random(20260304), 0
    for _ in range(500):
        hits = [sum(rng.random() < rate for _ in range(100)) for rate in (0.3, 0.2)]
        found = lift((hits[0], 100), (hits[1], 100), share=0.5).share
        held += found is not None and found.low <= 0.1 <= found.high

    assert 0.911 <= held / 500 <= 0.989
