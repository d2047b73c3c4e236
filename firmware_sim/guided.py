"""Shoppers who are led by hand: the console says where, the world moves them there.

They are people like the others in every way that the store can see: a phone with the app open,
which sends and hears through the same air. They do not count in the truth that a run is scored
by, because whoever leads them may jump through walls.
"""

import math
import random
from dataclasses import dataclass

from firmware_sim.cast import SimShopper, identity_key
from firmware_sim.crowd import Person
from firmware_sim.events import DeviceKind
from firmware_sim.floor import Point
from firmware_sim.walk import LOOK_LEAST_S, LOOK_MOST_S, Itinerary, Leg

# The row of the product that promises most: heard by gateways and hearing beacons.
KIND = DeviceKind.ANDROID_EID
# A hurried walk. A hand drags faster, and at ten times real speed far faster; then the shopper
# comes after it. Source: R. L. Knoblauch, M. T. Pietrucha, M. Nitzburg, Transportation Research
# Record 1538 (1996): 2.1 m/s is above the fastest twentieth of pedestrians.
PACE_MPS = 2.1
# At a shelf one takes small steps; a body that never moves would hear the same fading for ever.
LINGER_M = 0.5


@dataclass(frozen=True, slots=True)
class Guided:
    """Where one of them shall be, in metres of the plan; None: outside, out of hearing."""

    shopper: str
    at: Point | None


def guided_shopper(name: str, *, seed: int) -> SimShopper:
    """The shopper of that name: agreed to everything, alone in the household."""
    return SimShopper(
        shopper=name,
        household=None,
        kind=KIND,
        key=identity_key(seed, name),
        clock_offset_s=0,
        allows_location=True,
        allows_offers=True,
        zone_pull={},
    )


def led(person: Person, to: Point, *, from_s: float, until_s: float) -> None:
    """Have a person go towards a point within this second; who was outside stands there.

    Whoever is there stays as people do at a shelf: with the face the way they came, and small
    steps about the point.
    """
    if person.itinerary is None:
        leg = Leg(from_s, from_s, to, to, 0.0)
    else:
        leg = person.itinerary.legs[-1]
        if leg.end_s > from_s and math.dist(leg.end, to) <= LINGER_M:
            return
        x, y, heading_rad = person.itinerary.at(from_s)
        far_m = math.dist((x, y), to)
        if far_m <= LINGER_M:
            leg = _step_aside((x, y), to, person.rng, from_s=from_s, heading_rad=heading_rad)
        else:
            share = min(1.0, PACE_MPS * (until_s - from_s) / far_m)
            end = (x + share * (to[0] - x), y + share * (to[1] - y))
            leg = Leg(from_s, until_s, (x, y), end, math.atan2(to[1] - y, to[0] - x))
    person.itinerary = Itinerary((leg,), (leg.start_s,), leg.start_s, float("inf"), 0, PACE_MPS)


def _step_aside(
    here: Point, about: Point, rng: random.Random, *, from_s: float, heading_rad: float
) -> Leg:
    angle_rad, aside_m = rng.uniform(-math.pi, math.pi), rng.uniform(0, LINGER_M)
    there = (about[0] + aside_m * math.cos(angle_rad), about[1] + aside_m * math.sin(angle_rad))
    return Leg(from_s, from_s + rng.uniform(LOOK_LEAST_S, LOOK_MOST_S), here, there, heading_rad)
