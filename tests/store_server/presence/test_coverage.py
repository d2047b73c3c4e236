"""The floor in squares: near gateways a look is good, far from them nobody hears."""

import math

import numpy as np
import pytest

from store_server.errors import ConfigError
from store_server.presence.coverage import SQUARE_M, squares_of
from store_server.presence.label_map import fit_labels
from store_server.presence.radio_map import RadioMap, path_loss_map
from store_server.presence.survey import survey_of
from tests.store_server.presence.surveyed import EAST, WEST, a_space, the_anchors
from tests.store_server.presence.test_label_map import standing


def test_squares_cover_the_floor_and_are_heard_where_three_gateways_are_near() -> None:
    space = a_space()

    squares = squares_of(space, path_loss_map(the_anchors(), space))

    extent = np.ptp(space.xy, axis=0) / SQUARE_M
    assert len(squares) == math.ceil(extent[0]) * math.ceil(extent[1])
    assert all(one.heard and 0.1 < one.error_m < 8 for one in squares)


def test_where_levels_are_too_weak_nothing_is_heard() -> None:
    space = a_space()
    radio = path_loss_map(the_anchors(), space)
    weak = RadioMap(radio.anchors, radio.mean_dbm - np.float32(60), radio.sd_db)

    squares = squares_of(space, weak)

    assert not any(one.heard for one in squares)
    assert min(one.error_m for one in squares) > 5


def test_a_site_of_labels_has_no_map() -> None:
    space = fit_labels(survey_of(standing(seed=1)), (WEST, EAST)).space

    with pytest.raises(ConfigError, match="only labels"):
        squares_of(space, path_loss_map(the_anchors(), a_space()))
