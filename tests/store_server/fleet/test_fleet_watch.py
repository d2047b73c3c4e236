"""Moved, swapped, silent, cloned: told by what gateways hear, and nothing told of a quiet week."""

import math
import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from store_server.fleet.fleet_watch import Noticed, Sign, watch
from store_server.fleet.hearing import SLOT_MS, Hearing, HearingKey
from store_server.fleet.levels import Scene
from store_server.shop.floor_plan import Beacon, FloorPlan
from tests.store_server.entrypoints.web_builders import PLAN

NOW_MS = 1_772_442_000_000 // SLOT_MS * SLOT_MS + SLOT_MS // 2
SHOP = replace(
    PLAN,
    beacons=(
        *PLAN.beacons,
        *(
            replace(one, id=f"{one.id}b", identity=one.identity + "9", x=one.x + 6, y=one.y + 5)
            for one in PLAN.beacons
        ),
    ),
)
Places = Mapping[str, tuple[float, float]]
STAYING: Places = {one.id: (one.x, one.y) for one in SHOP.gateways}


def level(place: tuple[float, float], beacon: Beacon, *, seed: str, noise_db: float) -> float:
    """A path loss with walls: each pair of places has its own constant, each day its noise."""
    wall = random.Random(f"{place}{beacon.x}{beacon.y}").gauss(0, 4)
    day = random.Random(f"{seed}{place}{beacon.identity}").gauss(0, noise_db)
    away_m = max(1.0, math.dist((*place, 3.0), (beacon.x, beacon.y, beacon.z)))
    return beacon.measured_power_dbm - 27 * math.log10(away_m) + wall + day


def levels(
    plan: FloorPlan = SHOP, places: Places = STAYING, *, seed: str = "usual", noise_db: float = 0.5
) -> dict[tuple[str, str], float]:
    found = {
        (gateway, beacon.identity): level(place, beacon, seed=seed, noise_db=noise_db)
        for gateway, place in places.items()
        for beacon in plan.beacons
    }
    return {pair: dbm for pair, dbm in found.items() if dbm > -95}


def a_scene(heard: Mapping[tuple[str, str], float], *, usual: bool = True) -> Scene:
    slots = [NOW_MS // SLOT_MS * SLOT_MS - n * SLOT_MS for n in range(3)]
    recent = {
        HearingKey(gateway, identity, slot): Hearing(900, 900 * dbm, slot + 1)
        for (gateway, identity), dbm in heard.items()
        for slot in slots
    }
    last = {identity: NOW_MS for _, identity in heard}
    known = levels() if usual else {}
    return Scene(SHOP, recent, known, last, NOW_MS - 7 * 86_400_000, NOW_MS)


def told(scene: Scene) -> set[tuple[str, str, str | None]]:
    return {(one.sign.value, one.subject, one.other) for one in watch(scene)[0]}


def signs(scene: Scene) -> list[Noticed]:
    return watch(scene)[0]


@pytest.mark.parametrize("seed", [f"day {n}" for n in range(30)])
def test_of_a_shop_as_it_should_be_nothing_is_told(seed: str) -> None:
    assert told(a_scene(levels(seed=seed, noise_db=2.5))) == set()
    assert told(a_scene(levels(seed=seed, noise_db=2.5), usual=False)) == set()


@pytest.mark.parametrize("name", list(STAYING))
@pytest.mark.parametrize("to", [(14.0, 18.0), (3.0, 1.0), (29.0, 9.0)])
def test_a_moved_gateway_is_noticed_and_no_beacon_blamed(
    name: str, to: tuple[float, float]
) -> None:
    if math.dist(STAYING[name], to) < 8:
        return
    scene = a_scene(levels(places={**STAYING, name: to}, seed="now", noise_db=2.0))

    found = signs(scene)

    assert [one.subject for one in found] == [name], found
    assert found[0].sign == Sign.MOVED


@pytest.mark.parametrize(("one", "other"), [("gw-1", "gw-6"), ("gw-2", "gw-3"), ("gw-4", "gw-3")])
def test_two_swapped_gateways_are_named_as_such(one: str, other: str) -> None:
    places = {**STAYING, one: STAYING[other], other: STAYING[one]}

    found = told(a_scene(levels(places=places, seed="now", noise_db=2.0)))

    assert found == {("gateway_swapped", one, other), ("gateway_swapped", other, one)}


@pytest.mark.parametrize("number", range(0, 12, 3))
def test_a_moved_beacon_is_noticed_and_no_gateway_blamed(number: int) -> None:
    beacon = SHOP.beacons[number]
    away = replace(beacon, x=30 - beacon.x, y=20 - beacon.y)
    plan = replace(SHOP, beacons=tuple(away if b is beacon else b for b in SHOP.beacons))

    found = signs(a_scene(levels(plan, seed="now", noise_db=2.0)))

    assert [(one.sign, one.subject) for one in found] == [(Sign.BEACON_MOVED, beacon.id)]


def test_a_second_beacon_of_the_same_id_is_noticed() -> None:
    beacon = SHOP.beacons[0]
    heard = levels(seed="now", noise_db=2.0)
    heard[("gw-6", beacon.identity)] = beacon.measured_power_dbm - 8.0

    found = signs(a_scene(heard))

    assert [(one.sign, one.subject) for one in found] == [(Sign.BEACON_CLONED, "b-0")]
    assert "gw-6" in found[0].text


def test_a_beacon_that_was_carried_once_is_no_clone() -> None:
    beacon = SHOP.beacons[0]
    heard = levels(seed="now", noise_db=2.0)
    scene = a_scene(heard)
    passed = HearingKey("gw-6", beacon.identity, NOW_MS // SLOT_MS * SLOT_MS - SLOT_MS)
    loud = Hearing(900, 900 * -67.0, passed.slot_ms + 1)

    found = signs(replace(scene, recent={**scene.recent, passed: loud}))

    assert Sign.BEACON_CLONED not in {one.sign for one in found}


@pytest.mark.parametrize(("since_ms", "word"), [(NOW_MS - 3_700_000, "silent"), (None, "never")])
def test_a_beacon_that_nobody_hears_is_silent(since_ms: int | None, word: str) -> None:
    beacon = SHOP.beacons[3]
    heard = {pair: dbm for pair, dbm in levels().items() if pair[1] != beacon.identity}
    scene = a_scene(heard)
    last = {**scene.last_heard, **({beacon.identity: since_ms} if since_ms else {})}

    found = signs(replace(scene, last_heard=last))

    assert [(one.sign, one.subject) for one in found] == [(Sign.BEACON_SILENT, beacon.id)]
    assert word in found[0].text


def test_with_every_gateway_off_no_beacon_is_blamed_and_nothing_is_judged() -> None:
    scene = replace(a_scene({}), last_heard={one.identity: 1 for one in SHOP.beacons})

    assert watch(scene) == ([], set())


def test_a_shop_that_was_just_switched_on_is_given_an_hour() -> None:
    heard = {pair: dbm for pair, dbm in levels().items() if pair[0] == "gw-1"}
    scene = replace(a_scene(heard, usual=False), watched_since_ms=NOW_MS - 60_000, last_heard={})

    assert Sign.BEACON_SILENT not in {one.sign for one in signs(scene)}


def test_few_beacons_tell_nothing_of_a_gateway() -> None:
    few = replace(SHOP, beacons=SHOP.beacons[:2])
    scene = replace(a_scene(levels(few, places={**STAYING, "gw-1": (29.0, 19.0)})), plan=few)

    assert {one.sign for one in signs(scene)} <= {Sign.BEACON_MOVED}
