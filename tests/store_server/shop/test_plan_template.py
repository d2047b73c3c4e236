"""Templates: zones tile the floor, gateways hang in them, whatever the size."""

import pytest

from store_server.ids import StoreId
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.plan_checks import check_plan, plan_faults
from store_server.shop.plan_template import ZONES_NAMED, Template, plan_from


def floor(width_m: float, height_m: float) -> FloorPlan:
    return FloorPlan(StoreId("demo"), "Corner shop", width_m, height_m)


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("size", [(6.0, 5.0), (30.0, 20.0), (17.3, 11.9), (200.0, 200.0)])
def test_a_template_is_a_plan_without_faults(template: Template, size: tuple[float, float]) -> None:
    plan = plan_from(template, floor(*size), names={})

    assert list(plan_faults(plan)) == []
    assert sum(zone.area_m2() for zone in plan.zones) == pytest.approx(size[0] * size[1], rel=0.01)
    assert 1 <= len(plan.gateways) <= 500


@pytest.mark.parametrize("template", Template)
def test_a_template_of_a_common_size_leaves_nothing_to_be_said(template: Template) -> None:
    plan = plan_from(template, floor(30, 20), names={})

    assert check_plan(plan) == ()


def test_zones_are_called_what_their_maker_calls_them() -> None:
    plan = plan_from(Template.ROOM, floor(10, 10), names={"sales": "Tienda"})

    assert [zone.name for zone in plan.zones] == ["entrance", "checkout", "Tienda"]
    assert {str(zone.id) for zone in plan.zones} <= set(ZONES_NAMED)
