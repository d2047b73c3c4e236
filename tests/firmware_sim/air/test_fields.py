import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.air.environment import LEFT_BY_INTERFERENCE_DB
from firmware_sim.air.fields import Antennas, Drift, Multipath, Shadowing, rician_mean_db

ANCHORS = 400


def shadowing(*, sd_db: float = 4.0, length_m: float = 2.5) -> Shadowing:
    return Shadowing(ANCHORS, sd_db=sd_db, length_m=length_m, rng=np.random.default_rng(1))


def multipath(*, k_factor: float = 2.0, delay_ns: float = 20.0) -> Multipath:
    rng = np.random.default_rng(1)
    return Multipath(ANCHORS, k_factor=k_factor, delay_s=delay_ns * 1e-9, rng=rng)


@pytest.mark.parametrize("distance_m", [0.5, 2.5, 6.0])
def test_shadowing_fades_with_distance_as_the_exponential(distance_m: float) -> None:
    field = shadowing()

    here, there = field.at(3, 3), field.at(3 + distance_m, 3)

    assert np.corrcoef(here, there)[0, 1] == pytest.approx(math.exp(-distance_m / 2.5), abs=0.12)


def test_shadowing_has_the_spread_that_it_was_given() -> None:
    assert np.std(shadowing(sd_db=4.0).at(7, 2)) == pytest.approx(4.0, abs=0.4)


def test_shadowing_is_not_shared_between_gateways() -> None:
    field = shadowing()
    along = np.array([field.at(1.0 * metre, 2) for metre in range(200)])

    between = np.corrcoef(along.T)[np.triu_indices(40, 1)]

    assert abs(between.mean()) < 0.02


@given(x=st.floats(-50, 50), y=st.floats(-50, 50))
def test_a_spot_has_one_level_whenever_it_is_asked(x: float, y: float) -> None:
    one, other = multipath(), multipath()
    one.at(y, x)

    assert np.array_equal(one.at(x, y), other.at(x, y))


@pytest.mark.parametrize(("k_factor", "sd_db"), [(0.0, 5.57), (2.0, 4.36), (8.0, 2.25)])
def test_interference_has_the_spread_and_mean_of_a_rician_channel(
    k_factor: float, sd_db: float
) -> None:
    # 5.57 dB is Rayleigh's; the others are by numerical integration of the Rician density.
    field = multipath(k_factor=k_factor)

    levels = np.array([field.at(0.5 * step, 0.31 * step) for step in range(100)])

    assert levels.std() == pytest.approx(sd_db, rel=0.06)
    assert levels.mean() == pytest.approx(0.0, abs=0.15)


def test_a_standing_device_differs_by_channel_by_some_decibels() -> None:
    field = multipath()

    spread = [np.std(field.at(0.5 * step, 0), axis=1) for step in range(20)]

    assert np.median(spread) == pytest.approx(2.6, abs=0.35)


def test_interference_leaves_in_the_mean_of_a_spot_what_the_air_takes_off_shadowing() -> None:
    field = multipath()

    spots = np.array([field.at(0.5 * step, 0.3 * step).mean(axis=1) for step in range(40)])

    assert spots.std() == pytest.approx(LEFT_BY_INTERFERENCE_DB, abs=0.15)


def test_without_delays_the_channels_fade_together() -> None:
    level = multipath(delay_ns=0.0).at(2, 3)

    assert np.ptp(level, axis=1).max() < 1e-9


def test_half_a_wavelength_away_it_is_another_level_and_a_centimetre_away_nearly_the_same() -> None:
    field = multipath()

    def related(distance_m: float) -> float:
        here, there = field.at(5, 5), field.at(5 + distance_m, 5)
        return float(np.corrcoef(here.ravel(), there.ravel())[0, 1])

    assert related(0.005) > 0.9
    assert abs(related(0.14)) < 0.3


def test_an_antenna_has_the_spread_it_was_given_and_no_gain_in_the_mean() -> None:
    antennas = Antennas(ANCHORS, sd_db=1.5, rng=np.random.default_rng(1))

    around = np.array([antennas.at(np.full(ANCHORS, 0.05 * turn)) for turn in range(126)])

    assert np.std(around) == pytest.approx(1.5, abs=0.1)
    assert np.abs(around.mean(axis=0)).max() < 0.1
    assert np.corrcoef(around[0], around[4])[0, 1] > 0.85


def test_drift_is_slow_and_forgotten_after_months() -> None:
    drift = Drift(ANCHORS, sd_db=1.0, rng=np.random.default_rng(1))

    now, soon, later = drift.at(1e9), drift.at(1e9 + 5), drift.at(1e9 + 1e7)

    assert np.std(now) == pytest.approx(1.0, abs=0.12)
    assert np.abs(soon - now).max() < 0.5
    assert abs(np.corrcoef(now, later)[0, 1]) < 0.15


@pytest.mark.parametrize(("k_factor", "mean_db"), [(0.0, -2.507), (2.0, -1.549), (8.0, -0.5115)])
def test_the_mean_level_is_that_of_the_exponential_integral(
    k_factor: float, mean_db: float
) -> None:
    assert rician_mean_db(k_factor) == pytest.approx(mean_db, abs=0.002)
