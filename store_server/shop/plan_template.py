"""Floor plans to begin with: a rectangle cut into zones, with gateways where one would hang them.

A template is shares of width and depth; how large the floor is, and what zones are called, comes
from whoever begins. Zones tile the floor, as every plan's do.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from store_server.ids import ZoneId
from store_server.shop.floor_plan import FloorPlan, Gateway, Zone, ZoneKind

# One gateway for about 100 m2: no place is further than half a diagonal of this from one.
SPACING_M = 12.0
GATEWAY_HIGH_M = 3.0


class Template(StrEnum):
    """What kind of shop it is."""

    ROOM = "room"
    AISLES = "aisles"
    SUPERMARKET = "supermarket"


@dataclass(frozen=True, slots=True)
class _Cut:
    """A zone as shares of the floor: left, lower, right, upper edge."""

    id: str
    kind: ZoneKind
    box: tuple[float, float, float, float]


_CUTS: Mapping[Template, tuple[_Cut, ...]] = {
    Template.ROOM: (
        _Cut("entrance", "entrance", (0, 0, 0.5, 0.25)),
        _Cut("checkout", "checkout", (0.5, 0, 1, 0.25)),
        _Cut("sales", "sales", (0, 0.25, 1, 1)),
    ),
    Template.AISLES: (
        _Cut("entrance", "entrance", (0, 0, 0.5, 0.2)),
        _Cut("checkout", "checkout", (0.5, 0, 1, 0.2)),
        *(_Cut(f"aisle-{n + 1}", "sales", (n / 4, 0.2, (n + 1) / 4, 1)) for n in range(4)),
    ),
    Template.SUPERMARKET: (
        _Cut("entrance", "entrance", (0, 0, 1 / 3, 0.35)),
        _Cut("produce", "sales", (0, 0.35, 1 / 3, 1)),
        _Cut("bakery", "sales", (1 / 3, 0.55, 2 / 3, 1)),
        _Cut("dairy", "sales", (2 / 3, 0.55, 1, 1)),
        _Cut("drinks", "sales", (0.6, 0, 1, 0.55)),
        _Cut("checkout", "checkout", (1 / 3, 0, 0.6, 0.55)),
    ),
}
ZONES_NAMED = tuple(dict.fromkeys(cut.id for cuts in _CUTS.values() for cut in cuts))


def plan_from(template: Template, base: FloorPlan, *, names: Mapping[str, str]) -> FloorPlan:
    """The floor of `base` cut as the template says, with gateways under its ceiling.

    Args:
        template: which.
        base: its store, name and size stay; so does its picture.
        names: what each zone is called, by its id; the id itself where it is not named.
    """
    zones = tuple(
        Zone(ZoneId(cut.id), names.get(cut.id, cut.id), _corners(cut, base), cut.kind)
        for cut in _CUTS[template]
    )
    spots = [(zone.id, spot) for zone in zones for spot in _spots(zone)]
    gateways = tuple(
        Gateway(f"gw-{number}", x, y, GATEWAY_HIGH_M, zone)
        for number, (zone, (x, y)) in enumerate(spots, start=1)
    )
    return replace(base, zones=zones, gateways=gateways, beacons=(), walls=())


def _corners(cut: _Cut, floor: FloorPlan) -> tuple[tuple[float, float], ...]:
    left, lower, right, upper = cut.box
    x1, x2 = round(left * floor.width_m, 2), round(right * floor.width_m, 2)
    y1, y2 = round(lower * floor.height_m, 2), round(upper * floor.height_m, 2)
    return ((x1, y1), (x2, y1), (x2, y2), (x1, y2))


def _spots(zone: Zone) -> list[tuple[float, float]]:
    (left, lower), _, (right, upper), _ = zone.polygon
    across = max(1, math.ceil((right - left) / SPACING_M))
    up = max(1, math.ceil((upper - lower) / SPACING_M))
    return [
        (
            round(left + (right - left) * (n + 0.5) / across, 2),
            round(lower + (upper - lower) * (m + 0.5) / up, 2),
        )
        for m in range(up)
        for n in range(across)
    ]
