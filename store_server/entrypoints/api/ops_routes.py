"""What an operator and the machines around the server ask: progress, quarantine, health."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse

from store_server.clock import from_ms
from store_server.decisions.kill_switch import KillSwitch
from store_server.entrypoints.api.metrics import metrics_text
from store_server.entrypoints.api.problems_shown import CHANGING, READING
from store_server.entrypoints.api.schemas.operations import (
    CountsAnswer,
    GatewayProgress,
    HealthAnswer,
    KillSwitchAnswer,
    KillSwitchBody,
    ProgressAnswer,
    QuarantineAnswer,
    QuarantineEntryAnswer,
)
from store_server.entrypoints.http_auth import Bearer, Context, OpsCaller
from store_server.errors import NotAllowed
from store_server.flows.move_kill_switch import move_kill_switch
from store_server.flows.show_progress import show_progress, show_quarantine
from store_server.writer import Priority

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
        kill_switch=_switch(progress.kill_switch),
        counts=CountsAnswer.model_validate(
            {
                **progress.counts,
                "decisions": dict(progress.decisions),
                "reasons": dict(progress.reasons),
            }
        ),
    )


@router.put("/v1/ops/kill-switch", responses={**READING, **CHANGING})
async def put_kill_switch(
    body: KillSwitchBody, context: Context, _caller: OpsCaller
) -> KillSwitchAnswer:
    """Silence the store, or let it speak again: the next decision and delivery go by it."""
    return _switch(
        await context.write(Priority.APP, move_kill_switch, is_on=body.on, note=body.note)
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


def _switch(switch: KillSwitch) -> KillSwitchAnswer:
    return KillSwitchAnswer(on=switch.is_on, since=switch.since, note=switch.note)
