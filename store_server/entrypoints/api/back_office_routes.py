"""What the back office reads of what happened: decisions and deliveries."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.plural import Language
from store_server.entrypoints.api.problems_shown import READING, refusals
from store_server.entrypoints.api.schemas.attribution import (
    AttributionAnswer,
    CreditedBasketAnswer,
)
from store_server.entrypoints.api.schemas.decisions import (
    CandidateAnswer,
    DecisionAnswer,
    DecisionPageAnswer,
    OfferRefusalsAnswer,
    RefusalAnswer,
    RefusalsAnswer,
)
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.replay_decision import show_refusals
from store_server.flows.show_attribution import show_attribution
from store_server.flows.show_decisions import ExplainedDecision, show_decision, show_decisions
from store_server.redemptions.attribution import CreditKind

router = APIRouter(prefix="/v1", tags=["back office"], responses=READING)

Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]
Before = Annotated[
    str | None,
    Query(max_length=80, pattern=r"^\d{1,15}\.[a-z0-9]+$", description="From the page before."),
]

Spoken = Annotated[Language, Query(description="Of the explanation.")]


@router.get("/decisions")
async def list_decisions(
    context: Context,
    _caller: OpsCaller,
    limit: Limit = 50,
    outcome: Outcome | None = None,
    before: Before = None,
    language: Spoken = "en",
) -> DecisionPageAnswer:
    """The newest decisions with their trace, newest first."""
    page = await context.read(
        show_decisions, limit=limit, outcome=outcome, before=before, language=language
    )
    return DecisionPageAnswer(
        decisions=[_decision(one) for one in page.decisions], before=page.before
    )


@router.get("/decisions/{decision_id}", responses=refusals(404))
async def get_decision(
    decision_id: Annotated[str, Path(pattern=r"^[a-z0-9]{1,40}$")],
    context: Context,
    _caller: OpsCaller,
    language: Spoken = "en",
) -> DecisionAnswer:
    """One decision, and why it came out so."""
    return _decision(await context.read(show_decision, decision_id=decision_id, language=language))


@router.get("/decisions/{decision_id}/refusals", responses=refusals(404, 409))
async def get_refusals(
    decision_id: Annotated[str, Path(pattern=r"^[a-z0-9]{1,40}$")],
    context: Context,
    _caller: OpsCaller,
    language: Spoken = "en",
) -> RefusalsAnswer:
    """What every gate says to the question of a decision, also those it did not come to."""
    found = await context.read(show_refusals, decision_id=decision_id)
    return RefusalsAnswer(
        shopper=[RefusalAnswer.of(one, language) for one in found.shopper],
        offers=[
            OfferRefusalsAnswer(
                campaign_id=one.campaign,
                offer_id=one.offer,
                reasons=[RefusalAnswer.of(reason, language) for reason in one.reasons],
            )
            for one in found.slots
        ],
    )


@router.get("/decisions/{decision_id}/attribution", responses=refusals(404))
async def get_attribution(
    decision_id: Annotated[str, Path(pattern=r"^[a-z0-9]{1,40}$")],
    context: Context,
    _caller: OpsCaller,
) -> AttributionAnswer:
    """What a decision led to at the till: coupon used, promoted bought, and what else."""
    found = await context.read(show_attribution, decision_id=decision_id)
    counted = found.in_window
    return AttributionAnswer(
        decision_id=found.decision.id,
        outcome=found.decision.outcome,
        redeemed=found.redeemed,
        category=found.baskets[0].category if found.baskets else None,
        promoted_minor=sum(one.promoted_minor for one in counted),
        related_minor=sum(one.related_minor for one in counted),
        other_minor=sum(one.other_minor for one in counted),
        margin_minor=sum(one.margin_minor for one in counted),
        baskets=[
            CreditedBasketAnswer(
                basket_id=one.basket,
                at=one.at,
                kind=CreditKind(one.kind),
                in_window=one.in_window,
                units=one.units,
                promoted_minor=one.promoted_minor,
                related_minor=one.related_minor,
                other_minor=one.other_minor,
                margin_minor=one.margin_minor,
            )
            for one in found.baskets
        ],
    )


def _decision(one: ExplainedDecision) -> DecisionAnswer:
    decision: Decision = one.decision
    return DecisionAnswer(
        decision_id=decision.id,
        trigger_id=decision.trigger_id,
        trigger_kind=decision.trigger_kind,
        shopper_id=decision.shopper,
        household_id=decision.household,
        zone=decision.zone,
        visit_id=decision.visit_id,
        at=decision.at,
        outcome=decision.outcome,
        campaign_id=decision.campaign,
        campaign_version=decision.campaign_version,
        offer_id=decision.offer,
        offer_version=decision.offer_version,
        is_fallback=decision.is_fallback,
        arm=decision.arm,
        propensity=decision.propensity,
        policy_version=decision.policy_version,
        reasons=list(decision.reasons),
        candidates=[
            CandidateAnswer(
                campaign_id=candidate.campaign,
                offer_id=candidate.offer,
                reason=candidate.reason,
                value_minor=candidate.value_minor,
                chance_with=candidate.chance_with,
                chance_without=candidate.chance_without,
            )
            for candidate in decision.candidates
        ],
        channel=decision.channel,
        pick=decision.pick,
        face_value_minor=decision.face_value_minor,
        refused={reason.value: number for reason, number in decision.refused},
        variants=list(decision.variants),
        creative=decision.creative,
        latency_us=decision.latency_us,
        explanation=one.explanation,
    )
