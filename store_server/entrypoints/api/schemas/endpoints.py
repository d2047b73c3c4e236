"""Webhook endpoints of the retailer's backend, as they are registered and shown."""

from typing import Annotated

from pydantic import ConfigDict, Field

from store_server.entrypoints.api.schemas.fields import Answer, At, Body, Text200, Whole
from store_server.flows.register_endpoint import LONGEST_OVERLAP, OVERLAP
from store_server.outbox.endpoint import Payload
from store_server.outbox.lane import Circuit

_MOST_OVERLAP_S = int(LONGEST_OVERLAP.total_seconds())


class EndpointBody(Body):
    """Where notifications are to be posted. https only, outside development.

    `concurrency` is how many posts it can take at once, `rate_per_s` how many a second.
    `payload`: "thin" posts ids, `GET /v1/notifications/{id}` has the rest; "full" posts all.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"url": "https://app.example.com/beaconry", "description": "app backend"}]
        }
    )

    url: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[!-~]+$")]
    description: Text200 = ""
    concurrency: Annotated[Whole, Field(ge=1, le=12)] = 8
    rate_per_s: Annotated[float, Field(ge=0.1, le=1_000, allow_inf_nan=False)] = 100.0
    payload: Payload = Payload.THIN


class EndpointCreatedAnswer(Answer):
    """The endpoint and the secret its signatures are made with; the secret is shown this once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"endpoint_id": "0d3c7b56-example", "secret": "whsec_EXAMPLE"}]
        }
    )

    endpoint_id: str
    secret: str


class RotationBody(Body):
    """How long the former secret signs beside the new one; 0 ends it at once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_s": 86_400}]})

    overlap_s: Annotated[Whole, Field(ge=0, le=_MOST_OVERLAP_S)] = int(OVERLAP.total_seconds())


class CircuitAnswer(Answer):
    """The breaker of this server process: closed sends, open waits, half_open tries once.

    `failures` counts those in a row; `retry_in_s` is how long nothing is sent still.
    """

    state: Circuit
    failures: int
    under_way: int
    retry_in_s: float


class EndpointAnswer(Answer):
    """An endpoint; `reason` says why it is not sent to, when it is not.

    `previous_secret_until` is when a former secret stops to sign; null when there is none.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "endpoint_id": "0d3c7b56-example",
                    "url": "https://app.example.com/beaconry",
                    "description": "app backend",
                    "state": "active",
                    "reason": None,
                    "created_at": "2026-03-02T09:00:00Z",
                    "concurrency": 8,
                    "rate_per_s": 100.0,
                    "payload": "thin",
                    "previous_secret_until": None,
                    "circuit": {
                        "state": "closed",
                        "failures": 0,
                        "under_way": 1,
                        "retry_in_s": 0.0,
                    },
                }
            ]
        }
    )

    endpoint_id: str
    url: str
    description: str
    state: str
    reason: str | None
    created_at: At
    concurrency: int
    rate_per_s: float
    payload: Payload
    previous_secret_until: At | None
    circuit: CircuitAnswer


class EndpointListAnswer(Answer):
    """All endpoints of the organisation."""

    endpoints: list[EndpointAnswer]


class EndpointTestAnswer(Answer):
    """What came of one test event; `status` null: no answer, `error` says why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"taken": True, "status": 204, "error": None, "latency_ms": 18}]
        }
    )

    taken: bool
    status: int | None
    error: str | None
    latency_ms: int
