"""What a till asks about one coupon: hold it, use it up, give it back."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from store_server.entrypoints.api.problems_shown import CHANGING, refusals
from store_server.entrypoints.api.schemas.till import Code
from store_server.entrypoints.api.schemas.till_coupons import (
    CouponShownBody,
    CouponToldBody,
    CouponUsedBody,
)
from store_server.entrypoints.api.till_counter import Guesses, look_at_codes, told
from store_server.entrypoints.api.till_routes import REPLAY_HEADER, IdempotencyKey
from store_server.entrypoints.http_auth import Context, TillCaller
from store_server.flows.use_coupon import (
    CouponShown,
    redeem_coupon,
    release_coupon,
    reserve_coupon,
)
from store_server.ids import ShopperId
from store_server.writer import Priority

router = APIRouter(
    prefix="/v1/till/coupons",
    tags=["till"],
    responses={**CHANGING, **refusals(409), 200: REPLAY_HEADER},
)

CodeShown = Annotated[Code, Path(examples=["YAKMVS9-EDD1RCR-G0FQ8WX"])]


@router.post("/{code}/reserve", response_model=CouponToldBody)
async def post_reserve(
    code: CodeShown,
    body: CouponShownBody,
    context: Context,
    guesses: Guesses,
    _caller: TillCaller,
    idempotency_key: IdempotencyKey,
) -> Response:
    """Hold a coupon for this till while the queue moves; a refusal says why."""
    look_at_codes(context, guesses, till=body.till, codes=[code])
    shown = CouponShown(code, body.till, _shopper(body))
    answer = await context.write(
        Priority.TILL, reserve_coupon, shown=shown, idempotency_key=idempotency_key
    )
    return told(answer.text, status=200, replayed=answer.replayed)


@router.post("/{code}/redeem", response_model=CouponToldBody)
async def post_redeem(
    code: CodeShown,
    body: CouponUsedBody,
    context: Context,
    guesses: Guesses,
    _caller: TillCaller,
    idempotency_key: IdempotencyKey,
) -> Response:
    """Use a coupon up for a basket; reported later, the basket names it and gets the discount."""
    look_at_codes(context, guesses, till=body.till, codes=[code])
    shown = CouponShown(code, body.till, _shopper(body), body.basket_id, body.amount_minor)
    answer = await context.write(
        Priority.TILL, redeem_coupon, shown=shown, idempotency_key=idempotency_key
    )
    return told(answer.text, status=200, replayed=answer.replayed)


@router.post("/{code}/release", response_model=CouponToldBody)
async def post_release(
    code: CodeShown,
    body: CouponShownBody,
    context: Context,
    guesses: Guesses,
    _caller: TillCaller,
    idempotency_key: IdempotencyKey,
) -> Response:
    """Give a held coupon back: the shopper may use it elsewhere."""
    look_at_codes(context, guesses, till=body.till, codes=[code])
    shown = CouponShown(code, body.till, _shopper(body))
    answer = await context.write(
        Priority.TILL, release_coupon, shown=shown, idempotency_key=idempotency_key
    )
    return told(answer.text, status=200, replayed=answer.replayed)


def _shopper(body: CouponShownBody) -> ShopperId | None:
    return ShopperId(body.shopper_id) if body.shopper_id is not None else None
