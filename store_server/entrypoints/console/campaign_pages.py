"""Campaigns: the list, one of them with everything about it, and its way from draft to live."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.decisions.plural import spoken
from store_server.entrypoints.console.campaign_form import GOAL_TEXTS, TRIGGER_TEXTS
from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.forms import sent_form
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.languages import OWN_NAMES
from store_server.entrypoints.console.phone import phones_of
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

STATE_TEXTS = {
    CampaignState.DRAFT: N_("Draft"),
    CampaignState.IN_REVIEW: N_("In review"),
    CampaignState.SCHEDULED: N_("Scheduled"),
    CampaignState.LIVE: N_("Live now"),
    CampaignState.PAUSED: N_("Paused"),
    CampaignState.ENDED: N_("Over"),
}
STATE_KINDS = {
    CampaignState.LIVE: "good",
    CampaignState.PAUSED: "warn",
    CampaignState.IN_REVIEW: "held_out",
    CampaignState.SCHEDULED: "held_out",
}
MOVE_TEXTS = {
    Move.SUBMIT: N_("Ask for approval"),
    Move.SEND_BACK: N_("Send back"),
    Move.APPROVE: N_("Approve and launch"),
    Move.WITHDRAW: N_("Withdraw"),
    Move.PAUSE: N_("Pause"),
    Move.RESUME: N_("Go on"),
    Move.END: N_("Stop for good"),
}
CHECK_TEXTS = {
    "goal": N_("It has a goal"),
    "smallest_effect": N_("It says from which effect on it is worth having"),
    "end_date": N_("It has an end"),
    "words": N_("Every text can be said to everybody"),
    "banned_words": N_("No text says a banned word"),
    "lengths": N_("Every text fits"),
    "offers_valid": N_("Its offers are valid"),
    "zone": N_("Its zone is on the plan"),
    "language": N_("Its offers speak the store's language"),
    "window": N_("Its time is not over"),
    "budget": N_("It has a budget"),
}
TO_DO_TEXTS = {
    "goal": N_("Choose what it is to move."),
    "smallest_effect": N_("Say from how many points on it is worth having."),
    "end_date": N_("Give it an end."),
    "words": N_("Mend the text, or say what stands in for what a shopper lacks."),
    "banned_words": N_("Say it in other words."),
    "lengths": N_("Shorten it, or write another text for that channel."),
    "offers_valid": N_("Move the dates of these offers, or take them out."),
    "zone": N_("Choose a zone of the plan."),
    "language": N_("Write each offer in the store's language."),
    "window": N_("Move its end into the future."),
    "budget": N_("Say how many coupons, or how much money, it may give away."),
}
ACTION_TEXTS = {"saved": N_("Saved"), "published": N_("Published"), Move.START: N_("Started")}


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
    )
