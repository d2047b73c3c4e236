"""A till receipt, what is wrong with one, and what its till is told.

Amounts are gross, in minor units of the store's currency, before any discount of ours. A
negative quantity or amount is a return, which this version does not take.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from store_server.errors import Unprocessable
from store_server.ids import ShopperId
from store_server.redemptions.coupon import CouponRefusal, parse

MAX_LINES = 1_000
MAX_COUPONS = 50
MAX_QUANTITY = 100_000
MAX_AMOUNT_MINOR = 10_000_000_000
# A till's clock may be in another time zone, or the event clock may lag; a day off is a fault.
MAX_AHEAD = timedelta(hours=12)
MAX_BEHIND = timedelta(days=90)
_ID = re.compile(r"[!-~]{1,100}")


@dataclass(frozen=True, slots=True)
class BasketLine:
    """`quantity` of one product for `amount_minor` together."""

    product_id: str
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Basket:
    """What a till reports. `shopper` is the loyalty id, None when none was shown."""

    id: str
    till: str
    at: datetime
    shopper: ShopperId | None
    lines: tuple[BasketLine, ...]
    coupons: tuple[str, ...]
    currency: str | None = None

    @property
    def gross_minor(self) -> int:
        """The sum of its lines, before discounts."""
        return sum(line.amount_minor for line in self.lines)

    def fingerprint(self) -> str:
        """64 hex digits that two baskets share only when every value is the same."""
        values = asdict(self) | {"at": self.at.timestamp()}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CouponAnswer:
    """What became of one coupon at the till: redeemed, or refused with the reason."""

    code: str
    redeemed: bool
    reason: CouponRefusal | None
    discount_minor: int


@dataclass(frozen=True, slots=True)
class BasketAnswer:
    """What the till is told. `total_minor` is what is to be paid: lines less discounts."""

    basket_id: str
    coupons: tuple[CouponAnswer, ...]
    total_minor: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a basket: where, a stable code, and what was expected."""

    where: str
    code: str
    text: str


class BadBasket(Unprocessable):
    """A basket that cannot be taken; `problems` says where and why, for the till's vendor."""

    reason = "bad_basket"

    def __init__(self, problems: Sequence[Problem]) -> None:
        named = "; ".join(f"{one.where} {one.text}" for one in problems[:5])
        super().__init__(f"the basket cannot be taken: {named}")
        self.problems = tuple(problems)


def problems_of(basket: Basket, *, now: datetime, currency: str | None) -> list[Problem]:
    """Everything wrong with `basket`, empty when it can be taken.

    Args:
        basket: as the till sent it.
        now: the instant that rules go by.
        currency: the store's ISO 4217 code; None when it is not known, then it is not compared.
    """
    found = [*_problems_of_head(basket, now=now, currency=currency)]
    for number, line in enumerate(basket.lines):
        found.extend(_problems_of_line(line, where=f"lines[{number}]"))
    spelled = Counter(parse(code) or code for code in basket.coupons)
    found.extend(
        Problem("coupon_codes", "duplicate_coupon", "the same coupon is named twice")
        for _, times in spelled.items()
        if times > 1
    )
    return found


def _problems_of_head(basket: Basket, *, now: datetime, currency: str | None) -> list[Problem]:
    found = []
    for where, value in (("basket_id", basket.id), ("till", basket.till)):
        if not _ID.fullmatch(value):
            found.append(Problem(where, "bad_id", "must be 1 to 100 visible ASCII characters"))
    if basket.at.tzinfo is None:
        found.append(Problem("at", "no_time_zone", "must carry a time zone, such as Z"))
    elif basket.at > now + MAX_AHEAD:
        found.append(Problem("at", "clock_ahead", "is over 12 hours ahead; check the till's clock"))
    elif basket.at < now - MAX_BEHIND:
        found.append(Problem("at", "clock_behind", "is over 90 days ago; check the till's clock"))
    if None not in (currency, basket.currency) and basket.currency != currency:
        found.append(Problem("currency", "wrong_currency", f"this store takes {currency}"))
    if not 1 <= len(basket.lines) <= MAX_LINES:
        found.append(Problem("lines", "bad_length", f"must hold 1 to {MAX_LINES} lines"))
    if len(basket.coupons) > MAX_COUPONS:
        found.append(Problem("coupon_codes", "bad_length", f"must hold at most {MAX_COUPONS}"))
    return found


def _problems_of_line(line: BasketLine, *, where: str) -> list[Problem]:
    found = []
    if not _ID.fullmatch(line.product_id):
        found.append(
            Problem(f"{where}.product_id", "bad_id", "must be 1 to 100 visible ASCII characters")
        )
    if not 1 <= line.quantity <= MAX_QUANTITY:
        found.append(Problem(f"{where}.quantity", "out_of_range", f"must be 1 to {MAX_QUANTITY}"))
    if not 0 <= line.amount_minor <= MAX_AMOUNT_MINOR:
        found.append(
            Problem(
                f"{where}.amount_minor", "out_of_range", "must be 0 or more; returns are not taken"
            )
        )
    return found


def answer_to_json(answer: BasketAnswer) -> str:
    """The answer as it is kept for replays."""
    return json.dumps(asdict(answer))


def answer_from_json(text: str) -> BasketAnswer:
    """The answer that was kept."""
    kept = json.loads(text)
    coupons = tuple(
        CouponAnswer(
            code=one["code"],
            redeemed=one["redeemed"],
            reason=None if one["reason"] is None else CouponRefusal(one["reason"]),
            discount_minor=one["discount_minor"],
        )
        for one in kept["coupons"]
    )
    return BasketAnswer(kept["basket_id"], coupons, kept["total_minor"])
