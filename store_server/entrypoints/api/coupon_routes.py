"""Coupons beside the till: shown by the app, called back and reconciled by the back office."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from store_server.entrypoints.api.problems_shown import CHANGING, READING
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
from store_server.entrypoints.http_auth import Context, OpsCaller, ShopperCaller
from store_server.flows.revoke_coupons import AT_ONCE, revoke_coupons
from store_server.flows.show_coupons import CouponToShow, show_coupons
from store_server.flows.show_discrepancies import losses_of, show_discrepancies
from store_server.ids import CampaignId
from store_server.redemptions.discrepancy import Discrepancy
from store_server.writer import Priority

router = APIRouter(prefix="/v1", responses=READING)

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@router.get("/app/coupons", tags=["app"])
async def list_app_coupons(context: Context, shopper: ShopperCaller) -> AppCouponsBody:
    """The shopper's open coupons, in every spelling that a till may read."""
    found = await context.read(show_coupons, shopper=shopper)
    return AppCouponsBody(coupons=[_shown(one) for one in found])


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
