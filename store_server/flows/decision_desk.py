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

from store_server.database import UnitOfWork
from store_server.decisions.asked import HeardChances, write_asked
from store_server.decisions.decide import decide
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.frequency_cap import ShownRecord, count_shown
from store_server.decisions.ground import policy_ground
from store_server.decisions.policy import DecisionPolicy
from store_server.decisions.repository import DecisionRepository, GroundRepository, SwitchRepository
from store_server.decisions.request import DecisionRequest
from store_server.flows.offer_words import moment_ends_at, word
from store_server.flows.rooms import Policy, StoreLive, StoreRooms
from store_server.flows.show_budgets import store_limit
from store_server.ids import CampaignId, OfferId, ShopperId
from store_server.offers.budget import BudgetUse
from store_server.offers.opening import start_of_local_day
from store_server.offers.repository import BudgetRepository
from store_server.offers.trigger import Trigger
from store_server.outbox.notification import Channel, Notification
from store_server.redemptions.coupon import grouped, new_code, signing_key
from store_server.redemptions.repository import CouponRepository
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ConsentRepository, ShopperRepository


def decision_policy(policy: Policy) -> DecisionPolicy:
    """The store's settings as far as a decision goes by them."""
    return DecisionPolicy(
        version=policy.policy_version,
        holdout_bp=policy.holdout_bp,
        holdout_salt=policy.holdout_salt,
        cap_per_visit=policy.cap_per_visit,
        cap_per_day=policy.cap_per_day,
        fatigue_minor=policy.fatigue_minor,
    )


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
    ) -> None:
        self._uow, self._rooms, self._now = uow, rooms, now
        self.asked: dict[str, str] = {}
        self._policy = decision_policy(rooms.policy)
        self._local = ZoneInfo(rooms.policy.timezone)
        self._day_start = start_of_local_day(now, self._local)
        self._coupons = CouponRepository(uow.session, rooms.scope)
        self._budgets = BudgetRepository(uow.session, rooms.scope)
        self._use: dict[CampaignId, BudgetUse] = {}
        self._ground, self._kept = policy_ground(self._policy), set[str]()
        uow.after_commit(lambda: rooms.grounds.kept.update(self._kept))
        asked = {trigger.shopper for trigger in triggers}
        self._load(asked, visits={t.visit_id for t in triggers if t.visit_id is not None})

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
            self._shown.append(
                ShownRecord(
                    decision.shopper,
                    decision.household,
                    decision.visit_id,
                    decision.campaign,
                    decision.at,
                )
            )
        return replace(decision, latency_us=(time.perf_counter_ns() - started_ns) // 1000)

    def promise(self, decision: Decision, *, channel: Channel) -> Notification:
        """The notification about an offered decision, with a fresh coupon when it is worth money.

        Call it after the decision is written.
        """
        offer = self._uow.live.catalogue.offers[_offer(decision)]
        return word(
            self._uow,
            self._rooms,
            now=self._now,
            decision=decision,
            code=self._issue(decision) if offer.face_value_minor > 0 else None,
            expires_at=moment_ends_at(decision, self._uow, self._rooms),
            channel=channel,
        )

    def may_have_offers(self, shopper: ShopperId) -> bool:
        """Whether the shopper agrees to offers now."""
        return shopper in self._offers_allowed

    def _load(self, asked: Collection[ShopperId], *, visits: Collection[str]) -> None:
        session, scope = self._uow.session, self._rooms.scope
        consents = ConsentRepository(session, scope)
        self.is_silenced = SwitchRepository(session, scope).is_on()
        self._offers_allowed = consents.allowed_among(asked, Purpose.OFFERS, at=self._now)
        self._profile_allowed = consents.allowed_among(asked, Purpose.PROFILE, at=self._now)
        self._shoppers = ShopperRepository(session, scope).by_id(asked)
        households = {one.household for one in self._shoppers.values() if one.household is not None}
        self._shown = DecisionRepository(session, scope).shown(
            shoppers=asked, households=households, visits=visits, since=self._day_start
        )

    def _ask(self, trigger: Trigger) -> Decision:
        catalogue = self._uow.live.catalogue
        listening = catalogue.listening(trigger.kind, trigger.zone)
        unread = [one.id for one in listening if one.id not in self._use]
        if unread:
            self._use |= self._budgets.use_of(unread)
        request, heard = self._request(trigger), HeardChances(self._rooms.purchases)
        decision = decide(request, self._policy, catalogue=catalogue, purchases=heard)
        self._note(decision, request, heard)
        return decision

    def _note(self, decision: Decision, request: DecisionRequest, heard: HeardChances) -> None:
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
            heard.said,
            policy=self._ground.digest,
            catalogue=ground.digest,
        )

    def _request(self, trigger: Trigger) -> DecisionRequest:
        shopper = self._shoppers.get(trigger.shopper)
        household = shopper.household if shopper else None
        return DecisionRequest(
            trigger=trigger,
            scope=self._rooms.scope,
            at=self._now,
            local=self._local,
            household=household,
            language=shopper.language if shopper else self._rooms.policy.default_language,
            offers_allowed=trigger.shopper in self._offers_allowed,
            profile_allowed=trigger.shopper in self._profile_allowed,
            shown=count_shown(
                self._shown,
                shopper=trigger.shopper,
                household=household,
                visit_id=trigger.visit_id,
                day_start=self._day_start,
            ),
            budgets=self._use,
            silenced=self.is_silenced,
        )

    def _reserve(self, decision: Decision) -> bool:
        catalogue = self._uow.live.catalogue
        campaign = catalogue.campaigns[_campaign(decision)]
        face_value_minor = catalogue.offers[_offer(decision)].face_value_minor
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
        code = new_code(
            secrets.SystemRandom(), key=signing_key(self._rooms.vault, self._rooms.scope)
        )
        self._coupons.issue(
            code,
            shopper=decision.shopper,
            offer=offer.id,
            campaign=_campaign(decision),
            decision=decision.id,
            face_value_minor=offer.face_value_minor,
            issued_at=decision.at,
            expires_at=decision.at + timedelta(seconds=valid_s),
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
