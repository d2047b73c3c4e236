import random
from statistics import fmean

import numpy as np
import pytest

from firmware_sim.air import Air, Ether, Link
from firmware_sim.air.receiver import NONSENSE_DBM
from firmware_sim.floor import Anchor
from tests.firmware_sim.air.builders import HERE, many_anchors, quiet_air


def a_link(air: Air, *, x: float = 2.0, anchors: tuple[Anchor, ...] = HERE) -> Link:
    link = Link(Ether(air, anchors, seed="1"), rng=random.Random(1))
    link.stand(x, 0, heading_rad=None)
    return link


def levels(link: Link, *, adverts: int = 4000, clear: float = 1.0) -> list[int]:
    times = (0.4537 * number for number in range(adverts))
    return [
        one.rssi_dbm for at_s in times for one in link.hear(at_s, power_1m_dbm=-59, clear=clear)
    ]


def test_adverts_of_a_standing_device_differ_by_channel_only() -> None:
    link = a_link(quiet_air())
    heard = {one for at in range(900) for one in link.hear(0.4537 * at, power_1m_dbm=-59)}

    assert len({one.rssi_dbm for one in heard}) <= 3
    assert {one.channel for one in heard} == {0, 1, 2}
    assert len(heard) == 3


def test_going_away_and_coming_back_gives_the_same_levels() -> None:
    link = a_link(quiet_air())
    before = set(levels(link, adverts=300))

    link.stand(9, 4, heading_rad=None)
    away = set(levels(link, adverts=300))
    link.stand(2, 0, heading_rad=None)

    assert set(levels(link, adverts=300)) == before
    assert away != before


def test_a_turn_of_the_carrier_is_heard() -> None:
    link = a_link(quiet_air())
    link.stand(2, 0, heading_rad=np.pi)
    facing = fmean(levels(link, adverts=300))

    link.stand(2, 0, heading_rad=0.0)

    assert facing - fmean(levels(link, adverts=300)) == pytest.approx(14.0, abs=0.7)


def test_the_loss_of_the_scenario_is_what_gets_lost() -> None:
    heard, lossy = (len(levels(a_link(quiet_air(loss=loss)))) for loss in (0.0, 0.25))

    assert lossy / heard == pytest.approx(0.75, abs=0.03)


def test_nothing_is_heard_below_the_floor() -> None:
    heard = levels(a_link(Air(corrupt_share=0.0), x=400.0))

    assert all(level >= -102 for level in heard)
    assert levels(a_link(Air(), x=1e5)) == []


def test_a_few_adverts_in_ten_thousand_say_nonsense() -> None:
    air = quiet_air(corrupt_share=0.0005)
    heard = levels(a_link(air, anchors=tuple(many_anchors(12))), adverts=5000)

    nonsense = [level for level in heard if level in NONSENSE_DBM]

    assert len(nonsense) / len(heard) == pytest.approx(0.0005, abs=0.0003)


def test_a_collision_is_survived_only_by_the_much_stronger() -> None:
    link = a_link(quiet_air())
    sender = Link(link._ether, rng=random.Random(2))
    sender.stand(2, 0, heading_rad=None)
    equal = levels(link, adverts=300, clear=0.0)

    sender.stand(60, 0, heading_rad=None)
    for number in range(64):
        sender.hear(float(number), power_1m_dbm=-59)
    over_weak = link.hear(300.0, power_1m_dbm=-59, clear=0.0)

    assert len(equal) < 60
    assert len(over_weak) == 1


def test_the_same_random_source_gives_the_same_receptions() -> None:
    assert levels(a_link(Air()), adverts=500) == levels(a_link(Air()), adverts=500)


def test_a_phone_hears_beacons_near_it_and_none_far_away() -> None:
    near, far = (a_link(quiet_air(), x=x) for x in (2.0, 5000.0))

    assert all(near.arrives(0, power_1m_dbm=-59) is not None for _ in range(20))
    assert far.arrives(0, power_1m_dbm=-59) is None
