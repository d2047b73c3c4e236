"""Flow: the app asks "what is there for me, here and now?".

The same question (`request_id`) gets the same answer. And the choice of a visit is the same in
every channel: while an offer of this visit is open, or its ghost is, a pull answers it and does
not draw again. A dismissal closes it: then the pull chooses anew.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision, Outcome, decision_id
from store_server.decisions.reason import Reason
from store_server.decisions.repository import DecisionRepository, DismissalRepository
from store_server.errors import Unprocessable
from store_server.flows.decision_desk import DecisionDesk, count_decisions
from store_server.flows.offer_words import moment_ends_at, word
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import OfferId, ShopperId, ZoneId
from store_server.offers.trigger import (
    Placement,
    Trigger,
    TriggerKind,
    pull_trigger,
    trigger_id,
)
from store_server.outbox.repository import OutboxRepository
from store_server.redemptions.coupon import Coupon
from store_server.redemptions.coupon_code import grouped
from store_server.redemptions.repository import CouponRepository

# What an app is told instead of a reason that would give the shopper's arm away.
NEUTRAL = Reason.VALUE_NOT_POSITIVE
# A ghost counts in caps like an offer: "had as many as allowed" without one says "held out".
UNTOLD = frozenset(
    {
        Reason.HELD_OUT,
        Reason.CAMPAIGN_HELD_OUT,
        Reason.OTHER_ARM,
        Reason.SHOPPER_CAP_VISIT,
        Reason.SHOPPER_CAP_DAY,
        Reason.SHOPPER_CAP_WEEK,
        Reason.CHANNEL_CAP,
        Reason.CAP_DAY,
        Reason.CAP_WEEK,
        Reason.CAP_VISIT,
        Reason.CAP_OFFER,
        Reason.EXCLUSION_GROUP,
        Reason.REENTRY,
        Reason.REPEATED,
        Reason.CATEGORY_SHARE,
        Reason.DISCOVERY_TURN,
    }
)


@dataclass(frozen=True, slots=True)
class PulledOffer:
    """What the app shows; coupon_code None when the offer is no discount.

    personal_discount: whether `face_value_minor` was reckoned for this shopper: it must be said.
    """

    offer: OfferId
    title: str
    body: str
    coupon_code: str | None
    face_value_minor: int
    personal_discount: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PullAnswer:
    """The decision, and the offer when there is one.

    A held-out shopper must not see that there is a ghost: `outcome`, `reason` and the decision's
    `id` are what the app may be told.
    """

    decision: Decision
    offer: PulledOffer | None

    @property
    def outcome(self) -> str:
        """`offered` or `nothing`."""
        return "offered" if self.offer is not None else "nothing"

    @property
    def reason(self) -> str | None:
        """The first reason code for nothing; one of `UNTOLD` reads like any offer not worth it."""
        if self.offer is not None:
            return None
        first = self.decision.reasons[0] if self.decision.reasons else NEUTRAL
        return (NEUTRAL if first in UNTOLD else first).value


def answer_pull(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    request_id: str,
    placement: str,
    zone: ZoneId | None = None,
) -> PullAnswer:
    """What this shopper is offered here and now.

    Args:
        uow: the transaction.
        rooms: the store.
        now: the instant that rules go by.
        shopper: whose app asks.
        request_id: the app's own name of the question.
        placement: where it is shown: one of `Placement`.
        zone: where the shopper is, if the app knows (a scanned code); else presence says.

    Raises:
        Unprocessable: there is no such zone.
    """
    repository = DecisionRepository(uow.session, rooms.scope)
    earlier = repository.answered(shopper, request_id)
    if earlier is not None:
        return _answer(uow, rooms, now=now, decision=earlier, request_id=request_id)
    trigger = _question(
        uow,
        rooms,
        now=now,
        shopper=shopper,
        request_id=request_id,
        placement=placement,
        zone=zone,
    )
    desk = DecisionDesk(uow, rooms, now=now, triggers=[trigger], channel="pull")
    decision = _open_choice(uow, rooms, now=now, trigger=trigger)
    if decision is None or desk.is_silenced or not desk.may_have_offers(shopper):
        decision = desk.decide(trigger)
        repository.add([decision], desk.asked)
        if decision.outcome is Outcome.OFFERED:
            told = desk.promise(decision, channel="pull")
            OutboxRepository(uow.session, rooms.scope).add([told])
        count_decisions(uow, [decision])
    repository.record_answer(shopper, request_id, decision=decision.id, placement=placement, at=now)
    return _answer(uow, rooms, now=now, decision=decision, request_id=request_id)


def _question(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    request_id: str,
    placement: str,
    zone: ZoneId | None,
) -> Trigger:
    if zone is not None and all(one.id != zone for one in uow.live.plan.zones):
        raise Unprocessable(f"zone is {zone!r}; there is no such zone here", code="unknown_zone")
    visit = uow.live.visits.of(shopper)
    if zone is None:
        estimate = uow.live.presence.estimate(shopper, now.timestamp())
        zone = estimate.zone if estimate is not None else None
    return pull_trigger(
        org=rooms.scope.org,
        store=rooms.scope.store,
        shopper=shopper,
        request_id=request_id,
        at=now,
        zone=zone,
        visit_id=visit.id if visit is not None else None,
        placement=Placement(placement),
    )


def _open_choice(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, trigger: Trigger
) -> Decision | None:
    """The newest choice of this visit that is not used, over or dismissed; a ghost stays open."""
    if trigger.visit_id is None:
        return None
    made = DecisionRepository(uow.session, rooms.scope).of_visit(trigger.visit_id, trigger.shopper)
    dismissed = DismissalRepository(uow.session, rooms.scope).among([one.id for one in made])
    for decision in made:
        if decision.id in dismissed:
            continue
        if decision.outcome is Outcome.HELD_OUT:
            return decision
        coupon = _coupon(uow, rooms, decision=decision)
        if coupon is None or coupon.is_open(now):
            return decision
    return None


def _answer(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    decision: Decision,
    request_id: str,
) -> PullAnswer:
    if decision.outcome is Outcome.HELD_OUT:
        return PullAnswer(_as_own(decision, rooms, request_id), None)
    if decision.outcome is not Outcome.OFFERED or decision.offer is None:
        return PullAnswer(decision, None)
    offer = uow.live.catalogue.offers.get(decision.offer)
    if offer is None or offer.creative_in(decision.language) is None:
        # Taken out of the catalogue since: there are no words left to say it in.
        return PullAnswer(decision, None)
    coupon = _coupon(uow, rooms, decision=decision)
    told = word(
        uow,
        rooms,
        now=now,
        decision=decision,
        code=grouped(coupon.code) if coupon is not None else None,
        expires_at=coupon.expires_at
        if coupon is not None
        else moment_ends_at(decision, uow, rooms),
        channel="pull",
    )
    return PullAnswer(
        decision,
        PulledOffer(
            offer=decision.offer,
            title=told.title,
            body=told.body,
            coupon_code=told.coupon_code,
            face_value_minor=told.face_value_minor,
            personal_discount=told.personal_discount,
            expires_at=told.expires_at,
        ),
    )


def _as_own(ghost: Decision, rooms: StoreRooms, request_id: str) -> Decision:
    """The ghost by the name that a fresh decision on this request would have.

    Who is offered nothing gets another id at each request; a ghost that stays open must too.
    """
    org, store = rooms.scope.org, rooms.scope.store
    asked = trigger_id(TriggerKind.PULL, org, store, ghost.shopper, request_id)
    return replace(ghost, id=decision_id(org, store, asked))


def _coupon(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, decision: Decision) -> Coupon | None:
    issued = CouponRepository(uow.session, rooms.scope).of_shopper(decision.shopper)
    return next((one for one in issued if one.decision == decision.id), None)
