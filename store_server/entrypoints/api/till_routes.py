"""What a till asks about baskets: one, many at once, and what comes back of them."""

import json
from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from store_server.entrypoints.api.problems_shown import CHANGING, refusals
from store_server.entrypoints.api.schemas.fields import VisibleId
from store_server.entrypoints.api.schemas.till import (
    BasketAnswerBody,
    BasketBody,
    BatchAnswerBody,
    BatchBody,
)
from store_server.entrypoints.api.schemas.till_coupons import ReturnAnswerBody, ReturnBody
from store_server.entrypoints.api.till_counter import (
    REPLAYED,
    Guesses,
    basket_of,
    codes_of,
    look_at_codes,
    told,
)
from store_server.entrypoints.http_auth import Context, TillCaller
from store_server.entrypoints.problem import refusal_document
from store_server.errors import Refusal, TooMany
from store_server.flows.take_basket import (
    BasketRequest,
    BasketTaken,
    take_basket,
    take_baskets,
)
from store_server.flows.take_return import take_return
from store_server.redemptions.basket_return import BasketReturn, ReturnedLine
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
BasketName = Annotated[VisibleId, Path(examples=["r-2026-03-02-0001"])]
REPLAY_HEADER = {
    "headers": {
        REPLAYED: {
            "description": "`true` when this was answered before; the answer is the first one.",
            "schema": {"type": "string"},
        }
    }
}


@router.post(
    "/baskets",
    status_code=201,
    response_model=BasketAnswerBody,
    responses={**refusals(409), 201: REPLAY_HEADER},
)
async def post_basket(
    body: BasketBody,
    context: Context,
    guesses: Guesses,
    _caller: TillCaller,
    idempotency_key: IdempotencyKey,
) -> Response:
    """Take a receipt: redeem its coupons and tell what is to be paid."""
    basket = basket_of(body)
    look_at_codes(context, guesses, till=basket.till, codes=codes_of(basket))
    taken = await context.write(
        Priority.TILL, take_basket, basket=basket, idempotency_key=idempotency_key
    )
    return told(taken.text, status=201, replayed=taken.replayed)


@router.post("/baskets:batch", response_model=BatchAnswerBody)
async def post_baskets(
    body: BatchBody, context: Context, guesses: Guesses, _caller: TillCaller
) -> Response:
    """Take many receipts in one transaction, as if they came one after another."""
    requests = [BasketRequest(basket_of(one.basket), one.idempotency_key) for one in body.baskets]
    kept_out: dict[int, Refusal] = {}
    for place, one in enumerate(requests):
        try:
            look_at_codes(context, guesses, till=one.basket.till, codes=codes_of(one.basket))
        except TooMany as refused:
            kept_out[place] = refused
    let_in = [one for place, one in enumerate(requests) if place not in kept_out]
    taken = iter(await context.write(Priority.APP, take_baskets, requests=let_in))
    results = (
        _result(one.basket.id, kept_out[place] if place in kept_out else next(taken))
        for place, one in enumerate(requests)
    )
    return Response('{"results":[' + ",".join(results) + "]}", media_type="application/json")


@router.post(
    "/baskets/{basket_id}/returns",
    status_code=201,
    response_model=ReturnAnswerBody,
    responses={**refusals(404, 409), 201: REPLAY_HEADER},
)
async def post_return(
    basket_id: BasketName,
    body: ReturnBody,
    context: Context,
    _caller: TillCaller,
    idempotency_key: IdempotencyKey,
) -> Response:
    """Take back a basket or a part of it, and tell what is refunded."""
    lines = None
    if body.lines is not None:
        lines = tuple(ReturnedLine(one.line, one.quantity) for one in body.lines)
    back = BasketReturn(body.return_id, basket_id, body.till, body.at, lines)
    taken = await context.write(
        Priority.TILL, take_return, back=back, idempotency_key=idempotency_key
    )
    return told(taken.text, status=201, replayed=taken.replayed)


def _result(basket_id: str, taken: BasketTaken | Refusal) -> str:
    """One result of a batch; the answer in it is the text that is kept, byte for byte."""
    if isinstance(taken, Refusal):
        status, answer, replayed = taken.http_status, "null", False
        problem = json.dumps(refusal_document(taken, where="basket"))
    else:
        status, answer, replayed, problem = 201, taken.text, taken.replayed, "null"
    return (
        f'{{"basket_id":{json.dumps(basket_id)},"status":{status},'
        f'"replayed":{json.dumps(replayed)},"answer":{answer},"problem":{problem}}}'
    )
