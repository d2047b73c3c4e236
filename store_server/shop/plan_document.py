"""A store and its floor plan as a document: TOML of a seed file, JSON in the database.

One reading for both. Everything that would make a position or a decision silently wrong is
refused here: a zone outside the floor, zones that overlap, a gateway in a zone that is not
there, two beacons of one identity.
"""

from collections.abc import Iterable, Iterator
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from store_server.documents import Document, Strict, check_document
from store_server.errors import ConfigError
from store_server.ids import OrgId, StoreId, ZoneId
from store_server.shop.floor_plan import Beacon, FloorPlan, Gateway, Zone, ZoneKind
from store_server.shop.store_profile import Store

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Title = Annotated[str, Field(min_length=1, max_length=80)]
Metres = Annotated[float, Field(ge=0, le=2_000, allow_inf_nan=False)]
Height = Annotated[float, Field(ge=0, le=30, allow_inf_nan=False)]

# Half a metre: the finest step at which overlapping zones are looked for.
_PROBE_M = 0.5


class StoreEntry(Strict):
    """The section [store]."""

    org: Name
    store: Name
    name: Title
    timezone: str = "UTC"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    width_m: Annotated[float, Field(gt=0, le=2_000)]
    height_m: Annotated[float, Field(gt=0, le=2_000)]
    open: time = time(8)
    close: time = time(21)

    @field_validator("timezone")
    @classmethod
    def _check_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError('must be an IANA name like "Europe/Vienna"') from None
        return name


class ZoneEntry(Strict):
    """One of [[zones]]."""

    id: Name
    name: Title
    kind: ZoneKind = "sales"
    polygon: Annotated[tuple[tuple[Metres, Metres], ...], Field(min_length=3, max_length=100)]


class GatewayEntry(Strict):
    """One of [[gateways]]."""

    id: Name
    x: Metres
    y: Metres
    z: Height = 3.0
    zone: Name


class BeaconEntry(Strict):
    """One of [[beacons]]; identity is `uuid:major:minor` in lower case."""

    id: Name
    identity: Annotated[
        str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:\d{1,5}:\d{1,5}$")
    ]
    x: Metres
    y: Metres
    z: Height = 2.5
    zone: Name
    measured_power_dbm: Annotated[int, Field(ge=-127, le=20)]


class PlanDocument(Strict):
    """The whole document."""

    store: StoreEntry
    zones: Annotated[tuple[ZoneEntry, ...], Field(min_length=1, max_length=500)]
    gateways: Annotated[tuple[GatewayEntry, ...], Field(max_length=500)] = ()
    beacons: Annotated[tuple[BeaconEntry, ...], Field(max_length=5_000)] = ()


def read_plan(document: Document, *, where: str) -> tuple[Store, FloorPlan]:
    """The store and its plan.

    Args:
        document: plain dicts, lists and values.
        where: the file's name, first in every message.

    Raises:
        ConfigError: a line for each thing that is wrong.
    """
    entry = check_document(PlanDocument, document, where=where)
    store = Store(
        org=OrgId(entry.store.org),
        store=StoreId(entry.store.store),
        name=entry.store.name,
        timezone=entry.store.timezone,
        currency=entry.store.currency,
        opens=entry.store.open,
        closes=entry.store.close,
    )
    plan = FloorPlan(
        store=store.store,
        name=store.name,
        width_m=entry.store.width_m,
        height_m=entry.store.height_m,
        zones=tuple(Zone(ZoneId(z.id), z.name, z.polygon, z.kind) for z in entry.zones),
        gateways=tuple(Gateway(g.id, g.x, g.y, g.z, ZoneId(g.zone)) for g in entry.gateways),
        beacons=tuple(
            Beacon(b.id, b.identity, b.x, b.y, ZoneId(b.zone), b.measured_power_dbm, b.z)
            for b in entry.beacons
        ),
    )
    faults = [f"{where}: {fault}" for fault in plan_faults(plan)]
    if faults:
        raise ConfigError("\n".join(faults))
    return store, plan


