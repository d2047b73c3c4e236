"""What a back office reads of the shop: stores, zones, gateways."""

from pydantic import ConfigDict

from store_server.entrypoints.api.schemas.fields import Answer, At
from store_server.flows.show_fleet import ConfigProgress, GatewayStanding


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


class GatewayListAnswer(Answer):
    """Every gateway of the plan, and any other that spoke."""

    gateways: list[GatewayAnswer]
