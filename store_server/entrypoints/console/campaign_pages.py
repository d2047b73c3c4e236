"""Campaigns: the list, one of them with everything about it, and its way from draft to live."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.decisions.plural import spoken
from store_server.entrypoints.console.campaign_form import GOAL_TEXTS, TRIGGER_TEXTS
from store_server.entrypoints.console.campaign_texts import (
    ACTION_TEXTS,
    CHECK_TEXTS,
    FIELD_TEXTS,
    MOVE_TEXTS,
    STATE_KINDS,
    STATE_TEXTS,
    TO_DO_TEXTS,
)
from store_server.entrypoints.console.channel_view import CHANNEL_TEXTS
from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.forms import Sent, sent_form
from store_server.entrypoints.console.languages import OWN_NAMES
from store_server.entrypoints.console.phone import phones_of
from store_server.entrypoints.console.send_test import Tried, send_test, ways_of_test
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import Refusal, Unprocessable
from store_server.flows.audited import audited
from store_server.flows.check_campaign import check_campaign
from store_server.flows.move_campaign import move_campaign
from store_server.flows.show_campaign import (
    show_campaign,
    show_campaign_events,
    show_difference,
    show_versions,
)
from store_server.flows.show_campaigns import show_campaigns
from store_server.flows.show_reach import show_reach
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.lifecycle import Move
from store_server.offers.wait_text import step_text
from store_server.shop.audit import Deed
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

NOTHING_SENT = Sent({})


@router.get("/campaigns")
async def show_campaign_list(visit: Visitor, context: Context, state: str = "") -> Response:
    """Every campaign, the speaking ones first."""
    order = list(reversed(CampaignState))
    wanted = state if state in set(CampaignState) else ""
    shown = await context.read(show_campaigns)
    return visit.page(
        "campaigns.html",
        rows=sorted(
            (one for one in shown if wanted in ("", one.campaign.state)),
            key=lambda one: (_rank(one.campaign.state, order), one.campaign.name),
        ),
        wanted=wanted,
        names=_names(context),
    )


@router.get("/campaigns/at/{campaign}")
async def show_one_campaign(
    campaign: str, visit: Visitor, context: Context, say: str = ""
) -> Response:
    """One campaign: what it does, whether it is ready, and what can be done with it."""
    return await _page(visit, context, campaign, say=say)


@router.post("/campaigns/at/{campaign}/move")
async def move_one_campaign(
    campaign: str, visit: Visitor, request: Request, context: Context
) -> Response:
    """Take it on its way: review, launch, pause, stop."""
    form = await sent_form(request)
    try:
        move = _move(form.text("move", longest=20))
        await context.write(
            Priority.APP,
            audited,
            entry=entry(
                visit,
                Deed.CAMPAIGN_MOVED,
                at=context.system_now(),
                subject=f"{campaign}: {move}",
                reason=form.text("note", longest=200),
            ),
            act=move_campaign,
            campaign_id=campaign,
            move=move,
            by=visit.caller.name,
            note=form.text("note", longest=200),
        )
    except Refusal as refusal:
        return await _page(visit, context, campaign, refusal=refusal)
    return seen_other(f"/campaigns/at/{campaign}")


@router.post("/campaigns/at/{campaign}/test")
async def send_campaign_test(
    campaign: str, visit: Visitor, request: Request, context: Context
) -> Response:
    """Send its message to oneself, marked as a test, and tell what came of it."""
    form = await sent_form(request)
    try:
        tried = await send_test(visit, context, campaign, form)
    except Refusal as refusal:
        return await _page(visit, context, campaign, refusal=refusal, test=form)
    return await _page(visit, context, campaign, tried=tried, test=form)


def _move(text: str) -> Move:
    try:
        return Move(text)
    except ValueError:
        raise Unprocessable(f"move is {text!r}; it is none", code="illegal_move") from None


def _rank(state: CampaignState, order: list[CampaignState]) -> int:
    first = (CampaignState.LIVE, CampaignState.PAUSED, CampaignState.IN_REVIEW)
    return first.index(state) if state in first else 9 + order.index(state)


def _step_sentence(visit: Visit, context: ServerContext, campaign: Campaign) -> str:
    """What the campaign waits for and what follows; "" when it does not wait."""
    step, live = campaign.step, context.rooms.live
    if step is None:
        return ""
    zone = live.plan.zone(step.awaited.zone) if step.awaited and step.awaited.zone else None
    name = zone.name if zone is not None else ""
    return step_text(step, live.catalogue.offers, spoken(visit.language), zone=name)


def _names(context: ServerContext) -> dict[str, object]:
    """What every page about campaigns needs to name things."""
    live = context.rooms.live
    return {
        "zones": {zone.id: zone.name for zone in live.plan.zones},
        "offers": live.catalogue.offers,
        "segments": live.segments.segments,
        "states": STATE_TEXTS,
        "state_kinds": STATE_KINDS,
        "triggers": TRIGGER_TEXTS,
        "goals": GOAL_TEXTS,
    }


async def _page(
    visit: Visit,
    context: ServerContext,
    campaign: str,
    *,
    say: str = "",
    refusal: Refusal | None = None,
    tried: Tried | None = None,
    test: Sent = NOTHING_SENT,
) -> Response:
    shown = await context.read(show_campaign, campaign_id=campaign)
    checked = await context.read(check_campaign, campaign_id=campaign)
    versions = await context.read(show_versions, campaign_id=campaign)
    numbers = [one.campaign.version for one in versions]
    changed = (
        await context.read(
            show_difference, campaign_id=campaign, before=numbers[-2], after=numbers[-1]
        )
        if len(numbers) > 1
        else []
    )
    it = shown.campaign
    return visit.page(
        "campaign.html",
        status=refusal.http_status if refusal else 200,
        it=it,
        step=_step_sentence(visit, context, it),
        shown=shown,
        checked=checked,
        checks=CHECK_TEXTS,
        to_do=TO_DO_TEXTS,
        versions=list(reversed(versions)),
        changed=changed,
        events=list(reversed(await context.read(show_campaign_events, campaign_id=campaign))),
        reach=await context.read(show_reach, segment=it.segment, holdout_bp=it.holdout_bp),
        phones=await phones_of(context, it, say if say in OWN_NAMES else visit.language),
        moves=[(move, MOVE_TEXTS[move]) for move in shown.moves if move in MOVE_TEXTS],
        actions={**{move.value: text for move, text in MOVE_TEXTS.items()}, **ACTION_TEXTS},
        refusal=refusal,
        names=_names(context),
        channel_texts=CHANNEL_TEXTS,
        fields=FIELD_TEXTS,
        ways=await ways_of_test(context),
        tried=tried,
        test=test,
    )
