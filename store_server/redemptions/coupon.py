"""What a coupon is, where it is in its life, and why a till may not use it.

    issued -> reserved -> redeemed -> reversed
    reserved -> issued            released, or its time is over
    issued, reserved -> expired | revoked

A coupon is reserved by the till that scans it, for some minutes: meanwhile no other till can use
it, and it stays good for that till though its own time may end in the queue. It is redeemed
once, for ever: a coupon whose purchase is returned whole is reversed, not issued again.
Its row is bound by an HMAC to shopper, offer, the offer's version and the decision: a row that
somebody changed in the database is not honoured.
"""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from store_server.ids import CampaignId, OfferId, ShopperId


class CouponState(StrEnum):
    """Where a coupon is in its life."""

    ISSUED = "issued"
    RESERVED = "reserved"
    REDEEMED = "redeemed"
    REVERSED = "reversed"
    EXPIRED = "expired"
    REVOKED = "revoked"


OPEN_STATES = frozenset({CouponState.ISSUED, CouponState.RESERVED})


class CouponRefusal(StrEnum):
    """Why a till does not get the discount; a normal answer, not an error."""

    MALFORMED = "malformed"  # no spelling of a code, or its check does not fit: typed wrong
    FORGED = "forged"  # well-formed, but not signed by this store
    UNKNOWN = "unknown"  # signed by this store, but no such coupon (its shopper was forgotten)
    ALTERED = "altered"  # its row is not what was issued: somebody changed the database
    FOREIGN = "foreign"  # issued to another shopper than the basket's
    RESERVED = "reserved"  # another till holds it, for some minutes
    EXPIRED = "expired"
    REVOKED = "revoked"
    ALREADY_REDEEMED = "already_redeemed"
    REVERSED = "reversed"  # was redeemed, and its purchase returned
    NOTHING_LEFT = "nothing_left"  # other coupons took the whole basket; this one stays unused


GUESSES = frozenset({CouponRefusal.FORGED, CouponRefusal.UNKNOWN})
"""What somebody who guesses codes is told; typing errors are caught by the check character."""


@dataclass(frozen=True, slots=True)
class Coupon:
    """One coupon as the store knows it. `code` is in the normal form, without dashes.

    offer_version: of the terms that were promised; None, like `binding`, for a coupon from
        before there were any.
    reserved_by: the till that holds it, until `reserved_until`.
    """

    code: str
    shopper: ShopperId
    offer: OfferId
    campaign: CampaignId
    decision: str
    face_value_minor: int
    issued_at: datetime
    expires_at: datetime
    state: CouponState
    offer_version: str | None = None
    binding: str | None = None
    reserved_by: str | None = None
    reserved_until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether its shopper may still use it."""
        return self.state in OPEN_STATES and (now < self.expires_at or self.is_held(now))

    def is_held(self, now: datetime) -> bool:
        """Whether a till holds it."""
        until = self.reserved_until if self.state is CouponState.RESERVED else None
        return until is not None and now < until


def binding_of(coupon: Coupon, *, key: bytes) -> str:
    """32 hex digits that bind what the coupon promises to whom; they follow from its values."""
    digest = hmac.new(key, b"binding:", hashlib.sha256)
    for part in (
        coupon.code,
        coupon.shopper,
        coupon.offer,
        coupon.offer_version or "",
        coupon.decision,
        str(coupon.face_value_minor),
        str(round(coupon.expires_at.timestamp() * 1000)),
    ):
        digest.update(len(part.encode()).to_bytes(4, "big") + part.encode())
    return digest.hexdigest()[:32]


def is_bound(coupon: Coupon, keys: Collection[bytes]) -> bool:
    """Whether it is what was issued; one from before bindings counts as such."""
    if coupon.binding is None:
        return coupon.offer_version is None
    made = (binding_of(coupon, key=key) for key in keys)
    return any(hmac.compare_digest(coupon.binding, one) for one in made)


def refusal_of(
    coupon: Coupon,
    *,
    at: datetime,
    now: datetime | None = None,
    till: str = "",
    is_theirs: bool = True,
    was_offline: bool = False,
) -> CouponRefusal | None:
    """Why `coupon` cannot be used, or None.

    Args:
        coupon: as the store knows it.
        at: when it is, or was, used.
        now: when this is asked; None: at the same instant.
        till: which till asks.
        is_theirs: False when the basket is another shopper's.
        was_offline: the till had nobody to ask: what was closed or held meanwhile does not count.
    """
    over = CouponRefusal.EXPIRED if at >= coupon.expires_at else None
    refusal: CouponRefusal | None
    match coupon.state:
        case CouponState.REDEEMED:
            refusal = CouponRefusal.ALREADY_REDEEMED
        case CouponState.REVERSED:
            refusal = CouponRefusal.REVERSED
        case CouponState.REVOKED:
            refusal = CouponRefusal.REVOKED
        case CouponState.EXPIRED:
            refusal = over if was_offline else CouponRefusal.EXPIRED
        case CouponState.ISSUED:
            refusal = over
        case CouponState.RESERVED:
            held = coupon.is_held(now or at) and not was_offline
            mine = None if coupon.reserved_by == till else CouponRefusal.RESERVED
            refusal = mine if held else over
        case _:
            assert_never(coupon.state)
    return refusal if is_theirs else CouponRefusal.FOREIGN
