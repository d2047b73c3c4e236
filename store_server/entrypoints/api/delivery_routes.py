"""The delivery log: every try, dead letters, and sending once more."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query

from store_server.decisions.plural import Language
from store_server.entrypoints.api.endpoint_routes import EndpointName
from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.deliveries import (
    AttemptAnswer,
    DeliveryAnswer,
    DeliveryListAnswer,
    NotificationAnswer,
    ReplayBody,
    ReplayedAnswer,
)
from store_server.entrypoints.api.schemas.fields import At
from store_server.entrypoints.http_auth import BackendCaller, Context, OpsCaller
from store_server.flows.replay_deliveries import replay_delivery, replay_lost
from store_server.flows.show_deliveries import show_deliveries
from store_server.flows.show_notification import show_notification
from store_server.outbox.delivery import Attempt, Delivery
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import delivery_reason_text
from store_server.writer import Priority

router = APIRouter(prefix="/v1", tags=["deliveries"])

NotificationName = Annotated[
    str, Path(pattern=r"^[a-z0-9]{1,40}$", examples=["kq3examplenotification"])
]
AnyEndpoint = Annotated[str | None, Query(pattern=r"^[0-9a-z-]{1,40}$")]
AnyNotification = Annotated[str | None, Query(pattern=r"^[a-z0-9]{1,40}$")]


@router.get("/deliveries", responses=READING)
async def list_deliveries(
    context: Context,
    _caller: OpsCaller,
    *,
    limit: Annotated[int, Query(ge=1, le=500, description="How many at most.")] = 50,
    state: DeliveryState | None = None,
    before: At | None = None,
    endpoint_id: AnyEndpoint = None,
    notification_id: AnyNotification = None,
    language: Annotated[Language, Query(description="Of reasons.")] = "en",
) -> DeliveryListAnswer:
    """The newest deliveries with their tries, newest first; dead letters are `state=dead`."""
    found = await context.read(
        show_deliveries,
        limit=limit,
        state=state,
        before=before,
        endpoint=endpoint_id,
        notification=notification_id,
    )
    return DeliveryListAnswer(deliveries=[_delivery(one, language) for one in found])


@router.get("/notifications/{notification_id}", responses={**READING, **refusals(404)})
async def get_notification(
    notification_id: NotificationName, context: Context, _caller: BackendCaller
) -> NotificationAnswer:
    """The words that a thin webhook left out, as long as they may still be told."""
    data = await context.read(show_notification, notification=notification_id)
    return NotificationAnswer.model_validate(data)


@router.post(
    "/deliveries/{notification_id}/{endpoint_id}/replay",
    status_code=202,
    responses={**CHANGING, **refusals(404, 409)},
)
async def replay_one_delivery(
    notification_id: NotificationName,
    endpoint_id: EndpointName,
    context: Context,
    _caller: OpsCaller,
) -> ReplayedAnswer:
    """Send one notification to one endpoint once more, under the same webhook-id."""
    await context.write(
        Priority.APP, replay_delivery, notification=notification_id, endpoint=endpoint_id
    )
    return ReplayedAnswer(queued=1, over=0)


@router.post(
    "/webhook-endpoints/{endpoint_id}/replay",
    status_code=202,
    responses={**CHANGING, **refusals(404)},
)
async def replay_lost_deliveries(
    endpoint_id: EndpointName, body: ReplayBody, context: Context, _caller: BackendCaller
) -> ReplayedAnswer:
    """Send everything once more that was created since then and never taken by this endpoint."""
    replayed = await context.write(
        Priority.APP, replay_lost, endpoint=endpoint_id, since=body.since
    )
    return ReplayedAnswer(queued=replayed.queued, over=replayed.over)


def _delivery(delivery: Delivery, language: Language) -> DeliveryAnswer:
    reason = delivery.reason
    return DeliveryAnswer(
        notification_id=delivery.notification,
        endpoint_id=delivery.endpoint,
        state=delivery.state,
        reason=reason,
        reason_text=None if reason is None else delivery_reason_text(reason, language),
        created_at=delivery.created_at,
        expires_at=delivery.expires_at,
        attempts=[_attempt(one) for one in delivery.attempts],
    )


def _attempt(one: Attempt) -> AttemptAnswer:
    return AttemptAnswer(
        number=one.number,
        started_at=datetime.fromtimestamp(one.started_system_ms / 1000, UTC),
        latency_ms=one.latency_ms,
        status=one.status,
        error=one.error,
        body=one.body,
    )
