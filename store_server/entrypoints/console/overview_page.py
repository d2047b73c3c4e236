"""The first page: today against the usual, what needs somebody, what runs and what it brings."""

from fastapi import APIRouter
from fastapi.responses import Response

from store_server.decisions.plural import spoken
from store_server.entrypoints.console.bars import bars_of
from store_server.entrypoints.console.visit import PageRoute, Visitor
from store_server.entrypoints.http_auth import Context
from store_server.flows.show_overview import show_overview
from store_server.flows.show_report import show_report

router = APIRouter(route_class=PageRoute)


@router.get("/")
async def show_overview_page(visit: Visitor, context: Context) -> Response:
    """The store's day at a glance."""
    overview = await context.read(show_overview)
    report = await context.read(show_report, language=spoken(visit.language))
    return visit.page(
        "overview.html",
        overview=overview,
        bars=bars_of(overview.visits, at=overview.at, timezone=visit.timezone),
        lift=report.lift,
    )
