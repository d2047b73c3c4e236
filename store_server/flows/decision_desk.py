"""What the push and the pull share: load who is asked about, decide, keep, promise.

`decide_triggers` and `answer_pull` open a desk for the shoppers at hand; it asks the database
once for all of them and keeps its counts up to date while it decides one after another.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.decisions.asked import HeardEffects, HeardTaste, write_asked
from store_server.decisions.decide import decide
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.experiment import unit_of
from store_server.decisions.frequency_cap import ShownRecord, count_shown
from store_server.decisions.ground import policy_ground
from store_server.decisions.reason import Reason
from store_server.decisions.repository import (
    ExperimentUnitRepository,
    GivenArm,
    GroundRepository,
    SwitchRepository,
)
from store_server.decisions.request import DecisionRequest
from store_server.decisions.shelf import shelf_of
from store_server.flows.check_sending import TOLD_ALREADY
from store_server.flows.check_wishes import refusals_of_profile
from store_server.flows.decision_facts import (
    load_facts,
    place_facts,
    shopper_facts,
)
from store_server.flows.decision_policy import decision_policy
from store_server.flows.kept_arms import kept_arms
from store_server.flows.offer_words import READ_IN
from store_server.flows.reservations import Reservations
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId
from store_server.learning.basket_taste import BasketEffects, BasketTaste
from store_server.offers.budget import BudgetUse
from store_server.offers.catalogue import Catalogue, heard_by
from store_server.offers.channel import ReadingChannel
from store_server.offers.trigger import Trigger
from store_server.outbox.notification import Channel


class DecisionDesk:
    """Decides on triggers of known shoppers within one transaction.

    asked: what each decision was made from, by its id; written with it.
    is_grouped: reserve together at the end (`settle`), see `Reservations`.
    is_silenced: whether the store's kill switch is on.
    """

    def __init__(
        self,
        uow: UnitOfWork[StoreLive],
        rooms: StoreRooms,
        *,
        now: datetime,
        triggers: Sequence[Trigger],
        channel: Channel = "webhook",
        is_grouped: bool = False,
    ) -> None:
        self._uow, self._rooms, self._now = uow, rooms, now
        self._channel: ReadingChannel = READ_IN[channel]
        self.asked: dict[str, str] = {}
        self._policy = decision_policy(rooms.policy)
        self._local = ZoneInfo(rooms.policy.timezone)
        self._ground, self._kept = policy_ground(self._policy), set[str]()
        uow.after_commit(lambda: rooms.grounds.kept.update(self._kept))
        self.is_silenced = SwitchRepository(uow.session, rooms.scope).is_on()
        self._facts = load_facts(uow, rooms, now=now, triggers=triggers)
        self._taken = Reservations(uow, rooms, pools=self._facts.pools, is_grouped=is_grouped)
        if len(triggers) > 1:
            self._hold(triggers)

    def decide(self, trigger: Trigger, *, beside: Sequence[Decision] = ()) -> Decision:
        """The decision on this trigger, with its budget reserved; not written yet.

        `beside` are those of the same answer: no offer and no exclusion group comes twice in it.

        Another writer may take the last coupon between the look and the reservation: then the
        campaign counts as used up, and the question is asked again without it.
        """
        started_ns = time.perf_counter_ns()
        while True:
            decision = self._ask_by_channel(trigger, beside)
            if decision.outcome is not Outcome.OFFERED or self._reserve(decision):
                break
        if decision.counts_in_caps and decision.campaign is not None:
            record = ShownRecord(
                decision.shopper,
                decision.household,
                decision.visit_id,
                decision.campaign,
                decision.at,
                decision.offer,
                decision.channel,
            )
            self._facts.shown.extend([record])
        self._keep_arms(decision)
        return replace(decision, latency_us=(time.perf_counter_ns() - started_ns) // 1000)

    def _hold(self, triggers: Sequence[Trigger]) -> None:
        """Lock what several reservations may touch, see `Reservations.hold`."""
        catalogue = self._uow.live.catalogue
        heard = {heard_by(one.kind, one.zone, one.campaign) for one in triggers}
        listening = {one.id: one for key in heard for one in catalogue.listening(*key)}
        self._taken.hold(listening.values())

    def settle(self) -> None:
        """Take what was only counted so far.

        Raises:
            ReservationLost: another writer was quicker; the transaction is of no use.
        """
        self._taken.settle()

    def _keep_arms(self, decision: Decision) -> None:
        """Remember the arms that came into play for the first time: the unit keeps them."""
        unit = unit_of(decision.shopper, decision.household)
        new = [one for one in decision.variants if (one[0], unit) not in self._facts.arms]
        given: list[GivenArm] = []
        for name, arm in new:
            alone = self._facts.arms.get((name, unit_of(decision.shopper, None)))
            phase = self._uow.live.catalogue.experiments[name].phase_at(decision.at) or 0
            given.append(GivenArm(name, unit, arm, alone.phase if alone else phase))
        self._facts.arms |= {(one.experiment, unit): one for one in given}
        own = decision.shopper if decision.household is None else None
        kept = ExperimentUnitRepository(self._uow.session, self._rooms.scope)
        kept.give(given, shopper=own, at_ms=to_ms(decision.at))

    def may_be_told(self, decision: Decision) -> bool:
        """Whether the shopper may be told now what was decided before: see `check_sending`."""
        shopper = decision.shopper
        profile = self._facts.profiles.get(shopper)
        if self.is_silenced or profile is None or shopper not in self._facts.offers_allowed:
            return False
        reasons = refusals_of_profile(profile, self._uow.live, decision)
        return profile.open_complaints == 0 and not set(reasons) - TOLD_ALREADY

    def _ask_by_channel(self, trigger: Trigger, beside: Sequence[Decision]) -> Decision:
        """Asked for the best channel that reaches the shopper, and for the next where it fails.

        Failing is: its cap is used up, or no campaign with something to offer may use it.
        """
        if self._uow.live.catalogue.calls_staff(trigger):
            return self._ask(trigger, beside, ReadingChannel.STAFF)
        asked_for = self._channel is READ_IN["webhook"]
        ranked = self._facts.channels.get(trigger.shopper, ()) if asked_for else ()
        first: Decision | None = None
        for mark in ranked or (None,):
            channel = self._channel if mark is None else mark.channel
            made = self._ask(trigger, beside, channel)
            decision = replace(made, channels=ranked) if ranked else made
            first = first or decision
            if decision.outcome is not Outcome.NOTHING or not _OF_CHANNEL & set(decision.reasons):
                return decision
        assert first is not None
        return first

    def _ask(
        self, trigger: Trigger, beside: Sequence[Decision], channel: ReadingChannel
    ) -> Decision:
        catalogue = self._uow.live.catalogue
        shelf = shelf_of(catalogue, trigger.kind, trigger.zone, trigger.campaign)
        taste, effects = self._models(trigger)
        request = self._request(trigger, budgets=self._taken.limiting(shelf), channel=channel)
        if beside:
            request = _beside(request, beside, catalogue)
        decision = decide(
            request, self._policy, catalogue=catalogue, purchases=taste, effects=effects
        )
        self._note(decision, request, taste, effects)
        return decision

    def _models(self, trigger: Trigger) -> tuple[HeardTaste, HeardEffects]:
        """What is known of taste and effects; beside a basket, where the shopper agrees to that."""
        purchases, effects = self._rooms.purchases, self._rooms.effects
        if not trigger.basket or trigger.shopper not in self._facts.profile_allowed:
            return HeardTaste(purchases), HeardEffects(effects)
        beside = BasketTaste(purchases, self._rooms.complements, trigger.basket)
        offers = self._uow.live.catalogue.offers
        categories = {str(name): offer.category for name, offer in offers.items()}
        return HeardTaste(beside), HeardEffects(BasketEffects(effects, beside, categories))

    def _note(
        self,
        decision: Decision,
        request: DecisionRequest,
        taste: HeardTaste,
        effects: HeardEffects,
    ) -> None:
        """Keep what it was decided from, so that it can be decided again."""
        grounds = self._rooms.grounds
        trigger = request.trigger
        ground = grounds.of(self._uow.live.catalogue, trigger.kind, trigger.zone, trigger.campaign)
        for one in (ground, self._ground):
            if one.digest not in grounds.kept and one.digest not in self._kept:
                GroundRepository(self._uow.session, self._rooms.scope).keep(one.documents)
                self._kept.add(one.digest)
        self.asked[decision.id] = write_asked(
            request,
            taste,
            effects,
            policy=self._ground.digest,
            catalogue=ground.digest,
            decided=decision,
        )

    def _request(
        self,
        trigger: Trigger,
        *,
        budgets: Mapping[CampaignId, BudgetUse],
        channel: ReadingChannel,
    ) -> DecisionRequest:
        facts, live = self._facts, self._uow.live
        profile = facts.profiles.get(trigger.shopper)
        household = profile.household if profile else None
        own_language = profile.language if profile else self._rooms.policy.default_language
        return DecisionRequest(
            trigger=trigger,
            scope=self._rooms.scope,
            at=self._now,
            local=self._local,
            household=household,
            language=trigger.language or own_language,
            offers_allowed=trigger.shopper in facts.offers_allowed,
            profile_allowed=trigger.shopper in facts.profile_allowed,
            shown=count_shown(
                facts.shown.concerning(trigger.shopper, household),
                shopper=trigger.shopper,
                household=household,
                visit_id=trigger.visit_id,
                now=self._now,
                local=self._local,
                channel=channel,
            ),
            budgets=budgets,
            silenced=self.is_silenced,
            channel=channel,
            pools=facts.pools,
            shopper=shopper_facts(
                facts,
                trigger,
                rooms=self._rooms,
                live=live,
                now=self._now,
                channel=channel.value,
            ),
            place=place_facts(facts, trigger, rooms=self._rooms, live=live, now=self._now),
            kept_arms=kept_arms(facts, trigger.shopper, household),
            spent=frozenset(self._taken.spent),
        )

    def _reserve(self, decision: Decision) -> bool:
        """Take the coupon out of the pool and the budget; both or neither."""
        return self._taken.take(decision)


# What another channel may help against.
_OF_CHANNEL = {Reason.NO_CONSENT_CHANNEL, Reason.CHANNEL_CAP, Reason.CHANNEL_NOT_ALLOWED}


def count_decisions(uow: UnitOfWork[StoreLive], decisions: Collection[Decision]) -> None:
    """Add decisions to the live counts: `decisions.<outcome>` and `reasons.<code>`."""
    counted: dict[str, int] = {}
    for decision in decisions:
        for name in (
            f"decisions.{decision.outcome}",
            *(f"reasons.{reason}" for reason in decision.reasons),
        ):
            counted[name] = counted.get(name, 0) + 1
    uow.live = replace(uow.live, counters=uow.live.counters.plus(**counted))


def _beside(
    request: DecisionRequest, beside: Sequence[Decision], catalogue: Catalogue
) -> DecisionRequest:
    """The request of one more offer for an answer that holds these."""
    offers = frozenset(one.offer for one in beside if one.offer is not None)
    spoke = (catalogue.campaigns.get(one.campaign) for one in beside if one.campaign is not None)
    groups = {one.exclusion_group for one in spoke if one is not None and one.exclusion_group}
    return replace(
        request,
        shown=replace(request.shown, beside=offers),
        shopper=replace(request.shopper, groups=request.shopper.groups | groups),
    )
