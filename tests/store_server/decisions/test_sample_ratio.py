"""A mismatch of the arms is found; honest draws are left alone, however often one looks."""

import numpy as np
import pytest
from scipy.stats import chisquare  # type: ignore[import-untyped]  # no types

from store_server.decisions.sample_ratio import MISMATCH_P, anytime_ratio_p, ratio_p


@pytest.mark.parametrize("counts", [[480, 520], [300, 310, 390], [10, 20, 30, 40]])
def test_the_p_value_is_that_of_pearson(counts: list[int]) -> None:
    assert ratio_p(counts, [1] * len(counts)) == pytest.approx(chisquare(counts).pvalue)


def test_too_few_units_say_nothing() -> None:
    assert ratio_p([3, 4], [1, 1]) is None


def test_units_in_an_arm_that_draws_nobody_are_a_mismatch() -> None:
    assert ratio_p([50, 50, 1], [1, 1, 0]) == 0.0
    assert anytime_ratio_p([50, 50, 1], [1, 1, 0]) == 0.0


def test_an_arm_that_draws_nobody_and_has_nobody_does_not_count() -> None:
    assert ratio_p([50, 40, 0], [1, 1, 0]) == ratio_p([50, 40], [1, 1])


def test_looking_after_every_unit_alarms_no_oftener_than_it_says() -> None:
    rng = np.random.default_rng(5)
    alarmed = 0
    for _ in range(200):
        second = np.cumsum(rng.random(1500) < 0.3)
        looks = [(n + 1 - int(s), int(s)) for n, s in enumerate(second)]
        alarmed += any(anytime_ratio_p(look, [7, 3]) < 0.05 for look in looks)

    assert alarmed <= 200 * 0.05 + 3 * (200 * 0.05 * 0.95) ** 0.5


def test_looking_once_at_a_fixed_test_every_day_alarms_too_often() -> None:
    rng = np.random.default_rng(5)
    alarmed = 0
    for _ in range(200):
        second = np.cumsum(rng.random(1500) < 0.3)[99::50]
        looks = [(100 + 50 * day - int(s), int(s)) for day, s in enumerate(second)]
        alarmed += any((ratio_p(look, [7, 3]) or 1.0) < 0.05 for look in looks)

    assert alarmed > 200 * 0.05 + 3 * (200 * 0.05 * 0.95) ** 0.5


def test_a_lost_tenth_of_one_arm_is_found_by_both() -> None:
    lost = [10_000, 9_000]

    assert (ratio_p(lost, [1, 1]) or 1.0) < MISMATCH_P
    assert anytime_ratio_p(lost, [1, 1]) < MISMATCH_P
