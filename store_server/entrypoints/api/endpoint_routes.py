"""Where the retailer's backend wants notifications posted."""

import asyncio
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Response

from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.backend import (
    EndpointAnswer,
    EndpointBody,
    EndpointCreatedAnswer,
    EndpointListAnswer,
    EndpointTestAnswer,
)
from store_server.entrypoints.http_auth import BackendCaller, Context
from store_server.errors import Conflict
from store_server.flows.deliver_notifications import prepare_test
from store_server.flows.register_endpoint import (
    register_endpoint,
    remove_endpoint,
    show_endpoints,
)
from store_server.outbox.attempt import Verdict
from store_server.outbox.endpoint import Endpoint
from store_server.writer import Priority

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["webhooks"])

EndpointName = Annotated[str, Path(pattern=r"^[0-9a-f-]{1,40}$", examples=["0d3c7b56"])]


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
        development=context.settings.webhook.development,
    )
    context.wake_deliveries()
    return EndpointCreatedAnswer(endpoint_id=registered.endpoint.id, secret=registered.secret)


@router.get("", responses=READING)
async def list_webhook_endpoints(context: Context, _caller: BackendCaller) -> EndpointListAnswer:
    """The endpoints of the organisation; secrets are not shown again."""
    endpoints = await context.read(show_endpoints)
    return EndpointListAnswer(endpoints=[_endpoint(one) for one in endpoints])


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
    claim = await context.read(prepare_test, endpoint=endpoint_id, test_id=f"test_{uuid4().hex}")
    outcome = await asyncio.to_thread(context.send_claim, claim)
    return EndpointTestAnswer(
        taken=outcome.verdict is Verdict.TAKEN,
        status=outcome.status,
        error=outcome.error,
        latency_ms=outcome.latency_ms,
    )


def _endpoint(endpoint: Endpoint) -> EndpointAnswer:
    return EndpointAnswer(
        endpoint_id=endpoint.id,
        url=endpoint.url,
        description=endpoint.description,
        state=endpoint.state,
        reason=endpoint.reason,
        created_at=endpoint.created_at,
    )
