"""What the push and the pull share: load who is asked about, decide, keep, promise.

`decide_triggers` and `answer_pull` open a desk for the shoppers at hand; it asks the database
once for all of them and keeps its counts up to date while it decides one after another.
"""

import secrets
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.decisions.asked import HeardEffects, HeardTaste, write_asked
from store_server.decisions.decide import decide
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.experiment import unit_of
from store_server.decisions.frequency_cap import ShownRecord, count_shown
from store_server.decisions.ground import policy_ground
from store_server.decisions.repository import (
    ExperimentUnitRepository,
    GivenArm,
    GroundRepository,
    PoolRepository,
    SwitchRepository,
)
from store_server.decisions.request import DecisionRequest
from store_server.flows.decision_facts import (
    kept_arms,
    load_facts,
    place_facts,
    shopper_facts,
)
from store_server.flows.decision_policy import decision_policy
from store_server.flows.offer_words import READ_IN, moment_ends_at, word
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_budgets import store_limit
from store_server.ids import CampaignId, OfferId, ShopperId
from store_server.offers.budget import BudgetUse
from store_server.offers.channel import ReadingChannel
from store_server.offers.offer_version import version_of
from store_server.offers.repository import BudgetRepository
from store_server.offers.trigger import Trigger
from store_server.outbox.notification import Channel, Notification
from store_server.redemptions.coupon_code import grouped, new_code
from store_server.redemptions.repository import CouponRepository


