from dataclasses import replace

import pytest

from store_server.errors import ConfigError
from store_server.ids import ZoneId
from store_server.shop.drawn_plan import DrawnPlan, Names, put_on, tidy
from store_server.shop.floor_plan import Zone
from store_server.shop.plan_checks import plan_faults
from tests.store_server.shop.builders import a_plan

WHOLE = Zone(ZoneId("whole"), "Whole", ((0, 0), (20, 0), (20, 10), (0, 10)))


def test_names_become_ids_each_once() -> None:
    names = Names()

    taken = [
        names.take(t, default="zone") for t in ("Obst & Gem\u00fcse", "Obst, Gemuse", "\u9b5a", "")
    ]

    assert taken == ["obst-gemuse", "obst-gemuse-2", "zone", "zone-2"]
    assert len(names.take("x" * 80, default="zone")) == 28


def test_corners_nearer_than_a_grain_are_one() -> None:
    assert tidy([(0, 0), (0.001, 0.002), (5, 0), (5, 5), (0, 0)]) == ((0, 0), (5, 0), (5, 5))


def test_gateways_of_the_plan_before_stay_and_find_their_new_zones() -> None:
    plan = put_on(a_plan(), DrawnPlan(20, 10, (WHOLE,)))

    assert {gateway.zone for gateway in plan.gateways} == {"whole"}
    assert [gateway.id for gateway in plan.gateways] == ["gw-1", "gw-2"]
    assert list(plan_faults(plan)) == []


def test_gateways_of_the_drawing_take_the_place_of_those_before() -> None:
    only = replace(a_plan().gateways[0], id="gw-9")

    plan = put_on(a_plan(), DrawnPlan(20, 10, (WHOLE,), gateways=(only,)))

    assert [gateway.id for gateway in plan.gateways] == ["gw-9"]


def test_a_gateway_off_every_zone_is_said_by_the_check() -> None:
    small = replace(WHOLE, polygon=((0, 0), (8, 0), (8, 10), (0, 10)))

    plan = put_on(a_plan(), DrawnPlan(20, 10, (small,)))

    assert "gateway gw-2: [15.0, 5.0] lies in no zone, not in whole" in list(plan_faults(plan))


def test_a_drawing_without_zones_is_refused() -> None:
    with pytest.raises(ConfigError, match="nothing in the drawing is a zone"):
        put_on(a_plan(), DrawnPlan(20, 10, ()))
