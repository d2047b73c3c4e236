"""A till reports a basket: coupons are redeemed, decisions credited, taste is learned.

A till that does not hear the answer asks again with the same Idempotency-Key and gets the first
answer; nothing is taken twice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from store_server.database import UnitOfWork
from store_server.errors import Conflict, Unprocessable
from store_server.flows.credit_basket import credit_basket, learn_basket
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import Scope, ShopperId
from store_server.offers.repository import BudgetRepository
from store_server.redemptions.basket import (
    BadBasket,
    Basket,
    BasketAnswer,
    CouponAnswer,
    problems_of,
)
from store_server.redemptions.coupon import (
    Coupon,
    CouponRefusal,
    authentic,
    parse,
    refusal_of,
    signing_key,
)
from store_server.redemptions.repository import BasketRepository, CouponRepository
from store_server.shop.repository import ProductRepository
from store_server.shoppers.repository import ShopperRepository
from store_server.shoppers.repository.merges import MergeRepository

_KEY = re.compile(r"[!-~]{1,100}")


@dataclass(frozen=True, slots=True)
class BasketTaken:
    """The till's answer; `replayed`: it is the one given before. `unknown_products` are counted."""

    answer: BasketAnswer
    replayed: bool
    unknown_products: int = 0


@dataclass(frozen=True, slots=True)
class _Redeemed:
    """A coupon that this basket used up, and what it took off."""

    coupon: Coupon
    discount_minor: int


def take_basket(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    basket: Basket,
    idempotency_key: str,
) -> BasketTaken:
    """Take one basket and answer its till.

    Raises:
        Unprocessable: `bad_idempotency_key`; BadBasket (`bad_basket`) when a value cannot be.
        Conflict: `idempotency_mismatch` when the key came with another basket before,
            `basket_taken` when the basket id did.
    """
    baskets = BasketRepository(uow.session, rooms.scope)
    replay = _replay(baskets, basket, idempotency_key=idempotency_key)
    if replay is not None:
        return replay
    problems = problems_of(basket, now=now, currency=rooms.policy.currency)
    if problems:
        raise BadBasket(problems)
    loyal = _known_shopper(uow.session, rooms.scope, basket.shopper)
    answers, redeemed = _redeem_all(uow.session, rooms, basket, shopper=loyal)
    shopper = loyal or _owner_of(uow.session, rooms.scope, redeemed)
    products = ProductRepository(uow.session, rooms.scope).by_id(
        line.product_id for line in basket.lines
    )
    unknown = sum(line.product_id not in products for line in basket.lines)
    total = basket.gross_minor - sum(one.discount_minor for one in redeemed)
    answer = BasketAnswer(basket.id, tuple(answers), total)
    baskets.add(
        basket,
        shopper=shopper,
        answer=answer,
        idempotency_key=idempotency_key,
        unknown_products=unknown,
        taken_at=now,
    )
    if shopper is not None:
        discounts = {one.coupon.decision: one.discount_minor for one in redeemed}
        credit_basket(uow, rooms, basket, shopper=shopper, products=products, discounts=discounts)
        learn_basket(uow, rooms, basket, now=now, shopper=shopper, products=products)
    return BasketTaken(answer, replayed=False, unknown_products=unknown)


def _replay(
    baskets: BasketRepository, basket: Basket, *, idempotency_key: str
) -> BasketTaken | None:
    if not _KEY.fullmatch(idempotency_key):
        raise Unprocessable(
            "Idempotency-Key must be 1 to 100 visible ASCII characters", code="bad_idempotency_key"
        )
    taken = baskets.taken(idempotency_key=idempotency_key, basket=basket.id)
    if taken is None:
        return None
    if taken.fingerprint == basket.fingerprint():
        return BasketTaken(taken.answer, replayed=True)
    if taken.idempotency_key == idempotency_key:
        raise Conflict(
            "this Idempotency-Key came with another basket before; use a new key for each basket",
            code="idempotency_mismatch",
        )
    raise Conflict(
        f"basket {basket.id} was taken before with other values; a basket is reported once",
        code="basket_taken",
    )


def _known_shopper(session: Session, scope: Scope, shopper: ShopperId | None) -> ShopperId | None:
    """Whose loyalty id it is, when it is one of ours; a stranger's id is not kept."""
    if shopper is None:
        return None
    current = MergeRepository(session, scope).current(shopper)
    return current if ShopperRepository(session, scope).get(current) is not None else None


def _owner_of(session: Session, scope: Scope, redeemed: Sequence[_Redeemed]) -> ShopperId | None:
    """Who the first redeemed coupon was made out to, as they are known by now."""
    if not redeemed:
        return None
    return MergeRepository(session, scope).current(redeemed[0].coupon.shopper)


def _redeem_all(
    session: Session, rooms: StoreRooms, basket: Basket, *, shopper: ShopperId | None
) -> tuple[list[CouponAnswer], list[_Redeemed]]:
    key = signing_key(rooms.vault, rooms.scope)
    coupons = CouponRepository(session, rooms.scope)
    budgets = BudgetRepository(session, rooms.scope)
    answers: list[CouponAnswer] = []
    redeemed: list[_Redeemed] = []
    left_minor = basket.gross_minor
    # A coupon made out to another name of theirs is theirs.
    names = frozenset() if shopper is None else MergeRepository(session, rooms.scope).names(shopper)
    for text in basket.coupons:
        usable = _usable(coupons, text, key=key, names=names, at=basket.at)
        used = (
            _redeem(coupons, usable, basket=basket, left_minor=left_minor)
            if isinstance(usable, Coupon)
            else usable
        )
        if isinstance(used, CouponRefusal):
            answers.append(CouponAnswer(text, redeemed=False, reason=used, discount_minor=0))
            continue
        budgets.spend(
            used.coupon.campaign,
            face_value_minor=used.coupon.face_value_minor,
            discount_minor=used.discount_minor,
            offer=used.coupon.offer,
        )
        left_minor -= used.discount_minor
        redeemed.append(used)
        answers.append(CouponAnswer(text, True, None, used.discount_minor))
    return answers, redeemed


def _usable(
    coupons: CouponRepository, text: str, *, key: bytes, names: frozenset[str], at: datetime
) -> Coupon | CouponRefusal:
    code = parse(text)
    if code is None:
        return CouponRefusal.MALFORMED
    if not authentic(code, key=key):
        return CouponRefusal.FORGED
    coupon = coupons.find(code)
    if coupon is None:
        return CouponRefusal.UNKNOWN
    foreign = ShopperId(min(names)) if names and coupon.shopper not in names else None
    return refusal_of(coupon, shopper=foreign, at=at) or coupon


def _redeem(
    coupons: CouponRepository, coupon: Coupon, *, basket: Basket, left_minor: int
) -> _Redeemed | CouponRefusal:
    discount_minor = min(coupon.face_value_minor, left_minor)
    if coupon.face_value_minor > 0 and discount_minor == 0:
        return CouponRefusal.NOTHING_LEFT
    if not coupons.redeem(
        coupon, basket=basket.id, till=basket.till, discount_minor=discount_minor, at=basket.at
    ):
        return CouponRefusal.ALREADY_REDEEMED
    return _Redeemed(coupon, discount_minor)
