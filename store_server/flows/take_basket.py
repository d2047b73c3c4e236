"""Tills report baskets: coupons are redeemed, decisions credited, taste is learned.

One basket, or many in one transaction: the same rules, as if they came one after another. A till
that does not hear the answer asks again with the same Idempotency-Key and gets the first
answer, byte for byte; nothing is taken twice.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Conflict, Refusal, Unprocessable
from store_server.flows.basket_coupons import CouponCounter, Discounted
from store_server.flows.coupon_desk import CouponDesk
from store_server.flows.credit_basket import Sold, credit_baskets, learn_baskets
from store_server.flows.follow_up import follow_baskets
from store_server.flows.known_products import known_products
from store_server.flows.promised_offers import promised_offers
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.redemptions.basket import BadBasket, Basket, problems_of
from store_server.redemptions.basket_answer import (
    BasketAnswer,
    LineAnswer,
    answer_from_json,
    answer_to_json,
    replayed,
)
from store_server.redemptions.discount import tax_of
from store_server.redemptions.repository import (
    BasketRepository,
    CouponRepository,
    DiscrepancyRepository,
    TakenBasket,
)
from store_server.redemptions.repository.baskets import NewBasket
from store_server.shoppers.repository import ShopperRepository

_KEY = re.compile(r"[!-~]{1,100}")


@dataclass(frozen=True, slots=True)
class BasketRequest:
    """A basket, and the till's own name of the request."""

    basket: Basket
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class BasketTaken:
    """The till's answer, also as the words it gets; `replayed`: they were said before.

    `unknown_products` are counted.
    """

    answer: BasketAnswer
    text: str
    replayed: bool
    unknown_products: int = 0


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
    request = BasketRequest(basket, idempotency_key)
    (taken,) = take_baskets(uow, rooms, now=now, requests=[request])
    if isinstance(taken, Refusal):
        raise taken
    return taken


def take_baskets(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    requests: Sequence[BasketRequest],
) -> list[BasketTaken | Refusal]:
    """Take baskets in their order; for each the answer, or why it is not taken.

    A refused one changes nothing and keeps no other from being taken.
    """
    repository = BasketRepository(uow.session, rooms.scope)
    ledger = _Ledger(
        repository.taken(
            keys={one.idempotency_key for one in requests},
            baskets={one.basket.id for one in requests},
        )
    )
    known = [ledger.look_up(request, rooms, now=now) for request in requests]
    fresh = [one for one, found in zip(requests, known, strict=True) if found is None]
    taken = _take_fresh(uow, rooms, now=now, requests=fresh) if fresh else {}
    return [_settled(request, found, taken) for request, found in zip(requests, known, strict=True)]


class _Ledger:
    """Which baskets were taken: before, and earlier in this call (their answer is still empty)."""

    def __init__(self, taken: Iterable[TakenBasket]) -> None:
        self._by_key: dict[str, TakenBasket] = {}
        self._by_id: dict[str, TakenBasket] = {}
        for one in taken:
            self._note(one)

    def look_up(
        self, request: BasketRequest, rooms: StoreRooms, *, now: datetime
    ) -> TakenBasket | Refusal | None:
        """The basket that the request repeats, why it cannot be taken, or None: it is new."""
        key, basket = request.idempotency_key, request.basket
        if not _KEY.fullmatch(key):
            return Unprocessable(
                "Idempotency-Key must be 1 to 100 visible ASCII characters",
                code="bad_idempotency_key",
            )
        taken = self._by_key.get(key) or self._by_id.get(basket.id)
        fingerprint = basket.fingerprint()
        if taken is not None:
            return taken if taken.fingerprint == fingerprint else _conflict(taken, request)
        problems = problems_of(basket, now=now, currency=rooms.policy.currency)
        if problems:
            return BadBasket(problems)
        self._note(TakenBasket(basket.id, fingerprint, key, answer=""))
        return None

    def _note(self, taken: TakenBasket) -> None:
        self._by_key[taken.idempotency_key] = taken
        self._by_id[taken.id] = taken


