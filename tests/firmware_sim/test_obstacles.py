import math

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.floor import Wall
from firmware_sim.obstacles import Obstacles

WALL = Obstacles([Wall(((0, 0), (10, 0)))])
PLACES = st.floats(-20, 20).map(lambda one: round(one, 3))


def test_a_way_across_touches_and_one_alongside_keeps_its_distance() -> None:
    assert WALL.distance_m((5, -1), (5, 1)) == 0
    assert WALL.distance_m((1, 2), (9, 2)) == 2
    assert WALL.distance_m((13, 4), (20, 4)) == 5


@given(PLACES, PLACES, PLACES, PLACES)
def test_the_distance_is_that_of_the_nearest_of_many_points(
    x1: float, y1: float, x2: float, y2: float
) -> None:
    steps = [(x1 + n / 200 * (x2 - x1), y1 + n / 200 * (y2 - y1)) for n in range(201)]
    sampled = min(math.hypot(x - min(10, max(0, x)), y) for x, y in steps)

    found = WALL.distance_m((x1, y1), (x2, y2))

    assert found <= sampled + 1e-9
    assert sampled - found <= math.dist((x1, y1), (x2, y2)) / 200 + 1e-9


def test_without_obstacles_everything_is_far() -> None:
    assert Obstacles([]).distance_m((0, 0), (1, 1)) == math.inf
    assert Obstacles([]).nearest((0, 0)) is None


def test_the_nearest_point_lies_on_the_wall() -> None:
    assert WALL.nearest((4, 3)) == (4, 0)
    assert WALL.nearest((-3, 4)) == (0, 0)
