"""A basket as far as taste is concerned: who, when, what, how much."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from store_server.ids import ShopperId


@dataclass(frozen=True, slots=True)
class PurchaseLine:
    """One line; category None when the product is not known. Money in minor units."""

    product: str
    category: str | None
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """One basket of a known shopper; `basket` is unique in the organisation."""

    basket: str
    shopper: ShopperId
    at: datetime
    lines: tuple[PurchaseLine, ...]

    @property
    def categories(self) -> frozenset[str]:
        """The known categories in it."""
        return frozenset(line.category for line in self.lines if line.category is not None)


class Spent(NamedTuple):
    """What one basket came to, in minor units."""

    at: datetime
    amount_minor: int
