"""What is brought back of a basket: what is refunded, and when a coupon is given up.

The shopper gets back what was paid for the units, discounts left out. A coupon is reversed, and
its money back in the campaign's budget, when everything that it took something off is back;
until then it stays used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from store_server.errors import Unprocessable
from store_server.redemptions.basket import Problem
from store_server.redemptions.discount import refund_of, tax_of


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A line of a basket as it was paid: `amount_minor` less `discount_minor`."""

    product_id: str
    quantity: int
    amount_minor: int
    tax_bp: int | None = None
    discount_minor: int = 0

    @property
    def paid_minor(self) -> int:
        """What the line cost after discounts, without a tax on top."""
        return self.amount_minor - self.discount_minor


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """`quantity` units of line number `line` (from 0) of the basket."""

    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class BasketReturn:
    """What a till reports as brought back; `lines` None: everything that is not back yet."""

    id: str
    basket: str
    till: str
    at: datetime
    lines: tuple[ReturnedLine, ...] | None


@dataclass(frozen=True, slots=True)
class Refund:
    """What is given back for one line."""

    line: int
    quantity: int
    refund_minor: int
    tax_minor: int | None


class BadReturn(Unprocessable):
    """A return that cannot be taken; `problems` says where and why."""

    reason = "bad_return"

    def __init__(self, problems: Sequence[Problem]) -> None:
        named = "; ".join(f"{one.where} {one.text}" for one in problems[:5])
        super().__init__(f"the return cannot be taken: {named}")
        self.problems = tuple(problems)


def left_of(lines: Sequence[PaidLine], back: Mapping[int, int]) -> dict[int, int]:
    """How many units of each line are not back yet; lines without any are left out."""
    left = {number: line.quantity - back.get(number, 0) for number, line in enumerate(lines)}
    return {number: units for number, units in left.items() if units > 0}


def problems_of_return(
    wanted: Sequence[ReturnedLine], lines: Sequence[PaidLine], back: Mapping[int, int]
) -> list[Problem]:
    """Everything wrong with what is to come back, given what came back before."""
    left = left_of(lines, back)
    found = [] if left else [Problem("lines", "nothing_left", "everything is back already")]
    seen: set[int] = set()
    for place, one in enumerate(wanted):
        where = f"lines[{place}]"
        if one.line >= len(lines):
            text = f"the basket has the lines 0 to {len(lines) - 1}"
            found.append(Problem(f"{where}.line", "unknown_line", text))
        elif one.line in seen:
            found.append(Problem(f"{where}.line", "duplicate_line", "is named twice"))
        elif left and one.quantity > left.get(one.line, 0):
            text = f"must be at most {left.get(one.line, 0)}, what is not back yet"
            found.append(Problem(f"{where}.quantity", "out_of_range", text))
        seen.add(one.line)
    return found


def refunds_of(
    wanted: Sequence[ReturnedLine],
    lines: Sequence[PaidLine],
    back: Mapping[int, int],
    *,
    tax_included: bool,
) -> list[Refund]:
    """What is given back for each of `wanted`, given the units that came `back` before."""
    return [
        _refund(one, lines[one.line], before=back.get(one.line, 0), tax_included=tax_included)
        for one in wanted
    ]


def _refund(one: ReturnedLine, line: PaidLine, *, before: int, tax_included: bool) -> Refund:
    part = refund_of(line.paid_minor, back=one.quantity, before=before, of=line.quantity)
    if line.tax_bp is None:
        return Refund(one.line, one.quantity, part, None)
    tax = tax_of(line.paid_minor, line.tax_bp, included=tax_included)
    tax_part = refund_of(tax, back=one.quantity, before=before, of=line.quantity)
    return Refund(one.line, one.quantity, part if tax_included else part + tax_part, tax_part)


def is_given_up(
    shares: Sequence[tuple[int, int]], lines: Sequence[PaidLine], back: Mapping[int, int]
) -> bool:
    """Whether everything that a coupon took something off is back.

    `shares`: (line, minor units) of the coupon; without any, the whole basket must be back.
    """
    touched = [line for line, minor in shares if minor > 0] or list(range(len(lines)))
    return all(back.get(line, 0) >= lines[line].quantity for line in touched)


def refund_document(refund: Refund) -> dict[str, object]:
    """A refund as the till is told."""
    return asdict(refund)
