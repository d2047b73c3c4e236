"""A floor plan as GeoJSON (RFC 7946): what a feature is stands in its property `beaconry`.

    zone      Polygon                               id, name, kind
    wall      LineString, MultiLineString, Polygon  kind, attenuation_db
    shelf     the same; of kind "shelf" by default
    gateway   Point                                 id, z
    beacon    Point                                 id, z, identity, measured_power_dbm

Coordinates are longitude and latitude, and the lower left corner of everything becomes the
plan's; or they are metres of the plan, where the collection has `"beaconry": {"units":
"metres"}`. Other features are left out and counted.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from store_server.documents import Document, Strict, check_document
from store_server.errors import ConfigError
from store_server.ids import ZoneId
from store_server.shop.drawn_plan import MOST_FEATURES, DrawnPlan, Names, tidy
from store_server.shop.floor_plan import (
    ATTENUATION_DB,
    Beacon,
    Gateway,
    Point,
    Wall,
    WallKind,
    Zone,
    ZoneKind,
)
from store_server.shop.geojson_shapes import Feature, features_of, ground_of, points_of, shape_of

# What a file of it must be, in words.
COLLECTION = "a GeoJSON FeatureCollection"
Size = Annotated[float, Field(gt=0, le=2_000, allow_inf_nan=False)]


class Units(Strict):
    """The member `beaconry` of a collection."""

    units: Literal["degrees", "metres"] = "degrees"
    turn_deg: Annotated[float, Field(ge=-360, le=360)] = 0.0
    width_m: Size | None = None
    height_m: Size | None = None


class Said(Strict):
    """What a feature of ours says of itself."""

    id: Annotated[str, Field(max_length=64)] = ""
    name: Annotated[str, Field(max_length=80)] = ""
    kind: str | None = None
    z: Annotated[float, Field(ge=0, le=30)] | None = None
    attenuation_db: Annotated[float, Field(ge=0, le=60)] | None = None
    identity: str = ""
    measured_power_dbm: Annotated[int, Field(ge=-127, le=20)] = -59


def read_geojson(document: Document, *, where: str) -> DrawnPlan:
    """The drawing in a feature collection.

    Raises:
        ConfigError: it is none, or a feature of ours is wrong: which, what was expected.
    """
    units = check_document(Units, _member(document), where=where)
    ours: list[tuple[str, Feature]] = []
    others = 0
    for feature in features_of(document, where=where, most=MOST_FEATURES):
        what = feature.properties.get("beaconry")
        if isinstance(what, str) and what in _READERS:
            ours.append((what, feature))
        elif what is not None:
            raise ConfigError(
                f"{feature.where}: beaconry is {what!r}; must be one of {', '.join(_READERS)}"
            )
        else:
            others += 1
    ground = ground_of([one for _, one in ours], units=units.units, turn_deg=units.turn_deg)
    drawing = _Drawing(ground.place)
    for what, feature in ours:
        _READERS[what](drawing, feature)
    return DrawnPlan(
        width_m=units.width_m or ground.width_m,
        height_m=units.height_m or ground.height_m,
        zones=tuple(drawing.zones),
        walls=tuple(drawing.walls),
        gateways=tuple(drawing.gateways),
        beacons=tuple(drawing.beacons),
        notes=(f"{others} features without the property beaconry were left out",) if others else (),
    )


def _member(document: Document) -> Document:
    member = document.get("beaconry", {})
    return member if isinstance(member, Mapping) else {"units": member}


class _Drawing:
    """What was read so far."""

    def __init__(self, place: Callable[[Point], Point]) -> None:
        self.place = place
        self.names: dict[str, Names] = {"zone": Names(), "gateway": Names(), "beacon": Names()}
        self.zones: list[Zone] = []
        self.walls: list[Wall] = []
        self.gateways: list[Gateway] = []
        self.beacons: list[Beacon] = []

    def named(self, what: str, said: Said) -> str:
        return self.names[what].take(said.id or said.name, default=what)


def _said(feature: Feature) -> Said:
    known = {
        name: value
        for name, value in feature.properties.items()
        if name in Said.model_fields and value is not None
    }
    if feature.id and "id" not in known:
        known["id"] = feature.id
    return check_document(Said, known, where=feature.where)


def _zone(drawing: _Drawing, feature: Feature) -> None:
    said = _said(feature)
    rings = list(points_of(feature, "Polygon"))
    if len(rings) != 1:
        raise ConfigError(f"{feature.where}: a zone must be one Polygon without holes; split it")
    kind = _one_of(feature, said.kind or "sales", get_args(ZoneKind))
    corners = tidy(drawing.place(point) for point in rings[0])
    name = drawing.named("zone", said)
    drawing.zones.append(Zone(ZoneId(name), said.name or name, corners, kind))  # type: ignore[arg-type] # checked


def _barrier(default: WallKind) -> Callable[[_Drawing, Feature], None]:
    def read(drawing: _Drawing, feature: Feature) -> None:
        said = _said(feature)
        kind: WallKind = _one_of(feature, said.kind or default, tuple(ATTENUATION_DB))  # type: ignore[assignment] # checked
        for line in points_of(feature, "Polygon", "LineString", "MultiLineString"):
            corners = tidy(drawing.place(point) for point in line)
            if len(corners) < 2:
                raise ConfigError(f"{feature.where}: its corners are all in one place")
            closed = shape_of(feature) == "Polygon" or (len(line) > 3 and line[0] == line[-1])
            loss_db = said.attenuation_db
            if closed:
                drawing.walls.append(Wall.round_about(corners, kind, through_db=loss_db))
            else:
                own_db = ATTENUATION_DB[kind] if loss_db is None else loss_db
                drawing.walls.append(Wall(corners, kind, own_db))

    return read


def _gateway(drawing: _Drawing, feature: Feature) -> None:
    said = _said(feature)
    x, y = _spot(drawing, feature)
    z = 3.0 if said.z is None else said.z
    drawing.gateways.append(Gateway(drawing.named("gateway", said), x, y, z, ZoneId("")))


def _beacon(drawing: _Drawing, feature: Feature) -> None:
    said = _said(feature)
    x, y = _spot(drawing, feature)
    if not said.identity:
        raise ConfigError(f"{feature.where}: a beacon needs identity, uuid:major:minor")
    z = 2.5 if said.z is None else said.z
    name = drawing.named("beacon", said)
    identity = said.identity.lower()
    drawing.beacons.append(Beacon(name, identity, x, y, ZoneId(""), said.measured_power_dbm, z))


def _spot(drawing: _Drawing, feature: Feature) -> Point:
    (line,) = points_of(feature, "Point")
    return tidy([drawing.place(line[0])])[0]


def _one_of(feature: Feature, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ConfigError(f"{feature.where}: kind is {value!r}; must be one of {', '.join(known)}")
    return value


_READERS: Mapping[str, Callable[[_Drawing, Feature], None]] = {
    "zone": _zone,
    "wall": _barrier("wall"),
    "shelf": _barrier("shelf"),
    "gateway": _gateway,
    "beacon": _beacon,
}
