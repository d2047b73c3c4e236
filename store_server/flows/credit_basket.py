"""Part of taking baskets: what they say about decisions made, and about their shoppers' taste."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from store_server.database import UnitOfWork
from store_server.decisions.put_forward import PutForward
from store_server.decisions.repository import PutForwardRepository
from store_server.flows.learn_effects import learn_effects
from store_server.flows.promised_offers import offers_named
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import HouseholdId, ShopperId
from store_server.learning.purchase import Purchase, PurchaseLine
from store_server.learning.repository import PurchaseRepository
from store_server.presence.repository import PresenceRepository
from store_server.redemptions.attribution import Bought, Promoted, credits_of, window_ends_at
from store_server.redemptions.basket import Basket, BasketLine
from store_server.redemptions.repository import BasketRepository
from store_server.shop.product import Product
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ConsentRepository, ShopperRepository

# A visit is over within a day: decisions older than this cannot be in their window any more.
LONGEST_VISIT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Sold:
    """A basket of a known shopper; `discounts`: what each decision's coupon took off."""

    basket: Basket
    shopper: ShopperId
    discounts: Mapping[str, int]


def credit_baskets(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    sold: Sequence[Sold],
    *,
    products: Mapping[str, Product],
) -> int:
    """Write down which decisions these baskets answer, offered and held out alike; how many.

    Args:
        uow: the transaction of the baskets.
        rooms: the store.
        sold: what was bought by whom.
        products: the known ones of their products, by the names that lines use.
    """
    if not sold:
        return 0
    asked = _Asked(uow, rooms, sold)
    learn_effects(uow, rooms, _came_out(asked, rooms, sold, products=products))
    found = [
        credit
        for one in sold
        for credit in credits_of(
            one.basket.id,
            at=one.basket.at,
            bought=[_bought(line, products.get(line.product_id)) for line in one.basket.lines],
            promoted=asked.promoted(one),
            discounts=one.discounts,
            window=_window(rooms),
        )
    ]
    return BasketRepository(uow.session, rooms.scope).credit(found)


def learn_baskets(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    sold: Sequence[Sold],
    *,
    now: datetime,
    products: Mapping[str, Product],
) -> int:
    """Add baskets to their shoppers' purchases and, once that is durable, to the model.

    Only with the shopper's consent to a profile; how many were learned.
    """
    if not sold:
        return 0
    allowed = ConsentRepository(uow.session, rooms.scope).allowed_among(
        {one.shopper for one in sold}, Purpose.PROFILE, at=now
    )
    purchases = [
        Purchase(
            basket=f"{rooms.scope.store}/{one.basket.id}",
            shopper=one.shopper,
            at=one.basket.at,
            lines=tuple(
                _purchase_line(line, products.get(line.product_id)) for line in one.basket.lines
            ),
        )
        for one in sold
        if one.shopper in allowed
    ]
    fresh = PurchaseRepository(uow.session, rooms.scope).add(purchases)
    for one in fresh:
        uow.after_commit(partial(rooms.purchases.update, one.shopper, one.at, one.categories))
        uow.after_commit(partial(rooms.complements.update, sorted(one.categories)))
    return len(fresh)


class _Asked:
    """The decisions that these baskets may answer, asked for once, by whom they were about."""

    def __init__(self, uow: UnitOfWork[StoreLive], rooms: StoreRooms, sold: Sequence[Sold]) -> None:
        session, scope = uow.session, rooms.scope
        self._reach = _window(rooms) + LONGEST_VISIT
        known = ShopperRepository(session, scope).by_id({one.shopper for one in sold})
        self._household = {who: one.household for who, one in known.items()}
        made = PutForwardRepository(session, scope).find(
            shoppers={one.shopper for one in sold},
            households={home for home in self._household.values() if home is not None},
            since=min(one.basket.at for one in sold) - self._reach,
            decisions={name for one in sold for name in one.discounts},
        )
        self._by_id = {one.id: one for one in made}
        named = {(one.offer, one.offer_version) for one in made if one.offer is not None}
        self._offers = offers_named(uow, rooms, named)
        self._of_shopper: dict[ShopperId, list[PutForward]] = {}
        self._of_household: dict[HouseholdId, list[PutForward]] = {}
        for decision in made:
            self._of_shopper.setdefault(decision.shopper, []).append(decision)
            if decision.household is not None:
                self._of_household.setdefault(decision.household, []).append(decision)
        visits = {one.visit_id for one in self._by_id.values() if one.visit_id is not None}
        self._ended_at = PresenceRepository(session, scope).ends_of(visits)

    def promoted(self, sold: Sold) -> list[Promoted]:
        """What was put forward to the unit of a basket; an offer that is gone promotes none."""
        since = sold.basket.at - self._reach
        household = self._household.get(sold.shopper)
        unit = [
            *self._of_shopper.get(sold.shopper, ()),
            *(self._of_household.get(household, ()) if household is not None else ()),
        ]
        found = {one.id: one for one in unit if one.at >= since}
        redeemed = (self._by_id.get(name) for name in sold.discounts)
        found |= {one.id: one for one in redeemed if one is not None}
        return [
            Promoted(
                one.id,
                one.at,
                self._ended_at.get(one.visit_id or ""),
                self._offers[one.offer, one.offer_version].category,
            )
            for one in sorted(found.values(), key=lambda one: (one.at, one.id))
            if one.offer is not None and (one.offer, one.offer_version) in self._offers
        ]


def _came_out(
    asked: _Asked, rooms: StoreRooms, sold: Sequence[Sold], *, products: Mapping[str, Product]
) -> dict[str, bool]:
    """Each decision in whose window a basket came: whether the first such held the category."""
    found: dict[str, bool] = {}
    for one in sorted(sold, key=lambda sold: (sold.basket.at, sold.basket.id)):
        lines = (products.get(line.product_id) for line in one.basket.lines)
        categories = {product.category for product in lines if product is not None}
        for promoted in asked.promoted(one):
            if promoted.at <= one.basket.at <= window_ends_at(promoted, window=_window(rooms)):
                found.setdefault(promoted.decision, promoted.category in categories)
    return found


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
    if product is None:
        return PurchaseLine(line.product_id, None, line.quantity, line.amount_minor)
    return PurchaseLine(product.id, product.category, line.quantity, line.amount_minor)
