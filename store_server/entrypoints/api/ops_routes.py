"""What an operator and the machines around the server ask: progress, quarantine, health."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse

from store_server.clock import from_ms
from store_server.entrypoints.api.metrics import metrics_text
from store_server.entrypoints.api.problems_shown import READING
from store_server.entrypoints.api.schemas.operations import (
    CountsAnswer,
    GatewayProgress,
    HealthAnswer,
    ProgressAnswer,
    QuarantineAnswer,
    QuarantineEntryAnswer,
)
from store_server.entrypoints.http_auth import Bearer, Context, OpsCaller
from store_server.errors import NotAllowed
from store_server.flows.show_progress import show_progress, show_quarantine

router = APIRouter(tags=["operations"])

LOOPBACK = frozenset({"127.0.0.1", "::1"})


@router.get("/v1/ops/progress", responses=READING)
async def get_progress(context: Context, _caller: OpsCaller) -> ProgressAnswer:
    """How far the store has come: clock, gateways, queues, counts."""
    progress = await context.read(show_progress)
    return ProgressAnswer(
        event_now_ms=progress.event_now_ms,
        clock=progress.clock,
        gateways={
            name: GatewayProgress.model_validate(line) for name, line in progress.gateways.items()
        },
        pending_observations=progress.pending_observations,
        writer_waiting=context.writer.waiting,
        outbox=dict(progress.outbox),
        counts=CountsAnswer.model_validate(
            {
                **progress.counts,
                "decisions": dict(progress.decisions),
                "reasons": dict(progress.reasons),
            }
        ),
    )


@router.get("/v1/ops/quarantine", responses=READING)
async def get_quarantine(
    context: Context, _caller: OpsCaller, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> QuarantineAnswer:
    """The newest messages that were refused, by topic and hash; payloads are not kept."""
    entries = await context.read(show_quarantine, limit=limit)
    return QuarantineAnswer(
        entries=[
            QuarantineEntryAnswer(
                topic=one.refused.topic,
                payload_sha256=one.refused.payload_sha256,
                size_bytes=one.refused.size_bytes,
                reason=one.refused.reason,
                times=one.times,
                first_at=from_ms(one.first_at_ms),
                last_at=from_ms(one.last_at_ms),
            )
            for one in entries
        ]
    )


@router.get("/healthz")
async def get_health(context: Context) -> HealthAnswer:
    """The server answers."""
    return HealthAnswer(status="ok", writer_waiting=context.writer.waiting)


@router.get(
    "/metrics",
    response_class=PlainTextResponse,
    responses={
        200: {
            "content": {
                "text/plain": {
                    "schema": {"type": "string"},
                    "example": "beaconry_gateways_online 6.0\n",
                }
            }
        },
        **READING,
    },
)
async def get_metrics(request: Request, context: Context, caller: Bearer) -> PlainTextResponse:
    """Counters in the Prometheus text format; from loopback, or with an ops key."""
    if caller is not None:
        caller.require("ops")
    elif request.client is None or request.client.host not in LOOPBACK:
        raise NotAllowed("metrics are for loopback, or with an ops key", code="not_loopback")
    text, media_type = metrics_text(context)
    return PlainTextResponse(text, media_type=media_type)
