"""The choice between maps, and what the fit says of itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.errors import ConfigError
from store_server.presence.survey import survey_of
from store_server.presence.survey_map import blocks_of, fit_survey
from tests.store_server.presence.surveyed import a_space, a_survey, grid_points, the_anchors, walked


def test_points_left_out_are_found_within_two_metres() -> None:
    fitted = fit_survey(a_survey(), the_anchors(), a_space())

    assert np.median(fitted.errors_m[fitted.method]) < 2.0
    assert fitted.zones_right[fitted.method] > 0.85


def test_the_better_map_is_chosen() -> None:
    fitted = fit_survey(a_survey(), the_anchors(), a_space())

    mean = {method: errors.mean() for method, errors in fitted.errors_m.items()}
    assert fitted.method == "gaussian"
    assert mean["gaussian"] < mean["neighbours"]


def test_four_points_are_too_few_and_five_are_not() -> None:
    points = grid_points(5, 1)
    with pytest.raises(ConfigError, match="4 points"):
        fit_survey(survey_of(walked(points[:4])), the_anchors(), a_space())

    assert fit_survey(survey_of(walked(points)), the_anchors(), a_space()).radio.mean_dbm.shape == (
        5,
        a_space().n,
    )


def test_a_louder_survey_gives_the_same_map_but_for_its_level() -> None:
    plain = fit_survey(a_survey(noise_db=0.0), the_anchors(), a_space()).radio
    loud = fit_survey(a_survey(noise_db=0.0, louder_db=8.0), the_anchors(), a_space()).radio

    shift = loud.mean_dbm - plain.mean_dbm
    assert abs(shift.mean() - 8.0) < 1.0
    assert shift.std() < 1.0


@given(st.integers(1, 60), st.integers(1, 12))
def test_blocks_hold_every_point_and_differ_by_a_factor_of_two(points: int, count: int) -> None:
    rng = np.random.default_rng(points)
    block = blocks_of(rng.uniform(0, 20, (points, 2)), count=count)

    sizes = np.bincount(block)
    assert len(block) == points
    assert len(sizes) == min(points, count)
    assert sizes.min() >= 1
    assert sizes.max() <= 2 * sizes.min() + 1
