"""The page of the fleet, and its three forms: a code for a gateway, cut one off, accept a place.

Server-rendered, without a script. A code is shown in the answer to its form and nowhere else.
"""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from store_server.entrypoints.console.fleet_view import fleet_view
from store_server.entrypoints.console.pages import page
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.enrol_command import enrol_command, unreachable_warning
from store_server.entrypoints.gateway_admission import cut_off, mint_code
from store_server.entrypoints.http_auth import Context, manager_of, require_own_page
from store_server.errors import NotAuthenticated, Refusal
from store_server.flows.enrol_gateway import MintedCode
from store_server.flows.show_beacons import show_fleet_board
from store_server.flows.watch_fleet import accept_as_it_is
from store_server.shop.access import Caller
from store_server.writer import Priority

router = APIRouter()


@router.get("/fleet")
async def show_fleet_page(request: Request, context: Context) -> Response:
    """Gateways, fixed beacons, and what is not as the plan says."""
    try:
        manager = await manager_of(request, context)
    except NotAuthenticated:
        return RedirectResponse("/login", status_code=303)
    return await _page(context, manager)


@router.post("/fleet/codes")
async def make_code(request: Request, context: Context) -> Response:
    """Make a one-time code and show it."""
    manager, gateway = await _asked(request, context, "gateway")
    try:
        minted = await mint_code(context, gateway=gateway, made_by=manager.name)
    except Refusal as refusal:
        return await _page(context, manager, refusal=refusal)
    server = context.settings.http.public_url or str(request.base_url).rstrip("/")
    return await _page(context, manager, minted=minted, server=server)


@router.post("/fleet/revocations")
async def revoke(request: Request, context: Context) -> Response:
    """Cut a gateway off."""
    manager, gateway = await _asked(request, context, "gateway")
    try:
        await cut_off(context, gateway=gateway)
    except Refusal as refusal:
        return await _page(context, manager, refusal=refusal)
    return RedirectResponse("/fleet", status_code=303)


@router.post("/fleet/acceptances")
async def accept(request: Request, context: Context) -> Response:
    """A gateway or beacon is right where it is now."""
    manager, subject = await _asked(request, context, "subject")
    try:
        await context.write(Priority.APP, accept_as_it_is, subject=subject)
    except Refusal as refusal:
        return await _page(context, manager, refusal=refusal)
    return RedirectResponse("/fleet", status_code=303)


async def _asked(request: Request, context: ServerContext, name: str) -> tuple[Caller, str]:
    """The manager who sent a form of ours, and its one field."""
    require_own_page(request, context)
    manager = await manager_of(request, context)
    form = await request.form()
    return manager, str(form.get(name, ""))[:64]


async def _page(
    context: ServerContext,
    manager: Caller,
    *,
    minted: MintedCode | None = None,
    server: str | None = None,
    refusal: Refusal | None = None,
) -> Response:
    board = await context.read(show_fleet_board)
    return page(
        "fleet.html",
        status=refusal.http_status if refusal else 200,
        fleet=fleet_view(board, timezone=context.rooms.policy.timezone),
        minted=minted,
        command=enrol_command(server, code=minted.code) if minted and server else "",
        warning=unreachable_warning(server) if server else None,
        refusal=str(refusal) if refusal else None,
        simulated=context.simulated,
        user=manager.name,
    )
