"""`POST /v1/app/decisions`: the one route that a shop full of phones asks, kept thin.

A plain Starlette route in the same application: same key, same problems, same limits and headers
as its siblings. Its words in the OpenAPI document stand in `OPERATION`.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store_server.decisions.pick_text import why_picked
from store_server.entrypoints.api.problems_shown import CHANGING
from store_server.entrypoints.api.schemas.pull import (
    BadBody,
    PullBody,
    PulledOfferShown,
    PullReply,
    read_pull,
    write_reply,
)
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.problem import refused_fields
from store_server.entrypoints.pull_door import PullDoor
from store_server.entrypoints.token_book import TokenBook
from store_server.errors import NotAuthenticated
from store_server.flows.authenticate import authenticate
from store_server.flows.pull_answer import PullAnswer, PullAsked, PulledOffer
from store_server.ids import ShopperId, ZoneId
from store_server.shop.access import hash_token, is_token

PATH = "/v1/app/decisions"
DEADLINE = "deadline"
_SCHEME = "bearer "


async def ask_decision(request: Request) -> Response:
    """Ask what there is for the shopper here and now."""
    state = request.app.state
    context: ServerContext = state.context
    shopper, token_hash = await _caller(request, context, state.tokens)
    try:
        body = read_pull(await request.body())
    except BadBody as bad:
        return refused_fields(bad.errors)
    door: PullDoor = state.pulls
    settings = context.settings.pull
    asked = PullAsked(
        shopper,
        body.request_id,
        body.placement,
        ZoneId(body.zone) if body.zone is not None else None,
        body.language,
        body.most,
        token_hash,
        body.code,
        body.basket,
    )
    try:
        answer = await door.ask(asked, deadline_s=(body.deadline_ms or settings.deadline_ms) / 1000)
    except NotAuthenticated:
        state.tokens.drop(token_hash)
        raise
    default = settings.default_for(body.placement)
    reply = _late(default) if answer is None else _reply(answer, body, default)
    return Response(write_reply(reply), media_type="application/json")


async def _caller(
    request: Request, context: ServerContext, tokens: TokenBook
) -> tuple[ShopperId, str]:
    """The shopper of the token, and the token's hash.

    Raises:
        NotAuthenticated: there is no token, or it is unknown or over.
        NotAllowed: it is a key.
    """
    given = request.headers.get("authorization", "")
    if given[: len(_SCHEME)].lower() != _SCHEME:
        raise NotAuthenticated(
            "this needs the header Authorization: Bearer <key or token>", code="no_credentials"
        )
    token = given[len(_SCHEME) :].strip()
    token_hash, now = hash_token(token), context.system_now()
    known = await tokens.shopper_of(token_hash, now=now) if is_token(token, "shopper") else None
    if known is not None:
        return known, token_hash
    # Nobody's, over, or a key: the usual look says which.
    caller = await context.read(authenticate, token=token, system_now=now)
    return caller.require_shopper(), token_hash


def _late(default: str | None) -> PullReply:
    return PullReply(None, "nothing", None, (), DEADLINE, default)


def _reply(answer: PullAnswer, body: PullBody, default: str | None) -> PullReply:
    offers = tuple(_shown(one, body.language) for one in answer.offers)
    if not offers:
        return PullReply(answer.decision.id, "nothing", None, (), answer.reason, default)
    return PullReply(offers[0].decision_id, "offered", offers[0], offers, None, None)


def _shown(offer: PulledOffer, language: str | None) -> PulledOfferShown:
    return PulledOfferShown(
        decision_id=offer.decision,
        offer_id=offer.offer,
        title=offer.title,
        body=offer.body,
        coupon_code=offer.coupon_code,
        face_value_minor=offer.face_value_minor,
        personal_discount=offer.personal_discount,
        expires_at=offer.expires_at,
        language=offer.language,
        reason=offer.reason.value,
        reason_text=why_picked(offer.reason, language or offer.language),
    )


ROUTE = Route(PATH, ask_decision, methods=["POST"])
_RESPONSES: Mapping[str, Any] = {
    "200": {
        "description": "What is offered, or the default experience.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PullReply"}}},
    },
    **{str(status): answer for status, answer in sorted(CHANGING.items(), key=str)},
}
OPERATION: Mapping[str, Any] = {
    "tags": ["app"],
    "summary": "Ask Decision",
    "description": (
        "Ask what there is for the shopper here and now. The same request_id gets the same answer; "
        "the choice of a visit stays until it is used, over or dismissed, in every channel. When "
        "there is no decision within the deadline the answer is the default experience, and "
        "nothing was decided: ask again with the same request_id."
    ),
    "operationId": ask_decision.__name__,
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PullBody"}}},
    },
    "responses": _RESPONSES,
    "security": [{"HTTPBearer": []}],
}
