"""Where things are in a store: zones that tile the floor, gateways that hear, beacons that call.

Coordinates are metres from the lower left corner of the plan, x to the right, y up, z above the
floor. An anchor is a fixed point from which a device was seen: a gateway that heard the device
(`gw:<gateway id>`) or a beacon that the shopper's phone reported (`beacon:<uuid:major:minor>`).
A wall is whatever nobody walks through: walls, shelves, counters; a door is a gap between two.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, NamedTuple

from store_server.ids import StoreId, ZoneId

Point = tuple[float, float]
ZoneKind = Literal["sales", "entrance", "checkout", "service"]
WallKind = Literal["wall", "heavy_wall", "glass", "shelf", "metal", "counter"]

# What one obstacle of a kind takes from a 2.4 GHz signal that crosses it, dB, unless the plan
# says otherwise. Medians of wide spreads; a survey finds the truth.
# Source: light and heavy wall: COST 231 final report (1999), section 4.7, multi-wall model.
# Shelf and metal: T. S. Rappaport, Wireless Communications, 2nd ed. (2002), table 4.3: storage
# racks of paper goods and small metal parts 2-6 dB, of large metal parts 10-20 dB. Glass:
# J. C. Stein, Indoor Radio WLAN Performance (Harris, 1998): a window takes 2 dB at 2.4 GHz.
# A counter stands below the line of sight of a gateway under the ceiling.
ATTENUATION_DB: Mapping[WallKind, float] = MappingProxyType(
    {"wall": 3.4, "heavy_wall": 6.9, "glass": 2.0, "shelf": 4.0, "metal": 12.0, "counter": 0.0}
)


class Anchor(NamedTuple):
    """A fixed point from which a device was seen."""

    id: str
    x: float
    y: float
    zone: ZoneId


@dataclass(frozen=True, slots=True)
class Zone:
    """A named piece of the floor; `polygon` has no repeated last point."""

    id: ZoneId
    name: str
    polygon: tuple[Point, ...]
    kind: ZoneKind = "sales"

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies in the polygon or on its edge."""
        inside = False
        for (x1, y1), (x2, y2) in self.edges():
            if _on_segment((x, y), (x1, y1), (x2, y2)):
                return True
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
        return inside

    def edges(self) -> Iterator[tuple[Point, Point]]:
        """The sides of the polygon, in order, the closing one last."""
        return zip(self.polygon, self.polygon[1:] + self.polygon[:1], strict=True)

    def area_m2(self) -> float:
        """The polygon's area.

        Source: the surveyor's (shoelace) formula.
        """
        return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in self.edges())) / 2


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway's place."""

    id: str
    x: float
    y: float
    z: float
    zone: ZoneId


@dataclass(frozen=True, slots=True)
class Beacon:
    """A fixed beacon; `identity` is `uuid:major:minor` as the wire spells it."""

    id: str
    identity: str
    x: float
    y: float
    zone: ZoneId
    measured_power_dbm: int
    z: float = 2.5


@dataclass(frozen=True, slots=True)
class Wall:
    """A line that nobody walks through; `points` is a polyline, closed where last is first.

    attenuation_db: what crossing it once takes from a signal.
    """

    points: tuple[Point, ...]
    kind: WallKind = "wall"
    attenuation_db: float = 3.4

    @classmethod
    def round_about(
        cls, polygon: tuple[Point, ...], kind: WallKind, *, through_db: float | None = None
    ) -> "Wall":
        """The outline of something; whoever goes through crosses two sides: each takes half."""
        through_db = ATTENUATION_DB[kind] if through_db is None else through_db
        return cls((*polygon, polygon[0]), kind, through_db / 2)

    def segments(self) -> Iterator[tuple[Point, Point]]:
        """The straight pieces, in order."""
        return pairwise(self.points)


@dataclass(frozen=True, slots=True)
class PlanImage:
    """A picture that lies under the plan; `name` is its file in the server's plan folder.

    x, y: metres of its lower left corner on the plan. width_px, height_px: its size.
    """

    name: str
    width_px: int
    height_px: int
    metres_per_pixel: float
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """One store's floor."""

    store: StoreId
    name: str
    width_m: float
    height_m: float
    zones: tuple[Zone, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    beacons: tuple[Beacon, ...] = ()
    walls: tuple[Wall, ...] = ()
    image: PlanImage | None = None
    _anchors: Mapping[str, Anchor] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        anchors = [Anchor(gateway_anchor(g.id), g.x, g.y, g.zone) for g in self.gateways]
        anchors += [Anchor(beacon_anchor(b.identity), b.x, b.y, b.zone) for b in self.beacons]
        object.__setattr__(self, "_anchors", {anchor.id: anchor for anchor in anchors})

    def zone_at(self, x: float, y: float) -> ZoneId | None:
        """The zone of a point; the first in order where two touch, None off every zone."""
        return next((zone.id for zone in self.zones if zone.contains(x, y)), None)

    def zone(self, zone_id: str) -> Zone | None:
        """The zone of this id."""
        return next((zone for zone in self.zones if zone.id == zone_id), None)

    def anchor(self, anchor_id: str) -> Anchor | None:
        """The fixed point of this name, None when it is not on the plan."""
        return self._anchors.get(anchor_id)

    def anchors(self) -> tuple[Anchor, ...]:
        """Every fixed point: gateways first, in plan order."""
        return tuple(self._anchors.values())


def gateway_anchor(gateway_id: str) -> str:
    """The anchor name of a gateway."""
    return f"gw:{gateway_id}"


def beacon_anchor(identity: str) -> str:
    """The anchor name of a beacon, by its `uuid:major:minor`."""
    return f"beacon:{identity}"


def _on_segment(point: Point, start: Point, end: Point) -> bool:
    (x, y), (x1, y1), (x2, y2) = point, start, end
    across = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
    return (
        abs(across) < 1e-9
        and min(x1, x2) - 1e-9 <= x <= max(x1, x2) + 1e-9
        and min(y1, y2) - 1e-9 <= y <= max(y1, y2) + 1e-9
    )
