"""What the retailer's app asks for one shopper, with that shopper's token."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from store_server.clock import to_ms
from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.app import (
    ArrivalAnswer,
    ArrivalBody,
    DismissedBody,
    InboxAnswer,
    InboxItemAnswer,
    InstallAnswer,
    InstallBody,
    MyDataAnswer,
    OpenedBody,
    RefusedSighting,
    SightingBody,
    SightingsAnswer,
    SightingsBody,
)
from store_server.entrypoints.api.schemas.backend import ConsentAnswer, ConsentBody
from store_server.entrypoints.http_auth import Context, ShopperCaller
from store_server.flows.follow_up import report_arrival
from store_server.flows.record_consent import record_consent
from store_server.flows.record_dismissed import record_dismissed
from store_server.flows.record_opened import record_opened
from store_server.flows.register_install import register_install
from store_server.flows.show_inbox import show_inbox
from store_server.flows.show_shopper import show_shopper
from store_server.flows.take_app_sightings import take_app_sightings
from store_server.presence.app_reading import AppReading
from store_server.shoppers.consent import Purpose
from store_server.writer import Priority

router = APIRouter(prefix="/v1/app", tags=["app"])

DecisionName = Annotated[str, Path(pattern=r"^[a-z0-9]{1,40}$", examples=["kq3example"])]
NotificationName = Annotated[str, Path(pattern=r"^[a-z0-9]{1,40}$", examples=["kq3example"])]


@router.post("/installs", status_code=201, responses=CHANGING)
async def post_install(
    body: InstallBody, context: Context, shopper: ShopperCaller
) -> InstallAnswer:
    """Say that the app is on this phone."""
    install = await context.write(
        Priority.APP,
        register_install,
        shopper=shopper,
        platform=body.platform,
        app_version=body.app_version,
        push_capable=body.push_capable,
    )
    return InstallAnswer(install_id=install.install_id)


@router.put("/consents/{purpose}", responses=CHANGING)
async def put_my_consent(
    purpose: Purpose, body: ConsentBody, context: Context, shopper: ShopperCaller
) -> ConsentAnswer:
    """Write what the shopper agreed to, or took back, into the ledger."""
    entry = await context.write(
        Priority.APP,
        record_consent,
        shopper=shopper,
        purpose=purpose,
        granted=body.granted,
        at=body.at,
        source=body.source,
        text_version=body.text_version,
    )
    return ConsentAnswer(
        shopper_id=entry.shopper, purpose=entry.purpose, granted=entry.granted, at=entry.at
    )


@router.get("/data", responses=READING)
async def get_my_data(context: Context, shopper: ShopperCaller) -> MyDataAnswer:
    """Everything that is kept about the shopper."""
    data = await context.read(show_shopper, shopper=shopper)
    return MyDataAnswer.model_validate({"shopper_id": shopper, "data": data})


@router.get("/inbox", responses=READING)
async def get_my_inbox(context: Context, shopper: ShopperCaller) -> InboxAnswer:
    """The offers that can still be used: what the app's inbox shows, also without push."""
    items = await context.read(show_inbox, shopper=shopper)
    return InboxAnswer(
        items=[
            InboxItemAnswer(
                notification_id=one.notification,
                offer_id=one.offer,
                title=one.title,
                body=one.body,
                coupon_code=one.coupon_code,
                face_value_minor=one.face_value_minor,
                personal_discount=one.personal_discount,
                created_at=one.created_at,
                expires_at=one.expires_at,
                opened_at=one.opened_at,
            )
            for one in items
        ]
    )


@router.post("/sightings", status_code=202, responses=CHANGING)
async def post_sightings(
    body: SightingsBody, context: Context, shopper: ShopperCaller
) -> SightingsAnswer:
    """Report the beacons that the phone heard; each is judged alone."""
    taken = await context.write(
        Priority.APP,
        take_app_sightings,
        shopper=shopper,
        readings=[_reading(one) for one in body.sightings],
    )
    context.wake_deliveries()
    refused = [
        RefusedSighting(index=one.index, code=one.code, detail=one.detail) for one in taken.refused
    ]
    return SightingsAnswer(accepted=taken.accepted, refused=refused)


@router.post("/arrivals", status_code=202, responses=CHANGING)
async def post_arrival(
    body: ArrivalBody, context: Context, shopper: ShopperCaller
) -> ArrivalAnswer:
    """Say that the shopper has arrived near the store; what is offered comes as a notification."""
    awaited = await context.write(
        Priority.APP, report_arrival, shopper=shopper, request_id=body.request_id
    )
    context.wake_deliveries()
    return ArrivalAnswer(awaited=awaited)


@router.post(
    "/decisions/{decision_id}/dismissed",
    status_code=204,
    responses={**CHANGING, **refusals(404)},
)
async def post_dismissed(
    decision_id: DecisionName,
    context: Context,
    shopper: ShopperCaller,
    body: DismissedBody | None = None,
) -> Response:
    """Say that the shopper waved an offer away; its campaign is silent for its cooldown."""
    await context.write(
        Priority.APP,
        record_dismissed,
        decision_id=decision_id,
        shopper=shopper,
        at=body.at if body is not None else None,
    )
    return Response(status_code=204)


@router.post(
    "/notifications/{notification_id}/opened",
    status_code=204,
    responses={**CHANGING, **refusals(404)},
)
async def post_opened(
    notification_id: NotificationName,
    context: Context,
    shopper: ShopperCaller,
    body: OpenedBody | None = None,
) -> Response:
    """Say that the shopper opened a notification; the first time counts."""
    await context.write(
        Priority.APP,
        record_opened,
        notification_id=notification_id,
        shopper=shopper,
        at=body.at if body is not None else None,
    )
    return Response(status_code=204)


def _reading(sighting: SightingBody) -> AppReading:
    return AppReading(
        beacon=sighting.beacon,
        rssi_dbm=sighting.rssi_dbm,
        at_ms=to_ms(sighting.at),
        measured_power_dbm=sighting.measured_power_dbm,
        count=sighting.count,
    )
