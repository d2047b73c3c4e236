"""Gateways that come and go; fixed beacons; what is not as the plan says."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from proximity_wire.enrolment import EnrolmentRequest
from store_server.clock import from_ms
from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.fleet import (
    BeaconAnswer,
    BeaconListAnswer,
    EnrolmentAnswerBody,
    EnrolmentBody,
    EnrolmentCodeAnswer,
    FindingAnswer,
    FindingListAnswer,
    ForeignCountAnswer,
    ForeignCountListAnswer,
    RevocationAnswer,
)
from store_server.entrypoints.enrol_command import enrol_command, unreachable_warning
from store_server.entrypoints.failure_count import FailureCount
from store_server.entrypoints.gateway_admission import cut_off, let_in, mint_code
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.count_foreign import show_foreign_counts
from store_server.flows.show_beacons import BeaconLine, show_beacons, show_findings
from store_server.flows.watch_fleet import accept_as_it_is
from store_server.writer import Priority

router = APIRouter(prefix="/v1", tags=["fleet"])

GatewayName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$", examples=["gw-1"])]


def count_of_wrong_codes() -> FailureCount:
    """What bounds how often codes can be guessed."""
    return FailureCount("too many wrong codes; wait a minute", "too_many_codes")


@router.post(
    "/gateways/{gateway_id}/enrolment-codes",
    status_code=201,
    responses={**CHANGING, **refusals(404)},
)
async def post_enrolment_code(
    gateway_id: GatewayName, request: Request, context: Context, caller: OpsCaller
) -> EnrolmentCodeAnswer:
    """Make a code that lets one agent in as this gateway, once, within 15 minutes."""
    minted = await mint_code(context, gateway=gateway_id, made_by=caller.name)
    server = context.settings.http.public_url or str(request.base_url).rstrip("/")
    return EnrolmentCodeAnswer(
        gateway_id=minted.gateway,
        code=minted.code,
        expires_at=minted.expires_at,
        command=enrol_command(server, code=minted.code),
        warning=unreachable_warning(server),
    )


@router.post("/enrolments", status_code=201, responses=refusals(403, 409, 413, 422, 429))
async def post_enrolment(
    body: EnrolmentBody, request: Request, context: Context
) -> EnrolmentAnswerBody:
    """Come in by a code; the proof in the body is all that is asked for."""
    asked = msgspec.convert(body.model_dump(), EnrolmentRequest)
    failures = request.app.state.enrolment_failures
    assert isinstance(failures, FailureCount)
    answer = await let_in(context, asked, failures=failures)
    return EnrolmentAnswerBody(v=answer.v, record=answer.record, proof=answer.proof)


@router.post("/gateways/{gateway_id}/revocation", responses={**CHANGING, **refusals(404)})
async def post_revocation(
    gateway_id: GatewayName, context: Context, _caller: OpsCaller
) -> RevocationAnswer:
    """Cut a gateway off: its batches are refused at once, its connection is dropped."""
    account, told = await cut_off(context, gateway=gateway_id)
    assert account.revoked_at is not None
    return RevocationAnswer(gateway_id=gateway_id, revoked_at=account.revoked_at, broker_told=told)


@router.get("/beacons", responses=READING)
async def list_beacons(context: Context, _caller: OpsCaller) -> BeaconListAnswer:
    """The fixed beacons: where each hangs, when it was heard last, how long its battery lasts."""
    lines = await context.read(show_beacons)
    return BeaconListAnswer(beacons=[_beacon(line) for line in lines])


@router.get("/fleet/findings", responses=READING)
async def list_findings(context: Context, _caller: OpsCaller) -> FindingListAnswer:
    """Gateways and beacons that were moved, swapped, cloned or are silent."""
    findings = await context.read(show_findings)
    return FindingListAnswer(
        findings=[
            FindingAnswer(
                kind=one.kind,
                subject=one.subject,
                other=one.other,
                text=one.text,
                first_at=from_ms(one.first_at_ms),
                last_at=from_ms(one.last_at_ms),
            )
            for one in findings
        ]
    )


@router.get("/fleet/foreign-counts", responses={**READING, **refusals(422)})
async def list_foreign_counts(
    context: Context,
    _caller: OpsCaller,
    hours: Annotated[int, Query(ge=1, le=9_600, examples=[24])] = 24,
) -> ForeignCountListAnswer:
    """How many foreign devices were around each gateway, by quarter of an hour; no address."""
    quarters = await context.read(show_foreign_counts, hours=hours)
    return ForeignCountListAnswer(
        counting=context.rooms.policy.counting,
        counts=[
            ForeignCountAnswer(
                gateway_id=one.gateway,
                from_at=from_ms(one.slot_ms),
                devices=one.devices,
                adverts=dict(one.adverts),
            )
            for one in quarters
        ],
    )


@router.post(
    "/fleet/{subject}/acceptance", status_code=204, responses={**CHANGING, **refusals(404)}
)
async def post_acceptance(subject: GatewayName, context: Context, _caller: OpsCaller) -> Response:
    """A gateway or beacon is right where it is now: what was usual of it is forgotten."""
    await context.write(Priority.APP, accept_as_it_is, subject=subject)
    return Response(status_code=204)


def _beacon(line: BeaconLine) -> BeaconAnswer:
    return BeaconAnswer(
        beacon_id=line.id,
        identity=line.identity,
        zone=line.zone,
        place=line.place,
        last_heard_at=line.last_heard_at,
        heard_by=list(line.heard_by),
        battery_mv=line.battery_mv,
        temperature_c=line.temperature_c,
        days_left=line.days_left,
        battery_low=line.battery_low,
        findings=list(line.findings),
    )
