"""Discounts that offline tills gave by themselves and that do not fit what we know.

The shopper left with the discount, so the basket stands as it was paid; what does not fit is
written down for people to look at: which till, which coupon, how much, and who was first.
"""

from dataclasses import dataclass
from datetime import datetime

OVER_VALUE = "over_value"
OVER_LIMIT = "over_limit"
REASONS_BESIDE_REFUSALS = (OVER_VALUE, OVER_LIMIT)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One discount that does not fit.

    reason: a `CouponRefusal` (`already_redeemed` is a double spend), `over_value` (more than the
        coupon's face value) or `over_limit` (more than a till may give while it is offline).
    given_minor: what the till took off. covered_minor: how much of it the coupon stands for.
    first_basket: which basket used the coupon before, at `first_till`.
    """

    basket: str
    code: str
    reason: str
    till: str
    given_minor: int
    covered_minor: int
    at: datetime
    taken_at: datetime
    first_basket: str | None = None
    first_till: str | None = None


def reason_of_excess(
    given_minor: int, *, face_value_minor: int, given_before_minor: int, limit_minor: int
) -> str | None:
    """What is wrong with the amount that an offline till gave on a good coupon, or None.

    Args:
        given_minor: on this coupon.
        face_value_minor: what the coupon is worth.
        given_before_minor: what the till gave on the same basket already.
        limit_minor: what a till may take off a basket by itself.
    """
    if given_minor > face_value_minor:
        return OVER_VALUE
    return OVER_LIMIT if given_before_minor + given_minor > limit_minor else None
