import numpy as np
import pytest

from firmware_sim.air import Air, chance_clear, chance_decoded
from firmware_sim.air.receiver import AIRTIME_S, HOP_S, Scanners, Traffic
from tests.firmware_sim.air.builders import quiet_air


def listening(air: Air, *, adverts: int = 4000) -> np.ndarray:
    scanners = Scanners(air, 5, rng=np.random.default_rng(1))
    return np.array([scanners.listening(0.4537 * number) for number in range(adverts)])


def test_an_advert_is_heard_on_one_channel_and_seldom_on_two() -> None:
    # Two packets 3 ms apart straddle the change of channel at two of the three changes.
    heard = listening(quiet_air(scan_dwell_ms=110.0)).sum(axis=2)

    assert (heard == 1).mean() > 0.9
    assert (heard >= 2).mean() == pytest.approx(2 / 3 * HOP_S / 0.110, abs=0.006)


def test_each_channel_has_its_turn() -> None:
    shares = listening(quiet_air()).mean(axis=(0, 1))

    assert shares == pytest.approx([1 / 3] * 3, abs=0.02)


def test_a_scanner_that_listens_half_the_time_hears_half() -> None:
    half = listening(quiet_air(scan_window_share=0.5)).any(axis=2)

    assert half.mean() == pytest.approx(0.5, abs=0.04)


def test_nothing_is_decoded_below_the_floor_and_all_far_above() -> None:
    assert chance_decoded(-103, Air()) == 0
    assert chance_decoded(-70, Air()) > 0.999


def test_the_floor_is_soft() -> None:
    chances = [chance_decoded(rssi, Air()) for rssi in range(-102, -85)]

    assert chances == sorted(chances)
    assert chance_decoded(-96, Air()) == pytest.approx(0.5)


def test_collisions_follow_unslotted_aloha() -> None:
    expected = np.exp(-2 * AIRTIME_S * 100 / 0.35)

    assert chance_clear(100, interval_s=0.35) == pytest.approx(expected)
    assert chance_clear(0, interval_s=0.35) == 1


def test_traffic_remembers_the_latest_levels_of_each_anchor() -> None:
    traffic = Traffic(2)
    for level in range(200):
        traffic.remember(np.array([-level, level], dtype=float))

    levels = {traffic.one(0, pick=pick / 100) for pick in range(100)}

    assert min(levels) == -199
    assert max(levels) == -199 + 63
