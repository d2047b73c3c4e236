"""What a till asks: one basket at a time, safe to ask again."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from store_server.entrypoints.api.problems_shown import CHANGING, refusals
from store_server.entrypoints.api.schemas.till import (
    BasketAnswerBody,
    BasketBody,
    CouponAnswerBody,
)
from store_server.entrypoints.http_auth import Context, TillCaller
from store_server.flows.take_basket import take_basket
from store_server.ids import ShopperId
from store_server.redemptions.basket import Basket, BasketAnswer, BasketLine, CouponAnswer
from store_server.writer import Priority

router = APIRouter(prefix="/v1/till", tags=["till"], responses=CHANGING)

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,100}$",
        examples=["till-1-2026-03-02-0001"],
        description="The till's own name of this request; asked again, it gets the same answer.",
    ),
]


@router.post(
    "/baskets",
    status_code=201,
    responses={
        **refusals(409),
        200: {"model": BasketAnswerBody, "description": "Taken before; the same answer."},
    },
)
async def post_basket(
    body: BasketBody,
    response: Response,
    context: Context,
    _caller: TillCaller,
    idempotency_key: IdempotencyKey,
) -> BasketAnswerBody:
    """Take a receipt: redeem its coupons and tell what is to be paid."""
    taken = await context.write(
        Priority.TILL, take_basket, basket=_basket(body), idempotency_key=idempotency_key
    )
    if taken.replayed:
        response.status_code = 200
    return _answer(taken.answer)


def _basket(body: BasketBody) -> Basket:
    return Basket(
        id=body.basket_id,
        till=body.till,
        at=body.at,
        shopper=ShopperId(body.shopper_id) if body.shopper_id is not None else None,
        lines=tuple(BasketLine(x.product_id, x.quantity, x.amount_minor) for x in body.lines),
        coupons=tuple(body.coupon_codes),
        currency=body.currency,
    )


def _answer(answer: BasketAnswer) -> BasketAnswerBody:
    return BasketAnswerBody(
        basket_id=answer.basket_id,
        coupons=[_coupon(coupon) for coupon in answer.coupons],
        total_minor=answer.total_minor,
    )


def _coupon(answer: CouponAnswer) -> CouponAnswerBody:
    return CouponAnswerBody(
        code=answer.code,
        status="redeemed" if answer.redeemed else "refused",
        reason=answer.reason,
        discount_minor=answer.discount_minor,
    )
