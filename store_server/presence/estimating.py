"""What is said of a belief: a point, an honest radius, the probability of the zone told."""

import math

from store_server.ids import ZoneId
from store_server.presence.belief import Belief
from store_server.presence.engine import Estimate
from store_server.presence.state_space import StateSpace

LEAST_RADIUS_M = 0.5
MOST_RADIUS_M = 50.0


def estimate_from(
    belief: Belief,
    space: StateSpace,
    *,
    device: str,
    t: float,
    zone: ZoneId | None,
    last_seen_t: float,
) -> Estimate:
    """The mean of the belief, its standard distance as radius, the mass of `zone`."""
    mass = space.zone_mass(belief.p)
    sure = float(mass[space.zone_ids.index(zone)]) if zone is not None else 0.0
    if not space.has_places:
        return Estimate(device, t, zone, None, None, min(1.0, sure), None, last_seen_t)
    p = belief.p.astype(float)
    x, y = (float(value) for value in p @ space.xy)
    away2 = (space.xy[:, 0] - x) ** 2 + (space.xy[:, 1] - y) ** 2
    radius = min(MOST_RADIUS_M, max(LEAST_RADIUS_M, math.sqrt(float(p @ away2))))
    return Estimate(device, t, zone, x, y, min(1.0, sure), radius, last_seen_t)
