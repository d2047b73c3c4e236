"""What one basket holds that is credited to one decision, shelf by shelf."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CreditedBasket:
    """A basket that answers a decision; amounts in minor units, less what was brought back.

    kind: redeemed, or promoted_bought. margin_minor: of the promoted lines, less the discount.
    promoted_minor / related_minor / other_minor: the promoted category, other categories of its
    department (where an offer may take from other shelves), the rest of the shop (where it may
    bring something along); before discounts.
    """

    basket: str
    at: datetime
    kind: str
    in_window: bool
    category: str
    units: int
    margin_minor: int
    promoted_minor: int
    related_minor: int
    other_minor: int
