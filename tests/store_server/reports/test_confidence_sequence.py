"""Looking every day does not fool anybody."""

import numpy as np
import pytest

from store_server.reports.confidence_sequence import always_valid_p, reach, tuning


def test_the_tuning_makes_the_sequence_narrowest_where_it_was_planned() -> None:
    one, units = np.asarray(1.0), np.asarray(2_000.0)

    at = {planned: float(reach(one, units, planned_units=planned)) for planned in (500, 2000, 8000)}

    assert min(at, key=at.__getitem__) == 2_000
    around = [float(reach(one, units, planned_units=planned)) for planned in (1_990, 2_010)]
    assert all(at[2_000] <= one for one in around)


def test_it_is_wider_than_an_interval_that_is_looked_at_once() -> None:
    units = np.geomspace(20, 1e6, 50)

    assert np.all(reach(np.ones(50), units) > 2.9)


def test_the_p_value_is_five_percent_where_the_sequence_touches_zero() -> None:
    units = np.array([30.0, 500.0, 20_000.0])

    p = always_valid_p(reach(np.ones(3), units), np.ones(3), units)

    assert p == pytest.approx(0.05)


def test_no_effect_has_p_one_and_a_certain_one_p_zero() -> None:
    one, none, units = np.ones(1), np.zeros(1), np.full(1, 100.0)

    assert always_valid_p(none, one, units) == 1.0
    assert always_valid_p(one, none, units) == 0.0


def test_the_tuning_falls_with_the_planned_units() -> None:
    assert tuning(1_000) == pytest.approx(10 * tuning(10_000))


def test_looking_after_every_unit_is_wrong_in_fewer_than_one_in_twenty() -> None:
    """2,000 sequences of nothing at all, looked at 5,000 times each."""
    rng = np.random.default_rng(20260305)
    units = np.arange(1, 5_001, dtype=float)
    half = reach(1 / np.sqrt(units), units)[19:]
    wrong = 0
    for _ in range(20):
        mean = np.cumsum(rng.standard_normal((100, 5_000)), axis=1)[:, 19:] / units[19:]
        wrong += int(np.any(np.abs(mean) > half, axis=1).sum())

    assert wrong / 2_000 <= 0.05
