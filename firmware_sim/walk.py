"""How people move: in by the door, from shelf to shelf, to the till and out.

The next zone is drawn by gravity (what the shopper likes, divided by how far it is); stops at
shelves last log-normal times and wander a little. A visit is planned as a whole before it
starts, so that nothing the server says can change where anybody walks.

Source: gravity choice of shelf zones after Hui, Fader, Bradlow, "Path data in marketing",
Marketing Science 28 (2009); log-normal stops as measured there.
"""

import math
import random
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from firmware_sim.floor import Floor, Point, Zone
from firmware_sim.scenario import People

GRAVITY_LENGTH_M = 12.0
OUTSIDE_M = 6.0
BROWSING_MPS = 0.5
BROWSING_STEP_M = 0.8
BROWSING_PART_S = 8.0
SLOWEST_MPS = 0.5
WAY_OUT_S = 25.0


class Leg(NamedTuple):
    """A straight way from one point to another, between two instants in seconds."""

    start_s: float
    end_s: float
    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class Itinerary:
    """A whole visit: legs without gaps; instants in seconds of simulated UTC."""

    legs: tuple[Leg, ...]
    starts_s: tuple[float, ...]
    entered_s: float
    paid_s: float
    left_s: float

    @property
    def ends_s(self) -> float:
        """When the shopper is out of sight."""
        return self.legs[-1].end_s

    def at(self, t_s: float) -> tuple[float, float, float]:
        """Position and heading (radians, east is 0) at an instant; the ends hold outside."""
        leg = self.legs[max(0, bisect_right(self.starts_s, t_s) - 1)]
        length_s = leg.end_s - leg.start_s
        share = min(1.0, max(0.0, (t_s - leg.start_s) / length_s)) if length_s > 0 else 1.0
        x = leg.start[0] + share * (leg.end[0] - leg.start[0])
        y = leg.start[1] + share * (leg.end[1] - leg.start[1])
        return (x, y, math.atan2(leg.end[1] - leg.start[1], leg.end[0] - leg.start[0]))


class Feet:
    """Writes legs one after another; the state is where one stands and when."""

    def __init__(self, at: Point, *, t_s: float, speed_mps: float) -> None:
        self.point = at
        self.t_s = t_s
        self.speed_mps = speed_mps
        self.legs: list[Leg] = []

    def walk(self, to: Point, *, speed_mps: float | None = None) -> None:
        """Go straight to a point."""
        length_m = math.dist(self.point, to)
        end_s = self.t_s + length_m / (speed_mps or self.speed_mps)
        self.legs.append(Leg(self.t_s, end_s, self.point, to))
        self.point, self.t_s = to, end_s

    def wait(self, seconds: float) -> None:
        """Stand still."""
        self.legs.append(Leg(self.t_s, self.t_s + seconds, self.point, self.point))
        self.t_s += seconds


def plan_visit(
    floor: Floor,
    people: People,
    *,
    pull: Mapping[str, float],
    start_s: float,
    rng: random.Random,
) -> Itinerary:
    """One visit that starts at `start_s` a few metres outside the door.

    `pull` weighs the sales zones; a zone that it does not name weighs little, none weighs 0.
    """
    speed = max(SLOWEST_MPS, rng.gauss(people.walking_mps, people.walking_sd_mps))
    entrance = floor.of_kind("entrance")[0]
    door, outside = _door(floor, entrance)
    feet = Feet(outside, t_s=start_s, speed_mps=speed)
    feet.walk(door)
    entered_s = feet.t_s
    feet.walk(entrance.random_spot(rng))
    latest_s = start_s + people.longest_visit_s - people.paying_s - WAY_OUT_S
    for _ in range(rng.randint(round(people.stops_least), round(people.stops_most))):
        zone = _next_zone(floor, pull, feet.point, rng)
        stop_s = people.stop_median_s * math.exp(rng.gauss(0, people.stop_sigma))
        if feet.t_s + stop_s > latest_s:
            break
        feet.walk(zone.random_spot(rng))
        _browse(feet, zone, stop_s, rng)
    feet.walk(rng.choice(floor.of_kind("checkout")).random_spot(rng))
    feet.wait(people.paying_s * rng.uniform(0.7, 1.3))
    paid_s = feet.t_s
    feet.walk(door)
    left_s = feet.t_s
    feet.walk(outside)
    legs = tuple(feet.legs)
    return Itinerary(legs, tuple(leg.start_s for leg in legs), entered_s, paid_s, left_s)


def _browse(feet: Feet, zone: Zone, stop_s: float, rng: random.Random) -> None:
    """Small steps along the shelf and pauses, `stop_s` in all."""
    end_s = feet.t_s + stop_s
    while feet.t_s < end_s:
        step = (
            feet.point[0] + rng.uniform(-BROWSING_STEP_M, BROWSING_STEP_M),
            feet.point[1] + rng.uniform(-BROWSING_STEP_M, BROWSING_STEP_M),
        )
        if zone.contains(*step):
            feet.walk(step, speed_mps=BROWSING_MPS)
        feet.wait(max(0.5, min(BROWSING_PART_S * rng.uniform(0.3, 1.0), end_s - feet.t_s)))


def _next_zone(floor: Floor, pull: Mapping[str, float], at: Point, rng: random.Random) -> Zone:
    zones = floor.of_kind("sales")
    least = 0.3 / len(zones)
    weights = [
        (pull.get(zone.id, 0.0) + least)
        * math.exp(-math.dist(at, zone.middle) / GRAVITY_LENGTH_M)
        * (0.5 if zone.contains(*at) else 1.0)
        for zone in zones
    ]
    return rng.choices(zones, weights)[0]


def _door(floor: Floor, entrance: Zone) -> tuple[Point, Point]:
    """The point of the outer wall nearest to the entrance's middle, and one in front of it."""
    x, y = entrance.middle
    walls: list[tuple[float, Point, Point]] = [
        (x, (0.0, y), (-OUTSIDE_M, y)),
        (floor.width_m - x, (floor.width_m, y), (floor.width_m + OUTSIDE_M, y)),
        (y, (x, 0.0), (x, -OUTSIDE_M)),
        (floor.height_m - y, (x, floor.height_m), (x, floor.height_m + OUTSIDE_M)),
    ]
    _, door, outside = min(walls)
    return door, outside
