"""Whether gateways and fixed beacons are still where the plan says, by what gateways hear.

Every fixed beacon is heard by several gateways, each at a level that stays the same for months.
What is expected is what was usual in the last week; before there is a week, what a plain path
loss says of the distance on the plan. From there:

- One gateway off at nearly all beacons: the gateway was moved. If two fit each other's place
  better than their own, they were swapped.
- One beacon off at nearly all gateways that are in their place: the beacon was moved.
- One beacon so loud at two gateways that both cannot be near it: there are two of it (a clone).
- A beacon that nobody hears, though those who should hear others: silent.

A beacon that hangs at a gateway is heard by the others, so gateways hear each other. With fewer
than three beacons in a gateway's reach nothing is said of it: one beacon moved and one gateway
moved look the same then.
"""

import math
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from store_server.fleet.beacon_clone import two_places
from store_server.fleet.levels import AUDIBLE_DBM, UNHEARD_DBM, Scene, View
from store_server.shop.floor_plan import Beacon, Gateway

# Means over a quarter of an hour differ from day to day by 2 to 3 dB (shelves, people, wet coats).
# A gateway is judged by all its beacons at once, a beacon by the few gateways that hear it.
OFF_DB, BEACON_OFF_DB = 5.0, 7.0
# A path loss knows no walls and shelves: before a week is known, only gross faults are told.
OFF_BY_PLAN_DB = 12.0
SILENT_MS = 60 * 60 * 1000


class Sign(StrEnum):
    """What was noticed."""

    MOVED = "gateway_moved"
    SWAPPED = "gateway_swapped"
    BEACON_MOVED = "beacon_moved"
    BEACON_CLONED = "beacon_cloned"
    BEACON_SILENT = "beacon_silent"


class Noticed(NamedTuple):
    """One thing noticed. `subject` is a gateway's or beacon's id, `other` the second one."""

    sign: Sign
    subject: str
    other: str | None
    text: str


def watch(scene: Scene) -> tuple[list[Noticed], set[str]]:
    """What is not as the plan says, and the ids of the gateways and beacons that were judged.

    Of what was not judged (a gateway that is off) an earlier finding is still the best there is.
    """
    view = View(scene)
    gateways = [one for one in scene.plan.gateways if one.id in view.hearing]
    doubted = {one.id: one for one in gateways if (view.misfit(one, at=one) or 0.0) > OFF_DB}
    fits = {name: _fitting_place(view, one) for name, one in doubted.items()}
    # Two that fit each other's place tell more than a misfit: a plain path loss is enough for it.
    crossed = {name for name, place in fits.items() if place and fits.get(place) == name}
    off = {name: one for name, one in doubted.items() if name in crossed or _is_off(view, one)}
    noticed = list(_gateways_off(view, off, fits))
    in_place = [one for one in gateways if one.id not in off]
    for beacon in scene.plan.beacons:
        found = _cloned(view, beacon, in_place) or _beacon_off(view, beacon, in_place)
        found = found or _silent(view, beacon)
        if found:
            noticed.append(found)
    judged = {one.id for one in gateways if view.misfit(one, at=one) is not None}
    if view.hearing:
        judged |= {beacon.id for beacon in scene.plan.beacons}
    return noticed, judged


def _is_off(view: View, gateway: Gateway) -> bool:
    misfit = view.misfit(gateway, at=gateway)
    bound = OFF_DB if view.known(gateway) else OFF_BY_PLAN_DB
    return misfit is not None and misfit > bound


def _gateways_off(
    view: View, off: Mapping[str, Gateway], fits: Mapping[str, str | None]
) -> Iterator[Noticed]:
    for name in off:
        place = fits[name]
        if place is not None and fits.get(place) == name:
            text = f"{name} hears what {place} should, and {place} what {name} should: swapped"
            yield Noticed(Sign.SWAPPED, name, place, text)
        elif place is not None:
            text = f"{name} is not in its place: it hears what is heard where {place} should be"
            yield Noticed(Sign.MOVED, name, place, text)
        else:
            misfit = view.misfit(off[name], at=off[name]) or 0.0
            text = f"{name} is not in its place: what it hears is off by {misfit:.0f} dB"
            yield Noticed(Sign.MOVED, name, None, text)


def _fitting_place(view: View, gateway: Gateway) -> str | None:
    """The gateway whose place fits clearly better than the own one; None when none does."""
    own = view.misfit(gateway, at=gateway) or 0.0
    others = [
        (misfit, place.id)
        for place in view.scene.plan.gateways
        if place.id != gateway.id and (misfit := view.misfit(gateway, at=place)) is not None
    ]
    best = min(others, default=(math.inf, ""))
    return best[1] if best[0] < 0.6 * own and best[0] < OFF_BY_PLAN_DB else None


def _beacon_off(view: View, beacon: Beacon, gateways: list[Gateway]) -> Noticed | None:
    """A beacon that is off at the gateways that are in their place."""
    found = [
        (off, gateway)
        for gateway in gateways
        if (off := view.residual(gateway, beacon, at=gateway)) is not None
    ]
    known = all(view.expected(gateway, beacon)[1] for _, gateway in found)
    bound = BEACON_OFF_DB if known else OFF_BY_PLAN_DB
    if len(found) < 2 or sum(abs(off) > bound for off, _ in found) < 2:
        return None
    if math.sqrt(sum(off * off for off, _ in found) / len(found)) <= bound:
        return None
    level = {one.id: view.levels.get((one.id, beacon.identity), UNHEARD_DBM) for one in gateways}
    loudest = max(level, key=lambda name: level[name])
    text = f"beacon {beacon.id} is not in its place: it is loudest at {loudest} now"
    return Noticed(Sign.BEACON_MOVED, beacon.id, loudest, text)


def _cloned(view: View, beacon: Beacon, gateways: list[Gateway]) -> Noticed | None:
    found = two_places(view, beacon, gateways)
    if found is None:
        return None
    one, other = found
    text = (
        f"beacon {beacon.id} is near {one} and near {other} at once: somebody has made a second "
        "one with its id, or two were set up alike"
    )
    return Noticed(Sign.BEACON_CLONED, beacon.id, other, text)


def _silent(view: View, beacon: Beacon) -> Noticed | None:
    scene = view.scene
    since_ms = scene.last_heard.get(beacon.identity)
    if scene.now_ms - max(since_ms or 0, scene.watched_since_ms) < SILENT_MS:
        return None
    near = [
        one
        for one in scene.plan.gateways
        if one.id in view.hearing and view.expected(one, beacon)[0] > AUDIBLE_DBM
    ]
    if not near:
        return None
    what = "was never heard" if since_ms is None else "is silent"
    text = f"beacon {beacon.id} {what}, though {near[0].id} hears others: battery, or taken away"
    return Noticed(Sign.BEACON_SILENT, beacon.id, near[0].id, text)
