import itertools
from dataclasses import replace

from firmware_sim.crowd import ABREAST_M, Crowd
from firmware_sim.people import People
from firmware_sim.scenario import Scenario
from tests.firmware_sim.builders import a_cast, a_scenario, a_shelved_floor, some_people


def people_of(**changes: float) -> People:
    return replace(some_people(tag=8), **changes)  # type: ignore[arg-type]  # figures only


def a_shop(**people: float) -> Scenario:
    scenario = a_scenario(tag=8)
    return replace(scenario, floor=a_shelved_floor(), people=people_of(**people))


def moved(scenario: Scenario, seconds: int) -> tuple[Crowd, list[dict[str, tuple[float, float]]]]:
    crowd, start_s = Crowd(scenario, a_cast(scenario)), scenario.start_ms / 1000
    seen = []
    for second in range(1, seconds + 1):
        crowd.move(start_s + second)
        seen.append({one.shopper: (one.x, one.y) for one in crowd.whereabouts(start_s + second)})
    return crowd, seen


def test_nobody_is_in_two_places_and_everybody_inside_stands_on_free_floor() -> None:
    crowd, seen = moved(a_shop(party_mean=1.5, staff=2), 300)

    assert max(len(one) for one in seen) >= 8
    for second in seen:
        for at in second.values():
            assert crowd.aisles.clear(at, at)


def test_nobody_jumps_from_one_second_to_the_next() -> None:
    _, seen = moved(a_shop(party_mean=1.5, staff=1), 300)

    for one, two in itertools.pairwise(seen):
        for name in one.keys() & two.keys():
            (x1, y1), (x2, y2) = one[name], two[name]
            assert (x1 - x2) ** 2 + (y1 - y2) ** 2 <= 4.0**2


def test_a_family_walks_together_and_some_of_it_carry_no_device() -> None:
    _, seen = moved(a_shop(party_mean=3, companions_share=1.0), 60)

    pairs = [
        (second[name], second[name.split("+")[0]])
        for second in seen
        for name in second
        if "+" in name and name.split("+")[0] in second
    ]
    assert len(pairs) > 30
    assert all(abs(a[0] - b[0]) + abs(a[1] - b[1]) < 2 * ABREAST_M + 3.5 for a, b in pairs)


def test_friends_with_devices_pay_and_leave_together() -> None:
    crowd, _ = moved(a_shop(party_mean=3, companions_share=0), 30)

    together = [person for person in crowd.people if person.itinerary is not None]
    starts = {round(person.itinerary.legs[0].start_s, 3) for person in together if person.itinerary}
    assert len(together) > len({int(one) for one in starts})


def test_who_went_home_rests_before_coming_back() -> None:
    crowd, seen = moved(a_shop(party_mean=0, return_after_s=100), 900)

    name = crowd.people[0].name
    here = [second for second, one in enumerate(seen) if name in one]
    gaps = [two - one for one, two in itertools.pairwise(here) if two - one > 1]
    assert crowd.people[0].visit == len(gaps) + 1 >= 2
    assert all(gap >= 70 for gap in gaps)
