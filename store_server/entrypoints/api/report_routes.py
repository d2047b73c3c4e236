"""What it was worth, for the back office."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import HTMLResponse

from store_server.decisions.plural import Language
from store_server.entrypoints.api.problems_shown import READING, refusals
from store_server.entrypoints.api.schemas.fields import At, Slug
from store_server.entrypoints.api.schemas.reports import (
    ReportKindAnswer,
    ReportListAnswer,
    TableAnswer,
)
from store_server.entrypoints.api.schemas.results import ReportAnswer
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.print_report import print_report
from store_server.flows.show_report import show_report
from store_server.flows.show_table import TABLES, Ask, show_table
from store_server.ids import CampaignId
from store_server.reports.export import FileFormat, write_table
from store_server.reports.outcomes import Metric

router = APIRouter(prefix="/v1", tags=["results"], responses=READING)

OfCampaign = Annotated[Slug | None, Query(description="Of its decisions only.")]
Spoken = Annotated[Language, Query(description="Of the sentences.")]

FILES_SHOWN: dict[str, object] = {
    "content": {
        FileFormat.CSV.media_type: {"example": "step,reason,count,share_of_before\nvisits,,45,\n"},
        FileFormat.PARQUET.media_type: {"schema": {"type": "string", "format": "binary"}},
    }
}
PAGE_SHOWN: dict[str, object] = {
    "content": {"text/html": {"example": '<!doctype html><html lang="en">...</html>'}}
}


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


def _ask(
    since: At | None = None,
    until: At | None = None,
    campaign: OfCampaign = None,
    metric: Annotated[Metric, Query(description="What slices compare.")] = Metric.CONVERSION,
) -> Ask:
    return Ask(since, until, CampaignId(campaign) if campaign else None, metric)


Asked = Annotated[Ask, Depends(_ask)]
ReportName = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$", description="Of `GET /v1/reports`.")]


@router.get("/reports")
async def list_reports(_caller: OpsCaller) -> ReportListAnswer:
    """Every report there is, with the meaning of its columns."""
    return ReportListAnswer(
        reports=[ReportKindAnswer.model_validate(kind) for kind, _ in TABLES.values()]
    )


@router.get("/reports/{name}", responses=refusals(404))
async def get_report_table(
    name: ReportName, asked: Asked, context: Context, _caller: OpsCaller
) -> TableAnswer:
    """One report as rows; a count of people that may not be shown is "<10" or "hidden"."""
    table = await context.read(show_table, name=name, ask=asked)
    return TableAnswer(
        name=table.kind.name, title=table.kind.title, rows=[dict(row) for row in table.records()]
    )


@router.get(
    "/reports/{name}/file",
    responses={**refusals(404), 200: FILES_SHOWN},
    response_class=Response,
)
async def get_report_file(
    name: ReportName,
    asked: Asked,
    context: Context,
    _caller: OpsCaller,
    file_format: Annotated[FileFormat, Query(alias="format")] = FileFormat.CSV,
) -> Response:
    """One report as a file: CSV, or Parquet where the server has the extra `reports`."""
    table = await context.read(show_table, name=name, ask=asked)
    return Response(
        write_table(table, file_format),
        media_type=file_format.media_type,
        headers={"content-disposition": f'attachment; filename="{name}.{file_format}"'},
    )


@router.get(
    "/report/page", responses={**refusals(404), 200: PAGE_SHOWN}, response_class=HTMLResponse
)
async def get_report_page(
    asked: Asked, context: Context, _caller: OpsCaller, language: Spoken = "en"
) -> HTMLResponse:
    """Every report on one HTML page without scripts, to be printed."""
    return HTMLResponse(await context.read(print_report, ask=asked, language=language))
