"""How loud a device is at each anchor: smoothed, made comparable, faded with age.

Levels are decibels above the sender's power at 1 m (so 0 is "one metre away"), because a tag
states its power, a beacon has one on the plan, and raw levels of the two do not compare. A
gateway's antenna and a phone's still differ: whoever weighs levels of both families asks a
larger lead (`PresencePolicy.family_margin_db`).
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

from store_server.ids import ZoneId
from store_server.presence.observation import Observation
from store_server.presence.policy import PresencePolicy
from store_server.shop.floor_plan import FloorPlan, beacon_anchor

# A smoothed level keeps its value for a moment (windows are up to 1 s, adverts get lost), then
# what was not heard again loses 1 dB a second: the anchor that still hears wins. A phone that
# reports beacons in bursts is not reproached its silence as fast.
FRESH_S = 2.0
FADE_DB_PER_S = 1.0
BEACON_FADE_DB_PER_S = 0.2


class Place(NamedTuple):
    """An anchor as the engine sees it; `power_dbm` is what its own adverts state at 1 m."""

    zone: ZoneId
    x: float
    y: float
    is_beacon: bool
    power_dbm: int | None


class Level(NamedTuple):
    """The smoothed level of one device at one anchor, last heard at `t`."""

    db: float
    t: float


class ZoneLevel(NamedTuple):
    """The best level of a zone, and whether a beacon gave it."""

    db: float
    is_beacon: bool


Levels = Mapping[str, Level]
Places = Mapping[str, Place]


def places_of(plan: FloorPlan) -> dict[str, Place]:
    """Every anchor of the plan by its name."""
    powers = {beacon_anchor(beacon.identity): beacon.measured_power_dbm for beacon in plan.beacons}
    return {
        anchor.id: Place(
            anchor.zone, anchor.x, anchor.y, anchor.id in powers, powers.get(anchor.id)
        )
        for anchor in plan.anchors()
    }


def level_db(observation: Observation, place: Place, *, default_power_dbm: int) -> float:
    """The observation's level relative to the sender's power at 1 m.

    Example:
        >>> gateway = Place(ZoneId("bakery"), 0, 0, False, None)
        >>> level_db(Observation("s", "gw:a", 0, -70, 1, -60), gateway, default_power_dbm=-59)
        -10
    """
    power = observation.measured_power_dbm
    if power is None:
        power = place.power_dbm
    return observation.rssi_dbm - (default_power_dbm if power is None else power)


def heard(levels: Levels, observation: Observation, db: float, *, policy: PresencePolicy) -> Levels:
    """The levels after one more observation; the same when it is a repetition or too old.

    Exponential smoothing by time, so that neither the rate of adverts nor a duplicate changes
    the outcome: at dt = 0 the weight of what is new is 0.
    """
    before = levels.get(observation.anchor)
    if before is None:
        return {**levels, observation.anchor: Level(db, observation.t)}
    elapsed_s = observation.t - before.t
    if elapsed_s <= 0:
        return levels
    weight = 1 - math.exp(-elapsed_s / policy.smoothing_s)
    level = Level(before.db + weight * (db - before.db), observation.t)
    return {**levels, observation.anchor: level}


def fresh(levels: Levels, places: Places, t: float, *, policy: PresencePolicy) -> Levels:
    """Those levels that are recent enough to be spoken of at `t`."""
    return {
        anchor: level
        for anchor, level in levels.items()
        if t - level.t
        <= (policy.beacon_memory_s if places[anchor].is_beacon else policy.anchor_memory_s)
    }


def by_zone(levels: Levels, places: Places, t: float) -> dict[ZoneId, ZoneLevel]:
    """The best faded level of each zone at `t`, zones by name where anchors tie."""
    best: dict[ZoneId, ZoneLevel] = {}
    for anchor, level in levels.items():
        place = places[anchor]
        age_s = t - level.t - FRESH_S
        fade = BEACON_FADE_DB_PER_S if place.is_beacon else FADE_DB_PER_S
        db = level.db - fade * age_s if age_s > 0 else level.db
        known = best.get(place.zone)
        if known is None or db > known.db:
            best[place.zone] = ZoneLevel(db, place.is_beacon)
    return best
