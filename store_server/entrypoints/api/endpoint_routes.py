"""Where the retailer's backend wants notifications posted."""

import asyncio
from datetime import timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Response

from store_server.clock import to_ms
from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.endpoints import (
    CircuitAnswer,
    EndpointAnswer,
    EndpointBody,
    EndpointCreatedAnswer,
    EndpointListAnswer,
    EndpointTestAnswer,
    RotationBody,
)
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import BackendCaller, Context
from store_server.errors import Conflict
from store_server.flows.deliver_notifications import prepare_test
from store_server.flows.register_endpoint import (
    register_endpoint,
    remove_endpoint,
    rotate_secret,
    show_endpoints,
)
from store_server.outbox.attempt import Verdict
from store_server.outbox.endpoint import Endpoint
from store_server.outbox.lane import Circuit, LaneLimits, LaneState
from store_server.writer import Priority

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["webhooks"])

_IDLE = LaneState(Circuit.CLOSED, failures=0, under_way=0, retry_in_s=0.0)
EndpointName = Annotated[str, Path(pattern=r"^[0-9a-z-]{1,40}$", examples=["0d3c7b56"])]


@router.post("", status_code=201, responses={**CHANGING, **refusals(409)})
async def post_webhook_endpoint(
    body: EndpointBody, context: Context, _caller: BackendCaller
) -> EndpointCreatedAnswer:
    """Have notifications posted to a URL; the answer holds the signing secret, this once."""
    registered = await context.write(
        Priority.APP,
        register_endpoint,
        url=body.url,
        description=body.description,
        limits=LaneLimits(body.concurrency, body.rate_per_s),
        payload=body.payload,
        development=context.settings.webhook.development,
    )
    return EndpointCreatedAnswer(endpoint_id=registered.endpoint.id, secret=registered.secret)


@router.get("", responses=READING)
async def list_webhook_endpoints(context: Context, _caller: BackendCaller) -> EndpointListAnswer:
    """The endpoints of the organisation; secrets are not shown again."""
    endpoints = await context.read(show_endpoints)
    lanes = context.lanes()
    return EndpointListAnswer(
        endpoints=[_endpoint(one, lanes.get(one.id, _IDLE), context) for one in endpoints]
    )


@router.post("/{endpoint_id}/rotate-secret", responses={**CHANGING, **refusals(404)})
async def rotate_webhook_secret(
    endpoint_id: EndpointName, body: RotationBody, context: Context, _caller: BackendCaller
) -> EndpointCreatedAnswer:
    """Sign with a new secret, shown this once; the former one signs beside it for a while."""
    secret = await context.write(
        Priority.APP,
        rotate_secret,
        now_system_ms=to_ms(context.system_now()),
        endpoint=endpoint_id,
        overlap=timedelta(seconds=body.overlap_s),
    )
    return EndpointCreatedAnswer(endpoint_id=endpoint_id, secret=secret)


@router.delete("/{endpoint_id}", status_code=204, responses={**CHANGING, **refusals(404)})
async def delete_webhook_endpoint(
    endpoint_id: EndpointName, context: Context, _caller: BackendCaller
) -> Response:
    """Post nothing there any more; what waits for it is given up."""
    await context.write(Priority.APP, remove_endpoint, endpoint=endpoint_id)
    return Response(status_code=204)


@router.post("/{endpoint_id}/test", responses={**CHANGING, **refusals(404, 409)})
async def try_webhook_endpoint(
    endpoint_id: EndpointName, context: Context, _caller: BackendCaller
) -> EndpointTestAnswer:
    """Post one signed test event there now, and tell what came of it."""
    if context.send_claim is None:
        raise Conflict("this server delivers nothing; start it with its delivery threads")
    claim = await context.read(
        prepare_test,
        endpoint=endpoint_id,
        test_id=f"test_{uuid4().hex}",
        now_system_ms=to_ms(context.system_now()),
    )
    outcome = await asyncio.to_thread(context.send_claim, claim)
    return EndpointTestAnswer(
        taken=outcome.verdict is Verdict.TAKEN,
        status=outcome.status,
        error=outcome.error,
        latency_ms=outcome.latency_ms,
    )


def _endpoint(endpoint: Endpoint, lane: LaneState, context: ServerContext) -> EndpointAnswer:
    until = endpoint.previous_until
    return EndpointAnswer(
        endpoint_id=endpoint.id,
        url=endpoint.url,
        description=endpoint.description,
        state=endpoint.state,
        reason=endpoint.reason,
        created_at=endpoint.created_at,
        concurrency=endpoint.limits.concurrency,
        rate_per_s=endpoint.limits.rate_per_s,
        payload=endpoint.payload,
        previous_secret_until=until if until and until > context.system_now() else None,
        circuit=CircuitAnswer(
            state=lane.circuit,
            failures=lane.failures,
            under_way=lane.under_way,
            retry_in_s=lane.retry_in_s,
        ),
    )
