"""What is wrong with a floor plan, or will make positions poor, in plain words.

A fault is refused: positions or decisions would be silently wrong. A warning is loaded and said:
the plan works, less well than it could. Each says what, where, what was expected, what to do.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from store_server.shop.floor_plan import Beacon, FloorPlan, Gateway, Zone
from store_server.shop.plan_reach import closed_zones
from store_server.shop.polygon import TOUCH_M, box, deepest_point, overlap_point, self_crossing

# A tag of 0 dBm is heard at 1 m with about -59 dBm; at 15 m, with an exponent of 2.5 and 14 dB
# of a body between, at -102 dBm: the receiver's floor.
HEARING_M = 15.0
# Positions without a survey are off by 2.35 m in half of all answers (docs/presence.md): a zone
# in which no circle of half of that fits is mostly taken for its neighbours.
LEAST_RADIUS_M = 1.2
# Two gateways closer than this hear the same and tell nothing of where.
TWIN_M = 1.0
GAP_SHARE = 0.02
_MOST_PROBES = 10_000


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """One thing about a plan; `code` is stable, `text` is for people."""

    severity: Literal["fault", "warning"]
    code: str
    text: str


def check_plan(plan: FloorPlan) -> tuple[PlanFinding, ...]:
    """Everything that is to be said of a plan, faults first."""
    faults = tuple(PlanFinding("fault", "plan_fault", text) for text in plan_faults(plan))
    return faults or tuple(plan_warnings(plan))


def plan_faults(plan: FloorPlan) -> Iterator[str]:
    """What would make positions wrong."""
    yield from _repeated("zones: id", [zone.id for zone in plan.zones])
    yield from _repeated("gateways: id", [gateway.id for gateway in plan.gateways])
    yield from _repeated("beacons: id", [beacon.id for beacon in plan.beacons])
    yield from _repeated("beacons: identity", [beacon.identity for beacon in plan.beacons])
    for zone in plan.zones:
        yield from _misshapen(plan, zone)
    for kind, points in (("gateway", plan.gateways), ("beacon", plan.beacons)):
        for point in points:
            yield from _misplaced(plan, kind, point)
    for number, wall in enumerate(plan.walls, start=1):
        for x, y in wall.points:
            if not _on_floor(plan, x, y):
                yield f"wall {number} ({wall.kind}): [{x}, {y}] is off the floor; {_floor(plan)}"
    yield from _overlaps(plan)


def plan_warnings(plan: FloorPlan) -> Iterator[PlanFinding]:
    """What will make positions poor. Only for a plan without faults."""
    yield from _out_of_hearing(plan)
    yield from _too_small(plan)
    yield from _gaps(plan)
    for one, other in combinations(plan.gateways, 2):
        if math.dist((one.x, one.y), (other.x, other.y)) < TWIN_M:
            text = (
                f"gateways {one.id} and {other.id} are less than {TWIN_M:g} m apart and hear the "
                "same; move one to where no gateway is near"
            )
            yield PlanFinding("warning", "gateways_together", text)
    for zone in closed_zones(plan):
        text = (
            f"zone {zone.id}: walls close it off from the entrance, so nobody can be believed to "
            "walk in; leave a gap of 0.8 m or more in the walls where the door is"
        )
        yield PlanFinding("warning", "zone_closed", text)


def _misshapen(plan: FloorPlan, zone: Zone) -> Iterator[str]:
    for x, y in zone.polygon:
        if not _on_floor(plan, x, y):
            yield f"zone {zone.id}: corner [{x}, {y}] is off the floor; {_floor(plan)}"
    if zone.area_m2() <= 0:
        yield f"zone {zone.id}: its polygon has no area; list the corners in order"
    elif (found := self_crossing(zone.polygon)) is not None:
        yield (
            f"zone {zone.id}: its sides cross at {_spot(found)}; "
            "list the corners in order, once round the zone"
        )


def _misplaced(plan: FloorPlan, kind: str, point: Gateway | Beacon) -> Iterator[str]:
    zone = plan.zone(point.zone)
    if not _on_floor(plan, point.x, point.y):
        yield f"{kind} {point.id}: [{point.x}, {point.y}] is off the floor; {_floor(plan)}"
    elif zone is None:
        known = ", ".join(zone.id for zone in plan.zones)
        yield f"{kind} {point.id}: zone is {point.zone!r}; must be one of {known}"
    elif not zone.contains(point.x, point.y):
        there = plan.zone_at(point.x, point.y) or "no zone"
        yield f"{kind} {point.id}: [{point.x}, {point.y}] lies in {there}, not in {point.zone}"


def _overlaps(plan: FloorPlan) -> Iterator[str]:
    """Pairs of zones that share more floor than a hair."""
    for one, other in combinations(plan.zones, 2):
        found = overlap_point(one.polygon, other.polygon)
        if found is not None:
            yield (
                f"zones {one.id} and {other.id} overlap at {_spot(found)}; zones tile the floor: "
                "a point is in one of them"
            )


def _out_of_hearing(plan: FloorPlan) -> Iterator[PlanFinding]:
    if not plan.gateways:
        text = "no gateway is on the plan: nobody is heard; add [[gateways]], one for about 100 m2"
        yield PlanFinding("warning", "no_gateway", text)
        return
    for zone in plan.zones:
        probes = [point for point in _probes(zone.polygon, 400) if zone.contains(*point)]
        probes = probes or [deepest_point(zone.polygon)[0]]
        away = [min(math.dist(p, (g.x, g.y)) for g in plan.gateways) for p in probes]
        deaf = sum(far_m > HEARING_M for far_m in away) / len(away)
        if deaf > 0.25:
            farthest = probes[away.index(max(away))]
            text = (
                f"zone {zone.id}: {deaf:.0%} of it is more than {HEARING_M:g} m from every gateway "
                f"(the farthest point, {_spot(farthest)}, {max(away):.0f} m); put a gateway there"
            )
            yield PlanFinding("warning", "out_of_hearing", text)


def _too_small(plan: FloorPlan) -> Iterator[PlanFinding]:
    for zone in plan.zones:
        _, radius_m = deepest_point(zone.polygon)
        if radius_m < LEAST_RADIUS_M:
            text = (
                f"zone {zone.id}: it is only {2 * radius_m:.1f} m wide; positions are metres off, "
                f"so zones under {2 * LEAST_RADIUS_M:.1f} m are mixed up with their neighbours: "
                "join it with one of them, or put a gateway right in it"
            )
            yield PlanFinding("warning", "zone_too_small", text)


def _gaps(plan: FloorPlan) -> Iterator[PlanFinding]:
    """Floor in no zone: whoever is there is believed to be in a zone beside it."""
    floor = ((0.0, 0.0), (plan.width_m, 0.0), (plan.width_m, plan.height_m), (0.0, plan.height_m))
    probes = list(_probes(floor, _MOST_PROBES))
    boxes = [(box(zone.polygon), zone) for zone in plan.zones]
    bare = [
        (x, y)
        for x, y in probes
        if not any(b[0] <= x <= b[2] and b[1] <= y <= b[3] and z.contains(x, y) for b, z in boxes)
    ]
    share = len(bare) / len(probes)
    if share > GAP_SHARE:
        text = (
            f"{share:.0%} of the floor ({share * plan.width_m * plan.height_m:.0f} m2) is in no "
            f"zone, for example {_spot(bare[len(bare) // 2])}; whoever walks there is counted in "
            "a zone beside it: draw a zone there if people walk there"
        )
        yield PlanFinding("warning", "floor_without_zone", text)


def _probes(polygon: tuple[tuple[float, float], ...], most: int) -> Iterator[tuple[float, float]]:
    """Middles of a grid over the shape's box; at most so many, at least half a metre apart."""
    left, low, right, high = box(polygon)
    step_m = max(0.5, math.sqrt((right - left) * (high - low) / most))
    for row in range(max(1, int((high - low) / step_m))):
        for column in range(max(1, int((right - left) / step_m))):
            yield left + (column + 0.5) * step_m, low + (row + 0.5) * step_m


def _repeated(what: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{what} {name!r} is there twice; each must be unique"
        seen.add(name)


def _on_floor(plan: FloorPlan, x: float, y: float) -> bool:
    return -TOUCH_M <= x <= plan.width_m + TOUCH_M and -TOUCH_M <= y <= plan.height_m + TOUCH_M


def _spot(point: tuple[float, float]) -> str:
    return f"[{point[0]:.2f}, {point[1]:.2f}]"


def _floor(plan: FloorPlan) -> str:
    return f"the floor is {plan.width_m} m wide and {plan.height_m} m high"
