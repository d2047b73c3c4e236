"""What the retailer's backend says of its shoppers: who they are and what they agreed to."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.backend import (
    ConsentAnswer,
    ConsentBody,
    IdentityBody,
    ShopperAnswer,
    ShopperBody,
    ShopperDataAnswer,
    TokenAnswer,
)
from store_server.entrypoints.http_auth import BackendCaller, Context
from store_server.errors import NotFound
from store_server.flows.forget_shopper import forget_shopper
from store_server.flows.mint_token import mint_token
from store_server.flows.record_consent import record_consent
from store_server.flows.register_shopper import register_shopper
from store_server.flows.show_shopper import show_shopper
from store_server.ids import HouseholdId, ShopperId
from store_server.shoppers.consent import Purpose
from store_server.shoppers.identity import EnrolledIdentity
from store_server.writer import Priority

router = APIRouter(prefix="/v1/shoppers", tags=["shoppers"])

ShopperPath = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$", examples=["s-1042"])
]


@router.put("/{shopper_id}", responses={**CHANGING, **refusals(409)})
async def put_shopper(
    shopper_id: ShopperPath, body: ShopperBody, context: Context, _caller: BackendCaller
) -> ShopperAnswer:
    """Make a shopper known, or say anew what is known of one. It is no consent."""
    shopper = ShopperId(shopper_id)
    registered = await context.write(
        Priority.APP,
        register_shopper,
        shopper=shopper,
        household=HouseholdId(body.household_id) if body.household_id is not None else None,
        language=body.language,
        identities=[_identity(one, shopper) for one in body.identities],
    )
    return ShopperAnswer(shopper_id=registered.shopper.id, created=registered.created)


@router.put("/{shopper_id}/consents/{purpose}", responses={**CHANGING, **refusals(404)})
async def put_consent(
    shopper_id: ShopperPath,
    purpose: Purpose,
    body: ConsentBody,
    context: Context,
    _caller: BackendCaller,
) -> ConsentAnswer:
    """Write a shopper's word into the ledger of consent."""
    entry = await context.write(
        Priority.APP,
        record_consent,
        shopper=ShopperId(shopper_id),
        purpose=purpose,
        granted=body.granted,
        at=body.at,
        source=body.source,
        text_version=body.text_version,
    )
    return ConsentAnswer(
        shopper_id=entry.shopper, purpose=entry.purpose, granted=entry.granted, at=entry.at
    )


@router.post("/{shopper_id}/tokens", status_code=201, responses={**CHANGING, **refusals(404)})
async def post_token(
    shopper_id: ShopperPath, context: Context, _caller: BackendCaller
) -> TokenAnswer:
    """A token for the shopper's app; it lives 15 minutes."""
    minted = await context.write(
        Priority.APP,
        mint_token,
        shopper=ShopperId(shopper_id),
        system_now=context.system_now(),
    )
    return TokenAnswer(token=minted.token, expires_at=minted.expires_at)


@router.get("/{shopper_id}/data", responses={**READING, **refusals(404)})
async def get_shopper_data(
    shopper_id: ShopperPath, context: Context, _caller: BackendCaller
) -> ShopperDataAnswer:
    """Everything that is kept about a shopper."""
    data = await context.read(show_shopper, shopper=ShopperId(shopper_id))
    return ShopperDataAnswer.model_validate({"shopper_id": shopper_id, "data": data})


@router.delete("/{shopper_id}", status_code=204, responses={**CHANGING, **refusals(404)})
async def delete_shopper(
    shopper_id: ShopperPath, context: Context, _caller: BackendCaller
) -> Response:
    """Forget a shopper: identities, consent, visits, decisions' names, coupons, baskets' names."""
    known = await context.write(Priority.APP, forget_shopper, shopper=ShopperId(shopper_id))
    if not known:
        raise NotFound("there is no such shopper", code="unknown_shopper")
    return Response(status_code=204)


def _identity(body: IdentityBody, shopper: ShopperId) -> EnrolledIdentity:
    return EnrolledIdentity(
        identity_id=body.identity_id,
        shopper=shopper,
        kind=body.kind,
        key=bytes.fromhex(body.key_hex) if body.key_hex is not None else None,
        identity=body.identity,
        exponent=body.exponent,
        clock_offset_s=body.clock_offset_s,
        label=body.label,
    )
