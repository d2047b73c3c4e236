"""What it was worth, for the back office."""

from typing import Annotated

from fastapi import APIRouter, Query

from store_server.decisions.plural import Language
from store_server.entrypoints.api.problems_shown import READING, refusals
from store_server.entrypoints.api.schemas.fields import At, Slug
from store_server.entrypoints.api.schemas.results import ReportAnswer
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.show_report import show_report
from store_server.ids import CampaignId

router = APIRouter(prefix="/v1", tags=["results"], responses=READING)

OfCampaign = Annotated[Slug | None, Query(description="Of its decisions only.")]
Spoken = Annotated[Language, Query(description="Of the sentences.")]


@router.get("/report", responses=refusals(404))
async def get_report(
    context: Context,
    _caller: OpsCaller,
    since: At | None = None,
    until: At | None = None,
    campaign: OfCampaign = None,
    language: Spoken = "en",
) -> ReportAnswer:
    """Funnel of the store, and incremental lift of the decisions in [since, until)."""
    report = await context.read(
        show_report,
        since=since,
        until=until,
        campaign=CampaignId(campaign) if campaign else None,
        language=language,
    )
    return ReportAnswer.model_validate(report)
