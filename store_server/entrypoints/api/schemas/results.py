"""Deliveries and the report as the back office reads them."""

from pydantic import ConfigDict

from store_server.entrypoints.api.schemas.fields import Answer, At
from store_server.outbox.notification import DeliveryReason, DeliveryState


class AttemptAnswer(Answer):
    """One try; `status` null: no answer, `error` says why. `body` is the start of the answer."""

    number: int
    started_at: At
    latency_ms: int
    status: int | None
    error: str | None
    body: str


class DeliveryAnswer(Answer):
    """One notification's way to one endpoint; `endpoint_id` is "" while none is registered."""

    notification_id: str
    endpoint_id: str
    state: DeliveryState
    reason: DeliveryReason | None
    created_at: At
    expires_at: At
    attempts: list[AttemptAnswer]


class DeliveryListAnswer(Answer):
    """The newest deliveries, newest first, each with its tries."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "deliveries": [
                        {
                            "notification_id": "kq3examplenotification",
                            "endpoint_id": "0d3c7b56example",
                            "state": "delivered",
                            "reason": None,
                            "created_at": "2026-03-02T09:30:20Z",
                            "expires_at": "2026-03-02T09:32:20Z",
                            "attempts": [
                                {
                                    "number": 1,
                                    "started_at": "2026-03-02T09:30:20Z",
                                    "latency_ms": 12,
                                    "status": 204,
                                    "error": None,
                                    "body": "",
                                }
                            ],
                        }
                    ]
                }
            ]
        }
    )

    deliveries: list[DeliveryAnswer]


class StepAnswer(Answer):
    """One step of the funnel: how many reached it, and why the others did not."""

    name: str
    count: int
    lost: dict[str, int]


class IntervalAnswer(Answer):
    """An estimate and its 95 % interval."""

    estimate: float
    low: float
    high: float


class ArmAnswer(Answer):
    """One side of the comparison: units, those that bought, and the margin they left."""

    units: int
    bought: int
    margin_minor: int


class LiftAnswer(Answer):
    """Offered against held out; `verdict` is one sentence."""

    verdict: str
    offered: ArmAnswer
    held_out: ArmAnswer
    share: IntervalAnswer | None
    margin_per_unit_minor: IntervalAnswer | None
    units_missing: int
    ratio_p: float | None


class ReportAnswer(Answer):
    """Funnel and lift of the store's decisions; money in minor units of `currency`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "org": "acme",
                    "store": "demo",
                    "made_at": "2026-03-02T21:00:00Z",
                    "since": None,
                    "until": None,
                    "currency": "EUR",
                    "funnel": [
                        {"name": "triggers", "count": 45, "lost": {}},
                        {"name": "offered", "count": 12, "lost": {"held_out": 2}},
                    ],
                    "lift": {
                        "verdict": "Not enough data yet: needs about 900 more shoppers.",
                        "offered": {"units": 12, "bought": 4, "margin_minor": 480},
                        "held_out": {"units": 2, "bought": 0, "margin_minor": 0},
                        "share": {"estimate": 0.33, "low": -0.3, "high": 0.6},
                        "margin_per_unit_minor": None,
                        "units_missing": 900,
                        "ratio_p": None,
                    },
                }
            ]
        }
    )

    org: str
    store: str
    made_at: At
    since: At | None
    until: At | None
    currency: str
    funnel: list[StepAnswer]
    lift: LiftAnswer
