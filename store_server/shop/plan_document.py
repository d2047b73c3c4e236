"""A store and its floor plan as a document: TOML of a seed file, JSON in the database.

One reading for both. Everything that would make a position or a decision silently wrong is
refused here (`shop.plan_checks`): a zone outside the floor, zones that overlap, a gateway in a
zone that is not there, two beacons of one identity.
"""

from dataclasses import asdict
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from store_server.documents import Document, Strict, check_document
from store_server.errors import ConfigError
from store_server.ids import OrgId, StoreId, ZoneId
from store_server.shop.floor_plan import (
    ATTENUATION_DB,
    Beacon,
    FloorPlan,
    Gateway,
    PlanImage,
    Wall,
    WallKind,
    Zone,
    ZoneKind,
)
from store_server.shop.plan_checks import plan_faults
from store_server.shop.store_profile import Store

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Title = Annotated[str, Field(min_length=1, max_length=80)]
Metres = Annotated[float, Field(ge=0, le=2_000, allow_inf_nan=False)]
Height = Annotated[float, Field(ge=0, le=30, allow_inf_nan=False)]
Corner = tuple[Metres, Metres]
Decibels = Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)]


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
    polygon: Annotated[tuple[Corner, ...], Field(min_length=3, max_length=100)]


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


class WallEntry(Strict):
    """One of [[walls]] or [[shelves]]: a line (`points`), or an outline (`polygon`)."""

    kind: WallKind | None = None
    points: Annotated[tuple[Corner, ...], Field(min_length=2, max_length=200)] | None = None
    polygon: Annotated[tuple[Corner, ...], Field(min_length=3, max_length=100)] | None = None
    attenuation_db: Decibels | None = None

    @model_validator(mode="after")
    def _has_one_shape(self) -> "WallEntry":
        if (self.points is None) == (self.polygon is None):
            raise ValueError("needs points (a line) or polygon (an outline), and not both")
        return self

    def wall(self, default: WallKind) -> Wall:
        """The wall; of this kind unless it says another."""
        kind = self.kind or default
        if self.polygon is not None:
            return Wall.round_about(self.polygon, kind, through_db=self.attenuation_db)
        own_db = self.attenuation_db
        return Wall(self.points or (), kind, ATTENUATION_DB[kind] if own_db is None else own_db)


class ImageEntry(Strict):
    """The section [image]: written by `store-server import-plan PICTURE`."""

    name: Annotated[str, Field(pattern=r"^plan-[0-9a-f]{16}\.(png|jpg)$")]
    width_px: Annotated[int, Field(ge=1, le=20_000)]
    height_px: Annotated[int, Field(ge=1, le=20_000)]
    metres_per_pixel: Annotated[float, Field(gt=0, le=10)]
    x: Annotated[float, Field(ge=-2_000, le=2_000)] = 0.0
    y: Annotated[float, Field(ge=-2_000, le=2_000)] = 0.0


class PlanShapes(Strict):
    """The document without [store]."""

    zones: Annotated[tuple[ZoneEntry, ...], Field(min_length=1, max_length=500)]
    gateways: Annotated[tuple[GatewayEntry, ...], Field(max_length=500)] = ()
    beacons: Annotated[tuple[BeaconEntry, ...], Field(max_length=5_000)] = ()
    walls: Annotated[tuple[WallEntry, ...], Field(max_length=5_000)] = ()
    shelves: Annotated[tuple[WallEntry, ...], Field(max_length=5_000)] = ()
    image: ImageEntry | None = None


class PlanDocument(PlanShapes):
    """The whole document."""

    store: StoreEntry


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
        walls=(
            *(wall.wall("wall") for wall in entry.walls),
            *(shelf.wall("shelf") for shelf in entry.shelves),
        ),
        image=PlanImage(**entry.image.model_dump()) if entry.image else None,
    )
    faults = [f"{where}: {fault}" for fault in plan_faults(plan)]
    if faults:
        raise ConfigError("\n".join(faults))
    return store, plan


def write_plan(store: Store, plan: FloorPlan) -> dict[str, object]:
    """The document that `read_plan` reads back."""
    profile = StoreEntry(
        org=store.org,
        store=store.store,
        name=store.name,
        timezone=store.timezone,
        currency=store.currency,
        width_m=plan.width_m,
        height_m=plan.height_m,
        open=store.opens,
        close=store.closes,
    )
    return {"store": profile.model_dump(mode="json"), **write_shapes(plan)}


def write_shapes(plan: FloorPlan) -> dict[str, object]:
    """The document without [store]: what is where."""
    entry = PlanShapes.model_construct(
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
        walls=tuple(
            WallEntry(kind=w.kind, points=w.points, attenuation_db=w.attenuation_db)
            for w in plan.walls
        ),
        image=ImageEntry(**asdict(plan.image)) if plan.image else None,
    )
    return entry.model_dump(mode="json", exclude_none=True)
