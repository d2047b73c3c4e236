"""Taking out what earlier spend explains: exact where it must be, harmless where it cannot help."""

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]  # scipy ships no types

from store_server.reports.cuped import UNITS_A_COVARIATE, estimate
from store_server.reports.moments import Floats, moments_from_sums, moments_of


def a_table(seed: int, size: int, *, shift: float = 0.0) -> Floats:
    rng = np.random.default_rng(seed)
    before = rng.lognormal(8, 1, size=(size, 2))
    after = 0.5 * before[:, 0] + 0.2 * before[:, 1] + rng.normal(0, 800, size) + shift
    return np.column_stack([after, before])


def test_one_covariate_is_the_regression_of_the_outcome_on_it() -> None:
    one, two = a_table(1, 400)[:, :2], a_table(2, 300)[:, :2]

    found = estimate(moments_of(one), moments_of(two))

    away = np.vstack([one - one.mean(axis=0), two - two.mean(axis=0)])
    theta = stats.linregress(away[:, 1], away[:, 0]).slope
    gap = one.mean(axis=0) - two.mean(axis=0)
    assert float(found.difference) == pytest.approx(gap[0] - theta * gap[1])


def test_a_known_shift_is_found_with_less_error() -> None:
    one, two = a_table(1, 4_000, shift=500), a_table(2, 4_000)

    found = estimate(moments_of(one), moments_of(two))
    plain = estimate(moments_of(one[:, :1]), moments_of(two[:, :1]))

    assert abs(float(found.difference) - 500) < 3 * float(found.error)
    assert float(found.error) < 0.5 * float(plain.error)


def test_covariates_that_never_differ_change_nothing() -> None:
    one, two = a_table(1, 300), a_table(2, 300)
    flat = [np.column_stack([table[:, :1], np.zeros((300, 3))]) for table in (one, two)]

    found = estimate(*(moments_of(table) for table in flat))

    plain = estimate(moments_of(one[:, :1]), moments_of(two[:, :1]))
    assert float(found.difference) == pytest.approx(float(plain.difference))
    assert float(found.error) == pytest.approx(float(plain.error))


def test_a_covariate_said_twice_counts_once() -> None:
    one, two = a_table(1, 300)[:, :2], a_table(2, 300)[:, :2]
    twice = [np.column_stack([table, table[:, 1]]) for table in (one, two)]

    found = estimate(*(moments_of(table) for table in twice))

    once = estimate(moments_of(one), moments_of(two))
    assert float(found.difference) == pytest.approx(float(once.difference))


def test_few_units_are_compared_as_they_are() -> None:
    size = UNITS_A_COVARIATE
    one, two = a_table(1, size)[:, :2], a_table(2, size - 1)[:, :2]

    found = estimate(moments_of(one), moments_of(two))

    assert float(found.reduction) == 0.0
    assert float(found.difference) == pytest.approx(one[:, 0].mean() - two[:, 0].mean())


def test_moments_added_up_day_by_day_are_those_of_the_whole() -> None:
    table = a_table(3, 900) - a_table(3, 900).mean(axis=0)
    days = np.split(table, 9)

    sums = np.sum([day.sum(axis=0) for day in days], axis=0)
    products = np.sum([day.T @ day for day in days], axis=0)

    found, whole = moments_from_sums(np.asarray(900.0), sums, products), moments_of(table)
    assert found.mean == pytest.approx(whole.mean, abs=1e-9)
    assert found.scatter == pytest.approx(whole.scatter, rel=1e-9)
