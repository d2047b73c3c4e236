"""Flow (read): what the store knows of a shopper who is walked by hand, step by step.

The same rows that a real shopper leaves: where the store believes them to be, what was decided
and why, what is on the phone, what became of the coupon, and what the campaign gave away.
"""

from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.decision import Outcome
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_decisions import ExplainedDecision, show_decisions
from store_server.flows.show_inbox import InboxItem, show_inbox
from store_server.flows.show_people import Believed, people_in
from store_server.ids import CampaignId, ShopperId
from store_server.offers.budget import BudgetUse
from store_server.offers.offer import Offer
from store_server.offers.repository import BudgetRepository
from store_server.outbox.notification import notification_id
from store_server.redemptions.basket import Basket, BasketLine
from store_server.redemptions.coupon import Coupon, CouponState
from store_server.redemptions.coupon_code import parse
from store_server.redemptions.repository import CouponRepository

SHOWN_DECISIONS = 5


@dataclass(frozen=True, slots=True)
class PhoneOffer:
    """One offer on the phone, its coupon, and why it was made, in one sentence.

    is_over: its moment has passed.
    """

    item: InboxItem
    coupon: Coupon | None
    why: str
    is_over: bool

    @property
    def is_used(self) -> bool:
        """Whether a till has taken the coupon."""
        return self.coupon is not None and self.coupon.state is CouponState.REDEEMED


@dataclass(frozen=True, slots=True)
class WalkState:
    """Everything; newest first. `use` of the campaign whose offer came last; None before."""

    believed: Believed | None
    in_visit: bool
    decisions: tuple[ExplainedDecision, ...]
    offers: tuple[PhoneOffer, ...]
    campaign: CampaignId | None
    use: BudgetUse | None


def show_walk(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    since: datetime,
    language: str = "en",
) -> WalkState:
    """What is known of this shopper now; offers since the walk began at `since`."""
    page = show_decisions(
        uow, rooms, now=now, shopper=shopper, limit=SHOWN_DECISIONS, language=language
    )
    told = [one for one in page.decisions if one.decision.outcome is Outcome.OFFERED]
    why = {notification_id(one.decision.id): one.explanation for one in told}
    offers = tuple(
        _offer(uow, rooms, item, why, now=now)
        for item in show_inbox(uow, rooms, now=now, shopper=shopper, since=since)
    )
    campaign = told[0].decision.campaign if told else None
    use = None
    if campaign is not None:
        use = BudgetRepository(uow.session, rooms.scope).use_of([campaign])[campaign]
    people = people_in(uow.live, at_t=now.timestamp())
    return WalkState(
        believed=next((one for one in people if one.device == shopper), None),
        in_visit=uow.live.visits.of(shopper) is not None,
        decisions=page.decisions,
        offers=offers,
        campaign=campaign,
        use=use,
    )


def basket_for(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    notification: str,
    till: str,
    name: str,
) -> Basket:
    """The basket of this shopper at a till: one of what the offer is on, and its coupon.

    Raises:
        NotFound: `unknown_notification`: there is no such offer on the phone any more.
    """
    items = show_inbox(uow, rooms, now=now, shopper=shopper)
    item = next((one for one in items if one.notification == notification), None)
    offer = None if item is None else _offer_of(uow.live, item.offer)
    if item is None or offer is None:
        raise NotFound("this offer is not on the phone any more", code="unknown_notification")
    product = offer.product_ids[0] if offer.product_ids else offer.category
    return Basket(
        id=name,
        till=till,
        at=now,
        shopper=shopper,
        lines=(BasketLine(product, 1, offer.price_minor),),
        coupons=() if item.coupon_code is None else (item.coupon_code,),
        currency=rooms.policy.currency,
    )


def _offer_of(live: StoreLive, name: str) -> Offer | None:
    return next((one for key, one in live.catalogue.offers.items() if key == name), None)


def _offer(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    item: InboxItem,
    why: dict[str, str],
    *,
    now: datetime,
) -> PhoneOffer:
    code = parse(item.coupon_code) if item.coupon_code else None
    coupon = CouponRepository(uow.session, rooms.scope).find(code) if code else None
    over = item.expires_at <= now
    return PhoneOffer(item, coupon, why.get(item.notification, ""), over)
