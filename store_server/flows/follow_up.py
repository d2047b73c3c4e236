"""What was done, or left undone, asks too: a purchase, and a visit that ended without one.

"Bought A" asks when a basket of a known shopper was taken. "Stayed a minute at X, bought nothing of
X and left" asks when the visit is over: that is known only when nothing was heard for the visit's
gap, so the till's basket is there by then. Only what some campaign listens to is looked up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from store_server.database import UnitOfWork
from store_server.decisions.repository import DecisionRepository
from store_server.flows.credit_basket import Sold
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.end_waits import meet_waits
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.learning.repository import PurchaseRepository
from store_server.offers.follow_up import left_without
from store_server.offers.step import AwaitedKind, Happening
from store_server.offers.trigger import Trigger, TriggerKind, trigger_id
from store_server.presence.visit import Visit, VisitChange
from store_server.shop.product import Product
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ConsentRepository

# A till that was offline tells of baskets for hours: what is older is history, not a moment.
FRESH_S = 600.0


def follow_baskets(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    sold: Sequence[Sold],
    *,
    now: datetime,
    products: Mapping[str, Product],
) -> int:
    """Decide on the purchases that campaigns and their steps wait for; how many asked."""
    asked = _ask_about(uow, rooms, sold, now=now, products=products)
    meet_waits(uow, rooms, _happenings(uow, rooms, sold, products=products), now=now)
    return asked


def _happenings(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    sold: Sequence[Sold],
    *,
    products: Mapping[str, Product],
) -> Iterator[Happening]:
    """Purchases, and coupons that were redeemed with them."""
    catalogue = uow.live.catalogue
    for one in sold if catalogue.awaits(AwaitedKind.PURCHASE) else ():
        kind, bought = AwaitedKind.PURCHASE, frozenset(_categories(one, products))
        yield Happening(one.shopper, kind, one.basket.at, one.basket.id, bought=bought)
    if catalogue.awaits(AwaitedKind.OFFER_REDEEMED):
        decisions = DecisionRepository(uow.session, rooms.scope)
        for one in sold:
            for name in one.discounts:
                found = decisions.find(name)
                if found is not None:
                    yield Happening(
                        one.shopper,
                        AwaitedKind.OFFER_REDEEMED,
                        one.basket.at,
                        name,
                        campaign=found.campaign,
                    )


def _ask_about(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    sold: Sequence[Sold],
    *,
    now: datetime,
    products: Mapping[str, Product],
) -> int:
    if not uow.live.catalogue.heard(TriggerKind.PURCHASE, None):
        return 0
    oldest = now - timedelta(seconds=FRESH_S)
    fresh = [one for one in sold if one.basket.at >= oldest]
    agreed = _agreed(uow, rooms, {one.shopper for one in fresh}, now=now)
    triggers = [
        _of_basket(uow.live, rooms, one, products=products)
        for one in fresh
        if one.shopper in agreed
    ]
    if triggers:
        decide_triggers(uow, rooms, now=now, triggers=triggers)
    return len(triggers)


def triggers_of_visits(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    changes: Iterable[VisitChange],
    *,
    now: datetime,
) -> list[Trigger]:
    """The questions about visits that ended without a purchase that was near."""
    campaigns = [
        one
        for zone in {zone.id for zone in uow.live.plan.zones}
        for one in uow.live.catalogue.heard(TriggerKind.LEFT_WITHOUT, zone)
    ]
    if not campaigns:
        return []
    presence = rooms.policy.presence
    oldest = now - timedelta(seconds=presence.late_s + presence.visit_gap_s)
    fresh = [
        one.visit
        for one in changes
        if one.kind == "ended" and one.visit.ended_at is not None and one.visit.ended_at >= oldest
    ]
    agreed = _agreed(uow, rooms, {visit.shopper for visit in fresh}, now=now)
    over: list[Visit] = [visit for visit in fresh if visit.shopper in agreed]
    if not over:
        return []
    began = {visit.shopper: visit.started_at for visit in over}
    bought = PurchaseRepository(uow.session, rooms.scope).bought_since(began)
    nothing: frozenset[str] = frozenset()
    return [
        trigger
        for visit in over
        for campaign in campaigns
        if (
            trigger := left_without(
                campaign, visit, bought=frozenset(bought.get(visit.shopper, nothing))
            )
        )
        is not None
    ]


def report_arrival(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    request_id: str,
) -> bool:
    """The app says that its shopper has arrived near the store; whether a campaign waits for it.

    The same `request_id` of a shopper is the same arrival.
    """
    if not uow.live.catalogue.heard(TriggerKind.NEAR_STORE, None):
        return False
    kind, scope = TriggerKind.NEAR_STORE, rooms.scope
    trigger = Trigger(
        id=trigger_id(kind, scope.org, scope.store, shopper, request_id),
        kind=kind,
        shopper=shopper,
        zone=None,
        at=now,
        event_id=request_id,
        visit_id=_visit_id(uow.live, shopper),
    )
    decide_triggers(uow, rooms, now=now, triggers=[trigger])
    return True


def _of_basket(
    live: StoreLive, rooms: StoreRooms, sold: Sold, *, products: Mapping[str, Product]
) -> Trigger:
    kind, scope, basket = TriggerKind.PURCHASE, rooms.scope, sold.basket
    return Trigger(
        id=trigger_id(kind, scope.org, scope.store, basket.id),
        kind=kind,
        shopper=sold.shopper,
        zone=None,
        at=basket.at,
        event_id=basket.id,
        visit_id=_visit_id(live, sold.shopper),
        bought=tuple(sorted(_categories(sold, products))),
    )


def _categories(sold: Sold, products: Mapping[str, Product]) -> set[str]:
    known = (products.get(line.product_id) for line in sold.basket.lines)
    return {one.category for one in known if one is not None}


def _agreed(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, shoppers: set[ShopperId], *, now: datetime
) -> frozenset[ShopperId]:
    """Those whose purchases may be looked at: whoever does not agree to a profile is not asked."""
    consents = ConsentRepository(uow.session, rooms.scope)
    return consents.allowed_among(shoppers, Purpose.PROFILE, at=now) if shoppers else frozenset()


def _visit_id(live: StoreLive, shopper: ShopperId) -> str | None:
    visit = live.visits.of(shopper)
    return visit.id if visit is not None else None
