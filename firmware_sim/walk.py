"""How people move: in by the door, from shelf to shelf, to the tills, and out again.

The next shelf is drawn by gravity: what the shopper likes, shared among the stands of the zone,
times exp(-way / 12 m). Stops last log-normal times, with the face to the shelf and small steps
along it. Every leg is straight and free of walls and shelves. Nothing that the server says can
change where anybody walks: a visit is planned as a whole before it starts, but for the queue.

Source: gravity choice after D. L. Huff, "A probabilistic analysis of shopping center trade
areas", Land Economics 39 (1963), and S. K. Hui, E. T. Bradlow, P. S. Fader, "Testing behavioral
hypotheses using an integrated model of grocery store shopping path and purchase behavior",
Journal of Consumer Research 36 (2009). The length 12 m is ours: about an aisle and a half.
"""

import math
import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from firmware_sim.aisles import Aisles, Stand
from firmware_sim.floor import Point
from firmware_sim.people import People

GRAVITY_LENGTH_M = 12.0
# A zone where one has just been pulls less. Source: our choice.
AGAIN = 0.5
BROWSING_STEP_M = 1.5
# How long one looks between two steps along a shelf. Source: our choice.
LOOK_LEAST_S, LOOK_MOST_S = 2.0, 8.0
# Slower than this is standing. Source: three sd below the mean of People.walking_mps.
SLOWEST_MPS = 0.33


class Leg(NamedTuple):
    """A straight way, or a stay, between two instants in seconds; where the face looks."""

    start_s: float
    end_s: float
    start: Point
    end: Point
    heading_rad: float


@dataclass(frozen=True, slots=True)
class Itinerary:
    """A visit as far as it is planned: legs without gaps; instants in seconds of UTC.

    queued_s: when the shopping is done. paid_s, left_s: inf until the queue has been joined.
    `spot` and `speed_mps` are where and how fast the way goes on.
    """

    legs: tuple[Leg, ...]
    starts_s: tuple[float, ...]
    entered_s: float
    queued_s: float
    spot: int
    speed_mps: float
    paid_s: float = math.inf
    left_s: float = math.inf

    @property
    def ends_s(self) -> float:
        """When the shopper is out of sight; inf until that is planned."""
        return self.legs[-1].end_s if self.left_s < math.inf else math.inf

    def at(self, t_s: float) -> tuple[float, float, float]:
        """Position and heading (radians, east is 0) at an instant; the ends hold outside."""
        leg = self.legs[max(0, bisect_right(self.starts_s, t_s) - 1)]
        length_s = leg.end_s - leg.start_s
        share = min(1.0, max(0.0, (t_s - leg.start_s) / length_s)) if length_s > 0 else 1.0
        x = leg.start[0] + share * (leg.end[0] - leg.start[0])
        y = leg.start[1] + share * (leg.end[1] - leg.start[1])
        return (x, y, leg.heading_rad)


class Feet:
    """Writes legs one after another; the state is where one stands, looks, and when."""

    def __init__(self, at: Point, *, t_s: float, speed_mps: float) -> None:
        self.point = at
        self.t_s = t_s
        self.speed_mps = speed_mps
        self.heading_rad = 0.0
        self.legs: list[Leg] = []

    def walk(self, to: Point, *, speed_mps: float | None = None) -> None:
        """Go straight to a point."""
        length_m = math.dist(self.point, to)
        if length_m == 0:
            return
        self.heading_rad = math.atan2(to[1] - self.point[1], to[0] - self.point[0])
        end_s = self.t_s + length_m / (speed_mps or self.speed_mps)
        self.legs.append(Leg(self.t_s, end_s, self.point, to, self.heading_rad))
        self.point, self.t_s = to, end_s

    def follow(self, way: Sequence[Point]) -> None:
        """Go along the points of a way."""
        for point in way:
            self.walk(point)

    def wait(self, seconds: float, *, facing_rad: float | None = None) -> None:
        """Stand still, and look somewhere."""
        self.heading_rad = self.heading_rad if facing_rad is None else facing_rad
        end_s = self.t_s + seconds
        self.legs.append(Leg(self.t_s, end_s, self.point, self.point, self.heading_rad))
        self.t_s = end_s


def plan_shopping(
    aisles: Aisles,
    people: People,
    *,
    pull: Mapping[str, float],
    start_s: float,
    rng: random.Random,
) -> Itinerary:
    """The visit from the street at `start_s` until the last shelf; the queue comes later.

    `pull` weighs the sales zones; a zone that it does not name weighs little, none weighs 0.
    """
    speed = max(SLOWEST_MPS, rng.gauss(people.walking_mps, people.walking_sd_mps))
    feet = Feet(aisles.outside, t_s=start_s, speed_mps=speed)
    feet.walk(aisles.door)
    entered_s = feet.t_s
    feet.walk(aisles.points[aisles.inside])
    spot = aisles.inside
    latest_s = start_s + people.longest_visit_s
    for _ in range(rng.randint(round(people.stops_least), round(people.stops_most))):
        stop_s = people.stop_median_s * math.exp(rng.gauss(0, people.stop_sigma))
        if feet.t_s + stop_s > latest_s:
            break
        stand = next_stand(aisles, pull, spot, rng=rng)
        feet.follow(aisles.way(spot, stand.spot))
        spot = browse(feet, aisles, people, stand=stand, stop_s=stop_s, rng=rng)
    return as_itinerary(feet, entered_s=entered_s, spot=spot)


