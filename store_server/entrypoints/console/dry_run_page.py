"""A campaign tried on past visits: who would get it, what stops the others, what it costs."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from store_server.decisions.plural import spoken
from store_server.decisions.reason import Reason
from store_server.decisions.reason_text import reason_text
from store_server.entrypoints.console.visit import PageRoute, Visitor
from store_server.entrypoints.http_auth import Context
from store_server.errors import Unprocessable
from store_server.flows.dry_run_campaign import DryRun, dry_run_campaign
from store_server.flows.show_campaign import show_campaign

router = APIRouter(route_class=PageRoute)

SPANS = (1, 7, 14, 28)
USUAL = 7


@router.get("/campaigns/at/{campaign}/dry-run")
async def show_dry_run(
    campaign: str, visit: Visitor, context: Context, days: str = str(USUAL)
) -> Response:
    """What it would have done lately; nothing is written and nobody is told anything."""
    shown = await context.read(show_campaign, campaign_id=campaign)
    span = int(days) if days in map(str, SPANS) else USUAL
    until = context.rooms.now(context.rooms.live)
    since = until - timedelta(days=span)
    found: DryRun | None = None
    refusal: Unprocessable | None = None
    try:
        found = await context.read(dry_run_campaign, campaign_id=campaign, since=since, until=until)
    except Unprocessable as failed:
        refusal = failed
    return visit.page(
        "dry_run.html",
        status=refusal.http_status if refusal else 200,
        it=shown.campaign,
        found=found,
        stopped=_stopped(found, visit.language),
        refusal=refusal,
        spans=SPANS,
        span=span,
        since=since,
        until=until,
    )


def _stopped(found: DryRun | None, language: str) -> list[tuple[str, str, int]]:
    """(code, sentence, how often) of what stopped the others, the commonest first."""
    if found is None:
        return []
    return [
        (code, reason_text(Reason(code), spoken(language)), times)
        for code, times in found.stopped.items()
    ]
