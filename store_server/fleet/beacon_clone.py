"""Whether there are two beacons of one id: it is in two places at once, two quarters running.

Two ways to tell, both at a place where it is as ever and at one where it is not:

- It is so loud at both that it cannot be near both, even in free space.
- It is as ever where it hangs, and at the other place there is a new voice: louder than usual and
  heard more often than one beacon is heard, or loud where it was never heard. The mean level
  alone hides a second one: it is over the adverts of both.

A beacon that was carried from one place to the other is as ever at none.
"""

import math

from store_server.fleet.hearing import SLOT_MS, HearingKey
from store_server.fleet.levels import AUDIBLE_DBM, MIN_ADVERTS, View
from store_server.shop.floor_plan import Beacon, Gateway

# Means over a quarter of an hour differ by 2 to 3 dB from day to day; a few gateways tell.
AS_EVER_DB = 7.0
# Rooms make a beacon quieter than free space, hardly ever louder: these reaches are generous.
FREE_SPACE_EXPONENT, REACH_SHARE = 2.0, 0.5
# A new voice: half of the adverts 10 dB louder raise the mean by 5. Reception differs by less
# than a third from one quarter of an hour to the next.
LOUDER_DB, MORE_OFTEN = 5.0, 1.3
# Where it hangs it is clearly louder than where the second one may be.
HOME_DB = 10.0
MOST_GATEWAYS = 8


def two_places(view: View, beacon: Beacon, gateways: list[Gateway]) -> tuple[str, str] | None:
    """Two gateways near which it is at once, in each of the last two whole quarters."""
    whole = view.scene.now_ms // SLOT_MS * SLOT_MS
    slots = [whole - number * SLOT_MS for number in (1, 2)]
    pairs = [
        _too_loud(view, beacon, gateways, slot_ms=slot)
        | _new_voices(view, beacon, gateways, slot_ms=slot)
        for slot in slots
    ]
    return min(pairs[0] & pairs[1], default=None)


def _too_loud(
    view: View, beacon: Beacon, gateways: list[Gateway], *, slot_ms: int
) -> set[tuple[str, str]]:
    """Pairs of gateways that cannot both hear one beacon so loud, and did not before."""
    reach = []
    for gateway in gateways:
        heard = view.scene.recent.get(HearingKey(gateway.id, beacon.identity, slot_ms))
        if heard is not None and heard.adverts >= MIN_ADVERTS:
            loss_db = beacon.measured_power_dbm - heard.mean_dbm
            usual = view.scene.usual.get((gateway.id, beacon.identity))
            as_ever = usual is not None and heard.mean_dbm - usual <= AS_EVER_DB
            reach.append((10 ** (loss_db / (10 * FREE_SPACE_EXPONENT)), as_ever, gateway))
    reach.sort(key=lambda one: one[0])
    return {
        _pair(a, b)
        for at, (a_m, a_as_ever, a) in enumerate(reach[:MOST_GATEWAYS])
        for b_m, b_as_ever, b in reach[at + 1 : MOST_GATEWAYS]
        if not (a_as_ever and b_as_ever)
        and a_m + b_m < REACH_SHARE * math.dist((a.x, a.y), (b.x, b.y))
    }


def _new_voices(
    view: View, beacon: Beacon, gateways: list[Gateway], *, slot_ms: int
) -> set[tuple[str, str]]:
    """Its home, where it is as ever, with each gateway that hears a second one."""
    usual = {
        one.id: dbm
        for one in gateways
        if (dbm := view.scene.usual.get((one.id, beacon.identity))) is not None
    }
    home = max(
        (one for one in gateways if one.id in usual), key=lambda g: usual[g.id], default=None
    )
    if home is None:
        return set()
    there = view.scene.recent.get(HearingKey(home.id, beacon.identity, slot_ms))
    if there is None or there.adverts < MIN_ADVERTS:
        return set()
    if abs(there.mean_dbm - usual[home.id]) > AS_EVER_DB:
        return set()
    most = max(view.scene.usual_adverts.get((name, beacon.identity), 0.0) for name in usual)
    return {
        _pair(home, gateway)
        for gateway in gateways
        if gateway.id != home.id
        and (heard := view.scene.recent.get(HearingKey(gateway.id, beacon.identity, slot_ms)))
        and heard.adverts >= MIN_ADVERTS
        and _is_new(
            heard.mean_dbm,
            usual.get(gateway.id),
            home_dbm=usual[home.id],
            known=view.known(gateway),
            often=most > 0 and heard.adverts > MORE_OFTEN * most,
        )
    }


def _is_new(
    mean_dbm: float, usual_dbm: float | None, *, home_dbm: float, known: bool, often: bool
) -> bool:
    if usual_dbm is None:
        return known and mean_dbm > AUDIBLE_DBM
    return often and mean_dbm - usual_dbm > LOUDER_DB and home_dbm - usual_dbm > HOME_DB


def _pair(a: Gateway, b: Gateway) -> tuple[str, str]:
    return min(a.id, b.id), max(a.id, b.id)
