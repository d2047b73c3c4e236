"""The delivery log as it is read, and replays."""

from pydantic import ConfigDict

from store_server.entrypoints.api.schemas.fields import Answer, At, Body
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import DeliveryReason


class AttemptAnswer(Answer):
    """One try; `status` null: no answer, `error` says why.

    `body` is the start of what the receiver answered, at most 500 characters.
    """

    number: int
    started_at: At
    latency_ms: int
    status: int | None
    error: str | None
    body: str


class DeliveryAnswer(Answer):
    """One notification's way to one endpoint; `endpoint_id` is "" while none is registered.

    `reason` says why it ended undelivered, `reason_text` the same as a sentence.
    """

    notification_id: str
    endpoint_id: str
    state: DeliveryState
    reason: DeliveryReason | None
    reason_text: str | None
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
                            "reason_text": None,
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


class ReplayBody(Body):
    """From when on lost deliveries are sent once more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"since": "2026-03-02T09:00:00Z"}]})

    since: At


class ReplayedAnswer(Answer):
    """How many are queued again; `over` are offers whose moment is over, which stay unsent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"queued": 3, "over": 12}]})

    queued: int
    over: int


class NotificationAnswer(Answer):
    """What a full webhook carries as its `data`."""

    notification_id: str
    decision_id: str
    shopper_id: str
    offer_id: str
    campaign_id: str
    org: str
    store: str
    zone: str | None
    title: str
    body: str
    coupon_code: str | None
    face_value_minor: int | None = None
    personal_discount: bool = False
    expires_at: str
    trigger_at: str
