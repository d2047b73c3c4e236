"""Shoppers who are led by hand: the console says where, the world moves them there.

They are people like the others in every way that the store can see: a phone with the app open,
which sends and hears through the same air. They do not count in the truth that a run is scored
by, because whoever leads them may jump through walls.
"""

from dataclasses import dataclass

from firmware_sim.cast import SimShopper, identity_key
from firmware_sim.crowd import Person
from firmware_sim.events import DeviceKind
from firmware_sim.floor import Point
from firmware_sim.walk import Itinerary, Leg

# The row of the product that promises most: heard by gateways and hearing beacons.
KIND = DeviceKind.ANDROID_EID


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
    """Have a person go straight to a point within this second; who was outside stands there."""
    before = person.itinerary
    start = to if before is None else before.at(from_s)[:2]
    heading_rad = 0.0 if before is None else before.legs[-1].heading_rad
    leg = Leg(from_s, until_s, start, to, heading_rad)
    person.itinerary = Itinerary((leg,), (from_s,), from_s, float("inf"), 0, 1.0)
