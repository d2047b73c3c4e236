"""The ground under GeoJSON: features, their shapes, and where the shapes lie in metres."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from store_server.documents import Document
from store_server.errors import ConfigError
from store_server.shop.floor_plan import Point
from store_server.shop.map_projection import LocalFrame

MOST_CORNERS = 2_000
MOST_SIZE_M = 2_000.0


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature; `where` names it in messages."""

    id: str
    properties: Mapping[str, object]
    geometry: Mapping[str, object]
    where: str


@dataclass(frozen=True, slots=True)
class Ground:
    """How a file's coordinates become metres of the plan, and how large the plan is."""

    place: Callable[[Point], Point]
    width_m: float
    height_m: float


def features_of(document: Document, *, where: str, most: int) -> Iterator[Feature]:
    """The features of a collection, in order.

    Raises:
        ConfigError: it is no FeatureCollection, or has too many features.
    """
    entries = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(entries, list):
        raise ConfigError(f"{where}: must be a GeoJSON FeatureCollection")
    if len(entries) > most:
        raise ConfigError(f"{where}: has {len(entries)} features; at most {most}")
    for number, entry in enumerate(entries, start=1):
        here = f"{where}: feature {number}"
        if not isinstance(entry, Mapping) or entry.get("type") != "Feature":
            raise ConfigError(f"{here}: must be a GeoJSON Feature")
        name = str(entry.get("id") or "")
        properties, geometry = entry.get("properties") or {}, entry.get("geometry") or {}
        if not isinstance(properties, Mapping) or not isinstance(geometry, Mapping):
            raise ConfigError(f"{here}: properties and geometry must be objects or null")
        yield Feature(name, properties, geometry, f"{here} ({name})" if name else here)


def shape_of(feature: Feature) -> str:
    """The type of its geometry; empty without one."""
    return str(feature.geometry.get("type", ""))


def points_of(feature: Feature, *shapes: str) -> Iterator[tuple[Point, ...]]:
    """The lines or rings of a feature; a point is a line of one.

    Raises:
        ConfigError: its shape is none of `shapes`, or a coordinate is no number.
    """
    shape = shape_of(feature)
    if shape not in shapes:
        raise ConfigError(
            f"{feature.where}: geometry is {shape or 'missing'}; must be {' or '.join(shapes)}"
        )
    coordinates = feature.geometry.get("coordinates")
    match shape:
        case "Point":
            lines: object = [[coordinates]]
        case "LineString":
            lines = [coordinates]
        case "MultiPolygon":
            lines = [ring for one in _list(feature, coordinates) for ring in _list(feature, one)]
        case _:
            lines = coordinates
    for line in _list(feature, lines):
        yield _line(feature, line)


def ground_of(
    features: Iterable[Feature], *, units: Literal["degrees", "metres"], turn_deg: float
) -> Ground:
    """The frame that all these features lie in; the lower left corner of all is (0, 0).

    Metres are taken as they are: the file then speaks of the plan's own corner.
    """
    shapes = ("Point", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
    points = [
        point for one in features if shape_of(one) for line in points_of(one, *shapes)
        for point in line
    ]  # fmt: skip
    if not points:
        raise ConfigError("nothing in the file has a shape; see docs/floor_plans.md")
    if units == "metres":
        return _sized(lambda point: point, points)
    if any(abs(lon) > 180 or abs(lat) > 90 for lon, lat in points):
        raise ConfigError(
            "coordinates are beyond 180 or 90 degrees; for metres of the plan add "
            '"beaconry": {"units": "metres"} to the collection'
        )
    frame = LocalFrame(*points[0], turn_deg)
    metres = [frame.to_metres(*point) for point in points]
    left, low = min(x for x, _ in metres), min(y for _, y in metres)

    def place(point: Point) -> Point:
        x, y = frame.to_metres(*point)
        return x - left, y - low

    return _sized(place, points)


def _sized(place: Callable[[Point], Point], points: Sequence[Point]) -> Ground:
    placed = [place(point) for point in points]
    low = min(min(point) for point in placed)
    if low < -0.01:
        raise ConfigError(f"a coordinate is {low:.2f} m; the plan's lower left corner is [0, 0]")
    wide, high = max(x for x, _ in placed), max(y for _, y in placed)
    if max(wide, high) > MOST_SIZE_M:
        raise ConfigError(
            f"the plan would be {wide:.0f} x {high:.0f} m; at most {MOST_SIZE_M:g} m: leave out "
            "what is not of this store"
        )
    return Ground(
        place, max(0.01, math.ceil(wide * 100) / 100), max(0.01, math.ceil(high * 100) / 100)
    )


def _line(feature: Feature, line: object) -> tuple[Point, ...]:
    points = _list(feature, line)
    if not 1 <= len(points) <= MOST_CORNERS:
        raise ConfigError(f"{feature.where}: has {len(points)} corners; must be 1..{MOST_CORNERS}")
    return tuple(_point(feature, point) for point in points)


def _point(feature: Feature, point: object) -> Point:
    numbers = _list(feature, point)[:2]
    if len(numbers) == 2 and all(
        isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one)
        for one in numbers
    ):
        return float(numbers[0]), float(numbers[1])  # type: ignore[arg-type] # checked above
    raise ConfigError(f"{feature.where}: {point!r} must be two numbers")


def _list(feature: Feature, value: object) -> list[object]:
    if not isinstance(value, list):
        raise ConfigError(f"{feature.where}: coordinates must be a list, not {value!r:.40}")
    return value
