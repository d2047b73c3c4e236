"""What the till's routes share: bodies to baskets, guesses counted, words sent as kept."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Depends, Request, Response

from store_server.entrypoints.api.schemas.till import BasketBody
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.guess_limit import GuessLimit
from store_server.ids import ShopperId
from store_server.redemptions.basket import Basket, BasketLine, GivenCoupon
from store_server.redemptions.coupon_code import parse

REPLAYED = "Idempotency-Replayed"


def _limit_of(request: Request) -> GuessLimit:
    found = request.app.state.guess_limit
    assert isinstance(found, GuessLimit)
    return found


Guesses = Annotated[GuessLimit, Depends(_limit_of)]


def basket_of(body: BasketBody) -> Basket:
    """The basket that a body reports."""
    return Basket(
        id=body.basket_id,
        till=body.till,
        at=body.at,
        shopper=ShopperId(body.shopper_id) if body.shopper_id is not None else None,
        lines=tuple(
            BasketLine(x.product, x.quantity, x.amount_minor, x.tax_bp) for x in body.lines
        ),
        coupons=tuple(body.coupon_codes),
        currency=body.currency,
        given=tuple(GivenCoupon(x.code, x.discount_minor) for x in body.offline_coupons),
        prices_include_tax=body.prices_include_tax,
    )


def look_at_codes(
    context: ServerContext, limit: GuessLimit, *, till: str, codes: Iterable[str]
) -> None:
    """Let a till show these codes; those that are not ours are counted before anything is asked.

    Raises:
        TooMany: the till showed too many of them of late.
    """
    shown = list(codes)
    if not shown:
        return
    now_s = context.system_now().timestamp()
    limit.check(till, now_s)
    keys = context.rooms.coupon_keys
    read = [parse(code) for code in shown]
    wrong = sum(code is not None and not keys.authentic(code) for code in read)
    limit.note(till, wrong, now_s)


def codes_of(basket: Basket) -> list[str]:
    """Every code that is shown with a basket."""
    return [*basket.coupons, *(one.code for one in basket.given)]


def told(text: str, *, status: int, replayed: bool) -> Response:
    """Words that are kept, sent as they are; a header says when they were said before."""
    headers = {REPLAYED: "true"} if replayed else None
    return Response(text, status_code=status, headers=headers, media_type="application/json")
