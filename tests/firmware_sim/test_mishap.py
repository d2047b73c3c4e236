"""Mishaps as a scenario says them, and what the world makes of them."""

from collections.abc import Mapping
from dataclasses import replace
from statistics import mean

import pytest

from firmware_sim.cast import cast_shoppers, plain_profiles
from firmware_sim.mishap import Mishap, MishapKind, Places, read_mishaps
from firmware_sim.world import World
from proximity_wire.frames import EddystoneTlm, IBeacon, decode_advert
from tests.firmware_sim.builders import a_floor, a_scenario

SECONDS = 40
MOVED = Mishap(MishapKind.MOVE_GATEWAY, 0, "gw-1", to=(29.0, 19.0))


def heard(*mishaps: Mishap) -> dict[str, dict[str, list[int]]]:
    """RSSI by gateway and beacon over the first seconds of an almost empty shop."""
    scenario = replace(a_scenario(tag=1), mishaps=mishaps)
    world = World(scenario, cast_shoppers(scenario.people, profiles=plain_profiles(1), seed=1))
    levels: dict[str, dict[str, list[int]]] = {one.id: {} for one in scenario.floor.gateways}
    for _ in range(SECONDS):
        for gateway, adverts in world.step().heard.items():
            for one in adverts:
                frame = decode_advert(bytes.fromhex(one.ad_hex))
                if isinstance(frame, IBeacon):
                    levels[gateway].setdefault(frame.identity, []).append(one.rssi_dbm)
    return levels


def identity_of(beacon: str) -> str:
    return next(one.identity for one in a_floor().beacons if one.id == beacon)


def loudest(levels: Mapping[str, list[int]]) -> str:
    return max(levels, key=lambda identity: mean(levels[identity]))


def test_swapped_gateways_hear_what_the_other_one_heard() -> None:
    as_planned = heard()

    swapped = heard(Mishap(MishapKind.SWAP_GATEWAYS, 0, "gw-1", other="gw-2"))

    assert swapped["gw-1"] == as_planned["gw-2"]
    assert swapped["gw-2"] == as_planned["gw-1"]


def test_a_gateway_that_is_carried_away_hears_other_beacons_loudest() -> None:
    as_planned, moved = heard(), heard(MOVED)

    assert loudest(as_planned["gw-1"]) != loudest(moved["gw-1"])


def test_a_beacon_is_heard_until_it_dies() -> None:
    dies = Mishap(MishapKind.DEAD_BEACON, 20, "b-1-0")
    identity = identity_of("b-1-0")

    count, before = len(heard(dies)["gw-1"][identity]), len(heard()["gw-1"][identity])

    assert 0 < count < 0.7 * before


def test_a_clone_sends_beside_the_first_one() -> None:
    identity = identity_of("b-1-0")
    cloned = heard(Mishap(MishapKind.CLONE_BEACON, 0, "b-1-0", to=(5.0, 3.0)))

    assert len(cloned["gw-1"][identity]) > 1.5 * len(heard()["gw-1"][identity])


def test_a_cell_that_is_nearly_used_up_says_so_and_sends_on() -> None:
    low = Mishap(MishapKind.LOW_BATTERY, 0, "b-1-0")
    scenario = replace(a_scenario(tag=1), mishaps=(low,))
    world = World(scenario, cast_shoppers(scenario.people, profiles=plain_profiles(1), seed=1))
    ticks = [world.step() for _ in range(SECONDS)]
    adverts = [one for tick in ticks for all_ in tick.heard.values() for one in all_]

    frames = [decode_advert(bytes.fromhex(one.ad_hex)) for one in adverts]
    levels = [frame.battery_mv or 0 for frame in frames if isinstance(frame, EddystoneTlm)]
    assert 2_000 < min(levels) < 2_400
    assert max(levels) > 2_700


def test_places_are_those_of_the_plan_and_those_that_are_moved_to() -> None:
    gateways = a_floor().gateways
    places = Places(gateways, [MOVED])
    spot = len(gateways)
    before = places.gateway_at(0), places.gateway_at(spot)

    places.happen(MOVED)

    assert before == ("gw-1", None)
    assert (places.gateway_at(0), places.gateway_at(spot)) == (None, "gw-1")
    assert (places.anchors[spot].x, places.anchors[spot].z) == (29.0, gateways[0].z)


def test_mishaps_are_read_in_the_order_of_their_time() -> None:
    tables = [
        {"kind": "move_beacon", "beacon": "b-1-0", "at_s": 60, "x": 3, "y": 4.5},
        {"kind": "swap_gateways", "gateway": "gw-1", "other": "gw-2", "at_s": 5},
    ]

    first, second = read_mishaps(tables, a_floor())

    assert first == Mishap(MishapKind.SWAP_GATEWAYS, 5.0, "gw-1", other="gw-2")
    assert (second.subject, second.to) == ("b-1-0", (3.0, 4.5))


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"kind": "stolen", "at_s": 1}, "mishaps.kind is 'stolen'; must be swap_gateways"),
        ({"kind": "dead_beacon", "beacon": "b-9", "at_s": 1}, "mishaps.beacon is 'b-9'; the plan"),
        ({"kind": "dead_beacon", "beacon": "b-1-0"}, "mishaps.at_s is missing"),
        ({"kind": "dead_beacon", "beacon": "b-1-0", "at_s": 1, "x": 2}, "mishaps.x is not known"),
        (
            {"kind": "move_beacon", "beacon": "b-1-0", "at_s": 1, "x": 99, "y": 1},
            "mishaps.x is 99; must be 0 to 30",
        ),
        (
            {"kind": "swap_gateways", "gateway": "gw-1", "other": "gw-1", "at_s": 1},
            "which is the gateway itself",
        ),
        ({"kind": "dead_beacon", "beacon": "b-1-0", "at_s": True}, "must be a number"),
    ],
)
def test_what_cannot_happen_is_told_with_its_key(table: dict[str, object], told: str) -> None:
    with pytest.raises((TypeError, ValueError), match=told):
        read_mishaps([table], a_floor())
