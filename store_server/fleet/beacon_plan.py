"""What a plan of fixed beacons has to keep in mind, and where each one hangs."""

from collections import Counter
from collections.abc import Iterator

from store_server.shop.floor_plan import Beacon, FloorPlan

# An iPhone watches at most 20 regions for an app, over all its apps' uses of them.
# Source: Apple, Core Location, "Region Monitoring and iBeacon".
IOS_REGIONS = 20
# Two beacons nearer than this are one place for a phone, and a battery more to change.
CROWDED_M = 1.5
MINOR_MAX = 65_535


def plan_warnings(plan: FloorPlan) -> Iterator[str]:
    """What works worse than it could, in plain words, each with what to do."""
    uuids = Counter(beacon.identity.split(":")[0] for beacon in plan.beacons)
    regions = regions_needed(plan)
    if regions > IOS_REGIONS:
        yield (
            f"iOS watches {IOS_REGIONS} regions for an app, these beacons need {regions} "
            "(one for each UUID and major): give beacons of one area the same major"
        )
    if len(uuids) > 1:
        yield (
            f"the beacons have {len(uuids)} UUIDs; with one UUID for the whole chain the app "
            "needs a single region to wake up in every store"
        )
    for beacon in plan.beacons:
        numbers = [int(part) for part in beacon.identity.split(":")[1:]]
        if max(numbers) > MINOR_MAX:
            yield f"beacon {beacon.id}: major and minor end at {MINOR_MAX}; no radio can say more"
    yield from _crowded(plan.beacons)


def regions_needed(plan: FloorPlan) -> int:
    """How many regions an app has to watch to be woken by area: one for each UUID and major."""
    return len({beacon.identity.rpartition(":")[0] for beacon in plan.beacons})


def place_of(plan: FloorPlan, beacon: Beacon) -> str:
    """Where a beacon hangs, in words for whoever climbs the ladder."""
    zone = plan.zone(beacon.zone)
    name = zone.name if zone else beacon.zone
    return f"{name}, {beacon.x:.1f} m / {beacon.y:.1f} m, {beacon.z:.1f} m high"


def _crowded(beacons: tuple[Beacon, ...]) -> Iterator[str]:
    # By x, so that five thousand beacons are not five million pairs.
    by_x = sorted(beacons, key=lambda one: one.x)
    for at, one in enumerate(by_x):
        for other in by_x[at + 1 :]:
            if other.x - one.x > CROWDED_M:
                break
            if (other.x - one.x) ** 2 + (other.y - one.y) ** 2 < CROWDED_M**2:
                yield (
                    f"beacons {one.id} and {other.id} hang less than {CROWDED_M} m apart: a phone "
                    "cannot tell them apart, take one away"
                )
