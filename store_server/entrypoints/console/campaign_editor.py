"""The campaign's editor: a sentence WHEN, WHO, SEND, LIMITS, GOAL, with what it would come to."""

from babel import numbers
from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.decisions.plural import spoken
from store_server.entrypoints.console.campaign_form import (
    GOAL_TEXTS,
    TRIGGER_TEXTS,
    WEEKDAYS,
    fields_of,
    first_fields,
    read_campaign_form,
)
from store_server.entrypoints.console.channel_view import channel_choices, channels_ready
from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.field_texts import free_slug
from store_server.entrypoints.console.forms import Sent, sent_form
from store_server.entrypoints.console.languages import OWN_NAMES
from store_server.entrypoints.console.phone import phones_of_offers
from store_server.entrypoints.console.step_form import DOES_TEXTS, EVENT_TEXTS
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import Refusal
from store_server.flows.audited import audited
from store_server.flows.save_campaign import save_campaign
from store_server.flows.show_campaign import show_campaign
from store_server.flows.show_reach import show_reach
from store_server.offers.campaign import Campaign
from store_server.offers.trigger import TriggerKind
from store_server.shop.audit import Deed
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)


@router.get("/campaigns/new")
async def begin_campaign(visit: Visitor, context: Context, offer: str = "") -> Response:
    """The form of a new campaign; `offer`: with this one ticked."""
    return await _page(visit, context, first_fields(context.rooms.live, offer=offer))


@router.post("/campaigns/new")
async def add_campaign(visit: Visitor, request: Request, context: Context) -> Response:
    """Keep a new campaign, as a draft."""
    return await _save(visit, context, await sent_form(request), before=None)


@router.get("/campaigns/at/{campaign}/edit")
async def edit_campaign(campaign: str, visit: Visitor, context: Context) -> Response:
    """The form of a campaign as it stands."""
    shown = await context.read(show_campaign, campaign_id=campaign)
    exponent = numbers.get_currency_precision(visit.currency)
    sent = fields_of(shown.campaign, timezone=visit.timezone, exponent=exponent)
    return await _page(visit, context, sent, before=shown.campaign)


@router.post("/campaigns/at/{campaign}/edit")
async def change_campaign(
    campaign: str, visit: Visitor, request: Request, context: Context
) -> Response:
    """Keep another version of a campaign."""
    shown = await context.read(show_campaign, campaign_id=campaign)
    return await _save(visit, context, await sent_form(request), before=shown.campaign)


async def _save(
    visit: Visit, context: ServerContext, sent: Sent, *, before: Campaign | None
) -> Response:
    live = context.rooms.live
    draft = read_campaign_form(
        sent,
        live=live,
        ready=channels_ready(context.rooms.channels),
        where=(visit.timezone, visit.currency),
        before=before,
    )
    looking = sent.text("only") == "look" or bool(sent.text("say"))
    if draft.errors or looking:
        return await _page(visit, context, sent, before=before, errors=dict(draft.errors))
    taken = live.catalogue.campaigns
    name = (
        before.id
        if before
        else free_slug(sent.text("name"), lambda text: text in taken, otherwise="campaign")
    )
    try:
        await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.CAMPAIGN_SAVED, at=context.system_now(), subject=name),
            act=save_campaign,
            campaign_id=name,
            document=draft.document,
            by=visit.caller.name,
        )
    except Refusal as refusal:
        return await _page(visit, context, sent, before=before, refusal=refusal)
    return seen_other(f"/campaigns/at/{name}")


async def _page(
    visit: Visit,
    context: ServerContext,
    sent: Sent,
    *,
    before: Campaign | None = None,
    errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    live = context.rooms.live
    asked = sent.text("say", longest=8)
    say = asked if asked in OWN_NAMES else spoken(visit.language)
    holdout = sent.text("holdout", longest=6).replace(",", ".")
    share = round(float(holdout) * 100) if holdout.replace(".", "", 1).isdigit() else 0
    return visit.page(
        "campaign_edit.html",
        status=refusal.http_status if refusal else 422 if errors else 200,
        before=before,
        sent=sent,
        errors=errors or {},
        refusal=refusal,
        plan_zones=live.plan.zones,
        all_offers=list(live.catalogue.offers.values()),
        all_segments=list(live.segments.segments.values()),
        kinds=[
            (kind.value, TRIGGER_TEXTS.get(kind.value, kind.value))
            for kind in TriggerKind
            if kind is not TriggerKind.STEP
        ],
        step_events=EVENT_TEXTS,
        step_does=DOES_TEXTS,
        goals=GOAL_TEXTS,
        weekdays=WEEKDAYS,
        reach=await context.read(
            show_reach, segment=sent.text("segment") or None, holdout_bp=min(share, 5_000)
        ),
        phones=await phones_of_offers(context, sent.all("offers"), say),
        said_in=say,
        channels=channel_choices(context.rooms.channels, sent.all("channels")),
    )
