"""Coupons that are out are called back: one, or all of a campaign."""

from datetime import datetime

import structlog

from store_server.database import UnitOfWork
from store_server.errors import Unprocessable
from store_server.flows.expire_coupons import free_budgets
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId
from store_server.redemptions.coupon_code import parse
from store_server.redemptions.repository import CouponRepository

log = structlog.get_logger(__name__)

AT_ONCE = 500


def revoke_coupons(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    code: str | None = None,
    campaign: CampaignId | None = None,
) -> int:
    """Close open coupons, at most `AT_ONCE`; how many. Call it again until it is fewer.

    Args:
        uow: the transaction.
        rooms: the store.
        now: not used.
        code: of one coupon, in any spelling; or
        campaign: whose coupons.

    Raises:
        Unprocessable: neither or both are given, or the code is none.
    """
    if (code is None) == (campaign is None):
        raise Unprocessable("name a code or a campaign_id, one of them", code="bad_choice")
    normal = None if code is None else parse(code)
    if code is not None and normal is None:
        raise Unprocessable("this is no coupon code; check for typing errors", code="malformed")
    closed = CouponRepository(uow.session, rooms.scope).revoke(
        code=normal, campaign=campaign, limit=AT_ONCE
    )
    free_budgets(uow, rooms, closed)
    log.info("coupons revoked", coupons=len(closed), campaign=campaign)
    return len(closed)
