"""Settings: who may open the console, and as what."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.forms import Sent, sent_form
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import Refusal
from store_server.flows.audited import audited
from store_server.flows.save_user import change_user, invite_user, renew_link, show_users
from store_server.shop.access import Minted
from store_server.shop.audit import Deed
from store_server.shop.roles import RIGHTS_OF, Right, Role
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

HERE = "/settings/people"
ROLE_TEXTS = {
    Role.MANAGER: N_("Manager"),
    Role.MARKETER: N_("Marketer"),
    Role.ANALYST: N_("Analyst"),
    Role.ADMIN: N_("Admin"),
}
RIGHT_TEXTS = {
    Right.SEE: N_("See the store, campaigns and results, without anybody's name"),
    Right.EDIT_CAMPAIGNS: N_("Write offers, segments and campaigns"),
    Right.LAUNCH_CAMPAIGNS: N_("Launch, pause and stop campaigns"),
    Right.WORK_TASKS: N_("Take and close tasks of the staff"),
    Right.SEE_DECISIONS: N_("See decisions and deliveries one by one"),
    Right.SEE_SHOPPERS: N_("Look at one shopper, with a reason"),
    Right.CHANGE_SHOPPERS: N_("Export or erase a shopper, stop marketing"),
    Right.RUN_STORE: N_("Change plan, gateways and beacons; send again"),
    Right.SEE_AUDIT: N_("See the audit log"),
    Right.ADMINISTER: N_("People, keys, webhooks, settings"),
}


@router.get("/settings/people")
async def show_people_settings(visit: Visitor, context: Context) -> Response:
    """Everybody who may open the console, and what each role may do."""
    return await _page(visit, context)


@router.post("/settings/people/invitations")
async def invite(visit: Visitor, request: Request, context: Context) -> Response:
    """Let somebody in: a link is shown, once."""
    form = await sent_form(request)
    name = form.text("name", longest=64)
    try:
        minted = await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.USER_INVITED, at=context.system_now(), subject=name),
            act=invite_user,
            name=name,
            role=form.text("role", longest=20),
            system_now=context.system_now(),
        )
    except Refusal as refusal:
        return await _page(visit, context, refusal=refusal, sent=form)
    return await _page(
        visit, context, minted=minted, invited=name, server=_server(request, context)
    )


@router.post("/settings/people/links")
async def renew(visit: Visitor, request: Request, context: Context) -> Response:
    """A new link for somebody who lost theirs, or has no password."""
    name = (await sent_form(request)).text("name", longest=64)
    try:
        minted = await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.USER_INVITED, at=context.system_now(), subject=name),
            act=renew_link,
            name=name,
            system_now=context.system_now(),
        )
    except Refusal as refusal:
        return await _page(visit, context, refusal=refusal)
    return await _page(
        visit, context, minted=minted, invited=name, server=_server(request, context)
    )


@router.post("/settings/people/changes")
async def change(visit: Visitor, request: Request, context: Context) -> Response:
    """Another role, or shut out and let in again."""
    form = await sent_form(request)
    name, role = form.text("name", longest=64), form.text("role", longest=20)
    may_come_in = form.text("may_come_in") != "no"
    what = f"{name}: {role}" if may_come_in else f"{name}: shut out"
    try:
        await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.USER_SAVED, at=context.system_now(), subject=what),
            act=change_user,
            name=name,
            role=role,
            may_come_in=may_come_in,
            system_now=context.system_now(),
        )
    except Refusal as refusal:
        return await _page(visit, context, refusal=refusal)
    return seen_other(HERE)


def _server(request: Request, context: ServerContext) -> str:
    return (context.settings.http.public_url or str(request.base_url)).rstrip("/")


async def _page(
    visit: Visit,
    context: ServerContext,
    *,
    minted: Minted | None = None,
    invited: str = "",
    server: str = "",
    refusal: Refusal | None = None,
    sent: Sent | None = None,
) -> Response:
    return visit.page(
        "settings_people.html",
        status=refusal.http_status if refusal else 200,
        users=await context.read(show_users),
        role_texts=ROLE_TEXTS,
        right_texts=RIGHT_TEXTS,
        rights_of=RIGHTS_OF,
        minted=minted,
        invited=invited,
        link=f"{server}/login/{minted.token}" if minted else "",
        refusal=refusal,
        sent=sent or Sent({}),
    )