class DecisionDesk:
    """Decides on triggers of known shoppers within one transaction.

    asked: what each decision was made from, by its id; written with it.
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
    ) -> None:
        self._uow, self._rooms, self._now = uow, rooms, now
        self._channel: ReadingChannel = READ_IN[channel]
        self.asked: dict[str, str] = {}
        self._policy = decision_policy(rooms.policy)
        self._local = ZoneInfo(rooms.policy.timezone)
        self._coupons = CouponRepository(uow.session, rooms.scope)
        self._budgets = BudgetRepository(uow.session, rooms.scope)
        self._use: dict[CampaignId, BudgetUse] = {}
        self._ground, self._kept = policy_ground(self._policy), set[str]()
        uow.after_commit(lambda: rooms.grounds.kept.update(self._kept))
        self.is_silenced = SwitchRepository(uow.session, rooms.scope).is_on()
        self._facts = load_facts(uow, rooms, now=now, triggers=triggers)

    def decide(self, trigger: Trigger) -> Decision:
        """The decision on this trigger, with its budget reserved; not written yet.

        Another writer may take the last coupon between the look and the reservation: then the
        campaign counts as used up, and the question is asked again without it.
        """
        started_ns = time.perf_counter_ns()
        while True:
            decision = self._ask(trigger)
            if decision.outcome is not Outcome.OFFERED or self._reserve(decision):
                break
        if decision.counts_in_caps and decision.campaign is not None:
            self._facts.shown.append(
                ShownRecord(
                    decision.shopper,
                    decision.household,
                    decision.visit_id,
                    decision.campaign,
                    decision.at,
                    decision.offer,
                    decision.channel,
                )
            )
        self._keep_arms(decision)
        return replace(decision, latency_us=(time.perf_counter_ns() - started_ns) // 1000)

    def promise(self, decision: Decision, *, channel: Channel) -> Notification:
        """The notification about an offered decision, with a fresh coupon when it is worth money.

        Call it after the decision is written. An arm that reads it in the app has it laid into the
        inbox: nothing is sent.
        """
        if decision.channel is ReadingChannel.APP:
            channel = "pull"
        return word(
            self._uow,
            self._rooms,
            now=self._now,
            decision=decision,
            code=self._issue(decision) if _face_value(decision) > 0 else None,
            expires_at=moment_ends_at(decision, self._uow, self._rooms),
            channel=channel,
        )

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

    def may_have_offers(self, shopper: ShopperId) -> bool:
        """Whether the shopper agrees to offers now."""
        return shopper in self._facts.offers_allowed

    def _ask(self, trigger: Trigger) -> Decision:
        catalogue = self._uow.live.catalogue
        listening = catalogue.listening(trigger.kind, trigger.zone)
        unread = [one.id for one in listening if one.id not in self._use]
        if unread:
            self._use |= self._budgets.use_of(unread)
        taste, effects = HeardTaste(self._rooms.purchases), HeardEffects(self._rooms.effects)
        request = self._request(trigger)
        decision = decide(
            request, self._policy, catalogue=catalogue, purchases=taste, effects=effects
        )
        self._note(decision, request, taste, effects)
        return decision

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
        ground = grounds.of(self._uow.live.catalogue, trigger.kind, trigger.zone)
        for one in (ground, self._ground):
            if one.digest not in grounds.kept and one.digest not in self._kept:
                GroundRepository(self._uow.session, self._rooms.scope).keep(one.documents)
                self._kept.add(one.digest)
        listening = self._uow.live.catalogue.listening(trigger.kind, trigger.zone)
        self.asked[decision.id] = write_asked(
            replace(request, budgets={one.id: self._use[one.id] for one in listening}),
            taste,
            effects,
            policy=self._ground.digest,
            catalogue=ground.digest,
            decided=decision,
        )

    def _request(self, trigger: Trigger) -> DecisionRequest:
        facts, live = self._facts, self._uow.live
        profile = facts.profiles.get(trigger.shopper)
        household = profile.household if profile else None
        return DecisionRequest(
            trigger=trigger,
            scope=self._rooms.scope,
            at=self._now,
            local=self._local,
            household=household,
            language=profile.language if profile else self._rooms.policy.default_language,
            offers_allowed=trigger.shopper in facts.offers_allowed,
            profile_allowed=trigger.shopper in facts.profile_allowed,
            shown=count_shown(
                facts.shown,
                shopper=trigger.shopper,
                household=household,
                visit_id=trigger.visit_id,
                now=self._now,
                local=self._local,
                channel=self._channel,
            ),
            budgets=self._use,
            silenced=self.is_silenced,
            channel=self._channel,
            pools=facts.pools,
            shopper=shopper_facts(
                facts,
                trigger,
                rooms=self._rooms,
                live=live,
                now=self._now,
                channel=self._channel.value,
            ),
            place=place_facts(facts, trigger, rooms=self._rooms, live=live, now=self._now),
            kept_arms=kept_arms(facts, trigger.shopper, household),
        )

    def _reserve(self, decision: Decision) -> bool:
        """Take the coupon out of the pool and the budget; both or neither."""
        offer = self._uow.live.catalogue.offers[_offer(decision)]
        most, facts = offer.terms.coupon_pool, self._facts
        if most is not None:
            pools = PoolRepository(self._uow.session, self._rooms.scope)
            if not pools.take(offer.id, most=most):
                facts.pools[offer.id] = most
                return False
            facts.pools[offer.id] = facts.pools.get(offer.id, 0) + 1
        if self._reserve_budget(decision):
            return True
        if most is not None:
            pools.give_back(offer.id)
            facts.pools[offer.id] -= 1
        return False

    def _reserve_budget(self, decision: Decision) -> bool:
        catalogue = self._uow.live.catalogue
        campaign = catalogue.campaigns[_campaign(decision)]
        face_value_minor = _face_value(decision)
        reserved = self._budgets.reserve(
            campaign,
            face_value_minor=face_value_minor,
            offer=catalogue.offers[_offer(decision)],
            store=store_limit(self._rooms.policy),
        )
        use = self._use[campaign.id]
        self._use[campaign.id] = (
            use.plus(face_value_minor=face_value_minor) if reserved else replace(use, refused=True)
        )
        return reserved

    def _issue(self, decision: Decision) -> str:
        offer = self._uow.live.catalogue.offers[_offer(decision)]
        valid_s = offer.coupon_valid_s or self._rooms.policy.coupon_ttl_s
        # A coupon is money: its code comes from the system's randomness, never from a seed.
        key = self._rooms.coupon_keys.signing
        code = new_code(secrets.SystemRandom(), key=key)
        self._coupons.issue(
            code,
            shopper=decision.shopper,
            offer=offer.id,
            campaign=_campaign(decision),
            decision=decision.id,
            face_value_minor=_face_value(decision),
            issued_at=decision.at,
            expires_at=decision.at + timedelta(seconds=valid_s),
            offer_version=version_of(offer),
            key=key,
        )
        return grouped(code.replace("-", ""))


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


def _offer(decision: Decision) -> OfferId:
    assert decision.offer is not None
    return decision.offer


def _campaign(decision: Decision) -> CampaignId:
    assert decision.campaign is not None
    return decision.campaign


def _face_value(decision: Decision) -> int:
    assert decision.face_value_minor is not None
    return decision.face_value_minor
