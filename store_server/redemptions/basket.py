"""A till receipt, and what is wrong with one.

Amounts are in minor units of the store's currency, before any discount of ours; whether they
hold the tax, the receipt says. What is brought back is a return (see basket_return.py), never a
negative line.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from store_server.errors import Unprocessable
from store_server.ids import ShopperId
from store_server.redemptions.coupon_code import parse

MAX_LINES = 1_000
MAX_COUPONS = 50
MAX_QUANTITY = 100_000
MAX_AMOUNT_MINOR = 10_000_000_000
MAX_TAX_BP = 10_000
# A till's clock may be in another time zone, or the event clock may lag; a day off is a fault.
MAX_AHEAD = timedelta(hours=12)
MAX_BEHIND = timedelta(days=90)
_ID = re.compile(r"[!-~]{1,100}")


@dataclass(frozen=True, slots=True)
class BasketLine:
    """`quantity` of one product for `amount_minor` together; `tax_bp` None: the till says none.

    product_id: the retailer's own name, or a GTIN in 14 digits.
    """

    product_id: str
    quantity: int
    amount_minor: int
    tax_bp: int | None = None


@dataclass(frozen=True, slots=True)
class GivenCoupon:
    """A discount that a till gave by itself while it was offline."""

    code: str
    discount_minor: int


@dataclass(frozen=True, slots=True)
class Basket:
    """What a till reports. `shopper` is the loyalty id, None when none was shown.

    given: what the till took off by itself while it was offline.
    prices_include_tax: False where tax comes on top of the shelf's price.
    """

    id: str
    till: str
    at: datetime
    shopper: ShopperId | None
    lines: tuple[BasketLine, ...]
    coupons: tuple[str, ...]
    currency: str | None = None
    given: tuple[GivenCoupon, ...] = ()
    prices_include_tax: bool = True

    @property
    def gross_minor(self) -> int:
        """The sum of its lines, before discounts."""
        return sum(line.amount_minor for line in self.lines)

    def fingerprint(self) -> str:
        """64 hex digits that two baskets share only when every value is the same.

        What later versions added counts only where it says something, so that a till that asks
        again after an upgrade is still known.
        """
        values: dict[str, object] = {
            "id": self.id,
            "till": self.till,
            "at": self.at.timestamp(),
            "shopper": self.shopper,
            "lines": [_line_values(line) for line in self.lines],
            "coupons": self.coupons,
            "currency": self.currency,
        }
        if self.given:
            values["given"] = [[one.code, one.discount_minor] for one in self.given]
        if not self.prices_include_tax:
            values["prices_include_tax"] = False
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _line_values(line: BasketLine) -> dict[str, object]:
    values: dict[str, object] = {
        "product_id": line.product_id,
        "quantity": line.quantity,
        "amount_minor": line.amount_minor,
    }
    return values if line.tax_bp is None else values | {"tax_bp": line.tax_bp}


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
    shown = [*basket.coupons, *(one.code for one in basket.given)]
    spelled = Counter(parse(code) or code for code in shown)
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
    if basket.given and sum(x.discount_minor for x in basket.given) > basket.gross_minor:
        text = "must take off no more than the lines come to"
        found.append(Problem("offline_coupons", "out_of_range", text))
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
                f"{where}.amount_minor",
                "out_of_range",
                "must be 0 or more; post what comes back as a return",
            )
        )
    if line.tax_bp is not None and not 0 <= line.tax_bp <= MAX_TAX_BP:
        found.append(Problem(f"{where}.tax_bp", "out_of_range", f"must be 0 to {MAX_TAX_BP}"))
    return found
