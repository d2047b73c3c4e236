import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.shop.map_projection import LocalFrame
from tests.store_server.shop.drawings import LAT, LON, there


@given(x=st.floats(-300, 300), y=st.floats(-300, 300))
def test_degrees_become_metres_to_a_centimetre(x: float, y: float) -> None:
    seen = LocalFrame(LON, LAT).to_metres(*there(x, y))

    assert seen == pytest.approx((x, y), abs=0.01)


@pytest.mark.parametrize(("lat", "metres"), [(0, 111_319.49), (60, 55_800.0), (-60, 55_800.0)])
def test_a_degree_of_longitude_shrinks_towards_the_poles(lat: float, metres: float) -> None:
    east, north = LocalFrame(10, lat).to_metres(10.001, lat)

    assert east * 1000 == pytest.approx(metres, rel=1e-4)
    assert north == 0


def test_a_slanting_building_is_turned_straight() -> None:
    along = there(math.cos(math.radians(30)) * 10, math.sin(math.radians(30)) * 10)

    assert LocalFrame(LON, LAT, 30).to_metres(*along) == pytest.approx((10, 0), abs=0.01)
