"""Experiments: the list, the form, and what each arm of one brought."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from store_server.decisions.plural import spoken
from store_server.entrypoints.console.charts import drawn, intervals
from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.experiment_form import (
    FACTOR_TEXTS,
    FACTORS,
    WAYS,
    field_of,
    first_fields,
    read_experiment_form,
    read_weights,
)
from store_server.entrypoints.console.field_texts import ONE_OF, Reading
from store_server.entrypoints.console.forms import Sent, sent_form
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.results_page import METRIC_TEXTS
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import Refusal, Unprocessable
from store_server.flows.audited import audited
from store_server.flows.run_experiment import (
    reweight_experiment,
    save_experiment,
    start_experiment,
    stop_experiment,
)
from store_server.flows.show_experiment import (
    ExperimentShown,
    show_experiment,
    show_experiment_result,
    show_experiments,
)
from store_server.offers.experiment import Experiment, ExperimentState
from store_server.offers.experiment_checks import CHANNELS, BadExperiment
from store_server.reports.advice import MISMATCH_P
from store_server.reports.outcomes import Metric
from store_server.shop.audit import Deed
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

HERE = "/campaigns/experiments"
STATE_TEXTS = {
    ExperimentState.DRAFT: N_("Draft"),
    ExperimentState.RUNNING: N_("Running"),
    ExperimentState.STOPPED: N_("Over"),
}
MOVES = {
    "start": (start_experiment, Deed.EXPERIMENT_STARTED),
    "stop": (stop_experiment, Deed.EXPERIMENT_STOPPED),
    "weights": (reweight_experiment, Deed.EXPERIMENT_REWEIGHTED),
}


@router.get("/campaigns/experiments")
async def show_experiment_list(visit: Visitor, context: Context) -> Response:
    """Every experiment, the running ones first."""
    order = (ExperimentState.RUNNING, ExperimentState.DRAFT, ExperimentState.STOPPED)
    found = await context.read(show_experiments)
    rows = sorted(found, key=lambda one: (order.index(one.state), one.name))
    return visit.page("experiments.html", rows=rows, **_names(context))


@router.get("/campaigns/experiments/new")
async def begin_experiment(visit: Visitor, context: Context) -> Response:
    """The form of a new experiment."""
    return _form(visit, context, first_fields(context.rooms.live.catalogue), {})


@router.post("/campaigns/experiments/new")
async def add_experiment(visit: Visitor, request: Request, context: Context) -> Response:
    """Keep a draft; mistakes come back beside their fields, all at once."""
    sent = await sent_form(request)
    reading = Reading(sent, visit.timezone, visit.currency)
    draft = read_experiment_form(reading, context.rooms.live.catalogue)
    if draft.experiment is None:
        return _form(visit, context, sent, draft.errors)
    name = draft.experiment.id
    try:
        await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.EXPERIMENT_SAVED, at=context.system_now(), subject=name),
            act=save_experiment,
            experiment=draft.experiment,
        )
    except BadExperiment as refusal:
        fields = {field_of(one) for one in refusal.problems} - {None}
        errors = {name: ONE_OF for name in fields if name is not None}
        return _form(visit, context, sent, errors, refusal=refusal)
    except Refusal as refusal:
        return _form(visit, context, sent, {}, refusal=refusal)
    return seen_other(f"{HERE}/at/{name}")


@router.get("/campaigns/experiments/at/{experiment}")
async def show_one_experiment(experiment: str, visit: Visitor, context: Context) -> Response:
    """One experiment: is it as drawn, what did each arm bring, how long does it need."""
    return await _page(visit, context, experiment)


@router.post("/campaigns/experiments/at/{experiment}/move")
async def move_experiment(
    experiment: str, visit: Visitor, request: Request, context: Context
) -> Response:
    """Start it, give it other weights, stop it."""
    sent = await sent_form(request)
    move = sent.text("move", longest=20)
    arguments: dict[str, object] = {}
    try:
        if move not in MOVES:
            raise Unprocessable(f"move is {move!r}; it is none", code="illegal_move")
        flow, deed = MOVES[move]
        if move == "weights":
            known = await context.read(show_experiment, experiment_id=experiment)
            arguments["weights"] = read_weights(
                Reading(sent, visit.timezone, visit.currency), known
            )
        await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, deed, at=context.system_now(), subject=experiment),
            act=flow,
            experiment_id=experiment,
            **arguments,
        )
    except Refusal as refusal:
        return await _page(visit, context, experiment, refusal=refusal)
    return seen_other(f"{HERE}/at/{experiment}")


def _names(context: ServerContext) -> dict[str, Any]:
    return {
        "states": STATE_TEXTS,
        "factors": FACTOR_TEXTS,
        "campaigns": context.rooms.live.catalogue.campaigns,
    }


def _form(
    visit: Visit,
    context: ServerContext,
    sent: Sent,
    errors: dict[str, str],
    *,
    refusal: Refusal | None = None,
) -> Response:
    catalogue = context.rooms.live.catalogue
    status = refusal.http_status if refusal else 422 if errors else 200
    return visit.page(
        "experiment_edit.html",
        status=status,
        sent=sent,
        errors=errors,
        refusal=refusal,
        ways=range(1, WAYS + 1),
        numbers=range(1, FACTORS + 1),
        values=[*catalogue.offers, *CHANNELS, "20", "30", "60"],
        **_names(context),
    )


async def _page(
    visit: Visit, context: ServerContext, experiment: str, *, refusal: Refusal | None = None
) -> Response:
    found: Experiment = await context.read(show_experiment, experiment_id=experiment)
    shown: ExperimentShown | None = None
    if found.phases:
        shown = await context.read(
            show_experiment_result, experiment_id=experiment, language=spoken(visit.language)
        )
    return visit.page(
        "experiment.html",
        status=refusal.http_status if refusal else 200,
        it=found,
        result=shown.result if shown else None,
        as_drawn=shown is None or shown.result.ratio_p >= MISMATCH_P,
        metrics=METRIC_TEXTS,
        forest=await _forest(visit, shown),
        refusal=refusal,
        window_hours=context.rooms.policy.window_hours,
        **_names(context),
    )


async def _forest(visit: Visit, shown: ExperimentShown | None) -> Markup:
    rows = [
        {
            "name": f"{one.pair.level} − {one.pair.control}",
            "estimate": 100 * found.estimate,
            "low": 100 * found.low,
            "high": 100 * found.high,
        }
        for one in (shown.result.comparisons if shown else ())
        if (found := one.effect(Metric.CONVERSION).interval) is not None
    ]
    if not rows or shown is None:
        return Markup("")
    useful = shown.experiment.smallest_effect_bp / 100
    svg = await drawn(intervals(rows, useful=useful), language=visit.language)
    return Markup(svg)  # noqa: S704 - drawn by the library from our own numbers and checked names
