"""What a till is told about a basket, as the words that it gets now and at every replay.

The text is kept as it was sent: a till that asks again gets it byte for byte.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from store_server.redemptions.coupon import CouponRefusal


class CouponStatus(StrEnum):
    """What became of a coupon at the till."""

    REDEEMED = "redeemed"
    REFUSED = "refused"
    # The till gave the discount while it was offline, and we would not have: it stays given.
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class CouponAnswer:
    """What became of one coupon: redeemed, or refused (or disputed) with the reason."""

    code: str
    status: CouponStatus
    reason: CouponRefusal | None
    discount_minor: int

    @property
    def redeemed(self) -> bool:
        """Whether the coupon is used up by this basket."""
        return self.status is CouponStatus.REDEEMED


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What is paid for a line after discounts, and the tax in it or on top of it."""

    discount_minor: int
    paid_minor: int
    tax_minor: int | None


@dataclass(frozen=True, slots=True)
class BasketAnswer:
    """What the till is told. `total_minor` is what is to be paid, tax and all.

    tax_minor: the sum over the lines that told a rate; None when none did.
    """

    basket_id: str
    coupons: tuple[CouponAnswer, ...]
    total_minor: int
    lines: tuple[LineAnswer, ...] = ()
    tax_minor: int | None = None


def answer_to_json(answer: BasketAnswer) -> str:
    """The words that the till gets."""
    return json.dumps(asdict(answer), separators=(",", ":"), ensure_ascii=False)


def answer_from_json(text: str) -> BasketAnswer:
    """The answer that was kept, also in the form of earlier versions (`redeemed` yes or no)."""
    kept = json.loads(text)
    return BasketAnswer(
        basket_id=kept["basket_id"],
        coupons=tuple(_coupon(one) for one in kept["coupons"]),
        total_minor=kept["total_minor"],
        lines=tuple(LineAnswer(**one) for one in kept.get("lines", ())),
        tax_minor=kept.get("tax_minor"),
    )


def replayed(text: str) -> str:
    """What a till gets that asks again: the kept words, put in today's form if they are older."""
    return text if '"lines":' in text else answer_to_json(answer_from_json(text))


def _coupon(kept: dict[str, object]) -> CouponAnswer:
    status = kept.get("status") or ("redeemed" if kept["redeemed"] else "refused")
    reason, discount_minor = kept["reason"], kept["discount_minor"]
    assert isinstance(discount_minor, int)
    return CouponAnswer(
        code=str(kept["code"]),
        status=CouponStatus(str(status)),
        reason=None if reason is None else CouponRefusal(str(reason)),
        discount_minor=discount_minor,
    )
