"""Lift: like with like, honest about what is not known yet."""

from dataclasses import replace

import pytest

from store_server.reports.advice import Finding
from store_server.reports.lift import Question, lift_of
from store_server.reports.outcomes import HEADLINES, Metric, UnitOutcome
from tests.store_server.reports.builders import lift, units


def test_few_shoppers_are_not_enough_and_the_report_says_how_many_more() -> None:
    found = lift((10, 50), (1, 6), ended=False)

    assert found.units_missing > 1_000
    assert found.verdict == f"Not enough data yet: needs about {found.units_missing} more shoppers."


def test_an_empty_shop_has_no_lift_and_no_interval() -> None:
    found = lift((0, 0), (0, 0))

    assert all((one.sequence, one.fixed, one.p) == (None, None, None) for one in found.effects)
    assert found.verdict.startswith("Not enough data yet")


def test_enough_shoppers_show_a_gain() -> None:
    found = lift((1_800, 9_000), (100, 1_000))

    assert found.units_missing == 0
    fixed = found.effect(Metric.CONVERSION).fixed
    assert fixed is not None
    assert fixed.estimate == pytest.approx(0.1)
    assert found.verdict.startswith("The offers sold more: +10.0 points (+7.")
    assert found.advice.finding is Finding.SELLS_AND_EARNS


def test_a_gain_that_costs_more_than_it_brings_is_told_as_a_loss() -> None:
    found = lift((1_800, 9_000), (100, 1_000), margin_minor=10)

    assert found.advice.finding is Finding.SELLS_AT_A_LOSS


def test_enough_shoppers_show_a_loss() -> None:
    assert lift((900, 9_000), (200, 1_000)).verdict.startswith("The offers sold less: -10.0")


def test_enough_shoppers_show_that_nothing_is_seen() -> None:
    assert lift((905, 9_000), (100, 1_000)).verdict.startswith("No difference can be seen")


def test_the_narrow_interval_is_not_there_before_the_planned_end() -> None:
    running, over = (lift((180, 900), (18, 100), ended=ended) for ended in (False, True))

    assert [one.fixed for one in running.effects] == [None] * len(HEADLINES)
    conversion = over.effect(Metric.CONVERSION)
    assert conversion.fixed is not None
    assert conversion.sequence is not None
    assert conversion.sequence.low < conversion.fixed.low
    assert conversion.fixed.high < conversion.sequence.high


def test_until_the_end_what_is_not_clear_goes_on() -> None:
    found = lift((180, 900), (18, 100), ended=False)

    assert found.advice.finding is Finding.NOT_CLEAR_YET
    assert found.verdict.endswith("so let it run.")


def test_arms_that_were_not_drawn_so_stop_the_reading() -> None:
    found = lift((1_800, 9_500), (100, 500))

    assert found.verdict.startswith("The arms are not what was drawn")


def test_without_a_holdout_nothing_is_claimed() -> None:
    found = lift((1_800, 9_000), (0, 0), share=0.0)

    assert found.effect(Metric.CONVERSION).interval is None
    assert found.verdict.startswith("Nobody is held out")


def test_every_arm_alone_must_be_large_enough() -> None:
    assert lift((4_000, 20_000), (1, 2)).units_missing > 0


def test_who_may_still_buy_is_counted_apart_and_not_compared() -> None:
    closed = units(treated=True, bought=1, of=4)
    waiting = [replace(one, closed=False) for one in units(treated=True, bought=2, of=3)]

    found = lift_of([*closed, *waiting], Question(1_000))

    assert (found.offered.units, found.offered.bought) == (4, 1)
    assert (found.offered.open_units, found.offered.open_bought) == (3, 2)
    assert found.effect(Metric.CONVERSION).offered_units == 4


def test_an_erased_shopper_counts_as_a_buyer_and_has_no_spend() -> None:
    erased = UnitOutcome(True, True, 0, named=False)

    found = lift_of([erased, *units(treated=True, bought=0, of=3)], Question(1_000))

    assert found.effect(Metric.CONVERSION).offered_units == 4
    assert found.effect(Metric.SPEND).offered_units == 3
