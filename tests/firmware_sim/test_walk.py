import math
import random
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_sim.aisles import BODY_M, Aisles
from firmware_sim.obstacles import Obstacles
from firmware_sim.tills import Tills
from firmware_sim.walk import Itinerary, beside, plan_shopping
from tests.firmware_sim.builders import a_shelved_floor, some_people

FLOOR = a_shelved_floor()
AISLES = Aisles(FLOOR)
PEOPLE = some_people(tag=1)
SEEDS = st.integers(0, 10_000)


def a_visit(seed: int, **pull: float) -> Itinerary:
    rng = random.Random(seed)
    way = plan_shopping(AISLES, PEOPLE, pull=pull, start_s=1000.0, rng=rng)
    return Tills(AISLES, PEOPLE).pay(way, baskets=1, rng=rng)


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_legs_follow_each_other_in_time_and_space(seed: int) -> None:
    for one, two in pairwise(a_visit(seed).legs):
        assert one.end_s == two.start_s
        assert one.end == two.start


@given(SEEDS, st.floats(0, 2 * math.pi))
@settings(max_examples=60, deadline=None)
def test_nobody_walks_through_a_wall_or_a_shelf_alone_or_beside(seed: int, angle: float) -> None:
    offset = (0.7 * math.cos(angle), 0.7 * math.sin(angle))
    visit = a_visit(seed)
    obstacles = [Obstacles([wall]) for wall in FLOOR.walls]

    for leg in (*visit.legs, *beside(visit, AISLES, offset=offset, late_s=0.4).legs):
        assert all(one.distance_m(leg.start, leg.end) >= BODY_M for one in obstacles)


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_shopper_enters_pays_at_the_checkout_and_leaves(seed: int) -> None:
    visit = a_visit(seed)

    x, y, _ = visit.at(visit.paid_s)
    assert visit.entered_s < visit.queued_s < visit.paid_s < visit.left_s < visit.ends_s
    assert FLOOR.zone_at(x, y) == "checkout"


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_nobody_runs_and_nobody_browses_faster_than_the_scenario_says(seed: int) -> None:
    visit = a_visit(seed)
    speeds = [
        math.dist(leg.start, leg.end) / (leg.end_s - leg.start_s)
        for leg in visit.legs
        if leg.end_s > leg.start_s and leg.start != leg.end
    ]

    walking, browsing = visit.speed_mps, (PEOPLE.browsing_least_mps, PEOPLE.browsing_most_mps)
    assert walking < 2.5
    for speed in speeds:
        walks = math.isclose(speed, walking, rel_tol=1e-6)
        assert walks or browsing[0] - 1e-6 <= speed <= browsing[1] + 1e-6


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_shopping_ends_within_its_longest_time_and_some_way(seed: int) -> None:
    assert a_visit(seed).queued_s - 1000.0 <= PEOPLE.longest_visit_s + 60


def test_walking_speeds_are_those_of_shoppers() -> None:
    speeds = [a_visit(seed).speed_mps for seed in range(400)]

    mean = sum(speeds) / len(speeds)
    assert abs(mean - 1.17) < 0.05
    assert abs(math.sqrt(sum((s - mean) ** 2 for s in speeds) / len(speeds)) - 0.28) < 0.04


def test_who_stops_at_a_shelf_looks_at_it() -> None:
    stand = AISLES.stands["dairy"][0]
    x, y = AISLES.points[stand.spot]
    assert stand.facing_rad is not None

    shelf = (x + 1.2 * math.cos(stand.facing_rad), y + 1.2 * math.sin(stand.facing_rad))
    assert Obstacles(FLOOR.shelves).distance_m((x, y), shelf) == 0


def test_the_same_seed_walks_the_same_way() -> None:
    assert a_visit(3) == a_visit(3)
    assert a_visit(3) != a_visit(4)


def test_most_time_is_spent_where_the_taste_pulls() -> None:
    def seconds(zone: str, **pull: float) -> int:
        visits = [a_visit(seed, **pull) for seed in range(40)]
        return sum(
            FLOOR.zone_at(*visit.at(second)[:2]) == zone
            for visit in visits
            for second in range(1000, round(visit.left_s))
        )

    assert seconds("dairy", dairy=3.0) > 1.5 * seconds("dairy", produce=3.0)


def test_the_nearer_of_two_equal_shelves_is_chosen_more_often() -> None:
    far = AISLES.far_m(AISLES.inside)
    stops: dict[str, int] = {}
    for seed in range(300):
        people = replace(PEOPLE, stops_least=1, stops_most=1)
        way = plan_shopping(AISLES, people, pull={}, start_s=0, rng=random.Random(seed))
        zone = FLOOR.zone_at(*way.legs[-1].end) or ""
        stops[zone] = stops.get(zone, 0) + 1

    mean_far = {
        zone: sum(far[stand.spot] for stand in stands) / len(stands)
        for zone, stands in AISLES.stands.items()
    }
    assert (
        stops[min(mean_far, key=mean_far.__getitem__)]
        > stops[max(mean_far, key=mean_far.__getitem__)]
    )
