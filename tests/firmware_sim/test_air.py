import math
import random
from statistics import fmean, pstdev

import numpy as np
import pytest

from firmware_sim.air import Ether, Link, chance_clear, chance_decoded
from firmware_sim.floor import Anchor
from firmware_sim.scenario import Air

QUIET = Air(shadowing_sd_db=0, gateway_sd_db=0, channel_sd_db=0, fading_sd_db=0, loss=0)
HERE = (Anchor("gw-1", 0, 0, 1.1),)


def many_anchors() -> list[Anchor]:
    return [Anchor(f"gw-{number}", 0, 0, 1.1) for number in range(400)]


def test_ten_times_the_distance_costs_ten_times_the_exponent() -> None:
    ether = Ether(QUIET, HERE, seed="1")

    near, far = (ether.gains_db(x, 0, heading_rad=None)[0] for x in (1.0, 10.0))

    assert near == pytest.approx(0)
    assert near - far == pytest.approx(10 * QUIET.path_loss_exponent)


@pytest.mark.parametrize("distance_m", [0.5, 2.5, 6.0])
def test_shadowing_fades_with_distance_as_the_exponential(distance_m: float) -> None:
    ether = Ether(Air(), many_anchors(), seed="1")

    here, there = ether.shadowing_db(3, 3), ether.shadowing_db(3 + distance_m, 3)

    correlation = float(np.corrcoef(here, there)[0, 1])
    assert correlation == pytest.approx(math.exp(-distance_m / 2.5), abs=0.12)


def test_shadowing_has_the_spread_that_the_scenario_says() -> None:
    shadow = Ether(Air(shadowing_sd_db=4.0), many_anchors(), seed="1").shadowing_db(7, 2)

    assert pstdev(shadow.tolist()) == pytest.approx(4.0, abs=0.5)


def test_the_same_spot_is_equally_dark_on_every_visit() -> None:
    one, two = (Ether(Air(), HERE, seed="1") for _ in range(2))

    assert one.gains_db(4, 5, heading_rad=1.0) == two.gains_db(4, 5, heading_rad=1.0)


def test_a_body_between_costs_fourteen_decibels_and_none_when_faced() -> None:
    ether = Ether(QUIET, HERE, seed="1")

    facing, away = (ether.gains_db(5, 0, heading_rad=angle)[0] for angle in (math.pi, 0.0))

    assert facing - away == pytest.approx(14.0)


def test_adverts_of_a_standing_device_differ_by_fading_and_channel_only() -> None:
    air = Air(loss=0, fading_sd_db=0)
    link = Link(Ether(air, HERE, seed="1"), rng=random.Random(1))
    link.stand(2, 0, heading_rad=None)

    heard = {link.arrives(0, power_1m_dbm=-59) for _ in range(300)}

    assert len(heard) <= 3


def test_the_loss_of_the_scenario_is_what_gets_lost() -> None:
    link = Link(Ether(Air(loss=0.25), HERE, seed="1"), rng=random.Random(1))
    link.stand(1, 0, heading_rad=None)

    lost = fmean(link.arrives(0, power_1m_dbm=-59) is None for _ in range(4000))

    assert lost == pytest.approx(0.25, abs=0.03)


def test_nothing_is_decoded_below_the_floor_and_all_far_above() -> None:
    assert chance_decoded(-103, Air()) == 0
    assert chance_decoded(-70, Air()) > 0.999


def test_more_devices_collide_more() -> None:
    chances = [chance_clear(number, interval_s=0.3) for number in (0, 50, 500)]

    assert chances[0] == 1
    assert chances == sorted(chances, reverse=True)
