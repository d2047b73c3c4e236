import numpy as np
import pytest

from firmware_sim.validation.figures import advert_times
from firmware_sim.validation.recording import Heard, Survey
from firmware_sim.validation.replay import SimulatedSite
from tests.firmware_sim.validation.builders import HEIGHT_M, START_S, a_fit, a_site, a_walk


def a_survey(points: int = 5, *, seconds: float = 20.0) -> Survey:
    """Each point twice in a row of receptions: where it begins and where it ends."""
    starts = START_S + 100.0 * np.repeat(np.arange(points), 2)
    at_s = starts + np.tile([0.0, seconds], points)
    x = np.repeat(1.0 + np.arange(points), 2)
    empty = Heard(at_s, np.zeros(len(at_s), dtype=np.int64), np.full(len(at_s), -60.0))
    return Survey(empty, x, np.full(len(at_s), 4.0))


def simulated(seed: int = 1) -> SimulatedSite:
    return SimulatedSite(a_site(), a_fit(), height_m=HEIGHT_M, seed=seed)


def test_the_same_seed_hears_the_same_and_another_another() -> None:
    walk = a_walk()
    one, same, other = (simulated(seed).walk(walk, number=0).rssi_dbm for seed in (1, 1, 2))

    assert np.array_equal(one, same)
    assert not np.array_equal(one[:100], other[:100])


def test_adverts_come_at_the_interval_with_its_random_delay() -> None:
    gaps = np.diff(advert_times(simulated().walk(a_walk(), number=0)))

    assert np.median(gaps) == pytest.approx(0.455, abs=0.003)
    assert gaps.min() > 0.44


def test_a_survey_stays_at_each_point_as_long_as_the_real_one() -> None:
    survey = simulated().survey(a_survey())

    for number in range(5):
        at_s = survey.heard.at_s[survey.x == 1.0 + number]
        assert START_S + 100 * number <= at_s[0] < START_S + 100 * number + 1
        assert np.ptp(at_s) == pytest.approx(20.0, abs=1.2)


def test_walk_and_survey_of_a_drawing_share_their_air() -> None:
    site = simulated()
    first, second = (simulated().survey(a_survey()) for _ in range(2))
    site.walk(a_walk(), number=0)

    assert np.array_equal(first.heard.rssi_dbm, second.heard.rssi_dbm)
    assert np.array_equal(site.survey(a_survey()).heard.rssi_dbm, first.heard.rssi_dbm)
