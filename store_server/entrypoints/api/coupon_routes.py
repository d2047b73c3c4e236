"""Coupons beside the till: shown by the app, called back and reconciled by the back office."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.coupons import (
    AppCouponBody,
    AppCouponsBody,
    DiscrepanciesBody,
    DiscrepancyBody,
    RevocationBody,
    RevokedBody,
    TillLossBody,
)
from store_server.entrypoints.api.schemas.fields import LATEST, At
from store_server.entrypoints.api.schemas.till import Code
from store_server.entrypoints.http_auth import Context, OpsCaller, ShopperCaller
from store_server.flows.revoke_coupons import AT_ONCE, revoke_coupons
from store_server.flows.show_coupons import CouponToShow, draw_coupon, show_coupons
from store_server.flows.show_discrepancies import losses_of, show_discrepancies
from store_server.ids import CampaignId
from store_server.redemptions.discrepancy import Discrepancy
from store_server.writer import Priority

router = APIRouter(prefix="/v1", responses=READING)

EVER = datetime(1970, 1, 1, tzinfo=UTC)

SVG = "image/svg+xml"
# Kept by the shopper's own phone and by nobody between, so that the queue needs no reception.
PICTURE_HEADERS = {
    "cache-control": "private, max-age=300",
    "vary": "authorization",
    "content-security-policy": "default-src 'none'; sandbox",
}
PICTURE_SHOWN: dict[str, object] = {
    "description": "The QR code of `qr_text`, with its quiet zone.",
    "content": {
        SVG: {
            "schema": {"type": "string"},
            "example": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 33 33">...</svg>',
        }
    },
}
OneOfTheirs = Annotated[
    Code,
    Path(
        description="The coupon in any spelling of `GET /v1/app/coupons`.",
        examples=["YAKMVS9-EDD1RCR-G0FQ8WX"],
    ),
]


@router.get("/app/coupons", tags=["app"])
async def list_app_coupons(context: Context, shopper: ShopperCaller) -> AppCouponsBody:
    """The shopper's open coupons, in every spelling that a till may read."""
    found = await context.read(show_coupons, shopper=shopper)
    return AppCouponsBody(coupons=[_shown(one) for one in found])


@router.get(
    "/app/coupons/{code}/qr.svg",
    tags=["app"],
    response_class=Response,
    responses={**refusals(404), 200: PICTURE_SHOWN},
)
async def get_app_coupon_qr(
    code: OneOfTheirs, context: Context, shopper: ShopperCaller
) -> Response:
    """The QR code of one of the shopper's open coupons, as a picture for the till's scanner."""
    drawn = await context.read(draw_coupon, shopper=shopper, code=code)
    return Response(drawn, media_type=SVG, headers=PICTURE_HEADERS)


@router.post("/coupons:revoke", tags=["back office"], responses=CHANGING)
async def revoke_open_coupons(
    body: RevocationBody, context: Context, _caller: OpsCaller
) -> RevokedBody:
    """Call open coupons back; what was reserved for them is free again."""
    campaign = None if body.campaign_id is None else CampaignId(body.campaign_id)
    revoked, done = 0, AT_ONCE
    while done == AT_ONCE:
        done = await context.write(Priority.APP, revoke_coupons, code=body.code, campaign=campaign)
        revoked += done
    return RevokedBody(revoked=revoked)


@router.get("/coupon-discrepancies", tags=["back office"])
async def list_coupon_discrepancies(
    context: Context,
    _caller: OpsCaller,
    since: At = EVER,
    until: Annotated[At | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
) -> DiscrepanciesBody:
    """What offline tills gave that does not fit, by when it became known."""
    found = await context.read(show_discrepancies, since=since, until=until or LATEST, limit=limit)
    return DiscrepanciesBody(
        discrepancies=[_odd(one) for one in found],
        by_till=[TillLossBody.model_validate(one) for one in losses_of(found)],
    )


def _shown(one: CouponToShow) -> AppCouponBody:
    return AppCouponBody(
        code=one.code,
        gs1_128=one.gs1_128,
        qr_text=one.qr_text,
        offer_id=one.coupon.offer,
        name=one.name,
        face_value_minor=one.coupon.face_value_minor,
        expires_at=one.coupon.expires_at,
        state=one.coupon.state,
    )


def _odd(one: Discrepancy) -> DiscrepancyBody:
    return DiscrepancyBody(
        basket_id=one.basket,
        till=one.till,
        code=one.code,
        reason=one.reason,
        given_minor=one.given_minor,
        covered_minor=one.covered_minor,
        at=one.at,
        known_at=one.taken_at,
        first_basket_id=one.first_basket,
        first_till=one.first_till,
    )
