"""The Gaussian-process map, judged in a shop whose radio is known."""

import numpy as np
import pytest

from store_server.presence.gaussian_map import fit_gaussian
from store_server.presence.survey import survey_of
from store_server.presence.survey_points import points_of
from tests.store_server.presence.surveyed import (
    a_space,
    a_survey,
    grid_points,
    the_anchors,
    true_dbm,
    walked,
)


def truth(gateway: int) -> np.ndarray:
    return np.array([true_dbm(gateway, x, y) for x, y in a_space().xy])


def predicted(survey: object) -> tuple[np.ndarray, np.ndarray]:
    points = points_of(survey, the_anchors(), tag_z_m=1.2)  # type: ignore[arg-type]
    return fit_gaussian(points).predict(a_space().xy)


@pytest.mark.parametrize(("columns", "rows", "within_db"), [(3, 2, 4.0), (6, 4, 2.5), (10, 6, 2.0)])
def test_levels_between_points_are_found(columns: int, rows: int, within_db: float) -> None:
    mean, _ = predicted(a_survey(columns, rows))

    for gateway in range(5):
        error = mean[gateway] - truth(gateway)
        assert np.sqrt((error**2).mean()) < within_db


def test_what_a_shelf_takes_is_seen_without_a_wall_on_the_plan() -> None:
    mean, _ = predicted(a_survey())
    east = a_space().xy[:, 0] > 10

    assert abs((mean[0] - truth(0))[east].mean()) < 1.0


def test_the_spread_grows_away_from_the_points() -> None:
    west_only = survey_of(walked([p for p in grid_points(8, 4) if p[0] < 8]))
    _, sd = predicted(west_only)
    x = a_space().xy[:, 0]

    assert sd[4, x > 13].mean() > sd[4, x < 7].mean() + 0.2


def test_the_spread_is_honest() -> None:
    survey = a_survey(noise_db=3.0)
    mean, sd = predicted(survey)
    rng = np.random.default_rng(3)
    heard = np.stack([truth(g) for g in range(5)]) + 3.0 * rng.standard_normal(mean.shape)

    inside = np.abs(heard - mean) < 2 * sd
    assert 0.9 < inside.mean() <= 1.0


def test_silence_at_a_point_lowers_the_level_there() -> None:
    # One gateway cannot hear the far half at all: a fit that ignores this would guess by law.
    points = grid_points(8, 4)
    lines = [
        one
        for one in walked(points)
        if not (one.gateway == "g4" and one.x is not None and one.x > 8)
    ]
    mean, _ = predicted(survey_of(lines))
    far = a_space().xy[:, 0] > 11

    assert (mean[4][far] < truth(4)[far]).mean() > 0.9


def test_two_devices_of_different_power_make_one_map() -> None:
    points = grid_points(6, 4)
    mixed = walked(points[::2]) + walked(points[1::2], device="phone", louder_db=8.0)
    mean, _ = predicted(survey_of(mixed))
    error = np.stack([mean[g] - truth(g) for g in range(5)])

    # Louder as a whole is nothing: the device's offset is tracked. Bumps would be.
    assert (error - error.mean()).std() < 2.5
