import itertools
import random
from dataclasses import replace

from firmware_sim.aisles import Aisles
from firmware_sim.tills import Tills
from firmware_sim.walk import Itinerary, plan_shopping
from tests.firmware_sim.builders import a_shelved_floor, some_people

AISLES = Aisles(a_shelved_floor())
PEOPLE = replace(some_people(tag=1), tills=1, till_fixed_s=40, till_item_s=0)


def shopping(seed: int) -> Itinerary:
    return plan_shopping(AISLES, PEOPLE, pull={}, start_s=seed, rng=random.Random(seed))


def test_who_comes_alone_is_served_at_once() -> None:
    visit = Tills(AISLES, PEOPLE).pay(shopping(1), baskets=1, rng=random.Random(1))

    way_s = visit.paid_s - visit.queued_s - 40
    assert 0 <= way_s < 40


def test_one_till_serves_one_after_another_in_the_order_of_the_queue() -> None:
    tills, ways = (
        Tills(AISLES, PEOPLE),
        sorted((shopping(n) for n in range(6)), key=lambda w: w.queued_s),
    )
    ways = [replace(way, queued_s=ways[-1].queued_s) for way in ways]

    paid = [tills.pay(way, baskets=1, rng=random.Random(1)).paid_s for way in ways]

    assert all(later - earlier >= 40 for earlier, later in itertools.pairwise(paid))


def test_a_second_till_shortens_the_wait() -> None:
    def last(number: int) -> float:
        tills = Tills(AISLES, replace(PEOPLE, tills=number))
        ways = [replace(shopping(1), queued_s=500.0) for _ in range(6)]
        return max(tills.pay(way, baskets=1, rng=random.Random(1)).paid_s for way in ways)

    assert last(2) < last(1) - 60


def test_two_baskets_take_twice_as_long() -> None:
    def paid(baskets: int) -> float:
        return Tills(AISLES, PEOPLE).pay(shopping(1), baskets=baskets, rng=random.Random(1)).paid_s

    assert paid(2) == paid(1) + 40


def test_who_waits_stands_behind_the_till_and_in_the_checkout() -> None:
    tills = Tills(AISLES, PEOPLE)
    first = tills.pay(replace(shopping(1), queued_s=500.0), baskets=5, rng=random.Random(1))
    second = tills.pay(replace(shopping(1), queued_s=500.0), baskets=1, rng=random.Random(1))

    x, y, _ = second.at(first.paid_s - 1)
    assert AISLES.floor.zone_at(x, y) == "checkout"
    assert (x, y) != first.at(first.paid_s - 1)[:2]
