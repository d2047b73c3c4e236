"""A small shop and a few people, so that a test names only what matters to it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from firmware_sim.cast import SimShopper, cast_shoppers, plain_profiles
from firmware_sim.events import DeviceKind
from firmware_sim.floor import Anchor, Floor, Wall, Zone
from firmware_sim.people import People
from firmware_sim.scenario import Scenario

UUID = "0f1e2d3c-4b5a-4968-8776-655443322110"
START = datetime(2017, 11, 11, 15, 0, tzinfo=UTC)


def a_zone(name: str, left: float, bottom: float, *, kind: str = "sales") -> Zone:
    corners = ((left, bottom), (left + 10, bottom), (left + 10, bottom + 10), (left, bottom + 10))
    return Zone(name, name.title(), kind, corners)


def a_floor() -> Floor:
    zones = (
        a_zone("entrance", 0, 0, kind="entrance"),
        a_zone("produce", 10, 0),
        a_zone("bakery", 20, 0),
        a_zone("dairy", 20, 10),
        a_zone("drinks", 10, 10),
        a_zone("checkout", 0, 10, kind="checkout"),
    )
    gateways = tuple(
        Anchor(f"gw-{number}", *zone.middle, 2.5) for number, zone in enumerate(zones, 1)
    )
    beacons = tuple(
        Anchor(f"b-{n}-{k}", zone.middle[0] - 2 + 4 * k, zone.middle[1], 2.0, f"{UUID}:{n}:{k}")
        for n, zone in enumerate(zones, 1)
        for k in (0, 1)
    )
    return Floor("acme", "demo", "America/New_York", "USD", 30, 20, zones, gateways, beacons)


def a_shelved_floor() -> Floor:
    """The small shop with outer walls, a door gap of 3 m, a glass wall and a shelf in each zone."""
    outer = Wall(((3.5, 0), (0, 0), (0, 20), (30, 20), (30, 0), (6.5, 0)))
    glass = Wall(((10, 0), (10, 7)), "glass", 2.0)
    shelves = (
        Wall(((12, 4), (18, 4), (18, 4.8), (12, 4.8), (12, 4)), "shelf", 4.0),
        Wall(((22, 3), (22, 9)), "metal", 12.0),
        Wall(((26, 3), (26, 9)), "shelf", 4.0),
        Wall(((12, 15), (18, 15)), "shelf", 4.0),
        Wall(((22, 13), (28, 13)), "shelf", 4.0),
        Wall(((22, 17), (28, 17)), "shelf", 4.0),
    )
    return replace(a_floor(), walls=(outer, glass, *shelves))


def some_people(**kinds: int) -> People:
    """Shoppers who come at once and stay some minutes, each alone."""
    return People(
        kinds={kind: kinds.get(kind.value, 0) for kind in DeviceKind},
        visits_per_hour=1_500,
        party_mean=0,
        stops_most=7,
        stop_sigma=0.5,
        longest_visit_s=270,
        till_fixed_s=10,
        till_item_s=1,
    )


def a_scenario(*, seed: int = 1, seconds: float = 12, **kinds: int) -> Scenario:
    return Scenario(
        name="test",
        floor=a_floor(),
        plan=Path("supermarket.toml"),
        start_at=START,
        seconds=seconds,
        seed=seed,
        people=some_people(**(kinds or {kind.value: 1 for kind in DeviceKind})),
    )


def a_cast(scenario: Scenario) -> tuple[SimShopper, ...]:
    people = replace(scenario.people, without_location_share=0, without_offers_share=0)
    return cast_shoppers(people, profiles=plain_profiles(people.shoppers), seed=scenario.seed)
