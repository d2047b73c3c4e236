"""The shop's floor as the simulator believes it: zones, walls, shelves, gateways, beacons.

Reads the same plan file as the store server does, by its own parser, so that a fault in one
of the two shows as a difference. Lengths are metres from the plan's lower left corner.
"""

import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from firmware_sim.errors import ScenarioError

Point = tuple[float, float]

# What one crossing takes from a signal where the plan says nothing, dB.
# Source: light and heavy wall: COST 231 final report (1999), section 4.7, multi-wall model; racks:
# Rappaport, "Wireless Communications" (2002), table 4.3. Counters stand below the air.
ATTENUATION_DB: Mapping[str, float] = {
    "wall": 3.4,
    "heavy_wall": 6.9,
    "glass": 2.0,
    "shelf": 4.0,
    "metal": 12.0,
    "counter": 0.0,
}


@dataclass(frozen=True, slots=True)
class Zone:
    """A named area; `polygon` holds its corners in order."""

    id: str
    name: str
    kind: str
    polygon: tuple[Point, ...]

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies inside, by the even-odd rule.

        Source: W. R. Franklin, "PNPOLY", the crossing-number test.
        """
        inside = False
        previous = self.polygon[-1]
        for corner in self.polygon:
            (x1, y1), (x2, y2) = previous, corner
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
            previous = corner
        return inside

    @property
    def middle(self) -> Point:
        """The mean of the corners; inside every convex zone."""
        count = len(self.polygon)
        return (sum(x for x, _ in self.polygon) / count, sum(y for _, y in self.polygon) / count)

    def random_spot(self, rng: random.Random, *, margin_m: float = 0.6) -> Point:
        """A point inside, drawn evenly, at least about `margin_m` from the bounding box."""
        xs, ys = [x for x, _ in self.polygon], [y for _, y in self.polygon]
        for _ in range(100):
            x = rng.uniform(min(xs) + margin_m, max(xs) - margin_m)
            y = rng.uniform(min(ys) + margin_m, max(ys) - margin_m)
            if self.contains(x, y):
                return (x, y)
        return self.middle


@dataclass(frozen=True, slots=True)
class Anchor:
    """Something that stands still: a gateway, or a beacon with its identity and power at 1 m."""

    id: str
    x: float
    y: float
    z: float
    identity: str = ""
    measured_power_dbm: int = -59


@dataclass(frozen=True, slots=True)
class Wall:
    """A line that nobody walks through: a wall, or one side of a shelf after the other.

    points: a polyline; closed where the last point is the first.
    attenuation_db: what crossing it once takes from a signal.
    """

    points: tuple[Point, ...]
    kind: str = "wall"
    attenuation_db: float = 3.4

    def segments(self) -> Iterator[tuple[Point, Point]]:
        """The straight pieces, in order."""
        return pairwise(self.points)


@dataclass(frozen=True, slots=True)
class Floor:
    """One store's plan; `walls` holds the [[walls]] and then the [[shelves]] of the file."""

    org: str
    store: str
    timezone: str
    currency: str
    width_m: float
    height_m: float
    zones: tuple[Zone, ...]
    gateways: tuple[Anchor, ...]
    beacons: tuple[Anchor, ...]
    walls: tuple[Wall, ...] = ()

    @property
    def shelves(self) -> tuple[Wall, ...]:
        """The obstacles that hold goods."""
        return tuple(wall for wall in self.walls if wall.kind in {"shelf", "metal", "counter"})

    def zone_at(self, x: float, y: float) -> str | None:
        """The id of the first zone that contains the point."""
        return next((zone.id for zone in self.zones if zone.contains(x, y)), None)

    def of_kind(self, kind: str) -> tuple[Zone, ...]:
        """The zones of one kind: sales, entrance, checkout or service."""
        return tuple(zone for zone in self.zones if zone.kind == kind)


def load_floor(path: Path) -> Floor:
    """The plan in `path`.

    Raises:
        ScenarioError: not readable, not TOML, a key is missing or a value cannot be; the text
            names the file and the key.
    """
    try:
        document = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path}: {error}; a floor plan in TOML is expected") from None
    try:
        return _floor(document)
    except KeyError as error:
        raise ScenarioError(f"{path}: key {error} is missing") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise ScenarioError(f"{path}: {error}") from None


def _floor(document: dict[str, object]) -> Floor:
    store = _table(document["store"])
    floor = Floor(
        org=str(store["org"]),
        store=str(store["store"]),
        timezone=str(store["timezone"]),
        currency=str(store.get("currency", "USD")),
        width_m=_number(store["width_m"]),
        height_m=_number(store["height_m"]),
        zones=tuple(_zone(entry) for entry in _tables(document["zones"])),
        gateways=tuple(_anchor(entry) for entry in _tables(document["gateways"])),
        beacons=tuple(_anchor(entry) for entry in _tables(document.get("beacons", []))),
        walls=tuple(
            _wall(entry, kind=kind)
            for section, kind in (("walls", "wall"), ("shelves", "shelf"))
            for entry in _tables(document.get(section, []))
        ),
    )
    for kind in ("sales", "entrance", "checkout"):
        if not floor.of_kind(kind):
            raise ValueError(f"no zone has kind {kind!r}; people need at least one of each")
    if not floor.gateways:
        raise ValueError("no [[gateways]]; somebody has to hear")
    return floor


def _zone(entry: dict[str, object]) -> Zone:
    corners = entry["polygon"]
    if not isinstance(corners, list) or len(corners) < 3:
        raise ValueError(f"zone {entry['id']!r}: polygon must have at least 3 corners")
    return Zone(
        id=str(entry["id"]),
        name=str(entry.get("name", entry["id"])),
        kind=str(entry.get("kind", "sales")),
        polygon=tuple((_number(corner[0]), _number(corner[1])) for corner in corners),
    )


def _wall(entry: dict[str, object], *, kind: str) -> Wall:
    """One of [[walls]] (an open line, `points`) or [[shelves]] (an outline, `polygon`)."""
    name = str(entry.get("kind", kind))
    if name not in ATTENUATION_DB:
        raise ValueError(f"{kind} of kind {name!r}; must be one of {', '.join(ATTENUATION_DB)}")
    outline = entry.get("polygon")
    corners = outline if outline is not None else entry["points"]
    if not isinstance(corners, list) or len(corners) < (2 if outline is None else 3):
        raise ValueError(f"{kind} {corners!r}: points must be 2 or more, a polygon's 3 or more")
    points = tuple((_number(corner[0]), _number(corner[1])) for corner in corners)
    if outline is not None and points[0] != points[-1]:
        points = (*points, points[0])
    loss_db = _number(entry.get("attenuation_db", ATTENUATION_DB[name]))
    return Wall(points, name, loss_db)


def _anchor(entry: dict[str, object]) -> Anchor:
    return Anchor(
        id=str(entry["id"]),
        x=_number(entry["x"]),
        y=_number(entry["y"]),
        z=_number(entry.get("z", 2.0)),
        identity=str(entry.get("identity", "")).lower(),
        measured_power_dbm=round(_number(entry.get("measured_power_dbm", -59))),
    )


def _table(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} must be a table")
    return value


def _tables(value: object) -> list[dict[str, object]]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} must be an array of tables")
    return [_table(entry) for entry in value]


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} must be a number")
    return float(value)
