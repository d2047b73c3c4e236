"""Walk it yourself: a simulated shopper led by hand, the phone beside the plan, and a till.

The page only says where the shopper shall stand; everything else that it shows is what the
store itself found out by radio, gateways, broker, belief and decision. The till is the real
one too: the coupon is held, used up and reported in a basket by the flows that tills use.
"""

import json
import secrets
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.decisions.decision import Arm
from store_server.decisions.holdout import arm_of
from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.forms import sent_form
from store_server.entrypoints.console.plan_drawing import CM, draw
from store_server.entrypoints.console.rendering import html
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.console.walk_view import walk_view
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.guided_walks import (
    GuidedWalk,
    GuidedWalks,
    require_simulated,
    walks_of,
)
from store_server.entrypoints.http_auth import Context
from store_server.errors import NotFound, Refusal, Unprocessable
from store_server.flows.audited import audited, note_deed
from store_server.flows.decision_policy import decision_policy
from store_server.flows.record_opened import record_opened
from store_server.flows.show_walk import basket_for, show_walk
from store_server.flows.take_basket import take_basket
from store_server.flows.use_coupon import CouponShown, redeem_coupon, reserve_coupon
from store_server.ids import ShopperId
from store_server.shop.audit import Deed
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.polygon import deepest_point
from store_server.shoppers.simulated import new_simulated
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

TILL = "walk-till"
# A draw by lot holds one in a few out; so many in a row is beyond any sensible share.
MOST_DRAWS = 200


@router.get("/live/walk")
async def show_walk_page(visit: Visitor, request: Request, context: Context) -> Response:
    """The plan with the shopper in it, the phone and the till."""
    return await _page(visit, request, context)


@router.get("/live/walk/state")
async def show_walk_state(visit: Visitor, request: Request, context: Context) -> Response:
    """What changes while she walks, as a piece of the page."""
    require_simulated(context)
    values = await _values(visit, walks_of(request), context)
    return html("walk_state.html", visit.language, currency=visit.currency, piece=True, **values)


@router.post("/live/walk")
async def act_on_walk(visit: Visitor, request: Request, context: Context) -> Response:
    """Begin, go to a zone, scan an offer at the till, or leave."""
    form = await sent_form(request)
    try:
        require_simulated(context)
        match form.text("act"):
            case "begin":
                await _begin(visit, walks_of(request), context)
            case "go":
                _go(visit, walks_of(request), context.rooms.live.plan, form.text("zone"))
            case "scan":
                await _scan(visit, walks_of(request), context, form.text("notification"))
            case "leave":
                walks_of(request).end(visit.caller.name)
            case other:
                raise Unprocessable(
                    f"act is {other!r}; must be begin, go, scan or leave", code="bad_act"
                )
    except Refusal as refusal:
        return await _page(visit, request, context, refusal=refusal)
    return seen_other("/live/walk")


@router.post("/live/walk/move")
async def move_walk(visit: Visitor, request: Request, context: Context) -> Response:
    """The shopper was dragged there: `x`, `y` in metres. Answers nothing."""
    require_simulated(context)
    form = await sent_form(request)
    plan = context.rooms.live.plan
    try:
        x, y = float(form.text("x")), float(form.text("y"))
    except ValueError:
        x = y = float("nan")
    if not (0 <= x <= plan.width_m and 0 <= y <= plan.height_m):
        raise Unprocessable("x and y must be metres on the plan", code="bad_place")
    walks_of(request).move(visit.caller.name, (x, y))
    return Response(status_code=204)


async def _page(
    visit: Visit, request: Request, context: ServerContext, *, refusal: Refusal | None = None
) -> Response:
    plan = context.rooms.live.plan
    values = await _values(visit, walks_of(request), context) if context.simulated else {}
    return visit.page(
        "walk.html",
        status=refusal.http_status if refusal else 200,
        plan=draw(plan),
        zones=[(zone.id, zone.name) for zone in plan.zones],
        size=json.dumps({"width": plan.width_m, "height": plan.height_m}),
        refusal=refusal,
        **values,
    )


async def _values(visit: Visit, walks: GuidedWalks, context: ServerContext) -> dict[str, Any]:
    walk = walks.of(visit.caller.name)
    if walk is None:
        return {"walk": None, "seen": None, "listened": walks.listened_to, "at": None}
    state = await context.read(
        show_walk, shopper=walk.shopper, since=walk.began_at, language=visit.language
    )
    live = context.rooms.live
    seen = walk_view(state, plan=live.plan, offers=live.catalogue, language=visit.language)
    return {
        "walk": walk,
        "seen": seen,
        "listened": walks.listened_to,
        "at": _drawn(walk, live.plan),
    }


def _drawn(walk: GuidedWalk, plan: FloorPlan) -> tuple[int, int] | None:
    if walk.at is None:
        return None
    return round(walk.at[0] * CM), round((plan.height_m - walk.at[1]) * CM)


async def _begin(visit: Visit, walks: GuidedWalks, context: ServerContext) -> None:
    at = context.rooms.now(context.rooms.live)
    walk = walks.begin(visit.caller.name, _who_may_get_one(context), at=at)
    noted = entry(visit, Deed.SHOPPER_WALKED, at=context.system_now(), subject=walk.shopper)
    await context.write(Priority.APP, note_deed, entry=noted)


def _who_may_get_one(context: ServerContext) -> ShopperId:
    """A new name that the store's holdout does not draw: she came to see an offer.

    A campaign's own holdout and experiments draw as they do for everybody.
    """
    policy = decision_policy(context.rooms.policy)
    for _ in range(MOST_DRAWS):
        shopper = new_simulated(secrets.token_bytes)
        if arm_of(shopper, None, org=context.scope.org, policy=policy) is Arm.OFFER:
            return shopper
    return shopper


def _go(visit: Visit, walks: GuidedWalks, plan: FloorPlan, zone_id: str) -> None:
    zone = next((one for one in plan.zones if one.id == zone_id), None)
    if zone is None:
        raise NotFound(f"there is no zone {zone_id[:40]!r} on the plan", code="unknown_zone")
    walks.move(visit.caller.name, deepest_point(zone.polygon)[0])


async def _scan(
    visit: Visit, walks: GuidedWalks, context: ServerContext, notification: str
) -> None:
    """Open the offer, hold its coupon, use it up, and report the basket: as a till does."""
    walk = walks.of(visit.caller.name)
    if walk is None:
        raise NotFound("you walk no shopper; begin first", code="no_walk")
    shopper, name = walk.shopper, f"walk-{secrets.token_hex(8)}"
    basket = await context.read(
        basket_for, shopper=shopper, notification=notification, till=TILL, name=name
    )
    await context.write(Priority.APP, record_opened, notification_id=notification, shopper=shopper)
    for code in basket.coupons:
        shown = CouponShown(code, TILL, shopper, basket=name)
        for number, flow in enumerate((reserve_coupon, redeem_coupon)):
            await context.write(
                Priority.TILL, flow, shown=shown, idempotency_key=f"{name}-{number}"
            )
    await context.write(
        Priority.TILL,
        audited,
        entry=entry(visit, Deed.WALK_SCANNED, at=context.system_now(), subject=shopper),
        act=take_basket,
        basket=basket,
        idempotency_key=name,
    )
