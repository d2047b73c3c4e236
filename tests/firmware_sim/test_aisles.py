import itertools
import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_sim.aisles import BODY_M, Aisles
from firmware_sim.errors import ScenarioError
from firmware_sim.floor import Wall
from tests.firmware_sim.builders import a_floor, a_shelved_floor

FLOOR = a_shelved_floor()
AISLES = Aisles(FLOOR)
SPOTS = st.sampled_from(sorted(AISLES.reached))


@given(SPOTS, SPOTS)
@settings(deadline=None)
def test_every_way_is_free_and_not_shorter_than_the_crow_flies(start: int, end: int) -> None:
    way = AISLES.way(start, end)
    length = sum(math.dist(one, two) for one, two in itertools.pairwise(way))

    assert (way[0], way[-1]) == (AISLES.points[start], AISLES.points[end])
    assert all(AISLES.clear(one, two) for one, two in itertools.pairwise(way))
    assert math.dist(way[0], way[-1]) - 1e-9 <= length <= AISLES.far_m(start)[end] + 1e-9


@given(SPOTS, st.integers(0, 1000))
@settings(deadline=None)
def test_a_step_along_the_shelf_stays_in_the_zone(spot: int, seed: int) -> None:
    other = AISLES.nearby(spot, within_m=1.5, rng=random.Random(seed))

    here, there = AISLES.points[spot], AISLES.points[other]
    assert FLOOR.zone_at(*here) == FLOOR.zone_at(*there)
    assert math.dist(here, there) <= 1.5 * math.sqrt(2)
    assert AISLES.clear(here, there)


def test_the_door_is_the_gap_in_the_outer_wall() -> None:
    assert AISLES.door[1] == 0
    assert 3.5 + BODY_M <= AISLES.door[0] <= 6.5 - BODY_M


def test_stands_are_before_the_shelves_and_a_zone_without_shelves_has_them_all_over() -> None:
    assert all(one.facing_rad is not None for one in AISLES.stands["dairy"])
    assert len(AISLES.stands["dairy"]) < len(AISLES.spots["dairy"]) / 3
    assert {one.facing_rad for one in Aisles(a_floor()).stands["dairy"]} == {None}


def test_a_shop_that_is_walled_up_is_refused() -> None:
    walls = (Wall(((0, 0), (30, 0), (30, 20), (0, 20), (0, 0))),)

    with pytest.raises(ScenarioError, match="nobody can come in"):
        Aisles(replace(a_floor(), walls=walls))


def test_a_zone_that_cannot_be_reached_is_named() -> None:
    walls = (Wall(((20, 10), (30, 10), (30, 20), (20, 20), (20, 10))),)

    with pytest.raises(ScenarioError, match="'dairy' cannot be reached"):
        Aisles(replace(a_floor(), walls=walls))
