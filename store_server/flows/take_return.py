"""A till reports what was brought back: money, coupons, budgets and credits follow."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotFound
from store_server.flows.answer_once import Told, answer_once
from store_server.flows.credit_basket import Sold, credit_baskets
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.repository import BudgetRepository
from store_server.redemptions.basket import MAX_AHEAD, Basket, BasketLine, Problem
from store_server.redemptions.basket_return import (
    BadReturn,
    BasketReturn,
    PaidLine,
    ReturnedLine,
    is_given_up,
    left_of,
    problems_of_return,
    refund_document,
    refunds_of,
)
from store_server.redemptions.discount import refund_of
from store_server.redemptions.repository import (
    BasketRepository,
    CouponRepository,
    Redemption,
    ReturnRepository,
)
from store_server.redemptions.repository.baskets import PaidBasket
from store_server.shop.repository import ProductRepository


def take_return(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    back: BasketReturn,
    idempotency_key: str,
) -> Told:
    """Take a return and say what is refunded.

    Raises:
        NotFound: there is no such basket.
        BadReturn: more comes back than was bought; a line is unknown or named twice.
        Conflict: `return_taken` when the return's id came before; else see `answer_once`.
        Unprocessable: see `answer_once`.
    """
    return answer_once(
        uow,
        rooms,
        now=now,
        operation="return",
        idempotency_key=idempotency_key,
        asked=asdict(back),
        act=lambda: _take(uow, rooms, now=now, back=back),
    )


def _take(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, back: BasketReturn
) -> Mapping[str, object]:
    paid = BasketRepository(uow.session, rooms.scope).paid(back.basket)
    if paid is None:
        raise NotFound(f"there is no basket {back.basket}; report it before what comes back of it")
    returns = ReturnRepository(uow.session, rooms.scope)
    before = returns.units_back(back.basket)
    wanted = _wanted(back, paid, before)
    problems = problems_of_return(wanted, paid.lines, before)
    if back.at > now + MAX_AHEAD:
        text = "is over 12 hours ahead; check the till's clock"
        problems.append(Problem("at", "clock_ahead", text))
    if problems:
        raise BadReturn(problems)
    refunds = refunds_of(wanted, paid.lines, before, tax_included=paid.tax_included)
    if not returns.add(back, refunds, taken_at=now):
        raise Conflict(f"return {back.id} was taken before", code="return_taken")
    units = dict(before)
    for one in wanted:
        units[one.line] = units.get(one.line, 0) + one.quantity
    coupons = _give_up_coupons(uow, rooms, paid, units, at=now)
    _credit_anew(uow, rooms, paid, units, kept=[one for one, gone in coupons if not gone])
    taxes = [one.tax_minor for one in refunds if one.tax_minor is not None]
    return {
        "return_id": back.id,
        "basket_id": back.basket,
        "lines": [refund_document(one) for one in refunds],
        "refund_minor": sum(one.refund_minor for one in refunds),
        "tax_minor": sum(taxes) if taxes else None,
        "coupons": [
            {"code": one.code, "status": "reversed" if gone else "redeemed"}
            for one, gone in coupons
        ],
    }


def _wanted(
    back: BasketReturn, paid: PaidBasket, before: Mapping[int, int]
) -> Sequence[ReturnedLine]:
    if back.lines is not None:
        return back.lines
    return [ReturnedLine(line, units) for line, units in left_of(paid.lines, before).items()]


def _give_up_coupons(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    paid: PaidBasket,
    units: Mapping[int, int],
    *,
    at: datetime,
) -> list[tuple[Redemption, bool]]:
    """The coupons that stand on this basket, and whether they are given up now."""
    repository = CouponRepository(uow.session, rooms.scope)
    standing = [
        one for one in repository.redemptions(basket=paid.id).values() if one.reversed_at is None
    ]
    gone = [one for one in standing if is_given_up(one.shares, paid.lines, units)]
    coupons = repository.find_all([one.code for one in gone])
    budgets = BudgetRepository(uow.session, rooms.scope)
    for one in gone:
        repository.reverse(one.code, at=at)
        coupon = coupons.get(one.code)
        if coupon is not None:
            covered = min(one.discount_minor, coupon.face_value_minor)
            budgets.give_back(coupon.campaign, discount_minor=covered, offer=coupon.offer)
    codes = {one.code for one in gone}
    return [(one, one.code in codes) for one in sorted(standing, key=lambda one: one.code)]


def _credit_anew(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    paid: PaidBasket,
    units: Mapping[int, int],
    *,
    kept: Sequence[Redemption],
) -> None:
    """Credit the basket as if only what is not back had been bought."""
    if paid.shopper is None:
        return
    BasketRepository(uow.session, rooms.scope).drop_credits(paid.id)
    lines = tuple(
        _remaining(line, back=units.get(number, 0))
        for number, line in enumerate(paid.lines)
        if line.quantity > units.get(number, 0)
    )
    if not lines:
        return
    products = ProductRepository(uow.session, rooms.scope).by_id(x.product_id for x in lines)
    basket = Basket(paid.id, "", paid.at, paid.shopper, lines, ())
    discounts = {one.decision: _discount_left(one, paid.lines, units) for one in kept}
    credit_baskets(uow, rooms, [Sold(basket, paid.shopper, discounts)], products=products)


def _remaining(line: PaidLine, *, back: int) -> BasketLine:
    gone = refund_of(line.amount_minor, back=back, before=0, of=line.quantity)
    return BasketLine(line.product_id, line.quantity - back, line.amount_minor - gone)


def _discount_left(
    redemption: Redemption, lines: Sequence[PaidLine], units: Mapping[int, int]
) -> int:
    gone = sum(
        refund_of(minor, back=units.get(line, 0), before=0, of=lines[line].quantity)
        for line, minor in redemption.shares
    )
    return redemption.discount_minor - gone
