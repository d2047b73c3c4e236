"""Gateways that come and go, fixed beacons, and what is wrong with the installation."""

from typing import Annotated

from pydantic import ConfigDict, Field

from store_server.entrypoints.api.schemas.fields import Answer, At, Body

EXAMPLE_CODE = "7Q2RK-M4D0X-ABCDE-FGHJK-MNPQR"


class EnrolmentCodeAnswer(Answer):
    """A one-time code, shown once; `command` is what the installer types on the gateway."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "gateway_id": "gw-1",
                    "code": EXAMPLE_CODE,
                    "expires_at": "2026-03-02T09:45:00Z",
                    "command": "edge-agent enrol --server http://127.0.0.1:8080 --code "
                    + EXAMPLE_CODE,
                }
            ]
        }
    )

    gateway_id: str
    code: str
    expires_at: At
    command: str


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
    """A gateway that is cut off; `broker_told` is false where the broker is not ours."""

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
