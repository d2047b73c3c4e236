"""Offers, campaigns and triggers for tests: what does not matter is filled in."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from store_server.ids import CampaignId, OfferId, ShopperId, ZoneId
from store_server.offers.campaign import Campaign, CampaignState, Goal
from store_server.offers.creative import Creative
from store_server.offers.experiment import (
    Experiment,
    ExperimentState,
    Factor,
    Level,
    NamespacePart,
    Phase,
    Vary,
    Weights,
)
from store_server.offers.offer import EffectPrior, Offer
from store_server.offers.trigger import Trigger, TriggerKind, TriggerRule, trigger_id

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
"""A Wednesday."""
FAR_OFF = datetime(2099, 1, 1, tzinfo=UTC)
BOLD = Vary(Factor.CREATIVE, (Level("plain"), Level("bold", "bold")))


def an_offer(
    name: str = "rye",
    *,
    category: str = "BREAD",
    margin_minor: int = 150,
    face_value_minor: int = 50,
    effect: float = 0.2,
    languages: Sequence[str] = ("en",),
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Offer:
    return Offer(
        id=OfferId(name),
        name=f"{name} bread",
        category=category,
        product_ids=("p1",),
        price_minor=300,
        margin_minor=margin_minor,
        face_value_minor=face_value_minor,
        effect_prior=EffectPrior(mean=effect, strength=20),
        creatives={one: Creative("{offer}", "{value} off in {zone}") for one in languages},
        valid_from=valid_from,
        valid_until=valid_until,
    )


def a_campaign(
    name: str = "bakery",
    *,
    offers: Sequence[str] = ("rye",),
    trigger: TriggerRule | None = None,
    state: CampaignState = CampaignState.LIVE,
    budget_issues: int | None = None,
    budget_minor: int | None = None,
    cap_per_visit: int = 1,
    cap_per_day: int = 1,
    fallback_offer: str | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Campaign:
    return Campaign(
        id=CampaignId(name),
        name=name,
        offers=tuple(OfferId(offer) for offer in offers),
        trigger=trigger or TriggerRule(TriggerKind.ZONE_DWELL, ZoneId("bakery"), 20),
        state=state,
        budget_issues=budget_issues,
        budget_minor=budget_minor,
        cap_per_visit=cap_per_visit,
        cap_per_day=cap_per_day,
        fallback_offer=OfferId(fallback_offer) if fallback_offer else None,
        starts_at=starts_at,
        ends_at=ends_at or FAR_OFF,
        goal=Goal.PURCHASES,
        smallest_effect_bp=300,
    )


def an_experiment(
    name: str = "title",
    *varies: Vary,
    campaigns: Sequence[str] = ("bakery",),
    weights: Sequence[Weights] = (),
    starts_at: datetime | None = NOON,
    every: timedelta = timedelta(days=7),
    smallest_effect_bp: int = 300,
    namespace: NamespacePart | None = None,
) -> Experiment:
    """Plain words against bold ones, running; each of `weights` is a phase of `every`."""
    varies = varies or (BOLD,)
    each = weights or (tuple((1,) * len(one.levels) for one in varies),)
    phases = [Phase(starts_at + n * every, one) for n, one in enumerate(each)] if starts_at else []
    return Experiment(
        id=name,
        name=name,
        campaigns=tuple(map(CampaignId, campaigns)),
        varies=tuple(varies),
        weights=each[-1],
        ends_at=FAR_OFF,
        smallest_effect_bp=smallest_effect_bp,
        namespace=namespace,
        phases=tuple(phases),
        state=ExperimentState.RUNNING if phases else ExperimentState.DRAFT,
    )


def a_trigger(
    event: str = "event-1",
    *,
    kind: TriggerKind = TriggerKind.ZONE_DWELL,
    shopper: str = "ann",
    zone: str | None = "bakery",
    at: datetime = NOON,
    visit: str | None = "visit-1",
    dwell_s: int | None = 20,
) -> Trigger:
    return Trigger(
        id=trigger_id(kind, event),
        kind=kind,
        shopper=ShopperId(shopper),
        zone=ZoneId(zone) if zone else None,
        at=at,
        event_id=event,
        visit_id=visit,
        dwell_s=dwell_s,
    )
