"""Shoppers who are led by hand: heard and hearing like everybody, and left out of the truth."""

import math

from firmware_sim.guided import LINGER_M, PACE_MPS, Guided
from firmware_sim.journal import event_line
from firmware_sim.world import World
from tests.firmware_sim.builders import a_cast, a_scenario

EVA = "simulated:eva"


def a_world() -> World:
    scenario = a_scenario()
    return World(scenario, a_cast(scenario))


def heard_of(world: World, seconds: int, *walks: Guided) -> tuple[int, int]:
    """(adverts heard, reports) of Eva while she is led so."""
    adverts = reports = 0
    for _ in range(seconds):
        world.guide(walks)
        tick = world.step()
        ours = {address for address, owner in world.owners.items() if owner == EVA}
        adverts += sum(one.address in ours for heard in tick.heard.values() for one in heard)
        reports += sum(one.shopper == EVA for one in tick.reports)
    return adverts, reports


def test_a_shopper_who_is_led_is_heard_and_hears() -> None:
    adverts, reports = heard_of(a_world(), 20, Guided(EVA, (5.0, 5.0)))

    assert adverts > 20
    assert reports > 2


def test_who_stands_outside_or_left_is_silent() -> None:
    world = a_world()
    before = heard_of(world, 5, Guided(EVA, None))
    heard_of(world, 5, Guided(EVA, (5.0, 5.0)))
    after = heard_of(world, 5)

    assert before == (0, 0)
    assert after == (0, 0)


def test_the_shopper_walks_to_the_point_within_the_second() -> None:
    world = a_world()
    world.guide([Guided(EVA, (2.0, 2.0))])
    world.step()
    world.guide([Guided(EVA, (4.0, 2.0))])
    half_s = world.now_ms / 1000 + 0.5

    way = world._led[EVA].itinerary

    assert way is not None
    assert way.at(half_s)[:2] == (3.0, 2.0)
    assert way.at(half_s + 9)[:2] == (4.0, 2.0)


def test_who_is_dragged_faster_than_people_walk_comes_after_at_their_pace() -> None:
    world = a_world()
    world.guide([Guided(EVA, (2.0, 2.0))])
    world.step()
    for _ in range(4):
        world.guide([Guided(EVA, (22.0, 2.0))])
        world.step()
    way = world._led[EVA].itinerary

    assert way is not None
    x, y, _ = way.at(world.now_ms / 1000)

    assert x < 2.0 + LINGER_M + 4 * PACE_MPS + 0.01
    assert x > 2.0 - LINGER_M + 4 * PACE_MPS - 0.01
    assert abs(y - 2.0) <= LINGER_M


def test_the_shopper_looks_where_the_way_goes() -> None:
    world = a_world()
    world.guide([Guided(EVA, (5.0, 2.0))])
    world.step()
    world.guide([Guided(EVA, (5.0, 12.0))])

    way = world._led[EVA].itinerary

    assert way is not None
    assert abs(way.legs[-1].heading_rad - math.pi / 2) < 0.3


def test_who_is_left_standing_takes_small_steps_and_keeps_the_face_the_way_they_came() -> None:
    world = a_world()
    places: set[tuple[float, float]] = set()
    headings: set[float] = set()
    for second in range(40):
        world.guide([Guided(EVA, (5.0, 5.0) if second else (5.0, 4.0))])
        world.step()
        way = world._led[EVA].itinerary
        assert way is not None
        x, y, heading_rad = way.at(world.now_ms / 1000)
        places.add((x, y))
        headings.add(heading_rad)
        assert not second or math.dist((x, y), (5.0, 5.0)) <= LINGER_M

    assert len(places) > 5
    assert headings == {0.0, math.pi / 2}


def test_who_is_led_is_not_in_the_truth_that_runs_are_scored_by() -> None:
    world = a_world()
    world.guide([Guided(EVA, (5.0, 5.0))])

    assert EVA not in {one.shopper for one in world.step().truth}


def test_a_run_in_which_nobody_is_led_is_the_same_to_the_byte() -> None:
    led, plain = a_world(), a_world()
    for _ in range(30):
        led.guide(())
        assert event_line(led.step()) == event_line(plain.step())
