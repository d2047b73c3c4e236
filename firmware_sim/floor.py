"""The shop's floor as the simulator believes it: zones, gateways, fixed beacons.

Reads the same plan file as the store server does, by its own parser, so that a fault in one
of the two shows as a difference. Lengths are metres from the plan's lower left corner.
"""

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path

from firmware_sim.errors import ScenarioError

Point = tuple[float, float]


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
class Floor:
    """One store's plan."""

    org: str
    store: str
    timezone: str
    currency: str
    width_m: float
    height_m: float
    zones: tuple[Zone, ...]
    gateways: tuple[Anchor, ...]
    beacons: tuple[Anchor, ...]

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
