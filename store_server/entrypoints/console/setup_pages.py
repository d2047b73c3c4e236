"""The first run: what the store is, its plan, its gateways; each step may be come back to."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.fleet_view import fleet_view
from store_server.entrypoints.console.forms import Sent, sent_form
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.languages import words_of
from store_server.entrypoints.console.setup_example import keep_example
from store_server.entrypoints.console.setup_form import first_fields, read_store_form, timezones
from store_server.entrypoints.console.uploads import content_of, sent_file
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.enrol_command import enrol_command, unreachable_warning
from store_server.entrypoints.gateway_admission import mint_code
from store_server.entrypoints.http_auth import Context
from store_server.errors import ConfigError, Refusal, Unprocessable
from store_server.flows.audited import audited, note_deed
from store_server.flows.enrol_gateway import MintedCode
from store_server.flows.save_plan import save_plan
from store_server.flows.save_profile import begin_store
from store_server.flows.show_beacons import show_fleet_board
from store_server.shop.audit import Deed
from store_server.shop.plan_document import write_shapes
from store_server.shop.plan_template import Template, plan_from
from store_server.shop.uploaded_plan import KINDS, MOST_BYTES, read_upload
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

PLAN, GATEWAYS = "/setup/plan", "/setup/gateways"
TEMPLATE_TEXTS = {
    Template.ROOM: (N_("One room"), N_("Entrance, checkout, one sales floor")),
    Template.AISLES: (N_("Aisles"), N_("Entrance, checkout, four aisles")),
    Template.SUPERMARKET: (N_("Supermarket"), N_("Entrance, checkout, four departments")),
}
ZONE_TEXTS = {
    "entrance": N_("Entrance"),
    "checkout": N_("Checkout"),
    "sales": N_("Sales floor"),
    "aisle-1": N_("Aisle 1"),
    "aisle-2": N_("Aisle 2"),
    "aisle-3": N_("Aisle 3"),
    "aisle-4": N_("Aisle 4"),
    "produce": N_("Fruit and vegetables"),
    "bakery": N_("Bakery"),
    "dairy": N_("Dairy"),
    "drinks": N_("Drinks"),
}


@router.get("/setup")
async def begin_setup(visit: Visitor, context: Context) -> Response:
    """What the store is; or, where that is known, its plan."""
    if is_set_up(context):
        return seen_other(PLAN)
    return _store_page(visit, first_fields(visit.timezone))


@router.post("/setup")
async def set_store_up(visit: Visitor, request: Request, context: Context) -> Response:
    """Make the store, its floor still one zone."""
    sent = await sent_form(request)
    draft = read_store_form(sent, scope=context.scope)
    if draft.store is None:
        return _store_page(visit, sent, errors=draft.errors)
    whole_floor = ZONE_TEXTS["sales"]
    noted = entry(visit, Deed.STORE_SAVED, at=context.system_now(), subject=draft.store.name)
    try:
        await context.write(
            Priority.APP,
            audited,
            entry=noted,
            act=begin_store,
            store=draft.store,
            size_m=draft.size_m,
            zone_name=words_of(visit.language).gettext(whole_floor),
        )
    except Refusal as refusal:
        return _store_page(visit, sent, refusal=refusal)
    return seen_other(PLAN)


@router.get("/setup/plan")
async def choose_plan(visit: Visitor, context: Context) -> Response:
    """How the store gets its plan: a template, a file, the demo; or drawn by hand."""
    return _plan_page(visit, context) if is_set_up(context) else seen_other("/setup")


@router.post("/setup/plan")
async def take_template(visit: Visitor, request: Request, context: Context) -> Response:
    """Have a template be the plan; with the demo, an offer and a campaign to look at come too."""
    chosen = (await sent_form(request)).text("template", longest=20)
    demo = chosen == "demo"
    try:
        if not demo and chosen not in set(Template):
            raise Unprocessable("choose one of the plans", code="no_template")
        say = words_of(visit.language).gettext
        names = {zone: say(text) for zone, text in ZONE_TEXTS.items()}
        template = Template.SUPERMARKET if demo else Template(chosen)
        plan = plan_from(template, context.rooms.live.plan, names=names)
        await _publish(visit, context, write_shapes(plan))
        if demo:
            await keep_example(visit, context)
    except Refusal as refusal:
        return _plan_page(visit, context, refusal=refusal)
    return seen_other(GATEWAYS)


@router.post("/setup/plan/file")
async def take_file(visit: Visitor, request: Request, context: Context) -> Response:
    """Have an uploaded plan be the plan, or tell every fault of it."""
    try:
        _, file = await sent_file(request, "plan")
        upload = await content_of(file, most_bytes=MOST_BYTES)
        try:
            found = await asyncio.to_thread(
                read_upload, upload.content, file_name=upload.name, base=context.rooms.live.plan
            )
        except ConfigError as error:
            raise Unprocessable(str(error).replace("\n", "; "), code="bad_plan") from None
        await _publish(visit, context, found.document)
    except Refusal as refusal:
        return _plan_page(visit, context, refusal=refusal)
    return seen_other(GATEWAYS)


@router.get("/setup/gateways")
async def connect_gateways(visit: Visitor, context: Context) -> Response:
    """The gateways of the plan, and how each is let in."""
    return await _gateway_page(visit, context)


@router.post("/setup/gateways")
async def make_gateway_code(visit: Visitor, request: Request, context: Context) -> Response:
    """Make a one-time code for a gateway and show it, once."""
    gateway = (await sent_form(request)).text("gateway", longest=64)
    try:
        minted = await mint_code(context, gateway=gateway, made_by=visit.caller.name)
    except Refusal as refusal:
        return await _gateway_page(visit, context, refusal=refusal)
    noted = entry(visit, Deed.GATEWAY_CODE, at=context.system_now(), subject=gateway)
    await context.write(Priority.APP, note_deed, entry=noted)
    server = context.settings.http.public_url or str(request.base_url).rstrip("/")
    return await _gateway_page(visit, context, minted=minted, server=server)


def is_set_up(context: ServerContext) -> bool:
    """Whether the store has a plan, be it a bare floor."""
    return bool(context.rooms.live.plan.zones)


async def _publish(visit: Visit, context: ServerContext, document: object) -> None:
    await context.write(
        Priority.APP,
        audited,
        entry=entry(visit, Deed.PLAN_PUBLISHED, at=context.system_now()),
        act=save_plan,
        document=document,
    )


def _store_page(
    visit: Visit,
    sent: Sent,
    *,
    errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    return visit.page(
        "setup_store.html",
        status=refusal.http_status if refusal else 422 if errors else 200,
        sent=sent,
        errors=errors or {},
        refusal=refusal,
        timezones=timezones(),
    )


def _plan_page(visit: Visit, context: ServerContext, *, refusal: Refusal | None = None) -> Response:
    return visit.page(
        "setup_plan.html",
        status=refusal.http_status if refusal else 200,
        faults=str(refusal).split("; ") if refusal and refusal.code == "bad_plan" else (),
        refusal=refusal,
        plan=context.rooms.live.plan,
        templates=TEMPLATE_TEXTS,
        endings=", ".join(KINDS),
    )


async def _gateway_page(
    visit: Visit,
    context: ServerContext,
    *,
    minted: MintedCode | None = None,
    server: str | None = None,
    refusal: Refusal | None = None,
) -> Response:
    board = await context.read(show_fleet_board)
    words, plan = words_of(visit.language), context.rooms.live.plan
    return visit.page(
        "setup_gateways.html",
        status=refusal.http_status if refusal else 200,
        gateways=fleet_view(board, plan=plan, timezone=visit.timezone, words=words).gateways,
        minted=minted,
        command=enrol_command(server, code=minted.code) if minted and server else "",
        warning=unreachable_warning(server) if server else None,
        refusal=refusal,
    )
