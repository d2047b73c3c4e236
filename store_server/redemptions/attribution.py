"""Which decision a basket is credited to: computed from times and categories, never typed in.

A decision is credited when its unit (the shopper, or the household where it is known) buys the
promoted category between the decision and some hours after the visit (`[reports] window_hours`,
24), or redeems its coupon at any time. Held-out decisions are credited by the same rule, as if
their ghost had been shown: without that there is nothing to compare with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(hours=24)


class CreditKind(StrEnum):
    """Why a basket is credited to a decision; the first that fits."""

    REDEEMED = "redeemed"
    PROMOTED_BOUGHT = "promoted_bought"


@dataclass(frozen=True, slots=True)
class Promoted:
    """A decision that put `category` forward, or would have. `visit_ended_at` None: still in."""

    decision: str
    at: datetime
    visit_ended_at: datetime | None
    category: str


@dataclass(frozen=True, slots=True)
class Bought:
    """One basket line with what the store knows of its product; None where it knows nothing."""

    category: str | None
    units: int
    amount_minor: int
    margin_minor: int


@dataclass(frozen=True, slots=True)
class Credit:
    """What one basket bought of what one decision promoted.

    `margin_minor` is the margin of these lines less the discount that the coupon gave;
    `in_window` tells credits that both arms could have from a coupon redeemed later.
    """

    decision: str
    basket: str
    kind: CreditKind
    at: datetime
    category: str
    units: int
    amount_minor: int
    margin_minor: int
    in_window: bool


def window_ends_at(promoted: Promoted, *, window: timedelta = WINDOW) -> datetime:
    """The last instant at which a basket still counts for this decision."""
    return (promoted.visit_ended_at or promoted.at) + window


def credits_of(
    basket: str,
    *,
    at: datetime,
    bought: Sequence[Bought],
    promoted: Sequence[Promoted],
    discounts: Mapping[str, int],
    window: timedelta = WINDOW,
) -> list[Credit]:
    """One credit for each decision that this basket answers, in the order of `promoted`.

    Args:
        basket: its id.
        at: when it was paid.
        bought: its lines.
        promoted: decisions of the same unit, offered or held out.
        discounts: what each decision's coupon took off this basket, in minor units.
        window: how long after the visit a basket still counts.
    """
    found = []
    for one in promoted:
        lines = [line for line in bought if line.category == one.category]
        redeemed = one.decision in discounts
        in_window = one.at <= at <= window_ends_at(one, window=window)
        if not redeemed and not (in_window and lines):
            continue
        found.append(
            Credit(
                decision=one.decision,
                basket=basket,
                kind=CreditKind.REDEEMED if redeemed else CreditKind.PROMOTED_BOUGHT,
                at=at,
                category=one.category,
                units=sum(line.units for line in lines),
                amount_minor=sum(line.amount_minor for line in lines),
                margin_minor=sum(line.margin_minor for line in lines)
                - discounts.get(one.decision, 0),
                in_window=in_window,
            )
        )
    return found
