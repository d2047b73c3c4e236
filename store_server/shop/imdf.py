"""A floor plan as an IMDF archive: one level of a venue becomes zones, walls and shelves.

    unit (or section) -> zone, named by itself, else by its occupant
    outlines of rooms and of the level, less the openings (doors) -> walls
    fixture, kiosk -> shelves and counters

Gateways and beacons are not part of the format; those of the plan before stay.

Source: Indoor Mapping Data Format 1.0.0, OGC 20-094 (2021).
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from store_server.errors import ConfigError
from store_server.ids import ZoneId
from store_server.shop.drawn_plan import DrawnPlan, Names, tidy
from store_server.shop.floor_plan import Point, Wall, WallKind, Zone, ZoneKind
from store_server.shop.geojson_shapes import Feature, Ground, ground_of, points_of, shape_of
from store_server.shop.imdf_archive import ImdfArchive, label
from store_server.shop.wall_lines import wall_lines

ZoneSource = Literal["unit", "section"]
# Units that are not floor to stand on, and what their material takes from a signal.
SOLID: Mapping[str, WallKind] = {
    "brick": "heavy_wall",
    "concrete": "heavy_wall",
    "column": "heavy_wall",
    "structure": "heavy_wall",
    "drywall": "wall",
    "wood": "wall",
    "glass": "glass",
}
LEFT_OUT = frozenset({"opentobelow", "elevator", "escalator", "stairs", "steps", "vegetation"})
# Units without walls of their own: people walk from one into the next.
OPEN = frozenset(
    {"walkway", "walkway.island", "lobby", "unenclosedarea", "footbridge", "movingwalkway", "ramp"}
)
SERVICE = frozenset(
    {"nonpublic", "storage", "office", "kitchen", "serverroom", "mailroom", "restroom", "parking"}
)
FIXTURES: Mapping[str, WallKind] = {
    "wall": "wall",
    "desk": "counter",
    "checkindesk": "counter",
    "water": "counter",
    "vegetation": "counter",
    "stage": "counter",
    "equipment": "metal",
}


def read_imdf(
    archive: ImdfArchive,
    *,
    level: str | None = None,
    zones_from: ZoneSource = "unit",
    turn_deg: float = 0.0,
) -> DrawnPlan:
    """The drawing of one level.

    Args:
        archive: as it was opened.
        level: its id, short name, name or ordinal; None where there is only one.
        zones_from: which features become zones.
        turn_deg: by how much the drawing is turned clockwise.

    Raises:
        ConfigError: no such level, or a shape is wrong.
    """
    chosen = archive.level(level)
    ground = ground_of([chosen], units="degrees", turn_deg=turn_deg)
    notes = list(archive.notes())
    zones = _zones(archive, chosen, ground=ground, zones_from=zones_from, notes=notes)
    return DrawnPlan(
        width_m=ground.width_m,
        height_m=ground.height_m,
        zones=tuple(zones),
        walls=(*_walls(archive, chosen, ground), *_furniture(archive, chosen, ground)),
        notes=tuple(notes),
    )


def _zones(
    archive: ImdfArchive,
    level: Feature,
    *,
    ground: Ground,
    zones_from: ZoneSource,
    notes: list[str],
) -> Iterator[Zone]:
    names, occupants = Names(), archive.occupants()
    for feature in archive.on_level(zones_from, level):
        category = str(feature.properties.get("category", "unspecified"))
        if category in SOLID or category in LEFT_OUT:
            continue
        title = label(feature.properties.get("name")) or occupants.get(feature.id, "")
        rings = _rings(feature)
        if len(rings) != 1:
            called = title or feature.id
            notes.append(
                f"{zones_from} {called!r} has holes or several parts and became no zone; cut it "
                "into plain parts in the drawing"
            )
            continue
        name = names.take(title or category, default=zones_from)
        corners = tidy(_on(ground, point) for point in rings[0])
        yield Zone(ZoneId(name), (title or name)[:80], corners, _kind(category))


def _kind(category: str) -> ZoneKind:
    stem = category.split(".", maxsplit=1)[0]
    if stem == "lobby":
        return "entrance"
    if stem in {"checkout", "cashier"}:
        return "checkout"
    return "service" if stem in SERVICE else "sales"


def _walls(archive: ImdfArchive, level: Feature, ground: Ground) -> Iterator[Wall]:
    """Outlines of the level and its rooms, each piece once, with the doors cut out."""
    doors = [
        tidy(_on(ground, point) for point in line)
        for opening in archive.on_level("opening", level)
        for line in points_of(opening, "LineString", "MultiLineString")
    ]
    outlines = [tidy(_on(ground, point) for point in ring) for ring in _rings(level)]
    solids: list[Wall] = []
    for unit in archive.on_level("unit", level):
        category = str(unit.properties.get("category", ""))
        rings = [tidy(_on(ground, point) for point in ring) for ring in _rings(unit)]
        if (kind := SOLID.get(category)) is not None:
            solids.extend(Wall.round_about(ring, kind) for ring in rings if len(ring) > 2)
        elif category not in OPEN:
            outlines.extend(rings)
    yield from (Wall(line) for line in wall_lines(outlines, doors))
    yield from solids


def _furniture(archive: ImdfArchive, level: Feature, ground: Ground) -> Iterator[Wall]:
    for source, default in (("fixture", "shelf"), ("kiosk", "counter")):
        for feature in archive.on_level(source, level):
            category = str(feature.properties.get("category", ""))
            kind: WallKind = FIXTURES.get(category, "shelf" if default == "shelf" else "counter")
            for ring in _rings(feature):
                corners = tidy(_on(ground, point) for point in ring)
                if len(corners) > 2:
                    yield Wall.round_about(corners, kind)


def _rings(feature: Feature) -> list[tuple[Point, ...]]:
    if shape_of(feature) not in ("Polygon", "MultiPolygon"):
        raise ConfigError(
            f"{feature.where}: geometry is {shape_of(feature) or 'missing'}; must be a polygon"
        )
    return list(points_of(feature, "Polygon", "MultiPolygon"))


def _on(ground: Ground, point: Point) -> Point:
    """A point on the level's floor; a hair outside of it is its edge."""
    x, y = ground.place(point)
    return min(max(x, 0.0), ground.width_m), min(max(y, 0.0), ground.height_m)
