import math
import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_sim.walk import Itinerary, plan_visit
from tests.firmware_sim.builders import a_floor, some_people

FLOOR = a_floor()


def a_visit(seed: int, **pull: float) -> Itinerary:
    rng = random.Random(seed)
    return plan_visit(FLOOR, some_people(tag=1), pull=pull, start_s=1000.0, rng=rng)


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_legs_follow_each_other_in_time_and_space(seed: int) -> None:
    legs = a_visit(seed).legs

    for one, two in pairwise(legs):
        assert one.end_s == two.start_s
        assert one.end == two.start


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_a_shopper_enters_pays_at_the_checkout_and_leaves(seed: int) -> None:
    visit = a_visit(seed)

    x, y, _ = visit.at(visit.paid_s)
    assert visit.entered_s < visit.paid_s < visit.left_s < visit.ends_s
    assert FLOOR.zone_at(x, y) == "checkout"


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_nobody_runs(seed: int) -> None:
    for leg in a_visit(seed).legs:
        if leg.end_s > leg.start_s:
            assert math.dist(leg.start, leg.end) / (leg.end_s - leg.start_s) < 3.0


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_a_visit_ends_within_its_longest_time_and_some_way_out(seed: int) -> None:
    visit = a_visit(seed)

    assert visit.ends_s - 1000.0 <= some_people(tag=1).longest_visit_s + 120


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
