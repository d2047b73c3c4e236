"""Experiments: made, started, given other weights, stopped, and what each arm brought."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Path, Query

from store_server.decisions.plural import Language
from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.experiments import (
    ComparisonAnswer,
    ExperimentAnswer,
    ExperimentBody,
    ExperimentListAnswer,
    ExperimentResultAnswer,
    WeightsBody,
)
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.audited import audited
from store_server.flows.run_experiment import (
    reweight_experiment,
    save_experiment,
    start_experiment,
    stop_experiment,
)
from store_server.flows.show_experiment import (
    show_experiment,
    show_experiment_result,
    show_experiments,
)
from store_server.ids import CampaignId
from store_server.offers.experiment import Experiment, Level, NamespacePart, Vary
from store_server.reports.arms import Comparison
from store_server.shop.access import Caller
from store_server.shop.audit import AuditEntry, Deed
from store_server.writer import Priority

router = APIRouter(prefix="/v1", tags=["experiments"], responses=READING)

ExperimentPath = Annotated[
    str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", examples=["bold-words"])
]
Spoken = Annotated[Language, Query(description="Of the sentences.")]


@router.get("/experiments")
async def list_experiments(context: Context, _caller: OpsCaller) -> ExperimentListAnswer:
    """Every experiment, drafts and stopped ones too."""
    found = await context.read(show_experiments)
    return ExperimentListAnswer(experiments=[_answer(one) for one in found])


@router.get("/experiments/{experiment_id}", responses=refusals(404))
async def get_experiment(
    experiment_id: ExperimentPath, context: Context, _caller: OpsCaller
) -> ExperimentAnswer:
    """One experiment as it stands."""
    return _answer(await context.read(show_experiment, experiment_id=experiment_id))


@router.put("/experiments/{experiment_id}", responses={**CHANGING, **refusals(409)})
async def put_experiment(
    experiment_id: ExperimentPath, body: ExperimentBody, context: Context, caller: OpsCaller
) -> ExperimentAnswer:
    """Make a draft, or change one; it draws nobody before it is started."""
    kept = await context.write(
        Priority.APP,
        audited,
        entry=_entry(caller, context, Deed.EXPERIMENT_SAVED, experiment_id),
        act=save_experiment,
        experiment=_draft(experiment_id, body),
    )
    return _answer(kept)


@router.post("/experiments/{experiment_id}/start", responses={**CHANGING, **refusals(404, 409)})
async def post_experiment_start(
    experiment_id: ExperimentPath, context: Context, caller: OpsCaller
) -> ExperimentAnswer:
    """Start a draft: from the next decision on households are drawn."""
    started = await context.write(
        Priority.APP,
        audited,
        entry=_entry(caller, context, Deed.EXPERIMENT_STARTED, experiment_id),
        act=start_experiment,
        experiment_id=experiment_id,
    )
    return _answer(started)


@router.post("/experiments/{experiment_id}/weights", responses={**CHANGING, **refusals(404, 409)})
async def post_experiment_weights(
    experiment_id: ExperimentPath, body: WeightsBody, context: Context, caller: OpsCaller
) -> ExperimentAnswer:
    """Begin a phase with other weights; whoever was drawn before stays in their arm."""
    changed = await context.write(
        Priority.APP,
        audited,
        entry=_entry(caller, context, Deed.EXPERIMENT_REWEIGHTED, experiment_id),
        act=reweight_experiment,
        experiment_id=experiment_id,
        weights=body.weights,
    )
    return _answer(changed)


@router.post("/experiments/{experiment_id}/stop", responses={**CHANGING, **refusals(404, 409)})
async def post_experiment_stop(
    experiment_id: ExperimentPath, context: Context, caller: OpsCaller
) -> ExperimentAnswer:
    """Stop it for good: its campaigns do as they say for everybody."""
    stopped = await context.write(
        Priority.APP,
        audited,
        entry=_entry(caller, context, Deed.EXPERIMENT_STOPPED, experiment_id),
        act=stop_experiment,
        experiment_id=experiment_id,
    )
    return _answer(stopped)


@router.get("/experiments/{experiment_id}/results", responses=refusals(404, 409))
async def get_experiment_results(
    experiment_id: ExperimentPath, context: Context, _caller: OpsCaller, language: Spoken = "en"
) -> ExperimentResultAnswer:
    """What each arm brought against the control; the sample ratio first. May be read daily."""
    shown = await context.read(
        show_experiment_result, experiment_id=experiment_id, language=language
    )
    result = shown.result
    named = ("ended", "verdict", "ratio_p", "mixed", "phases", "arms", "power", "power_sentence")
    return ExperimentResultAnswer.model_validate(
        {
            "experiment_id": shown.experiment.id,
            "currency": shown.currency,
            "finding": result.advice.finding,
            "comparisons": [_comparison(one) for one in result.comparisons],
            **{name: getattr(result, name) for name in named},
        }
    )


def _draft(experiment_id: str, body: ExperimentBody) -> Experiment:
    """The draft that a body describes."""
    part = body.namespace
    varies = tuple(
        Vary(one.factor, tuple(Level(level.name, level.value) for level in one.levels))
        for one in body.varies
    )
    weights = (
        tuple((1,) * len(one.levels) for one in varies)
        if body.weights is None
        else tuple(tuple(one) for one in body.weights)
    )
    return Experiment(
        id=experiment_id,
        name=body.name,
        campaigns=tuple(map(CampaignId, body.campaigns)),
        varies=varies,
        weights=weights,
        ends_at=body.ends_at,
        smallest_effect_bp=body.smallest_effect_bp,
        namespace=NamespacePart(part.name, part.from_bp, part.until_bp) if part else None,
    )


def _entry(caller: Caller, context: ServerContext, deed: Deed, subject: str) -> AuditEntry:
    return AuditEntry(secrets.token_hex(13), context.system_now(), caller.name, deed, subject)


def _comparison(one: Comparison) -> ComparisonAnswer:
    return ComparisonAnswer.model_validate(
        {
            "factor": one.pair.factor,
            "level": one.pair.level,
            "control": one.pair.control,
            "effects": one.effects,
        }
    )


def _answer(one: Experiment) -> ExperimentAnswer:
    return ExperimentAnswer.model_validate(
        {"experiment_id": one.id, **{name: getattr(one, name) for name in _SHOWN}}
    )


_SHOWN = (
    *("name", "campaigns", "varies", "weights", "ends_at", "smallest_effect_bp", "namespace"),
    *("state", "arms", "phases", "stopped_at"),
)
