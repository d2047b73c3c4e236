"""When parties come and how many are in one: a Poisson process by hour of day.

Source: thinning after P. A. W. Lewis and G. S. Shedler, "Simulation of nonhomogeneous Poisson
processes by thinning", Naval Research Logistics Quarterly 26 (1979); party sizes as `People` says.
"""

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from firmware_sim.people import VISITS_BY_HOUR, People

# A party of more than this would be a coach trip.
LARGEST_PARTY = 6
_HIGHEST = max(VISITS_BY_HOUR)


def arrival_times(
    people: People, *, start_s: float, timezone: str, rng: random.Random
) -> Iterator[float]:
    """Instants, seconds since 1970, at which a party comes in sight of the door; without end."""
    zone = ZoneInfo(timezone)
    t_s = start_s
    while True:
        t_s += rng.expovariate(people.visits_per_hour / 3600)
        if rng.random() < busy_share(t_s, zone):
            yield t_s


def busy_share(t_s: float, zone: ZoneInfo) -> float:
    """How busy the hour is, as a share of the busiest; changes smoothly from hour to hour."""
    local = datetime.fromtimestamp(t_s, UTC).astimezone(zone)
    # The share of an hour is that of its middle.
    hours = local.hour + local.minute / 60 + local.second / 3600 - 0.5
    before = math.floor(hours)
    part = hours - before
    one, two = VISITS_BY_HOUR[before % 24], VISITS_BY_HOUR[(before + 1) % 24]
    return ((1 - part) * one + part * two) / _HIGHEST


def party_size(people: People, *, rng: random.Random) -> int:
    """How many come together, 1 or more, by the zero-truncated Poisson law."""
    mean = people.party_mean
    if mean <= 0:
        return 1
    left = rng.random() * (1 - math.exp(-mean))
    size, chance = 1, mean * math.exp(-mean)
    while left > chance and size < LARGEST_PARTY:
        left -= chance
        size += 1
        chance *= mean / size
    return size
