"""What a campaign was worth: first whether the measurement holds, then the advice, then numbers."""

import csv
import io

from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from store_server.decisions.plural import spoken
from store_server.entrypoints.console.charts import bars, daily, drawn, intervals
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.languages import words_of
from store_server.entrypoints.console.loss_text import loss_text
from store_server.entrypoints.console.slice_view import CUT_TEXTS, CUTS, HIDDEN, slice_views
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.flows.show_campaign import show_campaign
from store_server.flows.show_days import show_days
from store_server.flows.show_report import show_report
from store_server.flows.show_slices import SliceTable, show_slices
from store_server.ids import CampaignId
from store_server.offers.campaign import Campaign
from store_server.reports.advice import MISMATCH_P
from store_server.reports.daily import DAYS_SHOWN, DayCounts
from store_server.reports.effect import Effect
from store_server.reports.outcomes import Metric
from store_server.reports.report import Report

router = APIRouter(route_class=PageRoute)

STEP_TEXTS = {
    "visits": N_("Visits"),
    "in_zone": N_("Were in its zone"),
    "asked": N_("Were asked about"),
    "eligible": N_("Might have been offered something"),
    "decided": N_("Were decided on"),
    "triggers": N_("Came where a campaign listens"),
    "chosen": N_("Had an offer worth making"),
    "offered": N_("Were offered it"),
    "delivered": N_("Delivered"),
    "opened": N_("Opened"),
    "redeemed": N_("Redeemed"),
}
METRIC_TEXTS = {
    Metric.CONVERSION: N_("Bought it"),
    Metric.SPEND: N_("Spent in the visit"),
    Metric.MARGIN: N_("Margin of the visit"),
    Metric.SPEND_28_DAYS: N_("Spent in 28 days"),
}


@router.get("/campaigns/at/{campaign}/results")
async def show_results(campaign: str, visit: Visitor, context: Context) -> Response:
    """The result as it stands: checks, advice, effects, parts, funnel."""
    shown = await context.read(show_campaign, campaign_id=campaign)
    report = await _report(visit, context, campaign)
    parts = await _parts(context, campaign)
    days = (await context.read(show_days, campaign=CampaignId(campaign)))[-DAYS_SHOWN:]
    effect = shown.campaign.smallest_effect_bp
    zones = {str(zone.id): zone.name for zone in context.rooms.live.plan.zones}
    return visit.page(
        "results.html",
        it=shown.campaign,
        report=report,
        lift=report.lift,
        as_drawn=report.lift.always_valid_ratio_p >= MISMATCH_P,
        held_out=_kept_back(shown.campaign, context),
        metrics=METRIC_TEXTS,
        steps=STEP_TEXTS,
        parts=slice_views(parts.slices, zones=zones),
        cuts=CUT_TEXTS,
        hidden=HIDDEN,
        window_hours=context.rooms.policy.window_hours,
        forest=await _forest(visit, report, useful=None if effect is None else effect / 100),
        funnel=await _funnel(visit, report),
        lost=_lost(visit, report),
        days=days,
        daily=await _daily(visit, days),
    )


@router.get("/campaigns/at/{campaign}/results.csv")
async def export_results(campaign: str, visit: Visitor, context: Context) -> Response:
    """The effects, their parts and the funnel as rows for a spreadsheet, with decimal points."""
    report = await _report(visit, context, campaign)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["kind", "name", "offered_units", "held_out_units", "estimate", "low", "high"])
    for one in report.lift.effects:
        rows.writerow(["effect", one.metric, one.offered_units, one.held_out_units, *_ends(one)])
    for part in (await _parts(context, campaign)).slices:
        name = f"{part.cut}:{part.name}"
        rows.writerow(["part", name, part.offered.text, part.held_out.text, *_ends(part.effect)])
    for step in report.funnel:
        rows.writerow(["step", step.name, step.count, "", "", "", ""])
    headers = {"content-disposition": f'attachment; filename="{_file_name(campaign)}.csv"'}
    return Response(text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _kept_back(campaign: Campaign, context: ServerContext) -> float:
    """The share that the store or the campaign itself keeps from it, to compare with."""
    ours, its = context.rooms.policy.holdout_bp, campaign.holdout_bp
    return 1 - (1 - ours / 10_000) * (1 - its / 10_000)


def _ends(effect: Effect | None) -> tuple[float | str, ...]:
    found = effect and effect.interval
    return (found.estimate, found.low, found.high) if found else ("", "", "")


def _file_name(campaign: str) -> str:
    return "".join(letter for letter in campaign if letter.isalnum() or letter == "-")[:40]


async def _report(visit: Visit, context: ServerContext, campaign: str) -> Report:
    language = spoken(visit.language)
    report: Report = await context.read(
        show_report, campaign=CampaignId(campaign), language=language
    )
    return report


async def _parts(context: ServerContext, campaign: str) -> SliceTable:
    found: SliceTable = await context.read(show_slices, campaign=CampaignId(campaign), cuts=CUTS)
    return found


async def _forest(visit: Visit, report: Report, *, useful: float | None) -> Markup:
    found = report.lift.effect(Metric.CONVERSION).interval
    if found is None:
        return Markup("")
    row = {
        "name": words_of(visit.language).gettext(METRIC_TEXTS[Metric.CONVERSION]),
        "estimate": 100 * found.estimate,
        "low": 100 * found.low,
        "high": 100 * found.high,
    }
    svg = await drawn(intervals([row], useful=useful), language=visit.language)
    return Markup(svg)  # noqa: S704 - drawn by the library from our own numbers and words


def _lost(visit: Visit, report: Report) -> dict[str, str]:
    """A sentence for each code that somebody was lost by."""
    codes = {code for step in report.funnel for code in step.lost}
    return {code: loss_text(code, spoken(visit.language)) for code in codes}


async def _daily(visit: Visit, days: list[DayCounts]) -> Markup:
    if not days:
        return Markup("")
    say = words_of(visit.language).gettext
    rows = [
        {"day": one.day.strftime("%m-%d"), "offered": one.offered, "redeemed": one.redeemed}
        for one in days
    ]
    spec = daily(rows, names=(say("Offered"), say("Redeemed")))
    svg = await drawn(spec, language=visit.language)
    return Markup(svg)  # noqa: S704 - drawn by the library from our own numbers and words


async def _funnel(visit: Visit, report: Report) -> Markup:
    say = words_of(visit.language).gettext
    rows = [
        {"name": say(STEP_TEXTS.get(one.name, one.name)), "count": one.count}
        for one in report.funnel
    ]
    svg = await drawn(bars(rows), language=visit.language)
    return Markup(svg)  # noqa: S704 - drawn by the library from our own numbers and words
