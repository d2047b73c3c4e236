"""The checkout: tills, a line before each, and who is served when.

Who comes joins the shortest line, stands behind the others, moves up when one is done, and is
served in that order. A basket takes a fixed time and a time for each item.

Source: times and items as the docstring of `People` says; the line's spacing is the 0.8 m that
people in a queue keep, J. J. Fruin, "Pedestrian Planning and Design" (1971), rounded up to spots.
"""

import math
import random
from dataclasses import dataclass, field

from firmware_sim.aisles import Aisles
from firmware_sim.people import People
from firmware_sim.walk import Feet, Itinerary, continued, go_home

APART_M = 1.5
# Every second spot, a metre: the next one above 0.8 m.
LINE_SPOTS = 2


@dataclass(slots=True)
class Till:
    """One till: the spots of its line, the till itself first, and when those in it are done."""

    line: tuple[int, ...]
    done_s: list[float] = field(default_factory=list)

    def ahead(self, t_s: float) -> list[float]:
        """When each of those who still stand here at an instant is done."""
        return [one for one in self.done_s if one > t_s]


class Tills:
    """All tills of a shop; `join` must be called in the order of coming."""

    def __init__(self, aisles: Aisles, people: People) -> None:
        self._aisles = aisles
        self._people = people
        spots = [
            spot for zone in aisles.floor.of_kind("checkout") for spot in aisles.spots[zone.id]
        ]
        far = aisles.far_m(aisles.inside)
        spots.sort(key=lambda one: (far[one], one))
        chosen: list[int] = []
        for spot in spots:
            if len(chosen) == round(people.tills):
                break
            at = aisles.points[spot]
            if all(math.dist(at, aisles.points[one]) >= APART_M for one in chosen):
                chosen.append(spot)
        tail = spots[-1]
        self.tills = [Till(aisles.chain(spot, tail)[::LINE_SPOTS]) for spot in chosen]

    def pay(self, visit: Itinerary, *, baskets: int, rng: random.Random) -> Itinerary:
        """The visit from the last shelf through the shortest line and home."""
        feet = Feet(visit.legs[-1].end, t_s=visit.queued_s, speed_mps=visit.speed_mps)
        till = min(self.tills, key=lambda one: len(one.ahead(visit.queued_s)))
        spot = visit.spot
        ahead = till.ahead(visit.queued_s)
        for place, done_s in zip(range(len(ahead), 0, -1), ahead, strict=True):
            spot = self._move_up(feet, till, place=place, spot=spot)
            feet.wait(max(0.0, done_s - feet.t_s))
        self._move_up(feet, till, place=0, spot=spot)
        feet.wait(sum(self._service_s(rng) for _ in range(baskets)))
        paid_s = feet.t_s
        till.done_s = [*ahead, paid_s]
        left_s = go_home(feet, self._aisles, spot=till.line[0])
        return continued(visit, feet, paid_s=paid_s, left_s=left_s)

    def _move_up(self, feet: Feet, till: Till, *, place: int, spot: int) -> int:
        """Go to a place in the line, or to its end where it is too short."""
        there = till.line[min(place, len(till.line) - 1)]
        feet.follow(self._aisles.way(spot, there))
        return there

    def _service_s(self, rng: random.Random) -> float:
        people = self._people
        items = max(1.0, people.items_median * math.exp(rng.gauss(0, people.items_sigma)))
        return people.till_fixed_s + people.till_item_s * items