def _conflict(taken: TakenBasket, request: BasketRequest) -> Conflict:
    if taken.idempotency_key == request.idempotency_key:
        return Conflict(
            "this Idempotency-Key came with another basket before; use a new key for each basket",
            code="idempotency_mismatch",
        )
    return Conflict(
        f"basket {request.basket.id} was taken before with other values; a basket is reported once",
        code="basket_taken",
    )


def _settled(
    request: BasketRequest,
    known: TakenBasket | Refusal | None,
    taken: Mapping[str, BasketTaken],
) -> BasketTaken | Refusal:
    if known is None:
        return taken[request.basket.id]
    if isinstance(known, Refusal):
        return known
    text = replayed(known.answer) if known.answer else taken[known.id].text
    return BasketTaken(answer_from_json(text), text, replayed=True)


def _take_fresh(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    requests: Sequence[BasketRequest],
) -> dict[str, BasketTaken]:
    """Take baskets that are new and in order; the answers by basket id."""
    baskets = [request.basket for request in requests]
    desk = CouponDesk(uow, rooms, now)
    named = {one.shopper for one in baskets if one.shopper is not None}
    codes = [code for one in baskets for code in (*one.coupons, *(x.code for x in one.given))]
    desk.load(codes, shoppers=named)
    shoppers = ShopperRepository(uow.session, rooms.scope).by_id(
        {desk.current(one) for one in named}
    )
    names = {line.product_id for basket in baskets for line in basket.lines}
    products = known_products(uow, rooms, names)
    offers = promised_offers(uow, rooms, desk.coupons)
    counter = CouponCounter(desk, offers, rooms.policy.offline_limit_minor, now)
    own_ids = {name: product.id for name, product in products.items()}
    new: list[NewBasket] = []
    sold: list[Sold] = []
    taken: dict[str, BasketTaken] = {}
    every: list[Discounted] = []
    for request in requests:
        basket = request.basket
        # A stranger's id is not kept.
        current = None if basket.shopper is None else desk.current(basket.shopper)
        loyal = current if current in shoppers else None
        discounted = counter.discount(basket, shopper=loyal, products=products)
        every.append(discounted)
        shopper = loyal or discounted.owner
        answer = _answer(basket, discounted)
        text = answer_to_json(answer)
        unknown = sum(line.product_id not in products for line in basket.lines)
        new.append(
            NewBasket(
                basket=basket,
                idempotency_key=request.idempotency_key,
                shopper=shopper,
                answer=text,
                total_minor=answer.total_minor,
                discounts=[line.discount_minor for line in answer.lines],
                unknown_products=unknown,
                products=own_ids,
            )
        )
        taken[basket.id] = BasketTaken(answer, text, replayed=False, unknown_products=unknown)
        if shopper is not None:
            sold.append(Sold(basket, shopper, discounted.by_decision))
    desk.finish()
    _write(uow, rooms, new, every, now=now)
    credit_baskets(uow, rooms, sold, products=products)
    learn_baskets(uow, rooms, sold, now=now, products=products)
    follow_baskets(uow, rooms, sold, now=now, products=products)
    return taken


def _write(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    new: Sequence[NewBasket],
    every: Sequence[Discounted],
    *,
    now: datetime,
) -> None:
    BasketRepository(uow.session, rooms.scope).add(new, taken_at=now)
    odd = [one for found in every for one in found.discrepancies]
    DiscrepancyRepository(uow.session, rooms.scope).add(odd)
    coupons = CouponRepository(uow.session, rooms.scope)
    for found in every:
        for code, shares in found.shares.items():
            coupons.note_shares(code, shares=shares)


def _answer(basket: Basket, discounted: Discounted) -> BasketAnswer:
    included = basket.prices_include_tax
    lines = tuple(
        LineAnswer(
            discount_minor=line.amount_minor - paid,
            paid_minor=paid,
            tax_minor=None if line.tax_bp is None else tax_of(paid, line.tax_bp, included=included),
        )
        for line, paid in zip(basket.lines, discounted.left, strict=True)
    )
    taxes = [line.tax_minor for line in lines if line.tax_minor is not None]
    tax_minor = sum(taxes) if taxes else None
    on_top = 0 if included else tax_minor or 0
    return BasketAnswer(
        basket.id, tuple(discounted.answers), sum(discounted.left) + on_top, lines, tax_minor
    )
