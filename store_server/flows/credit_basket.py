"""Part of taking a basket: what it says about decisions made, and about its shopper's taste."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision
from store_server.decisions.repository import DecisionRepository
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.learning.purchase import Purchase, PurchaseLine
from store_server.learning.repository import PurchaseRepository
from store_server.presence.repository import PresenceRepository
from store_server.redemptions.attribution import Bought, Promoted, credits_of
from store_server.redemptions.basket import Basket, BasketLine
from store_server.redemptions.repository import BasketRepository
from store_server.shop.product import Product
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ConsentRepository, ShopperRepository

# A visit is over within a day: decisions older than this cannot be in their window any more.
LONGEST_VISIT = timedelta(hours=24)


def credit_basket(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    basket: Basket,
    *,
    shopper: ShopperId,
    products: Mapping[str, Product],
    discounts: Mapping[str, int],
) -> int:
    """Write down which decisions this basket answers, offered and held out alike; how many.

    Args:
        uow: the transaction of the basket.
        rooms: the store.
        basket: what was bought.
        shopper: by whom.
        products: the known ones of its products.
        discounts: what each redeemed decision's coupon took off, in minor units.
    """
    found = credits_of(
        basket.id,
        at=basket.at,
        bought=[_bought(line, products.get(line.product_id)) for line in basket.lines],
        promoted=_promoted(
            uow, rooms, _decisions(uow, rooms, basket, shopper=shopper, redeemed=discounts)
        ),
        discounts=discounts,
        window=_window(rooms),
    )
    return BasketRepository(uow.session, rooms.scope).credit(found)


def learn_basket(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    basket: Basket,
    *,
    now: datetime,
    shopper: ShopperId,
    products: Mapping[str, Product],
) -> bool:
    """Add the basket to the shopper's purchases and, once that is durable, to the model.

    Only with the shopper's consent to a profile; False when there is none.
    """
    allowed = ConsentRepository(uow.session, rooms.scope).allowed_among(
        [shopper], Purpose.PROFILE, at=now
    )
    if shopper not in allowed:
        return False
    purchase = Purchase(
        basket=f"{rooms.scope.store}/{basket.id}",
        shopper=shopper,
        at=basket.at,
        lines=tuple(_purchase_line(line, products.get(line.product_id)) for line in basket.lines),
    )
    for fresh in PurchaseRepository(uow.session, rooms.scope).add([purchase]):
        uow.after_commit(partial(rooms.purchases.update, fresh.shopper, fresh.at, fresh.categories))
    return True


def _decisions(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    basket: Basket,
    *,
    shopper: ShopperId,
    redeemed: Mapping[str, int],
) -> list[Decision]:
    """Decisions of the shopper's unit that may be answered: recent ones, and redeemed ones."""
    repository = DecisionRepository(uow.session, rooms.scope)
    known = ShopperRepository(uow.session, rooms.scope).get(shopper)
    found = repository.of_unit(
        shopper,
        None if known is None else known.household,
        since=basket.at - _window(rooms) - LONGEST_VISIT,
    )
    recent = {one.id for one in found}
    older = [repository.find(decision) for decision in redeemed if decision not in recent]
    return [*found, *(one for one in older if one is not None)]


def _promoted(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, decisions: Sequence[Decision]
) -> list[Promoted]:
    """What these decisions put forward; an offer that is gone from the catalogue promotes none."""
    presence = PresenceRepository(uow.session, rooms.scope)
    ended_at = {
        visit.id: visit.ended_at
        for shopper in sorted({one.shopper for one in decisions})
        for visit in presence.visits_of(shopper)
    }
    offers = uow.live.catalogue.offers
    return [
        Promoted(one.id, one.at, ended_at.get(one.visit_id or ""), offers[one.offer].category)
        for one in decisions
        if one.offer is not None and one.offer in offers
    ]


def _window(rooms: StoreRooms) -> timedelta:
    return timedelta(hours=rooms.policy.window_hours)


def _bought(line: BasketLine, product: Product | None) -> Bought:
    margin_bp = 0 if product is None else product.margin_bp
    return Bought(
        category=None if product is None else product.category,
        units=line.quantity,
        amount_minor=line.amount_minor,
        margin_minor=_half_up(line.amount_minor * margin_bp),
    )


def _half_up(ten_thousandths: int) -> int:
    """Minor units of an amount times basis points, rounded half up, once, at the line."""
    return (ten_thousandths + 5_000) // 10_000


def _purchase_line(line: BasketLine, product: Product | None) -> PurchaseLine:
    category = None if product is None else product.category
    return PurchaseLine(line.product_id, category, line.quantity, line.amount_minor)
