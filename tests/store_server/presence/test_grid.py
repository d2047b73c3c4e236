"""Cells of a floor and the zones they belong to."""

import numpy as np
import pytest

from store_server.ids import ZoneId
from store_server.presence.grid import Box, contains, grid_space, zone_membership
from store_server.shop.floor_plan import Zone
from tests.store_server.presence.filtered import a_floor

SQUARE = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))


def test_every_cell_of_a_tiled_floor_is_in_one_zone() -> None:
    space = grid_space(a_floor())

    assert space.n == 24 * 16
    np.testing.assert_allclose(space.membership.sum(axis=0), 1)
    assert space.membership.sum(axis=1) == pytest.approx([192, 192])


def test_large_floors_have_cells_of_a_metre() -> None:
    assert grid_space(a_floor(), box=Box(0, 0, 40, 30)).area_m2 == 1.0
    assert grid_space(a_floor()).area_m2 == 0.25


def test_cells_at_an_edge_are_shared() -> None:
    zones = [Zone(ZoneId("z"), "Z", SQUARE)]

    share = zone_membership(np.array([[2.0, 1.0]]), zones, cell_m=0.5)

    assert share[0, 0] == pytest.approx(1.0), "what a zone leaves over beside it is filled"


def test_far_from_every_zone_is_in_none() -> None:
    zones = [Zone(ZoneId("z"), "Z", SQUARE)]

    assert zone_membership(np.array([[9.0, 9.0]]), zones, cell_m=0.5)[0, 0] == 0


def test_points_in_a_polygon() -> None:
    points = np.array([[1.0, 1.0], [3.0, 1.0], [-0.1, 0.5]])

    assert contains(SQUARE, points).tolist() == [True, False, False]
