"""P(buy the category in this visit | no offer): the shopper's own decayed share, smoothed.

    chance = (own baskets with it + K x population share) / (own baskets + K)

A shopper of whom nothing is known buys like the population; K baskets of one's own weigh as much
as that belief. This is the posterior mean of a Beta prior with the population's mean and
strength K. The rate is per visit: baskets stand for visits.

The model lives in memory and is changed only after a commit; which baskets it has seen is known
by the database (unique basket ids), so that a replayed basket never comes here.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from store_server.ids import ShopperId
from store_server.learning.purchase_stats import ShopperPurchases, weight_at

# Measured together with the half-life, see purchase_stats.py.
PRIOR_BASKETS = 4.0

# A category nobody has bought yet is rare, not impossible: one basket in a hundred, on the
# evidence of one basket.
NEW_CATEGORY_SHARE = 0.01


class BasketSeen(NamedTuple):
    """One basket as the model needs it."""

    shopper: ShopperId
    at: datetime
    categories: Collection[str]


class Taste(NamedTuple):
    """What is known of a shopper's taste, one entry for each category asked for.

    chances: P(buy | no offer). own: whether the shopper has ever bought of it.
    """

    chances: Sequence[float]
    own: Sequence[bool]


class PurchaseModel:
    """Decayed counts of every shopper and of all together."""

    def __init__(self) -> None:
        self._of: dict[ShopperId, ShopperPurchases] = {}
        self._all = ShopperPurchases()

    def load(self, rows: Iterable[BasketSeen]) -> int:
        """Take in the history, each basket once; how many there were."""
        number = 0
        for row in rows:
            self.update(row.shopper, row.at, row.categories)
            number += 1
        return number

    def update(self, shopper: ShopperId, at: datetime, categories: Collection[str]) -> None:
        """Learn one basket, in O(categories); late baskets count as if they had come in time.

        Args:
            shopper: whose basket it is.
            at: when it was paid for.
            categories: the categories in it; an empty basket is still a visit.
        """
        weight = weight_at(at)
        own = self._of.get(shopper)
        if own is None:
            own = self._of[shopper] = ShopperPurchases()
        own.add(weight, categories)
        self._all.add(weight, categories)

    def chance(self, shopper: ShopperId | None, category: str, at: datetime) -> float:
        """P(buy `category` in a visit at `at` | no offer), 0..1 both excluded.

        Args:
            shopper: None, or one without history, buys like the population.
            category: as in the offer.
            at: the instant of the visit.
        """
        scale = weight_at(at)
        population = (self._all.count(category, scale=scale) + NEW_CATEGORY_SHARE) / (
            self._all.baskets / scale + 1.0
        )
        own = self._of.get(shopper) if shopper is not None else None
        if own is None:
            return population
        bought = own.count(category, scale=scale) + PRIOR_BASKETS * population
        return bought / (own.baskets / scale + PRIOR_BASKETS)

    def taste(self, shopper: ShopperId | None, categories: Sequence[str], at: datetime) -> Taste:
        """`chance` of many categories at once, and which of them the shopper has ever bought."""
        scale = weight_at(at)
        everybody, visits = self._all.by_category, self._all.baskets / scale + 1.0
        shares = [
            (everybody.get(name, 0.0) / scale + NEW_CATEGORY_SHARE) / visits for name in categories
        ]
        own = self._of.get(shopper) if shopper is not None else None
        if own is None:
            return Taste(shares, [False] * len(shares))
        mine, baskets = own.by_category, own.baskets / scale + PRIOR_BASKETS
        return Taste(
            [
                (mine.get(name, 0.0) / scale + PRIOR_BASKETS * share) / baskets
                for name, share in zip(categories, shares, strict=True)
            ],
            [name in mine for name in categories],
        )

    def forget(self, shopper: ShopperId) -> bool:
        """Erase the shopper's own counts; whether there were any.

        What they added to the population stays: it names nobody.
        """
        return self._of.pop(shopper, None) is not None

    def relearn(self, shopper: ShopperId, rows: Iterable[BasketSeen]) -> None:
        """Count the shopper's own baskets anew: these and no others. The population stays."""
        self._of.pop(shopper, None)
        for row in rows:
            own = self._of.setdefault(shopper, ShopperPurchases())
            own.add(weight_at(row.at), row.categories)

    def __len__(self) -> int:
        """How many shoppers have a history."""
        return len(self._of)
