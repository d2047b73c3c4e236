"""Requests and policies for tests of decisions: what does not matter is filled in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from store_server.decisions.decide import decide
from store_server.decisions.decision import Decision
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.policy import DecisionPolicy
from store_server.decisions.request import DecisionRequest
from store_server.ids import CampaignId, HouseholdId, ShopperId, scope
from store_server.learning.effect_table import BANDS, EffectBook
from store_server.learning.offer_effect import Evidence, OfferEffects
from store_server.learning.purchase_model import Taste
from store_server.offers.budget import BudgetUse
from store_server.offers.catalogue import Catalogue, catalogue_of
from store_server.offers.trigger import Trigger
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer

HERE = scope("acme", "demo")
CATALOGUE = catalogue_of([an_offer()], [a_campaign()])


@dataclass(frozen=True)
class KnownChances:
    """P(buy | no offer) as a test says it; `own` is for shoppers, the rest is the population."""

    population: float = 0.05
    own: dict[tuple[str, str], float] = field(default_factory=dict)

    def taste(self, shopper: ShopperId | None, categories: Sequence[str], at: datetime) -> Taste:
        names = [(shopper or "", one) for one in categories]
        return Taste(
            [self.own.get(name, self.population) for name in names], [n in self.own for n in names]
        )


def known_effects(**offers: float) -> EffectBook:
    """Effects that are as good as certain; an offer that is not named is believed as stated."""
    effects = OfferEffects()
    for name, effect in offers.items():
        sure = 1e6
        for band in range(BANDS):
            evidence = Evidence(room_room=sure, room_bought=sure * effect)
            effects.learn(name, str(band), evidence=evidence)
    return EffectBook(effects)


def a_policy(
    *, holdout_bp: int = 0, cap_per_visit: int = 9, cap_per_day: int = 9, fatigue_minor: int = 0
) -> DecisionPolicy:
    return DecisionPolicy(
        version="test-1",
        holdout_bp=holdout_bp,
        holdout_salt="salt",
        cap_per_visit=cap_per_visit,
        cap_per_day=cap_per_day,
        fatigue_minor=fatigue_minor,
    )


def a_request(
    trigger: Trigger | None = None,
    *,
    at: datetime = NOON,
    local: tzinfo = UTC,
    household: str | None = None,
    language: str = "en",
    offers_allowed: bool = True,
    profile_allowed: bool = True,
    shown: Shown | None = None,
    budgets: dict[CampaignId, BudgetUse] | None = None,
) -> DecisionRequest:
    return DecisionRequest(
        trigger=trigger or a_trigger(),
        scope=HERE,
        at=at,
        local=local,
        household=HouseholdId(household) if household else None,
        language=language,
        offers_allowed=offers_allowed,
        profile_allowed=profile_allowed,
        shown=shown or Shown(),
        budgets=budgets or {},
    )


def decided(
    request: DecisionRequest | None = None,
    policy: DecisionPolicy | None = None,
    *,
    catalogue: Catalogue = CATALOGUE,
    chances: KnownChances | None = None,
    effects: EffectBook | None = None,
) -> Decision:
    return decide(
        request or a_request(),
        policy or a_policy(),
        catalogue=catalogue,
        purchases=chances or KnownChances(),
        effects=effects or known_effects(),
    )
