"""Gateways that come and go, fixed beacons, and what is wrong with the installation."""

from typing import Annotated

from pydantic import ConfigDict, Field

from store_server.entrypoints.api.schemas.fields import Answer, At, Body

EXAMPLE_CODE = "7Q2RK-M4D0X-ABCDE-FGHJK-MNPQR"


class EnrolmentCodeAnswer(Answer):
    """A one-time code, shown once; `command` is what the installer types on the gateway.

    `warning` says so when the address in it is reached from the server's own machine alone.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "gateway_id": "gw-1",
                    "code": EXAMPLE_CODE,
                    "expires_at": "2026-03-02T09:45:00Z",
                    "command": f"echo {EXAMPLE_CODE} | sudo edge-agent enrol --server "
                    "http://192.0.2.10:8080 --config /etc/beaconry/edge.toml --code -",
                    "warning": None,
                }
            ]
        }
    )

    gateway_id: str
    code: str
    expires_at: At
    command: str
    warning: str | None


class EnrolmentBody(Body):
    """What an agent says to come in; docs/wire_formats.md section 6."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "v": 1,
                    "locator": "7Q2RK",
                    "nonce": "00" * 16,
                    "sealed": "00" * 32,
                    "proof": "00" * 32,
                }
            ]
        },
    )

    v: Annotated[int, Field(ge=1, le=1)] = 1
    locator: Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{5}$")]
    nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    sealed: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    proof: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class EnrolmentAnswerBody(Answer):
    """Who the gateway is from now on: a record as JSON text, signed as it stands."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"v": 1, "record": "{...}", "proof": "00" * 32}]}
    )

    v: int
    record: str
    proof: str


class RevocationAnswer(Answer):
    """A gateway that is cut off; `broker_told` is false where an operator has to do it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "gateway_id": "gw-1",
                    "revoked_at": "2026-03-02T09:30:00Z",
                    "broker_told": True,
                }
            ]
        }
    )

    gateway_id: str
    revoked_at: At
    broker_told: bool


class BeaconAnswer(Answer):
    """A fixed beacon; null where nothing is known. `days_left` is an estimate from above."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "beacon_id": "b-1",
                    "identity": "5f0f6a3c-2f4e-4d6b-9c1a-0a1b2c3d4e5f:1:1",
                    "zone": "bakery",
                    "place": "Bakery, 12.0 m / 3.5 m, 2.5 m high",
                    "last_heard_at": "2026-03-02T09:30:00Z",
                    "heard_by": ["gw-1", "gw-2"],
                    "battery_mv": 2870,
                    "temperature_c": 21.5,
                    "days_left": 212,
                    "battery_low": False,
                    "findings": [],
                }
            ]
        },
    )

    beacon_id: str
    identity: str
    zone: str
    place: str
    last_heard_at: At | None
    heard_by: list[str]
    battery_mv: int | None
    temperature_c: float | None
    days_left: int | None
    battery_low: bool
    findings: list[str]


class BeaconListAnswer(Answer):
    """Every fixed beacon of the plan, in its order."""

    beacons: list[BeaconAnswer]


class FindingAnswer(Answer):
    """Something that is not as the plan says; `subject` is a gateway's or beacon's id."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "gateway_swapped",
                    "subject": "gw-1",
                    "other": "gw-2",
                    "text": "gw-1 hears what gw-2 should, and gw-2 what gw-1 should: swapped",
                    "first_at": "2026-03-02T09:30:00Z",
                    "last_at": "2026-03-02T11:30:00Z",
                }
            ]
        }
    )

    kind: str
    subject: str
    other: str | None
    text: str
    first_at: At
    last_at: At


class FindingListAnswer(Answer):
    """What is not as the plan says, oldest first."""

    findings: list[FindingAnswer]


class ForeignCountAnswer(Answer):
    """Foreign devices around a gateway in the 15 minutes from `from_at`; `devices` is an estimate.

    `adverts` are counts by family. A phone changes its address about every 15 minutes.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "gateway_id": "gw-1",
                    "from_at": "2026-03-02T09:30:00Z",
                    "devices": 143,
                    "adverts": {"apple_continuity": 51210, "fast_pair": 8120},
                }
            ]
        }
    )

    gateway_id: str
    from_at: At
    devices: int
    adverts: dict[str, int]


class ForeignCountListAnswer(Answer):
    """Oldest first; `counting` tells whether the store counts at all."""

    counting: bool
    counts: list[ForeignCountAnswer]
