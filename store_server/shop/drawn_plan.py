"""A plan as a drawing program gave it: shapes in metres, before it belongs to a store.

Names become ids here, points are tidied, and gateways and beacons find their zones; what was
left out, and why, is said in `notes`.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from store_server.errors import ConfigError
from store_server.ids import ZoneId
from store_server.shop.floor_plan import Beacon, FloorPlan, Gateway, Point, Wall, Zone
from store_server.shop.polygon import Polygon, depth_m

# Nothing that is drawn is good to less than a centimetre; nearer corners are one.
_GRAIN_M = 0.01
MOST_FEATURES = 20_000


@dataclass(frozen=True, slots=True)
class DrawnPlan:
    """Shapes in metres from the lower left corner; gateways and beacons may be missing."""

    width_m: float
    height_m: float
    zones: tuple[Zone, ...]
    walls: tuple[Wall, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    beacons: tuple[Beacon, ...] = ()
    notes: tuple[str, ...] = ()


class Names:
    """Ids from what people called things: small letters, digits and `-`, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, title: str, *, default: str) -> str:
        """An id like the title; `default` where it has no letter that an id may have."""
        plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
        stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:28].strip("-") or default
        name, number = stem, 1
        while name in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(name)
        return name


def put_on(base: FloorPlan, drawn: DrawnPlan) -> FloorPlan:
    """The plan of `base` with the drawing in its place.

    Gateways and beacons of `base` stay where the drawing has none of their kind.

    Raises:
        ConfigError: nothing in the drawing is a zone.
    """
    if not drawn.zones:
        raise ConfigError("nothing in the drawing is a zone; see docs/floor_plans.md")
    plan = replace(
        base,
        width_m=drawn.width_m,
        height_m=drawn.height_m,
        zones=drawn.zones,
        walls=drawn.walls,
        gateways=(),
        beacons=(),
    )
    gateways = drawn.gateways or base.gateways
    beacons = drawn.beacons or base.beacons
    return replace(
        plan,
        gateways=tuple(replace(one, zone=_zone_of(plan, one)) for one in gateways),
        beacons=tuple(replace(one, zone=_zone_of(plan, one)) for one in beacons),
    )


def _zone_of(plan: FloorPlan, one: Gateway | Beacon) -> ZoneId:
    """The zone it stands in: the one it names where that is so, else by its place."""
    named = plan.zone(one.zone)
    if named is not None and named.contains(one.x, one.y):
        return named.id
    return plan.zone_at(one.x, one.y) or _nearest(plan, (one.x, one.y))


def _nearest(plan: FloorPlan, point: Point) -> ZoneId:
    """The zone whose edge is nearest; the check will say that the point lies in none."""
    return max(plan.zones, key=lambda zone: depth_m(zone.polygon, point)).id


def tidy(points: Iterable[Point]) -> Polygon:
    """Corners to the centimetre, none twice in a row, the first not repeated at the end."""
    kept: list[Point] = []
    for x, y in points:
        corner = (round(x, 2) + 0.0, round(y, 2) + 0.0)
        if not kept or math.dist(corner, kept[-1]) >= _GRAIN_M / 2:
            kept.append(corner)
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return tuple(kept)
