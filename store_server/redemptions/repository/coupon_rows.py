"""Coupons and redemptions as rows and as values."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from store_server.clock import from_ms, to_ms
from store_server.ids import CampaignId, OfferId, Scope, ShopperId
from store_server.redemptions.coupon import Coupon, CouponState, binding_of
from store_server.redemptions.coupon_code import parse
from store_server.redemptions.tables import CouponRow, RedemptionRow


@dataclass(frozen=True, slots=True)
class CouponUse:
    """A coupon, as it was seen, and what it is used for.

    shares: (line of the basket, minor units) that the discount fell on.
    """

    coupon: Coupon
    basket: str
    till: str
    discount_minor: int
    at: datetime
    shares: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Redemption:
    """The use of a coupon as it stands; `reversed_at` None while it does."""

    code: str
    decision: str
    basket: str
    till: str
    discount_minor: int
    redeemed_at: datetime
    shares: tuple[tuple[int, int], ...]
    reversed_at: datetime | None


def row_of_use(use: CouponUse, scope: Scope) -> dict[str, object]:
    """The columns of a redemption that is made now."""
    return {
        "org": scope.org,
        "store": scope.store,
        "code": use.coupon.code,
        "decision": use.coupon.decision,
        "basket": use.basket,
        "till": use.till,
        "discount_minor": use.discount_minor,
        "redeemed_at_ms": to_ms(use.at),
        "shares": json.dumps(use.shares),
        "reversed_at_ms": None,
    }


def new_coupon(
    code: str,
    *,
    shopper: ShopperId,
    offer: OfferId,
    campaign: CampaignId,
    decision: str,
    face_value_minor: int,
    issued_at: datetime,
    expires_at: datetime,
    offer_version: str | None = None,
    key: bytes | None = None,
) -> Coupon:
    """A coupon that is issued now; bound with `key`, the store's signing key, where it is given.

    Raises:
        ValueError: `code` was not made by `coupon_code.new_code`.
    """
    normal = parse(code)
    if normal is None:
        raise ValueError("a coupon needs a code made by coupon_code.new_code")
    coupon = Coupon(
        code=normal,
        shopper=shopper,
        offer=offer,
        campaign=campaign,
        decision=decision,
        face_value_minor=face_value_minor,
        issued_at=issued_at,
        # Rows hold milliseconds: what is bound must be what is read back.
        expires_at=from_ms(to_ms(expires_at)),
        state=CouponState.ISSUED,
        offer_version=offer_version,
    )
    return coupon if key is None else replace(coupon, binding=binding_of(coupon, key=key))


def row_of_coupon(coupon: Coupon, scope: Scope) -> dict[str, object]:
    """The columns of a coupon that is issued now."""
    return {
        "org": scope.org,
        "store": scope.store,
        "code": coupon.code,
        "shopper": coupon.shopper,
        "offer": coupon.offer,
        "campaign": coupon.campaign,
        "decision": coupon.decision,
        "face_value_minor": coupon.face_value_minor,
        "issued_at_ms": to_ms(coupon.issued_at),
        "expires_at_ms": to_ms(coupon.expires_at),
        "state": coupon.state,
        "offer_version": coupon.offer_version,
        "binding": coupon.binding,
    }


def coupon_of(row: CouponRow) -> Coupon:
    """The coupon of a row."""
    until_ms = row.reserved_until_ms
    return Coupon(
        code=row.code,
        shopper=ShopperId(row.shopper),
        offer=OfferId(row.offer),
        campaign=CampaignId(row.campaign),
        decision=row.decision,
        face_value_minor=row.face_value_minor,
        issued_at=from_ms(row.issued_at_ms),
        expires_at=from_ms(row.expires_at_ms),
        state=CouponState(row.state),
        offer_version=row.offer_version,
        binding=row.binding,
        reserved_by=row.reserved_by,
        reserved_until=None if until_ms is None else from_ms(until_ms),
    )


def redemption_of(row: RedemptionRow) -> Redemption:
    """The use of a row."""
    reversed_ms = row.reversed_at_ms
    return Redemption(
        code=row.code,
        decision=row.decision,
        basket=row.basket,
        till=row.till,
        discount_minor=row.discount_minor,
        redeemed_at=from_ms(row.redeemed_at_ms),
        shares=tuple((line, minor) for line, minor in json.loads(row.shares)),
        reversed_at=None if reversed_ms is None else from_ms(reversed_ms),
    )
