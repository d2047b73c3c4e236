"""A decision as a row, and a row as a decision."""

from store_server.clock import from_ms, to_ms
from store_server.decisions.choice import Pick
from store_server.decisions.decision import Arm, Decision, Outcome
from store_server.decisions.tables import DecisionRow
from store_server.decisions.trace import (
    read_candidates,
    read_channels,
    read_counts,
    read_reasons,
    read_variants,
    write_candidates,
    write_channels,
    write_counts,
    write_reasons,
    write_variants,
)
from store_server.ids import CampaignId, HouseholdId, OfferId, Scope, ShopperId, ZoneId
from store_server.offers.channel import ReadingChannel
from store_server.offers.trigger import TriggerKind


def row_of(decision: Decision, scope: Scope) -> dict[str, object]:
    """The columns of a decision, all but what it was asked with."""
    return {
        "org": scope.org,
        "store": scope.store,
        "id": decision.id,
        "trigger_id": decision.trigger_id,
        "trigger_kind": decision.trigger_kind,
        "shopper": decision.shopper,
        "household": decision.household,
        "zone": decision.zone,
        "visit_id": decision.visit_id,
        "at_ms": to_ms(decision.at),
        "outcome": decision.outcome,
        "campaign": decision.campaign,
        "campaign_version": decision.campaign_version,
        "offer": decision.offer,
        "offer_version": decision.offer_version,
        "is_fallback": decision.is_fallback,
        "arm": decision.arm,
        "propensity": decision.propensity,
        "policy_version": decision.policy_version,
        "seed": decision.seed,
        "language": decision.language,
        "latency_us": decision.latency_us,
        "reasons": write_reasons(decision.reasons),
        "candidates": write_candidates(decision.candidates),
        "channel": decision.channel,
        "pick": decision.pick,
        "face_value_minor": decision.face_value_minor,
        "refused": write_counts(decision.refused),
        "variants": write_variants(decision.variants),
        "creative": decision.creative,
        "channels": write_channels(decision.channels),
    }


def decision_of(row: DecisionRow) -> Decision:
    """The decision of a row."""
    return Decision(
        id=row.id,
        trigger_id=row.trigger_id,
        trigger_kind=TriggerKind(row.trigger_kind),
        shopper=ShopperId(row.shopper),
        household=HouseholdId(row.household) if row.household is not None else None,
        zone=ZoneId(row.zone) if row.zone is not None else None,
        visit_id=row.visit_id,
        at=from_ms(row.at_ms),
        outcome=Outcome(row.outcome),
        campaign=CampaignId(row.campaign) if row.campaign is not None else None,
        offer=OfferId(row.offer) if row.offer is not None else None,
        is_fallback=row.is_fallback,
        candidates=read_candidates(row.candidates),
        arm=Arm(row.arm),
        propensity=row.propensity,
        policy_version=row.policy_version,
        seed=row.seed,
        reasons=read_reasons(row.reasons),
        campaign_version=row.campaign_version,
        offer_version=row.offer_version,
        language=row.language,
        channel=ReadingChannel(row.channel),
        pick=Pick(row.pick) if row.pick is not None else None,
        face_value_minor=row.face_value_minor,
        refused=read_counts(row.refused),
        variants=read_variants(row.variants),
        creative=row.creative,
        channels=read_channels(row.channels),
        latency_us=row.latency_us,
    )
