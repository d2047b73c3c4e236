"""The first page: today against the usual, what needs somebody, what runs and what it brings."""

import time
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.decisions.plural import Language, spoken
from store_server.entrypoints.console.bars import bars_of
from store_server.entrypoints.console.setup_pages import is_set_up
from store_server.entrypoints.console.visit import PageRoute, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.flows.show_overview import show_overview
from store_server.flows.show_report import show_report
from store_server.flows.show_running import Running, show_running
from store_server.ids import CampaignId

router = APIRouter(route_class=PageRoute)

KEPT_S = 60.0


@router.get("/")
async def show_overview_page(visit: Visitor, request: Request, context: Context) -> Response:
    """The store's day at a glance; before there is a store, the way to one."""
    if not is_set_up(context) and visit.can("administer"):
        return seen_other("/setup")
    language = spoken(visit.language)
    running = await _running(request, context, language)
    ready = [name for name, one in running.items() if one.is_ready]
    overview = await context.read(show_overview, ready=ready)
    report = await context.read(show_report, language=language)
    return visit.page(
        "overview.html",
        overview=overview,
        bars=bars_of(overview.visits, at=overview.at, timezone=visit.timezone),
        lift=report.lift,
        lifts=running,
    )


async def _running(
    request: Request, context: ServerContext, language: Language
) -> Mapping[CampaignId, Running]:
    """What running campaigns bring; read once a minute, because it reads every receipt."""
    kept: dict[Language, tuple[float, Mapping[CampaignId, Running]]] = request.app.state.running
    now_s = time.monotonic()
    if language not in kept or now_s - kept[language][0] > KEPT_S:
        kept[language] = (now_s, await context.read(show_running, language=language))
    return kept[language][1]