def write_plan(store: Store, plan: FloorPlan) -> dict[str, object]:
    """The document that `read_plan` reads back."""
    entry = PlanDocument.model_construct(
        store=StoreEntry(
            org=store.org,
            store=store.store,
            name=store.name,
            timezone=store.timezone,
            currency=store.currency,
            width_m=plan.width_m,
            height_m=plan.height_m,
            open=store.opens,
            close=store.closes,
        ),
        zones=tuple(
            ZoneEntry(id=z.id, name=z.name, kind=z.kind, polygon=z.polygon) for z in plan.zones
        ),
        gateways=tuple(
            GatewayEntry(id=g.id, x=g.x, y=g.y, z=g.z, zone=g.zone) for g in plan.gateways
        ),
        beacons=tuple(
            BeaconEntry(
                id=b.id,
                identity=b.identity,
                x=b.x,
                y=b.y,
                z=b.z,
                zone=b.zone,
                measured_power_dbm=b.measured_power_dbm,
            )
            for b in plan.beacons
        ),
    )
    return entry.model_dump(mode="json")


def plan_faults(plan: FloorPlan) -> Iterator[str]:
    """What would make positions wrong, in plain words."""
    yield from _repeated("zones: id", [zone.id for zone in plan.zones])
    yield from _repeated("gateways: id", [gateway.id for gateway in plan.gateways])
    yield from _repeated("beacons: id", [beacon.id for beacon in plan.beacons])
    yield from _repeated("beacons: identity", [beacon.identity for beacon in plan.beacons])
    for zone in plan.zones:
        for x, y in zone.polygon:
            if x > plan.width_m or y > plan.height_m:
                yield f"zone {zone.id}: corner [{x}, {y}] is off the floor; {_floor(plan)}"
        if zone.area_m2() <= 0:
            yield f"zone {zone.id}: its polygon has no area; list the corners in order"
    for kind, points in (("gateway", plan.gateways), ("beacon", plan.beacons)):
        for point in points:
            yield from _misplaced(plan, kind, point)
    yield from _overlaps(plan)


def _misplaced(plan: FloorPlan, kind: str, point: Gateway | Beacon) -> Iterator[str]:
    zone = plan.zone(point.zone)
    if zone is None:
        known = ", ".join(zone.id for zone in plan.zones)
        yield f"{kind} {point.id}: zone is {point.zone!r}; must be one of {known}"
    elif not zone.contains(point.x, point.y):
        there = plan.zone_at(point.x, point.y) or "no zone"
        yield f"{kind} {point.id}: [{point.x}, {point.y}] lies in {there}, not in {point.zone}"


def _overlaps(plan: FloorPlan) -> Iterator[str]:
    """Pairs of zones that share floor; looked for at the middles of a half-metre grid."""
    found: set[tuple[str, str]] = set()
    for row in range(min(400, int(plan.height_m / _PROBE_M))):
        for column in range(min(400, int(plan.width_m / _PROBE_M))):
            x, y = (column + 0.5) * _PROBE_M, (row + 0.5) * _PROBE_M
            here = [zone.id for zone in plan.zones if zone.contains(x, y)]
            if len(here) > 1 and (here[0], here[1]) not in found and not _on_edge(plan, x, y):
                found.add((here[0], here[1]))
                yield f"zones {here[0]} and {here[1]} overlap at [{x}, {y}]; zones tile the floor"


def _on_edge(plan: FloorPlan, x: float, y: float) -> bool:
    """Whether a point only touches: a hair to the side, one zone is left."""
    near = ((x + 1e-3, y + 1.3e-3), (x - 1e-3, y - 1.3e-3))
    return any(sum(zone.contains(*point) for zone in plan.zones) <= 1 for point in near)


def _repeated(what: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{what} {name!r} is there twice; each must be unique"
        seen.add(name)


def _floor(plan: FloorPlan) -> str:
    return f"the floor is {plan.width_m} m wide and {plan.height_m} m high"
