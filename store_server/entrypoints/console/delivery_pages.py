"""Activity: each notification's way to each receiver, with every try and what was answered."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.clock import to_ms
from store_server.decisions.plural import spoken
from store_server.entrypoints.console.activity_pages import ROWS, list_address
from store_server.entrypoints.console.cursor import read_cursor, write_cursor
from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.forms import sent_form
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.slice_view import PART_TEXTS
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import Refusal
from store_server.flows.audited import audited
from store_server.flows.register_endpoint import show_endpoints
from store_server.flows.replay_deliveries import replay_delivery
from store_server.flows.show_deliveries import show_deliveries
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import delivery_reason_text
from store_server.reports.outcomes import Cut
from store_server.shop.audit import Deed
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

STATE_TEXTS = {
    DeliveryState.QUEUED: N_("Waiting to go"),
    DeliveryState.SENDING: N_("Being sent"),
    DeliveryState.DELIVERED: N_("Delivered"),
    DeliveryState.EXPIRED: N_("Too late"),
    DeliveryState.DEAD: N_("Given up"),
    DeliveryState.SUPPRESSED: N_("Held back"),
}
STATE_KINDS = {
    DeliveryState.DELIVERED: "good",
    DeliveryState.EXPIRED: "warn",
    DeliveryState.SUPPRESSED: "warn",
    DeliveryState.DEAD: "bad",
}


@router.get("/activity/deliveries")
async def show_delivery_log(
    visit: Visitor, context: Context, state: str = "", before: str = ""
) -> Response:
    """The newest deliveries with their tries."""
    return await _page(visit, context, state=state, before=before)


@router.post("/activity/deliveries/replays")
async def send_again(visit: Visitor, request: Request, context: Context) -> Response:
    """Send one notification to one receiver once more."""
    form = await sent_form(request)
    name, endpoint = form.text("notification", longest=64), form.text("endpoint", longest=64)
    try:
        await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.DELIVERY_REPLAYED, at=context.system_now(), subject=name),
            act=replay_delivery,
            notification=name,
            endpoint=endpoint,
        )
    except Refusal as refusal:
        return await _page(visit, context, refusal=refusal)
    return seen_other("/activity/deliveries")


async def _page(
    visit: Visit,
    context: ServerContext,
    *,
    state: str = "",
    before: str = "",
    refusal: Refusal | None = None,
) -> Response:
    wanted = DeliveryState(state) if state in set(DeliveryState) else None
    found = await context.read(
        show_deliveries, limit=ROWS + 1, state=wanted, after=read_cursor(before)
    )
    shown = found[:ROWS]
    more = (to_ms(shown[-1].created_at), shown[-1].notification) if len(found) > ROWS else None
    language = spoken(visit.language)
    return visit.page(
        "deliveries.html",
        status=refusal.http_status if refusal else 200,
        refusal=refusal,
        rows=[
            (one, None if one.reason is None else delivery_reason_text(one.reason, language))
            for one in shown
        ],
        endpoints={one.id: one.url for one in await context.read(show_endpoints)},
        ways=PART_TEXTS[Cut.CHANNEL],
        states=STATE_TEXTS,
        kinds=STATE_KINDS,
        state=wanted or "",
        older=list_address("/activity/deliveries", state=wanted, before=write_cursor(more)),
        newest=list_address("/activity/deliveries", state=wanted) if before else None,
    )
