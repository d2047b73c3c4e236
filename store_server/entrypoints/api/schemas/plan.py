"""The whole floor plan as a back office reads and replaces it."""

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from store_server.entrypoints.api.schemas.fields import Answer, BeaconName, Body, Text80
from store_server.entrypoints.api.schemas.shop import Metres
from store_server.shop.floor_plan import WallKind, ZoneKind

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Size = Annotated[float, Field(strict=True, gt=0, le=2_000, allow_inf_nan=False)]
Height = Annotated[float, Field(strict=True, ge=0, le=30, allow_inf_nan=False)]
Decibels = Annotated[float, Field(strict=True, ge=0, le=60, allow_inf_nan=False)]
Corner = tuple[Metres, Metres]

EXAMPLE: dict[str, JsonValue] = {
    "width_m": 20.0,
    "height_m": 10.0,
    "zones": [
        {
            "id": "bakery",
            "name": "Bakery",
            "kind": "sales",
            "polygon": [[0.0, 0.0], [20.0, 0.0], [20.0, 10.0], [0.0, 10.0]],
        }
    ],
    "gateways": [{"id": "gw-1", "x": 10.0, "y": 5.0, "z": 3.0, "zone": "bakery"}],
    "beacons": [],
    "walls": [{"kind": "shelf", "points": [[4.0, 2.0], [4.0, 8.0]], "attenuation_db": 4.0}],
}


class PlanZone(Body):
    """A zone: corners in order, the first not repeated."""

    id: Name
    name: Text80
    kind: ZoneKind = "sales"
    polygon: Annotated[list[Corner], Field(min_length=3, max_length=100)]


class PlanGateway(Body):
    """A gateway's place, in the zone that it stands in."""

    id: Name
    x: Metres
    y: Metres
    z: Height = 3.0
    zone: Name


class PlanBeacon(Body):
    """A fixed beacon's place."""

    id: Name
    identity: BeaconName
    x: Metres
    y: Metres
    z: Height = 2.5
    zone: Name
    measured_power_dbm: Annotated[int, Field(strict=True, ge=-127, le=20)]


class PlanWall(Body):
    """A line that nobody walks through; closed where the last corner is the first."""

    kind: WallKind = "wall"
    points: Annotated[list[Corner], Field(min_length=2, max_length=200)]
    attenuation_db: Decibels | None = None


class PlanBody(Body):
    """The plan as it shall be from now on; the picture under it stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    width_m: Size
    height_m: Size
    zones: Annotated[list[PlanZone], Field(min_length=1, max_length=500)]
    gateways: Annotated[list[PlanGateway], Field(max_length=500, default_factory=list)]
    beacons: Annotated[list[PlanBeacon], Field(max_length=5_000, default_factory=list)]
    walls: Annotated[list[PlanWall], Field(max_length=5_000, default_factory=list)]


class PlanFindingAnswer(Answer):
    """Something that will make positions poor; `code` is stable."""

    code: str
    text: str


class PlanAnswer(Answer):
    """The plan as it stands, and what the check says of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**EXAMPLE, "warnings": []}]})

    width_m: float
    height_m: float
    zones: list[PlanZone]
    gateways: list[PlanGateway]
    beacons: list[PlanBeacon]
    walls: list[PlanWall]
    warnings: list[PlanFindingAnswer]
