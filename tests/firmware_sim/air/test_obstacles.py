import numpy as np
import pytest

from firmware_sim.air.obstacles import MOST_DB, Obstacles
from firmware_sim.floor import Wall

ANCHOR = np.array([[10.0, 0.0, 3.0]])


def loss(*walls: Wall, x: float = 0.0, y: float = 0.0, z: float = 1.1) -> float:
    return float(Obstacles(walls, ANCHOR).between(x, y, z)[0])


def a_wall(at_x: float, *, kind: str = "wall", loss_db: float = 5.0) -> Wall:
    return Wall(((at_x, -5.0), (at_x, 5.0)), kind, loss_db)


def test_each_wall_between_takes_its_share() -> None:
    assert loss(a_wall(2), a_wall(4, loss_db=3)) == 8


@pytest.mark.parametrize("at_x", [-1.0, 11.0])
def test_a_wall_behind_sender_or_gateway_takes_nothing(at_x: float) -> None:
    assert loss(a_wall(at_x)) == 0


def test_a_door_in_the_wall_lets_the_signal_pass() -> None:
    parts = (Wall(((5, -9), (5, -1)), "wall", 5.0), Wall(((5, 1), (5, 9)), "wall", 5.0))

    assert loss(*parts) == 0
    assert loss(*parts, y=-6.0) == 5


def test_a_gateway_under_the_ceiling_sees_over_a_shelf_near_it() -> None:
    assert loss(a_wall(2, kind="shelf")) == 5
    assert loss(a_wall(8, kind="shelf")) == 0
    assert loss(a_wall(8, kind="wall")) == 5


def test_a_wall_along_the_way_and_a_floor_without_walls_take_nothing() -> None:
    assert loss(Wall(((1, 0), (9, 0)), "wall", 5.0)) == 0
    assert loss() == 0


def test_behind_many_walls_something_still_arrives() -> None:
    assert loss(*(a_wall(0.5 + step) for step in range(9))) == MOST_DB
