"""What every number means: each report and its columns, out of the code that makes them."""

from fastapi import APIRouter
from fastapi.responses import Response

from store_server.entrypoints.console.visit import PageRoute, Visitor
from store_server.flows.show_table import TABLES

router = APIRouter(route_class=PageRoute)


@router.get("/campaigns/metrics")
async def show_metrics(visit: Visitor) -> Response:
    """The glossary, with formula and name in the API."""
    return visit.page("metrics.html", kinds=[kind for kind, _ in TABLES.values()])
