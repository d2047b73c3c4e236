"""States learned from zones alone, in a shop of two rooms whose levels are known."""

import numpy as np
import pytest

from store_server.errors import ConfigError
from store_server.ids import ZoneId, scope
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.label_map import LabelMap, fit_labels
from store_server.presence.observation import Observation
from store_server.presence.site import Site
from store_server.presence.survey import SurveyLine, survey_of
from tests.store_server.presence.surveyed import EAST, WEST, true_dbm


def there_and_back(seconds: float, *, seed: int, louder_db: float = 0.0) -> list[SurveyLine]:
    """Somebody walks from wall to wall, 0.8 m/s; four readings a second of each gateway."""
    rng = np.random.default_rng(seed)
    lines = []
    for step in range(int(seconds * 4)):
        t = step / 4
        x = 8 + 7 * float(np.sin(t * 0.8 / 7))
        zone = "west" if x < 8 else "east"
        for gateway in range(5):
            dbm = true_dbm(gateway, x, 5.0) + louder_db + 3 * rng.standard_normal()
            lines.append(SurveyLine(t, f"g{gateway}", "tag", round(dbm), zone=zone))
    return lines


def standing(*, seed: int) -> list[SurveyLine]:
    """Tags stood still in the middle of each zone for half a minute."""
    rng = np.random.default_rng(seed)
    return [
        SurveyLine(base + step / 4, f"g{gateway}", "tag", round(dbm), zone=zone)
        for zone, x, base in (("west", 4.0, 0.0), ("east", 12.0, 100.0))
        for step in range(120)
        for gateway in range(5)
        if (dbm := true_dbm(gateway, x, 5.0) + 2 * rng.standard_normal())
    ]


def share_right(fitted: LabelMap, walk: list[SurveyLine]) -> float:
    engine = BayesFilter(
        Site(fitted.space, fitted.radio, door_zones=frozenset((WEST, EAST)), surveyed=True),
        scope=scope("acme", "s1"),
    )
    right = []
    for line in walk:
        engine.observe(Observation("ann", f"gw:{line.gateway}", line.t, line.rssi))
        engine.advance(line.t)
        estimate = engine.estimate("ann", line.t)
        right.append(estimate is not None and estimate.zone == line.zone)
    return float(np.mean(right))


def test_a_walk_that_was_not_learned_from_is_followed() -> None:
    fitted = fit_labels(survey_of(there_and_back(200, seed=1)), (WEST, EAST))

    assert share_right(fitted, there_and_back(60, seed=2)) > 0.85


def test_a_phone_8_db_louder_is_followed_as_well() -> None:
    fitted = fit_labels(survey_of(there_and_back(200, seed=1)), (WEST, EAST))

    assert share_right(fitted, there_and_back(60, seed=2, louder_db=8.0)) > 0.83


def test_tags_that_stood_still_are_survey_enough() -> None:
    fitted = fit_labels(survey_of(standing(seed=1)), (WEST, EAST))

    assert share_right(fitted, there_and_back(60, seed=2)) > 0.75


def test_a_file_sorted_by_gateway_teaches_the_same() -> None:
    lines = there_and_back(120, seed=1)
    by_gateway = sorted(lines, key=lambda line: line.gateway)

    sorted_fit = fit_labels(survey_of(by_gateway), (WEST, EAST))
    assert share_right(sorted_fit, there_and_back(60, seed=2)) > 0.85


def test_states_belong_to_one_zone_and_rates_are_rates() -> None:
    space = fit_labels(survey_of(there_and_back(100, seed=1)), (WEST, EAST)).space

    assert np.array_equal(np.sort(space.membership.sum(axis=0)), np.ones(space.n))
    p = space.spread(np.eye(space.n), 5.0)
    assert np.allclose(p.sum(axis=1), 1.0)
    assert (p >= -1e-12).all()


def test_a_zone_that_the_site_lacks_is_named() -> None:
    with pytest.raises(ConfigError, match="'west'"):
        fit_labels(survey_of(there_and_back(30, seed=1)), (EAST, ZoneId("hall")))


def test_a_zone_never_told_is_told_about() -> None:
    fitted = fit_labels(survey_of(there_and_back(60, seed=1)), (WEST, EAST, ZoneId("hall")))

    assert fitted.unsurveyed == ("hall",)
