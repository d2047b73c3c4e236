"""What, if anything, this shopper is offered here and now: a pure function.

1. The holdout is drawn. 2. Gates of the shopper. 3. Gates of each campaign that listens and of its
offers; the arms of experiments are among them. 4. What is left is weighed (`value`) and one is
chosen (`choice`), or the fallback of an admitted campaign, or nothing. 5. In the holdout, or where
the campaign is held back from this household, the choice becomes a ghost: kept, not shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from store_server.decisions.candidates import candidates_of
from store_server.decisions.choice import Chosen, Pick, choose
from store_server.decisions.decision import Arm, Decision, Outcome, decision_id
from store_server.decisions.experiment import draw64, unit_of
from store_server.decisions.gates import refusals_of_shopper, refuse_shopper
from store_server.decisions.holdout import arm_of, is_held_back
from store_server.decisions.policy import DecisionPolicy
from store_server.decisions.reason import OF_CAMPAIGN, Reason, in_gate_order
from store_server.decisions.request import DecisionRequest
from store_server.decisions.shelf import Mask, Shelf, shelf_of
from store_server.decisions.slot_gates import SLOT_GATES, Sieve, sift
from store_server.decisions.trial import UNVARIED, Trial, varied_of
from store_server.decisions.value import EffectModel, TasteModel, Weighed, weigh
from store_server.ids import CampaignId, OfferId
from store_server.offers.campaign import Campaign
from store_server.offers.catalogue import Catalogue
from store_server.offers.step import Branch, Does
from store_server.offers.trigger import TriggerKind

# Bits of the seed: what a JSON number and a float hold exactly.
SEED_BITS = 53

_REASONS = tuple(Reason)


@dataclass(frozen=True, slots=True)
class Outlook:
    """How one question came out before the arm is looked at."""

    shelf: Shelf | None
    sieve: Sieve | None = None
    weighed: Weighed | None = None
    chosen: Chosen | None = None
    reasons: tuple[Reason, ...] = ()
    handed_over: Campaign | None = None


@dataclass(frozen=True, slots=True)
class SlotRefusals:
    """Every gate that refuses one offer of one campaign, in their order; none: it may be made."""

    campaign: CampaignId
    offer: OfferId
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class AllRefusals:
    """What every gate says, also those that a decision does not come to."""

    shopper: tuple[Reason, ...]
    slots: tuple[SlotRefusals, ...]


def decide(
    request: DecisionRequest,
    policy: DecisionPolicy,
    *,
    catalogue: Catalogue,
    purchases: TasteModel,
    effects: EffectModel,
) -> Decision:
    """The decision on one trigger; the same values give the same decision, bit for bit.

    Args:
        request: the trigger and all that is known about who caused it.
        policy: the store's rules.
        catalogue: offers and campaigns.
        purchases: P(buy | no offer).
        effects: what offers add to it.
    """
    seed = seed_of(request.trigger.id, version=policy.version)
    stop = refuse_shopper(request, policy)
    if stop is not None:
        return _decision(request, policy, seed=seed, outlook=Outlook(None, reasons=(stop,)))
    shelf = _shelf(catalogue, request)
    request = _drawn(request, shelf)
    if not shelf.size:
        outlook = Outlook(None, reasons=(Reason.NOTHING_LISTENS,))
        return _decision(request, policy, seed=seed, outlook=outlook)
    branch = _branch(shelf, request)
    if branch is not None and branch.does is not Does.OFFER:
        outlook = _without_offer(shelf, request, policy, branch)
        return _decision(request, policy, seed=seed, outlook=outlook)
    sieve = sift(shelf, request, policy)
    if not sieve.free.any():
        outlook = Outlook(shelf, sieve, reasons=_told(shelf, sieve))
        return _decision(request, policy, seed=seed, outlook=outlook)
    weighed = weigh(shelf, request, policy, purchases=purchases, effects=effects)
    chosen = choose(shelf, sieve, weighed, request=request, policy=policy, seed=seed)
    reasons = () if chosen is not None else _told(shelf, sieve)
    outlook = Outlook(shelf, sieve, weighed, chosen, reasons)
    return _decision(request, policy, seed=seed, outlook=outlook)


def refusals_of(
    request: DecisionRequest, policy: DecisionPolicy, *, catalogue: Catalogue
) -> AllRefusals:
    """What each gate says to this question, all of them asked (`explain=full`)."""
    shelf = _shelf(catalogue, request)
    request = _drawn(request, shelf)
    found: list[list[Reason]] = [[] for _ in shelf.slots]
    for reason, gate in SLOT_GATES:
        sieve = Sieve(shelf)
        sieve.refuse(reason, gate(shelf, request, policy))
        for place in np.flatnonzero(sieve.first):
            found[place].append(reason)
    return AllRefusals(
        refusals_of_shopper(request, policy),
        tuple(
            SlotRefusals(slot.campaign.id, slot.offer.id, tuple(reasons))
            for slot, reasons in zip(shelf.slots, found, strict=True)
        ),
    )


def seed_of(trigger: str, *, version: str) -> int:
    """What any random draw of the decision on this trigger starts from; 53 bits."""
    return draw64("seed", version, trigger) >> (64 - SEED_BITS)


def _drawn(request: DecisionRequest, shelf: Shelf) -> DecisionRequest:
    """The request with the arms of whoever asks, where a gate asks for them."""
    if not shelf.trial_book.refuses:
        return request
    return replace(request, arms=_arms(request, shelf.trials))


def _arms(request: DecisionRequest, trials: Iterable[Trial]) -> dict[str, str]:
    """The arms of whoever asks in these experiments."""
    unit = unit_of(request.trigger.shopper, request.household)
    return {one.experiment.id: arm for one in trials if (arm := one.arm_of(request, unit))}


def _in_play(
    request: DecisionRequest, shelf: Shelf, sieve: Sieve, *, ghost: bool
) -> tuple[tuple[tuple[str, str], ...], Mapping[str, str]]:
    """The arms that mattered, and those that the chosen offer may go by.

    What a gate before an arm's stops is stopped in every arm: there nobody is drawn. Whoever a
    campaign is held back from is in play only as its ghost: the others are compared.
    """
    came_through = (sieve.first == 0) | (sieve.first >= _OTHER_ARM)
    trials = shelf.trial_book.among(came_through)
    arms = request.arms if shelf.trial_book.refuses else _arms(request, trials)
    found = [
        (one.experiment.id, arms[one.experiment.id])
        for one in trials
        if one.experiment.id in arms
        and (not one.holds_back or ghost or _asks_somebody(request, shelf, one, came_through))
    ]
    return tuple(found), arms


def _asks_somebody(request: DecisionRequest, shelf: Shelf, trial: Trial, free: Mask) -> bool:
    """Whether a campaign that came through is not held back from who asks."""
    places = trial.places[free[trial.places]].tolist()
    campaigns = {shelf.slots[place].campaign.id: shelf.slots[place].campaign for place in places}
    return not all(_held_back(request, one) for one in campaigns.values())


def _held_back(request: DecisionRequest, campaign: Campaign) -> bool:
    who = request.trigger.shopper
    return is_held_back(campaign, who, request.household, org=request.scope.org)


def _shelf(catalogue: Catalogue, request: DecisionRequest) -> Shelf:
    trigger = request.trigger
    return shelf_of(catalogue, trigger.kind, trigger.zone, trigger.campaign)


def _branch(shelf: Shelf, request: DecisionRequest) -> Branch | None:
    """What the step says on the way of the trigger; None when no step asks."""
    return shelf.slots[0].campaign.branch_of(request.trigger)


def _without_offer(
    shelf: Shelf, request: DecisionRequest, policy: DecisionPolicy, branch: Branch
) -> Outlook:
    """A step that calls the staff or says nothing: the gates of its campaign are asked."""
    sieve = Sieve(shelf)
    for reason, gate in SLOT_GATES:
        if reason in OF_CAMPAIGN:
            sieve.refuse(reason, gate(shelf, request, policy))
    if branch.does is Does.NOTHING:
        sieve.refuse(Reason.STEP_ENDS, np.ones(shelf.size, dtype=np.bool_))
    if not sieve.free.any():
        return Outlook(shelf, sieve, reasons=_told(shelf, sieve))
    return Outlook(None, handed_over=shelf.slots[0].campaign)


def _told(shelf: Shelf, sieve: Sieve) -> tuple[Reason, ...]:
    codes = np.unique(sieve.first[shelf.choosable]).tolist()
    return in_gate_order({_REASONS[code - 1] for code in codes if code})


def _counted(outlook: Outlook) -> tuple[tuple[Reason, int], ...]:
    if outlook.sieve is None:
        return ()
    counts = np.bincount(outlook.sieve.first, minlength=len(_REASONS) + 1).tolist()
    return tuple((_REASONS[code - 1], n) for code, n in enumerate(counts) if n and code)


def _decision(
    request: DecisionRequest, policy: DecisionPolicy, *, seed: int, outlook: Outlook
) -> Decision:
    trigger, chosen, shelf = request.trigger, outlook.chosen, outlook.shelf
    org = request.scope.org
    arm = arm_of(trigger.shopper, request.household, org=org, policy=policy)
    outcome, reasons = Outcome.NOTHING, outlook.reasons
    slot = shelf.slots[chosen.place] if chosen is not None and shelf is not None else None
    campaign = slot.campaign if slot is not None else outlook.handed_over
    if campaign is not None:
        outcome, reasons = Outcome.OFFERED if slot is not None else Outcome.HANDED_OVER, ()
        if arm is Arm.HOLDOUT:
            outcome, reasons = Outcome.HELD_OUT, (Reason.HELD_OUT,)
        elif _held_back(request, campaign):
            outcome, reasons = Outcome.HELD_OUT, (Reason.CAMPAIGN_HELD_OUT,)
    variants: tuple[tuple[str, str], ...] = ()
    varied = UNVARIED
    if shelf is not None and outlook.sieve is not None and shelf.trials:
        ghost = outcome is Outcome.HELD_OUT
        variants, arms = _in_play(request, shelf, outlook.sieve, ghost=ghost)
        if slot is not None:
            varied = varied_of(shelf.trials, arms, slot.campaign.id)
    pushed = trigger.kind is not TriggerKind.PULL
    face = outlook.weighed.face[chosen.place] if chosen and outlook.weighed else None
    return Decision(
        id=decision_id(org, request.scope.store, trigger.id),
        trigger_id=trigger.id,
        trigger_kind=trigger.kind,
        shopper=trigger.shopper,
        household=request.household,
        zone=trigger.zone,
        visit_id=trigger.visit_id,
        at=request.at,
        outcome=outcome,
        campaign=campaign.id if campaign else None,
        offer=slot.offer.id if slot else None,
        is_fallback=chosen is not None and chosen.pick is Pick.FALLBACK,
        candidates=candidates_of(outlook.shelf, outlook.sieve, outlook.weighed),
        arm=arm,
        propensity=chosen.propensity if chosen else 1.0,
        policy_version=policy.version,
        seed=seed,
        reasons=reasons,
        campaign_version=campaign.version if campaign else None,
        offer_version=slot.offer.version if slot else None,
        language=request.language,
        channel=varied.channel if varied.channel and pushed else request.channel,
        pick=chosen.pick if chosen else None,
        face_value_minor=int(face) if face is not None else None,
        refused=_counted(outlook),
        variants=variants,
        creative=varied.creative,
    )


_OTHER_ARM = Reason.OTHER_ARM.rank + 1
