"""Recency, frequency, money in fifths of all shoppers: where one stands among the others.

Fifths need everybody, so their edges are found once for all shoppers together and then hold for
each of them, also for a basket later.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from store_server.learning.lifetime_value import lifetime_value_minor
from store_server.learning.purchase_rhythm import WINDOW_DAYS, PurchaseRhythm
from store_server.shoppers.profile import Rfm

Edges: TypeAlias = tuple[float, ...]
FIFTHS = (0.2, 0.4, 0.6, 0.8)


def edges_of(values: Iterable[float]) -> Edges:
    """Where the four upper fifths begin; of nothing, edges that put everybody into the lowest."""
    numbers = np.fromiter(values, dtype=np.float64)
    if not len(numbers):
        return (float("inf"),) * len(FIFTHS)
    cut = np.quantile(numbers, FIFTHS, method="higher")
    return tuple(float(one) for one in cut)


def band(value: float, edges: Edges) -> int:
    """The fifth that `value` lies in, 1 lowest to 5 highest; equal values share their band.

    Example:
        >>> [band(value, (10.0, 20.0, 30.0, 40.0)) for value in (5, 10, 25, 99)]
        [1, 2, 3, 5]
    """
    return 1 + bisect_right(edges, value)


@dataclass(frozen=True, slots=True)
class Bands:
    """The edges of all shoppers: days silent (negative: more is better), visits, money, value."""

    recency: Edges
    frequency: Edges
    monetary: Edges
    value: Edges

    @classmethod
    def of(cls, rhythms: Iterable[PurchaseRhythm], *, today: int) -> "Bands":
        """The bands that these shoppers make up."""
        # An array of numbers, not of tuples: of a million shoppers 32 MB.
        numbers = (number for one in rhythms for number in _measures(one, today))
        measured = np.fromiter(numbers, dtype=np.float64).reshape(-1, 4)
        return cls(*(edges_of(column) for column in measured.T))

    def rfm(self, rhythm: PurchaseRhythm, *, today: int) -> Rfm:
        """Where a shopper stands on `today`; visits and money are of the last 120 days."""
        recency, frequency, monetary, _ = _measures(rhythm, today)
        return Rfm(
            recency=band(recency, self.recency),
            frequency=band(frequency, self.frequency),
            monetary=band(monetary, self.monetary),
        )

    def value_band(self, rhythm: PurchaseRhythm, *, today: int) -> int:
        """The fifth of the lifetime value."""
        return band(_measures(rhythm, today)[3], self.value)


def _measures(rhythm: PurchaseRhythm, today: int) -> tuple[float, float, float, float]:
    return (
        -float(rhythm.silent_days(today)),
        float(rhythm.visits_in(WINDOW_DAYS, today=today)),
        float(rhythm.spent_in(WINDOW_DAYS, today=today)),
        float(lifetime_value_minor(rhythm, today=today)),
    )
