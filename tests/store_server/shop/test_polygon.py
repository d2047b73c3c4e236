import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.shop.polygon import (
    Polygon,
    crossing,
    deepest_point,
    depth_m,
    overlap_point,
    self_crossing,
)

BOW_TIE = ((0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0))
L_SHAPE = ((0.0, 0.0), (4.0, 0.0), (4.0, 2.0), (2.0, 2.0), (2.0, 4.0), (0.0, 4.0))


def square(x: float, y: float, *, side: float = 4.0) -> Polygon:
    return ((x, y), (x + side, y), (x + side, y + side), (x, y + side))


def test_sides_that_cross_are_found_where_they_do() -> None:
    assert self_crossing(BOW_TIE) == (2.0, 2.0)
    assert self_crossing(L_SHAPE) is None


def test_lines_that_run_along_each_other_do_not_cross() -> None:
    assert crossing(((0, 0), (4, 0)), ((1, 0), (3, 0))) is None
    assert crossing(((0, 0), (4, 0)), ((2, 1), (2, 3))) is None
    assert crossing(((0, 0), (4, 4)), ((0, 4), (4, 0))) == (2, 2)


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (square(4, 0), False),
        (square(4, 2), False),
        (square(3.99, 0), False),
        (square(3.5, 0), True),
        (square(0, 0), True),
        (square(1, 1, side=1), True),
        (square(-1, -1, side=9), True),
        (((1.0, -1.0), (2.0, -1.0), (2.0, 5.0), (1.0, 5.0)), True),
        (square(40, 0), False),
    ],
    ids=["edge", "half", "hair", "strip", "same", "within", "round", "across", "far"],
)
def test_zones_that_touch_share_nothing_and_zones_that_overlap_do(
    other: Polygon, *, shared: bool
) -> None:
    found = overlap_point(square(0, 0), other)

    assert (found is not None) == shared
    assert found is None or min(depth_m(square(0, 0), found), depth_m(other, found)) > -1e-6


def test_the_notch_of_an_l_may_hold_another_zone() -> None:
    assert overlap_point(L_SHAPE, square(2, 2, side=2)) is None


@given(
    x=st.floats(-50, 50), y=st.floats(-50, 50), side=st.floats(0.5, 40), turn=st.floats(0, math.pi)
)
def test_the_deepest_point_of_a_square_is_its_middle(
    x: float, y: float, side: float, turn: float
) -> None:
    reach = side / math.sqrt(2)
    corners = [turn + math.pi / 4 + quarter * math.pi / 2 for quarter in range(4)]
    turned = tuple((x + reach * math.cos(a), y + reach * math.sin(a)) for a in corners)

    middle, radius = deepest_point(turned)

    assert radius == pytest.approx(side / 2, rel=0.03)
    assert math.dist(middle, (x, y)) < 0.05 * side
