"""What a back office reads of the shop: stores, zones, gateways."""

from typing import Annotated

from pydantic import ConfigDict, Field

from store_server.entrypoints.api.schemas.fields import Answer, At, Body, Text80
from store_server.flows.show_fleet import ConfigProgress, GatewayStanding
from store_server.shop.floor_plan import ZoneKind

Metres = Annotated[float, Field(strict=True, ge=0, le=2_000, allow_inf_nan=False)]


class StoreAnswer(Answer):
    """A store; hours are local times."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "org": "acme",
                    "store": "demo",
                    "name": "Demo supermarket",
                    "timezone": "Europe/Madrid",
                    "currency": "EUR",
                    "opens": "08:00",
                    "closes": "21:00",
                }
            ]
        }
    )

    org: str
    store: str
    name: str
    timezone: str
    currency: str
    opens: str
    closes: str


class StoreListAnswer(Answer):
    """The stores of the organisation."""

    stores: list[StoreAnswer]


class ZoneBody(Body):
    """A zone as it shall be from now on; corners in metres, in order, the first not repeated."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Bakery",
                    "kind": "sales",
                    "polygon": [[10.0, 0.0], [20.0, 0.0], [20.0, 10.0], [10.0, 10.0]],
                }
            ]
        }
    )

    name: Text80
    kind: ZoneKind = "sales"
    polygon: Annotated[list[tuple[Metres, Metres]], Field(min_length=3, max_length=100)]


class ZoneAnswer(Answer):
    """A zone: corners in metres from the lower left of the plan, and who is there now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "zone_id": "bakery",
                    "name": "Bakery",
                    "kind": "sales",
                    "polygon": [[10.0, 0.0], [20.0, 0.0], [20.0, 10.0], [10.0, 10.0]],
                    "area_m2": 100.0,
                    "shoppers_now": 4,
                }
            ]
        }
    )

    zone_id: str
    name: str
    kind: str
    polygon: list[tuple[float, float]]
    area_m2: float
    shoppers_now: int


class ZoneListAnswer(Answer):
    """The zones of this store, in the order of its plan."""

    zones: list[ZoneAnswer]


class GatewayAnswer(Answer):
    """A gateway; null where nothing is known. `clock`: see health in docs/wire_formats.md."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "gateway_id": "gw-1",
                    "zone": "entrance",
                    "standing": "online",
                    "last_heard_at": "2026-03-02T09:30:00Z",
                    "adverts_per_s": 41.5,
                    "queued_batches": 0,
                    "clock": "synced",
                    "version": "0.1.0",
                    "applied_batches": 1804,
                    "duplicates": 0,
                    "quarantined": 0,
                    "takeovers": 0,
                    "config": "confirmed",
                    "config_version": 3,
                    "pushed_version": 3,
                }
            ]
        }
    )

    gateway_id: str
    zone: str | None
    standing: GatewayStanding
    last_heard_at: At | None
    adverts_per_s: float | None
    queued_batches: int | None
    clock: str | None
    version: str | None
    applied_batches: int
    duplicates: int
    quarantined: int
    takeovers: int | None
    config: ConfigProgress
    config_version: int
    pushed_version: int


class GatewayListAnswer(Answer):
    """Every gateway of the plan, and any other that spoke."""

    gateways: list[GatewayAnswer]
