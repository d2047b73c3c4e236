import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.validation.figures import (
    advert_times,
    figures_of,
    reception_ratio,
    wasserstein_db,
)
from firmware_sim.validation.recording import Heard


def heard(levels: list[float], *, interval_s: float = 0.5) -> Heard:
    count = len(levels)
    return Heard(
        np.linspace(0.0, interval_s * (count - 1), count),
        np.zeros(count, dtype=np.int64),
        np.array(levels),
    )


@given(st.lists(st.floats(-100, -30), min_size=5, max_size=60), st.floats(-9, 9))
def test_levels_moved_by_so_much_are_so_far_away(levels: list[float], moved_db: float) -> None:
    one = np.sort(levels)

    assert wasserstein_db(one, one + moved_db) == pytest.approx(abs(moved_db), abs=1e-9)


def test_equal_means_with_unequal_spread_are_apart() -> None:
    narrow, wide = np.linspace(-61, -59, 200), np.linspace(-70, -50, 200)

    assert wasserstein_db(narrow, wide) == pytest.approx(4.5, abs=0.1)


def test_independent_noise_has_no_memory_and_a_slow_wave_has() -> None:
    rng = np.random.default_rng(1)
    noise = figures_of([heard(rng.normal(-70, 5, 800).tolist())], gateways=1)
    slow = figures_of([heard((-70 + 5 * np.sin(np.arange(800) / 60)).tolist())], gateways=1)

    assert all(abs(one) < 0.1 for one in noise.correlations)
    assert all(one > 0.9 for one in slow.correlations)


def test_the_step_is_the_middle_of_the_differences() -> None:
    figures = figures_of([heard([-60.0, -63.0] * 10)], gateways=1)

    assert figures.step_db == 3.0


def test_an_advert_heard_by_two_gateways_is_one_advert() -> None:
    times = np.array([0.0, 0.004, 0.5, 1.0, 1.004])
    both = Heard(times, np.array([0, 1, 0, 0, 1]), np.full(5, -60.0))

    assert advert_times(both).tolist() == [0.0, 0.5, 1.0]
    assert reception_ratio(both, 2) == pytest.approx(5 / 6)


def test_values_that_cannot_be_do_not_count_as_levels() -> None:
    figures = figures_of([heard([-60.0] * 20 + [42.0, 127.0, -127.0])], gateways=1)

    assert figures.levels_dbm.tolist() == [-60.0] * 20
