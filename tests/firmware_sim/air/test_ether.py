import math

import numpy as np
import pytest

from firmware_sim.air import Air, Ether
from firmware_sim.floor import Wall
from tests.firmware_sim.air.builders import HERE, many_anchors, quiet_air


def test_ten_times_the_distance_costs_ten_times_the_exponent() -> None:
    ether = Ether(quiet_air(), HERE, seed="1")

    near, far = (ether.gains_db(x, 0, heading_rad=None)[0] for x in (1.0, 10.0))

    assert near == pytest.approx(0)
    assert near - far == pytest.approx(10 * quiet_air().path_loss_exponent)


def test_a_wall_of_the_plan_darkens_what_is_behind_it() -> None:
    wall = Wall(((2, -9), (2, 9)), "wall", 7.0)
    clear, walled = (
        Ether(quiet_air(), HERE, seed="1", obstacles=walls).gains_db(5, 0, heading_rad=None)[0]
        for walls in ((), (wall,))
    )

    assert clear - walled == pytest.approx(7.0)


def test_gateways_differ_by_their_own_offset() -> None:
    ether = Ether(quiet_air(gateway_sd_db=2.1), many_anchors(), seed="1")

    offsets = ether.gains_db(1, 0, heading_rad=None)

    assert np.std(offsets) == pytest.approx(2.1, abs=0.25)


def test_the_same_seed_makes_the_same_air_and_another_seed_another() -> None:
    one, same, other = (Ether(Air(), HERE, seed=seed) for seed in ("1", "1", "2"))

    gains = [ether.gains_db(4, 5, heading_rad=1.0).tolist() for ether in (one, same, other)]

    assert gains[0] == gains[1]
    assert gains[0] != gains[2]


def test_a_body_between_costs_fourteen_decibels_and_none_when_faced() -> None:
    ether = Ether(quiet_air(), HERE, seed="1")

    facing, away = (ether.gains_db(5, 0, heading_rad=angle)[0] for angle in (math.pi, 0.0))

    assert facing - away == pytest.approx(14.0)


def test_a_tag_on_a_mast_has_no_body_in_its_way() -> None:
    ether = Ether(quiet_air(), HERE, seed="1")
    facing = ether.gains_db(5, 0, heading_rad=math.pi)

    assert ether.gains_db(5, 0, heading_rad=None) == pytest.approx(facing)


def test_drift_is_the_same_however_often_it_is_asked() -> None:
    ether = Ether(Air(), HERE, seed="1")

    first, _, again = (ether.drift_db(at_s).tolist() for at_s in (100.0, 9000.0, 100.0))

    assert first == again


def test_the_mean_of_spots_is_as_far_from_path_loss_as_the_air_says() -> None:
    ether = Ether(quiet_air(shadowing_sd_db=4.1, antenna_sd_db=1.5), many_anchors(60), seed="1")
    plain = Ether(quiet_air(), many_anchors(60), seed="1")

    apart = [
        ether.gains_db(x, 3.0, heading_rad=None)
        + ether.multipath_db(x, 3.0).mean(axis=1)
        - plain.gains_db(x, 3.0, heading_rad=None)
        for x in np.arange(2.0, 80.0, 1.5)
    ]

    assert np.std(apart) == pytest.approx(4.1, abs=0.3)


def test_a_floor_larger_than_the_memory_has_the_same_levels_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("firmware_sim.air.ether.MOST_TILES", 3)
    ether = Ether(Air(), HERE, seed="1")
    first = [ether.gains_db(x, 2, heading_rad=None)[0] for x in range(10)]

    assert [ether.gains_db(x, 2, heading_rad=None)[0] for x in range(10)] == first
