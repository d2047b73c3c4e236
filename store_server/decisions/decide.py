"""What, if anything, this shopper is offered here and now: a pure function.

1. The arm is drawn. 2. Gates of the shopper. 3. Gates of each campaign that listens, then of its
offers. 4. What is left is ranked by incremental value; ties go to the lesser campaign id, then
offer id. 5. Nothing of positive value: the fallback of an admitted campaign, if it has one.
6. In the holdout the choice becomes a ghost: kept, not shown.
"""

from collections.abc import Iterable
from typing import NamedTuple

from store_server.decisions.decision import Arm, Candidate, Decision, Outcome, decision_id
from store_server.decisions.gates import refuse_campaign, refuse_offer, refuse_shopper
from store_server.decisions.holdout import arm_of
from store_server.decisions.policy import DecisionPolicy
from store_server.decisions.reason import Reason, in_gate_order
from store_server.decisions.request import DecisionRequest
from store_server.decisions.value import ChanceModel, worth
from store_server.ids import natural_id
from store_server.offers.campaign import Campaign
from store_server.offers.catalogue import Catalogue
from store_server.offers.offer import Offer
from store_server.offers.opening import local_time

# Bits of the seed: what a JSON number and a float hold exactly.
SEED_BITS = 53


class _Choice(NamedTuple):
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    is_fallback: bool
    reasons: tuple[Reason, ...]


def decide(
    request: DecisionRequest,
    policy: DecisionPolicy,
    *,
    catalogue: Catalogue,
    purchases: ChanceModel,
) -> Decision:
    """The decision on one trigger; the same values give the same decision, bit for bit.

    Args:
        request: the trigger and all that is known about who caused it.
        policy: the store's rules.
        catalogue: offers and campaigns.
        purchases: P(buy | no offer).
    """
    trigger = request.trigger
    arm = arm_of(trigger.shopper, request.household, org=request.scope.org, policy=policy)
    stop = refuse_shopper(request, policy)
    if stop is not None:
        return _decision(request, policy, arm=arm, choice=_Choice((), None, False, (stop,)))
    campaigns = catalogue.listening(trigger.kind, trigger.zone)
    weigher = _Weigher(request, policy, catalogue=catalogue, purchases=purchases)
    choice = _choose(weigher, campaigns)
    return _decision(request, policy, arm=arm, choice=choice, catalogue=catalogue)


def seed_of(trigger: str, *, version: str) -> int:
    """What any random draw of the decision on this trigger starts from; 53 bits."""
    return int.from_bytes(natural_id("seed", version, trigger).encode(), "big") % (1 << SEED_BITS)


class _Weigher:
    """Candidates of one request; the chance of a category is asked for once."""

    def __init__(
        self,
        request: DecisionRequest,
        policy: DecisionPolicy,
        *,
        catalogue: Catalogue,
        purchases: ChanceModel,
    ) -> None:
        self._request = request
        self._clock = local_time(request.at, request.local)
        self._offers = catalogue.offers
        self._purchases = purchases
        self._fatigue_minor = float(policy.fatigue_minor * request.shown.today_total)
        self._chances: dict[str, float] = {}

    def candidates(self, campaign: Campaign) -> list[Candidate]:
        """One for the refused campaign, or one for each of its offers; reason None = worth it."""
        refusal = refuse_campaign(campaign, self._request, self._clock)
        if refusal is not None:
            return [Candidate(campaign.id, None, refusal)]
        return [self._weigh(self._offers[offer], campaign) for offer in campaign.offers]

    def fallback(self, campaign: Campaign) -> Candidate | None:
        """The fallback of an admitted campaign, whatever its value; None when it cannot be."""
        if campaign.fallback_offer is None:
            return None
        if refuse_campaign(campaign, self._request, self._clock) is not None:
            return None
        weighed = self._weigh(self._offers[campaign.fallback_offer], campaign)
        if weighed.reason in (None, Reason.VALUE_NOT_POSITIVE):
            return weighed._replace(reason=None)
        return None

    def _weigh(self, offer: Offer, campaign: Campaign) -> Candidate:
        refusal = refuse_offer(offer, campaign=campaign, request=self._request)
        if refusal is not None:
            return Candidate(campaign.id, offer.id, refusal)
        found = worth(
            offer,
            chance_without=self._chance(offer.category),
            effect=offer.effect_prior.mean,
            fatigue_minor=self._fatigue_minor,
        )
        reason = None if found.value_minor > 0 else Reason.VALUE_NOT_POSITIVE
        return Candidate(campaign.id, offer.id, reason, *found)

    def _chance(self, category: str) -> float:
        chance = self._chances.get(category)
        if chance is None:
            request = self._request
            known = request.trigger.shopper if request.profile_allowed else None
            chance = self._purchases.chance(known, category, request.at)
            self._chances[category] = chance
        return chance


def _choose(weigher: _Weigher, campaigns: tuple[Campaign, ...]) -> _Choice:
    candidates = [found for campaign in campaigns for found in weigher.candidates(campaign)]
    best = _best(candidates)
    if best is not None:
        losers = (
            one._replace(reason=Reason.LOWER_VALUE)
            if one.reason is None and one is not best
            else one
            for one in candidates
        )
        return _Choice(tuple(losers), best, False, ())
    fallback = _best(one for one in map(weigher.fallback, campaigns) if one is not None)
    if fallback is not None:
        others = [
            one
            for one in candidates
            if (one.campaign, one.offer) != (fallback.campaign, fallback.offer)
        ]
        return _Choice((*others, fallback), fallback, True, ())
    refused = {one.reason for one in candidates if one.reason is not None}
    return _Choice(
        tuple(candidates), None, False, in_gate_order(refused or {Reason.NOTHING_LISTENS})
    )


def _best(candidates: Iterable[Candidate]) -> Candidate | None:
    return min(
        (one for one in candidates if one.reason is None),
        key=lambda one: (-(one.value_minor or 0.0), one.campaign, one.offer or ""),
        default=None,
    )


def _decision(
    request: DecisionRequest,
    policy: DecisionPolicy,
    *,
    arm: Arm,
    choice: _Choice,
    catalogue: Catalogue | None = None,
) -> Decision:
    trigger, chosen = request.trigger, choice.chosen
    outcome, reasons = Outcome.NOTHING, choice.reasons
    if chosen is not None:
        outcome = Outcome.OFFERED if arm is Arm.OFFER else Outcome.HELD_OUT
        reasons = () if arm is Arm.OFFER else (Reason.HELD_OUT,)
    campaign = catalogue.campaigns[chosen.campaign] if catalogue and chosen else None
    return Decision(
        id=decision_id(request.scope.org, request.scope.store, trigger.id),
        trigger_id=trigger.id,
        trigger_kind=trigger.kind,
        shopper=trigger.shopper,
        household=request.household,
        zone=trigger.zone,
        visit_id=trigger.visit_id,
        at=request.at,
        outcome=outcome,
        campaign=chosen.campaign if chosen else None,
        offer=chosen.offer if chosen else None,
        is_fallback=choice.is_fallback,
        candidates=choice.candidates,
        arm=arm,
        propensity=1.0,
        policy_version=policy.version,
        seed=seed_of(trigger.id, version=policy.version),
        reasons=reasons,
        campaign_version=campaign.version if campaign else None,
        language=request.language,
    )
