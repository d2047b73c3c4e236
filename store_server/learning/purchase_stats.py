"""What one shopper buys how often, with old purchases counting less: decayed counts.

Forward decay: a basket at time t adds 2^((t - LANDMARK) / half-life) and nothing stored is ever
touched again, so a basket costs O(its categories), and a late one counts exactly as if it had
come in time. The common factor cancels in a share and is divided out where a count is needed.
Source: Cormode, Shkapenyuk, Srivastava, Xu, "Forward Decay" (ICDE 2009), exponential case.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

LANDMARK = datetime(2020, 1, 1, tzinfo=UTC)

# Grocery taste drifts over a season, while a category may be bought monthly: short half-lives
# forget it between two purchases, long ones keep last year's baby food.
# Measured by benchmarks/purchase_half_life.py on real baskets: log loss .898 of the population
# share's with 15 days, .851 with 90 or 120, .854 with 365 (docs/decisions.md).
HALF_LIFE_DAYS = 90.0


def weight_at(at: datetime) -> float:
    """How much a basket at `at` weighs on the forward scale; doubles every half-life.

    A float holds it from 1750 to 2270 or so; earlier weighs nothing, later is refused upstream.
    """
    days = (at - LANDMARK).total_seconds() / 86_400
    return float(2.0 ** min(days / HALF_LIFE_DAYS, 1000.0))


@dataclass(slots=True)
class ShopperPurchases:
    """Decayed baskets, and decayed baskets that held each category, on the forward scale."""

    baskets: float = 0.0
    by_category: dict[str, float] = field(default_factory=dict)

    def add(self, weight: float, categories: Iterable[str]) -> None:
        """Count one basket of this weight; a category counts once however many items it had."""
        self.baskets += weight
        for category in sorted(set(categories)):
            self.by_category[category] = self.by_category.get(category, 0.0) + weight

    def count(self, category: str, *, scale: float) -> float:
        """Decayed baskets with the category, as of the instant whose weight is `scale`."""
        return self.by_category.get(category, 0.0) / scale
