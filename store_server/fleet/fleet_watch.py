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
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from store_server.fleet.hearing import SLOT_MS, Hearing, HearingKey
from store_server.shop.floor_plan import Beacon, FloorPlan, Gateway

Levels = Mapping[tuple[str, str], float]

# Means over a quarter of an hour differ from day to day by 2 to 3 dB (shelves, people, wet coats).
# A gateway is judged by all its beacons at once, a beacon by the few gateways that hear it.
OFF_DB, BEACON_OFF_DB = 5.0, 7.0
# A path loss knows no walls and shelves: before a week is known, only gross faults are told.
OFF_BY_PLAN_DB = 12.0
PATH_LOSS_EXPONENT = 2.5
AUDIBLE_DBM, UNHEARD_DBM = -85.0, -97.0
MIN_BEACONS, MIN_ADVERTS = 3, 10
SILENT_MS = 60 * 60 * 1000
# Rooms make a beacon quieter than free space, hardly ever louder: these reaches are generous.
CLONE_EXPONENT, CLONE_SHARE = 2.0, 0.5


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


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to go by.

    Args:
        plan: where things should be.
        recent: what was heard in this quarter of an hour and the two before.
        usual: mean RSSI by (gateway, beacon identity) of the last week.
        last_heard: by beacon identity, UTC ms.
        watched_since_ms: since when anything is known.
        now_ms: UTC ms.
    """

    plan: FloorPlan
    recent: Mapping[HearingKey, Hearing]
    usual: Levels
    last_heard: Mapping[str, int]
    watched_since_ms: int
    now_ms: int


@dataclass(slots=True)
class _View:
    """A scene, with what follows from it at once."""

    scene: Scene
    levels: dict[tuple[str, str], float] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)
    hearing: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        sums: dict[tuple[str, str], Hearing] = {}
        since_ms = self.scene.now_ms // SLOT_MS * SLOT_MS - SLOT_MS
        for key, heard in self.scene.recent.items():
            if key.slot_ms >= since_ms:
                pair = (key.gateway, key.identity)
                sums[pair] = sums[pair].plus(heard) if pair in sums else heard
        self.levels = {p: h.mean_dbm for p, h in sums.items() if h.adverts >= MIN_ADVERTS}
        self.hearing = {gateway for gateway, _ in self.levels}
        self.heard = {identity for _, identity in self.levels}

    def expected(self, at: Gateway, beacon: Beacon) -> tuple[float, bool]:
        """The level at a gateway's place, and whether it is known from the last week."""
        usual = self.scene.usual.get((at.id, beacon.identity))
        if usual is not None:
            return usual, True
        away_m = max(1.0, math.dist((at.x, at.y, at.z), (beacon.x, beacon.y, beacon.z)))
        return beacon.measured_power_dbm - 10 * PATH_LOSS_EXPONENT * math.log10(away_m), False

    def residual(self, gateway: Gateway, beacon: Beacon, *, at: Gateway) -> float | None:
        """Heard less expected in dB; None where nothing is heard and nothing is to be."""
        expected, _ = self.expected(at, beacon)
        level = self.levels.get((gateway.id, beacon.identity))
        if level is not None:
            return level - expected
        if expected < AUDIBLE_DBM or beacon.identity not in self.heard:
            return None
        return UNHEARD_DBM - expected

    def known(self, at: Gateway) -> bool:
        """Whether the last week tells what is heard at this place."""
        return sum(
            (at.id, beacon.identity) in self.scene.usual for beacon in self.scene.plan.beacons
        ) >= (MIN_BEACONS)

    def misfit(self, gateway: Gateway, *, at: Gateway) -> float | None:
        """How badly what a gateway hears fits a place, in dB; None when too little is heard.

        The worst beacon is left out: it may have been moved itself. Levels of another radio, or
        of a path loss, are compared after their common difference is taken out.
        """
        found = [
            off
            for beacon in self.scene.plan.beacons
            if (off := self.residual(gateway, beacon, at=at)) is not None
        ]
        if len(found) < MIN_BEACONS:
            return None
        if at.id != gateway.id or not self.known(at):
            middle = statistics.median(found)
            found = [off - middle for off in found]
        found.sort(key=abs)
        trusted = found[:-1] if len(found) > MIN_BEACONS else found
        return math.sqrt(sum(off * off for off in trusted) / len(trusted))


def watch(scene: Scene) -> tuple[list[Noticed], set[str]]:
    """What is not as the plan says, and the ids of the gateways and beacons that were judged.

    Of what was not judged (a gateway that is off) an earlier finding is still the best there is.
    """
    view = _View(scene)
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


def _is_off(view: _View, gateway: Gateway) -> bool:
    misfit = view.misfit(gateway, at=gateway)
    bound = OFF_DB if view.known(gateway) else OFF_BY_PLAN_DB
    return misfit is not None and misfit > bound


def _gateways_off(
    view: _View, off: Mapping[str, Gateway], fits: Mapping[str, str | None]
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


def _fitting_place(view: _View, gateway: Gateway) -> str | None:
    """The gateway whose place fits clearly better than the own one; None when none does."""
    own = view.misfit(gateway, at=gateway) or 0.0
    others = [
        (misfit, place.id)
        for place in view.scene.plan.gateways
        if place.id != gateway.id and (misfit := view.misfit(gateway, at=place)) is not None
    ]
    best = min(others, default=(math.inf, ""))
    return best[1] if best[0] < 0.6 * own and best[0] < OFF_BY_PLAN_DB else None


def _beacon_off(view: _View, beacon: Beacon, gateways: list[Gateway]) -> Noticed | None:
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


def _cloned(view: _View, beacon: Beacon, gateways: list[Gateway]) -> Noticed | None:
    """Two places at once, in each of the last two whole quarters of an hour."""
    whole = view.scene.now_ms // SLOT_MS * SLOT_MS
    pairs = [_far_pairs(view, beacon, gateways, slot_ms=whole - n * SLOT_MS) for n in (1, 2)]
    both = sorted(pairs[0] & pairs[1])
    if not both:
        return None
    one, other = both[0]
    text = (
        f"beacon {beacon.id} is near {one} and near {other} at once: somebody has made a second "
        "one with its id, or two were set up alike"
    )
    return Noticed(Sign.BEACON_CLONED, beacon.id, other, text)


def _far_pairs(
    view: _View, beacon: Beacon, gateways: list[Gateway], *, slot_ms: int
) -> set[tuple[str, str]]:
    """Pairs of gateways that cannot both hear one beacon so loud, and did not before."""
    reach = []
    for gateway in gateways:
        heard = view.scene.recent.get(HearingKey(gateway.id, beacon.identity, slot_ms))
        if heard is not None and heard.adverts >= MIN_ADVERTS:
            loss_db = beacon.measured_power_dbm - heard.mean_dbm
            usual = view.scene.usual.get((gateway.id, beacon.identity))
            as_ever = usual is not None and heard.mean_dbm - usual <= BEACON_OFF_DB
            reach.append((10 ** (loss_db / (10 * CLONE_EXPONENT)), as_ever, gateway))
    reach.sort(key=lambda one: one[0])
    return {
        (min(a.id, b.id), max(a.id, b.id))
        for at, (a_m, a_as_ever, a) in enumerate(reach[:8])
        for b_m, b_as_ever, b in reach[at + 1 : 8]
        if not (a_as_ever and b_as_ever)
        and a_m + b_m < CLONE_SHARE * math.dist((a.x, a.y), (b.x, b.y))
    }


def _silent(view: _View, beacon: Beacon) -> Noticed | None:
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
