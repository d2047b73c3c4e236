"""P(buy | no offer): the purchase model against a regression on the ranker's statistics.

The task of benchmarks/purchase_half_life.py (60 commonest categories, asked before each basket from
August to October 2017): log loss, and the time of one visit's 60 chances. The regression is
trained on the eight weeks before, of four times as many households.

Run: python -m benchmarks.purchase_chance [HOUSEHOLDS]   (needs the extra demo)
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from time import process_time

import numpy as np
from numpy.typing import NDArray

from benchmarks.purchase_half_life import FIRST_QUERY, Basket, read_baskets
from store_server.learning.logistic import LogisticRescorer
from store_server.learning.own_items import Trip
from store_server.learning.purchase_model import PurchaseModel
from store_server.learning.purchase_statistics import (
    BasketEvent,
    PurchaseStatistics,
    hour_of_week,
    seconds,
)
from store_server.learning.rank_features import describe
from store_server.learning.rescoring import gathered

Floats = NDArray[np.float64]
TRAINED_ON = timedelta(days=56)


class Regression:
    """Statistics of all baskets so far, and chances by the trained weights."""

    def __init__(self, categories: list[str]) -> None:
        self.statistics = PurchaseStatistics()
        self._items = [self.statistics.items.number(name) for name in categories]
        self.statistics.buyers.extend([0] * len(categories))
        self.statistics.repeats.extend([0] * len(categories))
        self.statistics.gap_s.extend([0] * len(categories))
        self.weights: LogisticRescorer | None = None

    def features(self, basket: Basket) -> Floats:
        """(categories,) rows in the order asked."""
        history = self.statistics.history(basket.shopper)
        trip = Trip(seconds(basket.at), hour_of_week(basket.at), -1)
        found = describe(self.statistics, history, trip=trip, only=self._items)
        return found.features[np.argsort(found.item)]

    def chances(self, basket: Basket) -> Floats:
        """P(buy) of each category."""
        assert self.weights is not None
        return self.weights.chance(self.features(basket))


def event(basket: Basket) -> BasketEvent:
    """The basket as the statistics take it."""
    items = sorted(basket.categories)
    return {"shopper_id": basket.shopper, "ts": basket.at, "store_id": None, "items": items}


def log_loss(chances: Floats, bought: NDArray[np.bool_]) -> float:
    """Mean over all."""
    safe = np.clip(chances, 1e-6, 1 - 1e-6)
    return float(-np.log(np.where(bought, safe, 1 - safe)).mean())


def timed(ask: Callable[[Basket], Floats], basket: Basket, spent_s: list[float]) -> Floats:
    """The answer, its thread time noted."""
    start = process_time()
    answer = ask(basket)
    spent_s.append(process_time() - start)
    return answer


def main() -> None:
    """Print log loss and time of both."""
    asked_of = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    baskets, categories = read_baskets(asked_of * 4)
    households = sorted({one.shopper for one in baskets})
    asked_shoppers = set(households[::4])
    # Only categories that count: the regression numbers them first.
    chosen = frozenset(categories)
    model, regression = PurchaseModel(), Regression(categories)
    trips: list[tuple[Floats, NDArray[np.bool_]]] = []
    said: tuple[list[NDArray[np.bool_]], list[Floats], list[Floats]] = ([], [], [])
    times: tuple[list[float], list[float]] = ([], [])
    for basket in baskets:
        bought = np.array([name in basket.categories for name in categories])
        known = regression.statistics.history(basket.shopper) is not None
        asked = basket.at >= FIRST_QUERY and basket.shopper in asked_shoppers and known
        if FIRST_QUERY - TRAINED_ON <= basket.at < FIRST_QUERY and known:
            trips.append((regression.features(basket), bought))
        elif asked:
            if regression.weights is None:
                regression.weights = LogisticRescorer.trained(gathered(trips))
            said[0].append(bought)
            said[1].append(
                timed(
                    lambda one: np.array(
                        [model.chance(one.shopper, name, one.at) for name in categories]
                    ),
                    basket,
                    times[0],
                )
            )
            said[2].append(timed(regression.chances, basket, times[1]))
        model.update(basket.shopper, basket.at, basket.categories)
        regression.statistics.take(event(basket._replace(categories=basket.categories & chosen)))
    outcome = np.array(said[0])
    for name, chances, spent in (
        ("purchase model", said[1], times[0]),
        ("regression", said[2], times[1]),
    ):
        loss = log_loss(np.array(chances), outcome)
        bias = np.array(chances).sum() / outcome.sum()
        cost_ms = 1e3 * float(np.median(spent))
        print(
            f"{name:16s} log loss {loss:.4f}  said / bought {bias:.3f}  60 chances {cost_ms:.2f} ms"
        )


if __name__ == "__main__":
    main()
