"""Walls take from levels: what a crossing takes, added up, and the map of a plan with walls."""

import numpy as np
import pytest

from store_server.presence.radio_map import AnchorPlace, path_loss_map
from store_server.presence.site import anchor_places, site_of
from store_server.presence.wall_loss import MOST_DB, wall_loss_db
from store_server.shop.floor_plan import Wall
from tests.store_server.presence.filtered import SITE, a_floor

ANCHORS = (AnchorPlace("west", 1.0, 4.0), AnchorPlace("east", 11.0, 4.0))
EAST = SITE.space.xy[:, 0] > 6
ACROSS = ((6.0, 0.0), (6.0, 8.0))


def lost(*walls: Wall) -> np.ndarray:
    found = wall_loss_db(ANCHORS, SITE.space, walls)
    assert found is not None
    return found


def test_a_wall_takes_its_attenuation_on_the_far_side_only() -> None:
    west, east = lost(Wall(ACROSS, "wall", 5.0))

    assert (west[EAST] == 5).all()
    assert (west[~EAST] == 0).all()
    assert (east == 5 - west).all()


def test_crossings_add_up_to_a_limit() -> None:
    two = lost(Wall(ACROSS, "wall", 5.0), Wall(((7.0, 0.0), (7.0, 8.0)), "shelf", 3.0))
    many = lost(*[Wall(ACROSS, "wall", 15.0)] * 3)

    assert two[0].max() == 8
    assert many.max() == MOST_DB


@pytest.mark.parametrize("walls", [(), (Wall(ACROSS, "glass", 0.0),)])
def test_what_takes_nothing_is_no_loss(walls: tuple[Wall, ...]) -> None:
    assert wall_loss_db(ANCHORS, SITE.space, walls) is None


def test_the_site_of_a_plan_knows_its_walls() -> None:
    floor = a_floor(walls=(Wall(ACROSS, "wall", 6.0),))
    plain = path_loss_map(anchor_places(floor), SITE.space).mean_dbm

    difference = plain - site_of(floor, space=SITE.space).radio.mean_dbm

    assert difference[0, EAST] == pytest.approx(6, abs=1e-4)
    assert difference[0, ~EAST] == pytest.approx(0, abs=1e-4)
