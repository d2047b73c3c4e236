"""How belief spreads: mass is kept, walls stop it, time adds up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.presence.grid import grid_space
from store_server.presence.state_space import RateMotion, StateSpace
from store_server.shop.floor_plan import Wall
from tests.store_server.presence.filtered import LEFT, a_floor


def peaked(space: StateSpace, at: int) -> np.ndarray:
    p = np.zeros(space.n, np.float32)
    p[at] = 1
    return p


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 383), st.sampled_from([0.25, 0.5, 3.0, 60.0]))
def test_mass_is_kept(at: int, dt_s: float) -> None:
    space = grid_space(a_floor())

    assert space.spread(peaked(space, at), dt_s).sum() == pytest.approx(1, abs=1e-4)


def test_a_wall_stops_belief() -> None:
    space = grid_space(a_floor(walls=(Wall(((6, 0), (6, 8))),)))
    left = space.zone_ids.index(LEFT)

    assert space.zone_mass(space.spread(peaked(space, 0), 120.0))[left] == pytest.approx(1)


def test_through_a_gap_in_a_wall_belief_passes() -> None:
    space = grid_space(a_floor(walls=(Wall(((6, 0), (6, 6))),)))
    left = space.zone_ids.index(LEFT)

    assert space.zone_mass(space.spread(peaked(space, 0), 120.0))[left] < 0.8


def test_two_steps_are_one_twice_as_long() -> None:
    space = grid_space(a_floor())
    p = peaked(space, 100)

    twice = space.spread(space.spread(p, 0.5), 0.5)

    np.testing.assert_allclose(twice, space.spread(p, 1.0), atol=1e-5)


def test_several_devices_spread_as_each_alone() -> None:
    space = grid_space(a_floor())
    rows = np.stack([peaked(space, 3), peaked(space, 200)])

    np.testing.assert_allclose(space.spread(rows, 1.0)[1], space.spread(rows[1], 1.0), atol=1e-7)


def test_labels_exchange_mass_by_their_rates() -> None:
    motion = RateMotion(np.array([[0.0, 1.0], [0.0, 0.0]]))

    assert motion.spread(np.array([1.0, 0.0]), 1.0)[0] == pytest.approx(np.exp(-1))


def test_no_share_is_so_small_that_it_slows_the_processor() -> None:
    space = grid_space(a_floor(), cell_m=0.1)

    spread = space.spread(peaked(space, 0), 0.25)

    assert not ((spread > 0) & (spread < np.finfo(np.float32).tiny)).any()
