"""Staff: in the shop all day, restocking shelf after shelf, some of the time at a till.

Staff wear a badge that is heard like a shopper's tag and that nobody has enrolled, so the store
must not take them for shoppers. Source: the lengths are ours; a store manager would know better.
"""

import math
import random
from dataclasses import replace

from firmware_sim.aisles import Aisles, Stand
from firmware_sim.people import People
from firmware_sim.walk import SLOWEST_MPS, Feet, Itinerary, as_itinerary, browse

# One pallet cage at one shelf: median and sd of the logarithm.
RESTOCK_MEDIAN_S, RESTOCK_SIGMA = 300.0, 0.7
AT_TILL_S = 1_200.0
AT_TILL_SHARE = 0.2


def plan_shift(
    aisles: Aisles, people: People, *, start_s: float, for_s: float, rng: random.Random
) -> Itinerary:
    """Where one of the staff is from `start_s` on for `for_s` seconds; begins inside."""
    speed = max(SLOWEST_MPS, rng.gauss(people.walking_mps, people.walking_sd_mps))
    shelves = [stand for stands in aisles.stands.values() for stand in stands]
    tills = [spot for zone in aisles.floor.of_kind("checkout") for spot in aisles.spots[zone.id]]
    spot = rng.choice(shelves).spot
    feet = Feet(aisles.points[spot], t_s=start_s, speed_mps=speed)
    feet.wait(0.0)
    while feet.t_s < start_s + for_s:
        at_till = rng.random() < AT_TILL_SHARE
        stand = Stand(rng.choice(tills), None) if at_till else rng.choice(shelves)
        feet.follow(aisles.way(spot, stand.spot))
        spot = stand.spot
        if at_till:
            feet.wait(AT_TILL_S)
        else:
            stop_s = RESTOCK_MEDIAN_S * math.exp(rng.gauss(0, RESTOCK_SIGMA))
            spot = browse(feet, aisles, people, stand=stand, stop_s=stop_s, rng=rng)
    shift = as_itinerary(feet, entered_s=start_s, spot=spot)
    return replace(shift, queued_s=math.inf, left_s=feet.t_s)
