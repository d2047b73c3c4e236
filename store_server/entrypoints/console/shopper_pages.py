"""Shoppers: under made-up names; one person only with the right, a reason, and for an hour.

To look at somebody is a deed: its entry in the audit log names the user, the shopper and the
reason, and the page's address names the entry. So the address tells nobody's name, works for this
user alone, and is over after an hour.
"""

import json
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.decisions.plural import spoken
from store_server.entrypoints.console.board_view import OUTCOME_TEXTS
from store_server.entrypoints.console.decision_view import decision_view
from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.forms import Sent, sent_form
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import NotFound, Refusal
from store_server.flows.audited import audited, note_deed
from store_server.flows.forget_shopper import forget_shopper
from store_server.flows.record_consent import record_consent
from store_server.flows.show_audit import show_audit_entry
from store_server.flows.show_decisions import show_decisions
from store_server.flows.show_people import show_people
from store_server.flows.show_shopper import show_shopper
from store_server.flows.show_why import show_why
from store_server.ids import ShopperId, pseudonym
from store_server.shop.audit import AuditEntry, Deed, checked_reason
from store_server.shoppers.consent import Purpose
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

LOOK_LIFE = timedelta(hours=1)
DECISIONS_SHOWN = 20


@router.get("/shoppers")
async def show_shoppers(visit: Visitor, context: Context) -> Response:
    """Who is in the store, under made-up names, and the form to look at somebody."""
    return await _page(visit, context, Sent({}))


@router.post("/shoppers/looks")
async def look_at_shopper(visit: Visitor, request: Request, context: Context) -> Response:
    """Begin to look at a shopper: the reason is written down first."""
    form = await sent_form(request)
    shopper = ShopperId(form.text("shopper", longest=128))
    try:
        reason = checked_reason(form.text("reason", longest=400))
        await context.read(show_shopper, shopper=shopper)
    except Refusal as refusal:
        return await _page(visit, context, form, refusal=refusal)
    noted = _entry(visit, context, Deed.SHOPPER_LOOKED_AT, shopper, reason)
    await context.write(Priority.APP, note_deed, entry=noted)
    return seen_other(f"/shoppers/looks/{noted.id}")


@router.get("/shoppers/looks/{look}")
async def show_look(look: str, visit: Visitor, context: Context) -> Response:
    """One shopper: profile, words on consent, decisions with why, baskets."""
    found = await _look(look, visit, context)
    shopper = _whose(found)
    decisions = await context.read(
        show_decisions, limit=DECISIONS_SHOWN, shopper=shopper, language=visit.language
    )
    language = spoken(visit.language)
    return visit.page(
        "shopper.html",
        look=found,
        over_at=found.at + LOOK_LIFE,
        told=await context.read(show_shopper, shopper=shopper),
        who=pseudonym(org=context.scope.org, shopper=shopper),
        decisions=[
            decision_view(one, scope=context.scope, language=language)
            for one in decisions.decisions
        ],
        outcomes=OUTCOME_TEXTS,
        zones={zone.id: zone.name for zone in context.rooms.live.plan.zones},
    )


@router.post("/shoppers/looks/{look}/export")
async def export_shopper(look: str, visit: Visitor, context: Context) -> Response:
    """Everything that is kept of the shopper, as a file."""
    found = await _look(look, visit, context)
    shopper = _whose(found)
    noted = _entry(visit, context, Deed.SHOPPER_EXPORTED, shopper, found.reason)
    await context.write(Priority.APP, note_deed, entry=noted)
    told = await context.read(show_shopper, shopper=shopper)
    name = pseudonym(org=context.scope.org, shopper=shopper)
    headers = {"content-disposition": f'attachment; filename="shopper-{name}.json"'}
    text = json.dumps(told, ensure_ascii=False, indent=2)
    return Response(text, media_type="application/json", headers=headers)


@router.post("/shoppers/looks/{look}/no-marketing")
async def stop_marketing(look: str, visit: Visitor, context: Context) -> Response:
    """A no to offers in the shopper's name: what waits to be sent is dropped."""
    found = await _look(look, visit, context)
    shopper = _whose(found)
    await context.write(
        Priority.APP,
        audited,
        entry=_entry(visit, context, Deed.MARKETING_STOPPED, shopper, found.reason),
        act=record_consent,
        shopper=shopper,
        purpose=Purpose.OFFERS,
        granted=False,
        source="console",
        text_version="said-to-staff",
    )
    return seen_other(f"/shoppers/looks/{look}")


@router.post("/shoppers/looks/{look}/erasure")
async def erase_shopper(look: str, visit: Visitor, context: Context) -> Response:
    """Forget the shopper in every store; the entry says that it was done, and of nobody."""
    found = await _look(look, visit, context)
    noted = entry(visit, Deed.SHOPPER_ERASED, at=context.system_now())
    await context.write(
        Priority.APP, audited, entry=noted, act=forget_shopper, shopper=_whose(found)
    )
    return seen_other("/shoppers?erased=yes")


@router.get("/shoppers/why")
async def show_why_page(visit: Visitor, context: Context, code: str = "") -> Response:
    """The clerk's page: a coupon's code in, one sentence out."""
    told, refusal = None, None
    if code:
        try:
            told = await context.read(show_why, code=code[:64], language=visit.language)
        except Refusal as found:
            refusal = found
    return visit.page(
        "why.html",
        status=refusal.http_status if refusal else 200,
        code=code[:64],
        told=told,
        refusal=refusal,
        outcomes=OUTCOME_TEXTS,
        zones={zone.id: zone.name for zone in context.rooms.live.plan.zones},
        offers=context.rooms.live.catalogue.offers,
    )


def _entry(
    visit: Visit, context: ServerContext, deed: Deed, shopper: ShopperId, reason: str
) -> AuditEntry:
    return entry(
        visit,
        deed,
        at=context.system_now(),
        subject=pseudonym(org=context.scope.org, shopper=shopper),
        reason=reason,
        shopper=shopper,
    )


async def _look(look: str, visit: Visit, context: ServerContext) -> AuditEntry:
    """The entry of a look that is this user's and is not over."""
    found: AuditEntry = await context.read(show_audit_entry, entry=look)
    mine = found.who == visit.caller.name and found.deed is Deed.SHOPPER_LOOKED_AT
    if not mine or found.shopper is None or context.system_now() >= found.at + LOOK_LIFE:
        raise NotFound("this look is over or somebody else's", code="look_over")
    return found


def _whose(found: AuditEntry) -> ShopperId:
    assert found.shopper is not None
    return found.shopper


async def _page(
    visit: Visit, context: ServerContext, sent: Sent, *, refusal: Refusal | None = None
) -> Response:
    people = await context.read(show_people)
    org = context.scope.org
    return visit.page(
        "shoppers.html",
        status=refusal.http_status if refusal else 200,
        people=sorted(
            (pseudonym(org=org, shopper=one.device), one.zone or "", one.age_s) for one in people
        ),
        zones={zone.id: zone.name for zone in context.rooms.live.plan.zones},
        refusal=refusal,
        sent=sent,
    )