def as_itinerary(feet: Feet, *, entered_s: float, spot: int) -> Itinerary:
    """What the feet have walked so far, as a visit that ends in the queue."""
    legs = tuple(feet.legs)
    starts = tuple(leg.start_s for leg in legs)
    return Itinerary(legs, starts, entered_s, feet.t_s, spot, feet.speed_mps)


def browse(
    feet: Feet,
    aisles: Aisles,
    people: People,
    *,
    stand: Stand,
    stop_s: float,
    rng: random.Random,
) -> int:
    """Look and take small steps along the shelf, about `stop_s` in all; the spot at the end."""
    end_s = feet.t_s + stop_s
    spot = stand.spot
    while feet.t_s < end_s:
        look_s = min(rng.uniform(LOOK_LEAST_S, LOOK_MOST_S), end_s - feet.t_s)
        feet.wait(look_s, facing_rad=stand.facing_rad)
        if feet.t_s + BROWSING_STEP_M / people.browsing_least_mps < end_s:
            spot = aisles.nearby(spot, within_m=BROWSING_STEP_M, rng=rng)
            slow = rng.uniform(people.browsing_least_mps, people.browsing_most_mps)
            feet.walk(aisles.points[spot], speed_mps=slow)
    return spot


def next_stand(
    aisles: Aisles, pull: Mapping[str, float], spot: int, *, rng: random.Random
) -> Stand:
    """Where to stop next, by gravity from where one is."""
    far = aisles.far_m(spot)
    here = aisles.floor.zone_at(*aisles.points[spot])
    least = 0.3 / len(aisles.stands)
    stands: list[Stand] = []
    weights: list[float] = []
    for zone, offered in aisles.stands.items():
        each = (pull.get(zone, 0.0) + least) / len(offered) * (AGAIN if zone == here else 1.0)
        for stand in offered:
            stands.append(stand)
            weights.append(each * math.exp(-far[stand.spot] / GRAVITY_LENGTH_M))
    return rng.choices(stands, weights)[0]


def go_home(feet: Feet, aisles: Aisles, *, spot: int) -> float:
    """From a spot out of the door and into the street; the instant at the door."""
    feet.follow(aisles.way(spot, aisles.inside))
    feet.walk(aisles.door)
    left_s = feet.t_s
    feet.walk(aisles.outside)
    return left_s


def continued(visit: Itinerary, feet: Feet, *, paid_s: float, left_s: float) -> Itinerary:
    """The visit with what was walked since its end, up to the street."""
    legs = (*visit.legs, *feet.legs)
    starts = tuple(leg.start_s for leg in legs)
    return replace(visit, legs=legs, starts_s=starts, paid_s=paid_s, left_s=left_s)


def beside(visit: Itinerary, aisles: Aisles, *, offset: Point, late_s: float) -> Itinerary:
    """The same visit for somebody who walks along: `offset` metres aside where there is room.

    Where a shelf is in the way, the companion falls in behind: the leader's own line is free.
    """
    shifted = {point: _aside(point, offset, aisles) for leg in visit.legs for point in leg[2:4]}
    legs: list[Leg] = []
    for leg in visit.legs:
        start, end = shifted[leg.start], shifted[leg.end]
        corners = [start, end] if aisles.clear(start, end) else [start, leg.start, leg.end, end]
        lengths = [math.dist(one, two) for one, two in pairwise(corners)]
        total, at_s = sum(lengths), leg.start_s + late_s
        for (one, two), length in zip(pairwise(corners), lengths, strict=True):
            share = length / total if total else 1.0 / len(lengths)
            end_s = at_s + share * (leg.end_s - leg.start_s)
            legs.append(Leg(at_s, end_s, one, two, leg.heading_rad))
            at_s = end_s
    return replace(
        visit,
        legs=tuple(legs),
        starts_s=tuple(leg.start_s for leg in legs),
        entered_s=visit.entered_s + late_s,
        queued_s=visit.queued_s + late_s,
        paid_s=visit.paid_s + late_s,
        left_s=visit.left_s + late_s,
    )


def _aside(point: Point, offset: Point, aisles: Aisles) -> Point:
    """The point beside, where a body has room, in the same zone, and nothing stands between."""
    there = (point[0] + offset[0], point[1] + offset[1])
    floor = aisles.floor
    same_zone = floor.zone_at(*there) == floor.zone_at(*point)
    return there if same_zone and aisles.clear(point, there) else point
