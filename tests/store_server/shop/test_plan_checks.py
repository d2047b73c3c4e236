from dataclasses import replace
from pathlib import Path

import pytest

from store_server.documents import read_toml
from store_server.ids import ZoneId
from store_server.shop.floor_plan import FloorPlan, Gateway, Wall, Zone
from store_server.shop.plan_checks import check_plan, plan_faults
from store_server.shop.plan_document import read_plan
from tests.store_server.shop.builders import BAKERY, ENTRANCE, a_plan

DEMO = Path(__file__).parents[3] / "configs" / "demo" / "supermarket.toml"


def codes(plan: FloorPlan) -> list[str]:
    return [finding.code for finding in check_plan(plan)]


def zone(name: str, *corners: tuple[float, float]) -> Zone:
    return Zone(ZoneId(name), name.title(), corners)


def test_nothing_is_said_of_a_good_plan() -> None:
    assert check_plan(a_plan()) == ()


def test_nothing_is_said_of_the_demo_shop() -> None:
    _, plan = read_plan(read_toml(DEMO), where=DEMO.name)

    assert len(plan.walls) > 10
    assert check_plan(plan) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"walls": (Wall(((5, 5), (5, 12))),)}, "wall 1 (wall): [5, 12] is off the floor"),
        (
            {"gateways": (Gateway("gw-1", 25, 5, 3, ENTRANCE),)},
            "gateway gw-1: [25, 5] is off the floor; the floor is 20.0 m wide",
        ),
        (
            {"zones": (zone("entrance", (0, 0), (10, 10), (10, 0), (2, 10), (0, 10)),)},
            "zone entrance: its sides cross at [5.56, 5.56]; list the corners in order",
        ),
    ],
    ids=["wall", "gateway", "bow-tie"],
)
def test_what_would_make_positions_wrong_is_refused(change: dict[str, object], words: str) -> None:
    plan = replace(a_plan(), **change)  # type: ignore[arg-type] # one field of many kinds

    assert any(fault.startswith(words) for fault in plan_faults(plan))
    assert set(codes(plan)) == {"plan_fault"}


def test_an_overlap_far_from_the_origin_is_found_too() -> None:
    far = zone("far", (900, 900), (950, 900), (950, 950), (900, 950))
    plan = FloorPlan(
        a_plan().store, "Hall", 1000, 1000, (far, replace(far, id=ZoneId("same"), name="Same"))
    )

    assert ["zones far and same overlap" in fault for fault in plan_faults(plan)] == [True]


def test_a_zone_that_no_gateway_is_near_is_out_of_hearing() -> None:
    hall = zone("hall", (20, 0), (60, 0), (60, 10), (20, 10))
    plan = replace(a_plan(), width_m=60.0, zones=(*a_plan().zones, hall))

    findings = check_plan(plan)

    assert [finding.code for finding in findings] == ["out_of_hearing"]
    assert "zone hall: 7" in findings[0].text
    assert "put a gateway there" in findings[0].text


def test_a_plan_without_gateways_says_so_once() -> None:
    assert codes(replace(a_plan(), gateways=())) == ["no_gateway"]


def test_a_narrow_zone_is_too_small_for_the_method() -> None:
    entrance, bakery = a_plan().zones
    plan = replace(
        a_plan(),
        zones=(
            entrance,
            replace(bakery, polygon=((10, 0), (20, 0), (20, 8), (10, 8))),
            zone("gap", (10, 8), (20, 8), (20, 10), (10, 10)),
        ),
    )

    assert codes(plan) == ["zone_too_small"]


def test_floor_that_is_in_no_zone_is_measured() -> None:
    plan = replace(a_plan(), height_m=15.0)

    (finding,) = check_plan(plan)

    assert finding.code == "floor_without_zone"
    assert "33% of the floor (100 m2)" in finding.text


def test_two_gateways_in_one_place_tell_no_more_than_one() -> None:
    plan = a_plan()
    twin = Gateway("gw-3", 15.4, 5.0, 3.0, BAKERY)

    assert codes(replace(plan, gateways=(*plan.gateways, twin))) == ["gateways_together"]
