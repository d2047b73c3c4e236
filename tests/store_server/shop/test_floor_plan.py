from hypothesis import given
from hypothesis import strategies as st

from store_server.ids import ZoneId
from store_server.shop.floor_plan import Zone
from tests.store_server.shop.builders import BAKERY, BEACON_UUID, ENTRANCE, a_plan


def test_a_point_is_in_the_zone_whose_polygon_holds_it() -> None:
    assert a_plan().zone_at(3.0, 3.0) == ENTRANCE
    assert a_plan().zone_at(17.0, 3.0) == BAKERY


def test_a_point_on_a_shared_edge_is_in_the_first_zone() -> None:
    assert a_plan().zone_at(10.0, 5.0) == ENTRANCE


def test_a_point_off_every_zone_is_in_none() -> None:
    assert a_plan().zone_at(25.0, 5.0) is None


@given(x=st.floats(0, 20), y=st.floats(0, 10))
def test_no_point_of_a_tiled_floor_is_without_a_zone(x: float, y: float) -> None:
    assert a_plan().zone_at(x, y) is not None


def test_a_notch_of_an_l_shaped_zone_is_outside_of_it() -> None:
    corner = Zone(ZoneId("l"), "L", ((0, 0), (4, 0), (4, 2), (2, 2), (2, 4), (0, 4)))

    assert corner.contains(1, 3)
    assert corner.contains(3, 1)
    assert not corner.contains(3, 3)
    assert corner.area_m2() == 12


def test_anchors_are_named_by_gateway_and_by_beacon_identity() -> None:
    plan = a_plan()

    gateway = plan.anchor("gw:gw-2")
    beacon = plan.anchor(f"beacon:{BEACON_UUID}:1:1")

    assert gateway is not None
    assert (gateway.x, gateway.zone) == (15.0, BAKERY)
    assert beacon is not None
    assert (beacon.y, beacon.zone) == (2.0, ENTRANCE)
    assert len(plan.anchors()) == 4


def test_an_anchor_that_is_not_on_the_plan_is_nowhere() -> None:
    assert a_plan().anchor("gw:gw-9") is None
