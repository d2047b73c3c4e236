"""Where a device probably stands, by the anchors that hear it; and how sure that is.

The point is the centroid of the anchors, each weighted by 1 / distance^2, the distance from
the level by the log-distance law. That is coarse, and said so: the radius is the weighted
distance to the anchors, and grows with the walk that a shopper can have made since.
"""

import math

from store_server.ids import ZoneId
from store_server.presence.anchor_levels import Levels, Places, by_zone
from store_server.presence.engine import Estimate
from store_server.presence.policy import PresencePolicy

# Walking speed of shoppers, mean 1.17 m/s (issue 4 names the source); browsing is slower.
WALK_M_PER_S = 1.0
LEAST_RADIUS_M = 2.0
MOST_RADIUS_M = 50.0
# How many decibels of lead make one zone e times as likely as another.
SCALE_DB = 4.0
# With one zone heard only there is no second opinion.
LONE_CONFIDENCE = 0.8


def distance_m(level_db: float, *, exponent: float) -> float:
    """The distance at which a sender is this much above its power at 1 m, 0.5 m at least.

    Example:
        >>> distance_m(-25.0, exponent=2.5)
        10.0

    Source: log-distance path loss, L(d) = L(1 m) + 10 n log10(d).
    """
    return max(0.5, min(200.0, 10 ** (-level_db / (10 * exponent))))


def estimate_of(
    device: str,
    zone: ZoneId | None,
    t: float,
    *,
    last_seen_t: float,
    levels: Levels,
    places: Places,
    policy: PresencePolicy,
) -> Estimate:
    """What `levels` (those that count at `last_seen_t`) say of a device reported in `zone`."""
    age_s = max(0.0, t - last_seen_t)
    x, y, radius_m = _centroid(levels, places, exponent=policy.path_loss_exponent)
    if radius_m is not None:
        radius_m = min(MOST_RADIUS_M, max(LEAST_RADIUS_M, radius_m) + WALK_M_PER_S * age_s)
    sure = _certainty(zone, levels=levels, places=places, t=last_seen_t)
    confidence = sure * math.exp(-age_s / policy.silence_s)
    return Estimate(device, t, zone, x, y, confidence, radius_m, last_seen_t)


def _centroid(
    levels: Levels, places: Places, *, exponent: float
) -> tuple[float | None, float | None, float | None]:
    total = x = y = spread = 0.0
    for anchor, level in levels.items():
        away_m = distance_m(level.db, exponent=exponent)
        weight = 1 / (away_m * away_m)
        place = places[anchor]
        total += weight
        x += weight * place.x
        y += weight * place.y
        spread += weight * away_m
    if total == 0.0:
        return None, None, None
    return x / total, y / total, spread / total


def _certainty(zone: ZoneId | None, *, levels: Levels, places: Places, t: float) -> float:
    """The share of `zone` among the zones heard, by their levels; 0 for no zone."""
    best = by_zone(levels, places, t)
    if zone is None or zone not in best:
        return 0.0
    own = best[zone].db
    share = 1 / sum(math.exp(min(50.0, (other.db - own) / SCALE_DB)) for other in best.values())
    return LONE_CONFIDENCE if len(best) == 1 else share
