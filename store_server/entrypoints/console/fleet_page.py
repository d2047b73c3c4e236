"""The page of the fleet, and its three forms: a code for a gateway, cut one off, accept a place.

A code is shown in the answer to its form and nowhere else.
"""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.fleet_view import fleet_view
from store_server.entrypoints.console.forms import sent_form
from store_server.entrypoints.console.languages import words_of
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.enrol_command import enrol_command, unreachable_warning
from store_server.entrypoints.gateway_admission import cut_off, mint_code
from store_server.entrypoints.http_auth import Context
from store_server.errors import Refusal
from store_server.flows.audited import audited, note_deed
from store_server.flows.enrol_gateway import MintedCode
from store_server.flows.show_beacons import show_fleet_board
from store_server.flows.watch_fleet import accept_as_it_is
from store_server.shop.audit import Deed
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

HERE = "/store/devices"
LONGEST_NAME = 64


@router.get("/store/devices")
async def show_fleet_page(visit: Visitor, context: Context) -> Response:
    """Gateways, fixed beacons, and what is not as the plan says."""
    return await _page(context, visit)


@router.post("/store/devices/codes")
async def make_code(visit: Visitor, request: Request, context: Context) -> Response:
    """Make a one-time code and show it."""
    gateway = (await sent_form(request)).text("gateway", longest=LONGEST_NAME)
    try:
        minted = await mint_code(context, gateway=gateway, made_by=visit.caller.name)
    except Refusal as refusal:
        return await _page(context, visit, refusal=refusal)
    await _note(context, visit, Deed.GATEWAY_CODE, gateway)
    server = context.settings.http.public_url or str(request.base_url).rstrip("/")
    return await _page(context, visit, minted=minted, server=server)


@router.post("/store/devices/revocations")
async def revoke(visit: Visitor, request: Request, context: Context) -> Response:
    """Cut a gateway off."""
    gateway = (await sent_form(request)).text("gateway", longest=LONGEST_NAME)
    try:
        await cut_off(context, gateway=gateway)
    except Refusal as refusal:
        return await _page(context, visit, refusal=refusal)
    await _note(context, visit, Deed.GATEWAY_CUT_OFF, gateway)
    return seen_other(HERE)


@router.post("/store/devices/acceptances")
async def accept(visit: Visitor, request: Request, context: Context) -> Response:
    """A gateway or beacon is right where it is now."""
    subject = (await sent_form(request)).text("subject", longest=LONGEST_NAME)
    noted = entry(visit, Deed.PLACE_ACCEPTED, at=context.system_now(), subject=subject)
    try:
        await context.write(
            Priority.APP, audited, entry=noted, act=accept_as_it_is, subject=subject
        )
    except Refusal as refusal:
        return await _page(context, visit, refusal=refusal)
    return seen_other(HERE)


async def _note(context: ServerContext, visit: Visit, deed: Deed, subject: str) -> None:
    noted = entry(visit, deed, at=context.system_now(), subject=subject)
    await context.write(Priority.APP, note_deed, entry=noted)


async def _page(
    context: ServerContext,
    visit: Visit,
    *,
    minted: MintedCode | None = None,
    server: str | None = None,
    refusal: Refusal | None = None,
) -> Response:
    board = await context.read(show_fleet_board)
    words = words_of(visit.language)
    return visit.page(
        "fleet.html",
        status=refusal.http_status if refusal else 200,
        fleet=fleet_view(board, plan=context.rooms.live.plan, timezone=visit.timezone, words=words),
        minted=minted,
        command=enrol_command(server, code=minted.code) if minted and server else "",
        warning=unreachable_warning(server) if server else None,
        refusal=refusal,
    )
