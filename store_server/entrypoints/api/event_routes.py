"""What the retailer tells of shoppers: events, what they never want to see, complaints."""

from typing import Annotated

from fastapi import APIRouter, Path

from store_server.entrypoints.api.backend_routes import ShopperPath
from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.events import (
    ComplaintAnswer,
    ComplaintBody,
    EventFieldAnswer,
    EventKindAnswer,
    EventKindBody,
    EventKindListAnswer,
    EventResultAnswer,
    EventsAnswer,
    EventsBody,
    ExclusionsAnswer,
    ExclusionsBody,
)
from store_server.entrypoints.http_auth import BackendCaller, Context, ShopperCaller
from store_server.flows.take_events import declare_event_kind, show_event_kinds, take_events
from store_server.flows.take_wishes import (
    close_complaint,
    open_complaint,
    set_exclusions,
    show_exclusions,
)
from store_server.ids import ShopperId
from store_server.shoppers.attributes import Attribute
from store_server.shoppers.complaint import Complaint
from store_server.shoppers.event import EventField, EventKind, GivenEvent
from store_server.writer import Priority

router = APIRouter(prefix="/v1")

KindName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", examples=["recipe-saved"])]
ComplaintName = Annotated[str, Path(pattern=r"^[!-.0-~]{1,100}$", examples=["c-881"])]


@router.get("/event-kinds", tags=["events"], responses=READING)
async def get_event_kinds(context: Context, _caller: BackendCaller) -> EventKindListAnswer:
    """What kinds of events there are."""
    found = await context.read(show_event_kinds)
    return EventKindListAnswer(kinds=[_kind(one) for one in found])


@router.put("/event-kinds/{kind}", tags=["events"], responses={**CHANGING, **refusals(409)})
async def put_event_kind(
    kind: KindName, body: EventKindBody, context: Context, _caller: BackendCaller
) -> EventKindAnswer:
    """Declare a kind of event, or add fields to it; what there are events of keeps its meaning."""
    fields = tuple(
        EventField(Attribute(one.name, one.type, tuple(one.choices)), one.required)
        for one in body.fields
    )
    asked = EventKind(
        kind, body.purpose, fields, body.item_field, body.amount_field, body.keep_days
    )
    return _kind(await context.write(Priority.APP, declare_event_kind, kind=asked))


@router.post("/events", tags=["events"], responses=CHANGING)
async def post_events(body: EventsBody, context: Context, _caller: BackendCaller) -> EventsAnswer:
    """Tell what shoppers did; each event is judged alone, and its purpose is asked first."""
    given = [
        GivenEvent(one.event_id, one.shopper_id, one.kind, one.at, one.said) for one in body.events
    ]
    results = await context.write(Priority.APP, take_events, events=given)
    states = [one.status for one in results]
    return EventsAnswer(
        taken=states.count("taken"),
        known=states.count("known"),
        refused=states.count("refused"),
        results=[EventResultAnswer.model_validate(one) for one in results],
    )


@router.get(
    "/shoppers/{shopper_id}/exclusions",
    tags=["shoppers"],
    responses={**READING, **refusals(404)},
)
async def get_exclusions(
    shopper_id: ShopperPath, context: Context, _caller: BackendCaller
) -> ExclusionsAnswer:
    """What the shopper never wants to see."""
    names = await context.read(show_exclusions, shopper=ShopperId(shopper_id))
    return ExclusionsAnswer(excluded=sorted(names))


@router.put(
    "/shoppers/{shopper_id}/exclusions",
    tags=["shoppers"],
    responses={**CHANGING, **refusals(404)},
)
async def put_exclusions(
    shopper_id: ShopperPath, body: ExclusionsBody, context: Context, _caller: BackendCaller
) -> ExclusionsAnswer:
    """Say what the shopper never wants to see, in the place of what was said before."""
    names = await context.write(
        Priority.APP, set_exclusions, shopper=ShopperId(shopper_id), excluded=body.excluded
    )
    return ExclusionsAnswer(excluded=sorted(names))


@router.get("/app/exclusions", tags=["app"], responses={**READING, **refusals(404)})
async def get_my_exclusions(context: Context, shopper: ShopperCaller) -> ExclusionsAnswer:
    """What I never want to see."""
    names = await context.read(show_exclusions, shopper=shopper)
    return ExclusionsAnswer(excluded=sorted(names))


@router.put("/app/exclusions", tags=["app"], responses={**CHANGING, **refusals(404)})
async def put_my_exclusions(
    body: ExclusionsBody, context: Context, shopper: ShopperCaller
) -> ExclusionsAnswer:
    """Say what I never want to see, in the place of what I said before."""
    names = await context.write(
        Priority.APP, set_exclusions, shopper=shopper, excluded=body.excluded
    )
    return ExclusionsAnswer(excluded=sorted(names))


@router.post(
    "/shoppers/{shopper_id}/complaints",
    tags=["shoppers"],
    status_code=201,
    responses={**CHANGING, **refusals(404, 409)},
)
async def post_complaint(
    shopper_id: ShopperPath, body: ComplaintBody, context: Context, _caller: BackendCaller
) -> ComplaintAnswer:
    """Open a complaint: nothing is offered to the shopper until it is closed."""
    complaint = await context.write(
        Priority.APP,
        open_complaint,
        shopper=ShopperId(shopper_id),
        topic=body.topic,
        complaint_id=body.complaint_id,
    )
    return _complaint(complaint)


@router.delete(
    "/shoppers/{shopper_id}/complaints/{complaint_id}",
    tags=["shoppers"],
    responses={**CHANGING, **refusals(404)},
)
async def delete_complaint(
    shopper_id: ShopperPath,
    complaint_id: ComplaintName,
    context: Context,
    _caller: BackendCaller,
) -> ComplaintAnswer:
    """Close a complaint; it stays on record as closed."""
    closed = await context.write(
        Priority.APP,
        close_complaint,
        shopper=ShopperId(shopper_id),
        complaint_id=complaint_id,
    )
    return _complaint(closed)


def _complaint(one: Complaint) -> ComplaintAnswer:
    return ComplaintAnswer(
        complaint_id=one.id, topic=one.topic, opened_at=one.opened_at, closed_at=one.closed_at
    )


def _kind(one: EventKind) -> EventKindAnswer:
    return EventKindAnswer(
        kind=one.kind,
        purpose=one.purpose,
        fields=[
            EventFieldAnswer(
                name=field.attribute.name,
                type=field.attribute.type,
                choices=list(field.attribute.choices),
                required=field.required,
            )
            for field in one.fields
        ],
        item_field=one.item_field,
        amount_field=one.amount_field,
        keep_days=one.keep_days,
    )
