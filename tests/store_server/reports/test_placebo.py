"""The placebo shop: it goes through the report's own code, and what it says is true."""

import numpy as np
import pytest

from store_server.reports.effect import effect_of, fixed_intervals
from store_server.reports.meter_shape import DataShape
from store_server.reports.moments import Moments, moments_of
from store_server.reports.outcomes import Metric, UnitOutcome
from store_server.reports.placebo import Calibration, calibrate, seed_of

A_SHAPE = DataShape(units=1_400, control_bp=3_000, rate=0.2, unevenness=1.0, foretold=0.5)


@pytest.fixture(scope="module")
def found() -> Calibration:
    return calibrate(A_SHAPE, seed=20260306, campaigns=800)


def test_the_fixed_interval_holds_the_known_truth(found: Calibration) -> None:
    """95 % +- 4 standard errors of 800 campaigns."""
    assert 0.919 <= found.conversion.fixed_right <= 0.981
    assert 0.919 <= found.spend.fixed_right <= 0.981


def test_the_sequence_holds_it_at_all_looks_together(found: Calibration) -> None:
    assert min(found.conversion.sequence_right, found.spend.sequence_right) >= 0.95
    assert max(found.conversion.false_alarms, found.spend.false_alarms) <= 0.05


def test_what_is_visible_is_seen_four_times_in_five(found: Calibration) -> None:
    assert abs(found.seen - 0.8) < 0.14  # 100 campaigns have an effect of just that size


def test_the_same_seed_gives_the_same_figures() -> None:
    few = [calibrate(A_SHAPE, seed=seed_of(A_SHAPE), campaigns=100) for _ in range(2)]

    assert few[0] == few[1]


def test_a_store_without_buyers_can_be_calibrated() -> None:
    found = calibrate(A_SHAPE._replace(rate=0.02, units=500), seed=1, campaigns=100)

    assert found.conversion.fixed_right > 0.85


@pytest.mark.parametrize("metric", [Metric.CONVERSION, Metric.SPEND])
def test_many_comparisons_at_once_are_those_of_the_report(metric: Metric) -> None:
    rng = np.random.default_rng(3)
    arms: list[list[Moments]] = [[], []]
    singles = []
    for _ in range(5):
        outcomes = [
            UnitOutcome(
                bool(rng.random() < 0.7),
                bool(rng.random() < 0.3),
                0,
                int(rng.lognormal(6, 1)),
                before_minor=(int(rng.lognormal(6, 1)),),
            )
            for _ in range(200)
        ]
        singles.append(effect_of(outcomes, metric, ended=True).fixed)
        for treated, kept in zip((True, False), arms, strict=True):
            mine = [one for one in outcomes if one.treated is treated]
            rows = [[one.value_of(metric), one.before_minor[0]] for one in mine]
            kept.append(moments_of(np.array(rows, dtype=float)))

    low, high = fixed_intervals(_stacked(arms[0]), _stacked(arms[1]), metric)

    for number, single in enumerate(singles):
        assert single is not None
        assert (low[number], high[number]) == pytest.approx((single.low, single.high))


def _stacked(moments: list[Moments]) -> Moments:
    return Moments(
        np.array([float(one.units) for one in moments]),
        np.array([one.mean for one in moments]),
        np.array([one.scatter for one in moments]),
    )
