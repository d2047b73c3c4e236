"""The seed as files that `store-server seed` reads: offers and campaigns TOML, three CSV."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from firmware_sim.retail_data import MARGIN_BP, RetailSeed

Document = Mapping[str, object]


def write_seed_files(
    folder: Path,
    seed: RetailSeed,
    *,
    offers: Sequence[Document],
    campaigns: Sequence[Document],
) -> list[Path]:
    """Write products, offers, shoppers and purchases into `folder`; the files in seeding order."""
    folder.mkdir(parents=True, exist_ok=True)
    products, shoppers = folder / "products.csv", folder / "shoppers.csv"
    purchases, promises = folder / "purchases.csv", folder / "offers.toml"
    _write_csv(
        products,
        ("product_id", "name", "category", "department", "price_minor", "margin_bp"),
        (
            (one.product_id, one.name, one.category, one.department, one.price_minor, MARGIN_BP)
            for one in seed.products
        ),
    )
    promises.write_text(
        toml_of("offers", offers) + "\n" + toml_of("campaigns", campaigns), encoding="utf-8"
    )
    _write_csv(
        shoppers,
        ("shopper_id", "household_id", "language"),
        ((shopper, household, "en") for shopper, household in seed.shoppers),
    )
    _write_csv(
        purchases,
        ("shopper_id", "basket_id", "at", "product_id", "quantity", "amount_minor"),
        (
            (one.shopper, one.basket_id, one.at, one.product_id, one.quantity, one.amount_minor)
            for one in seed.purchases
        ),
    )
    return [products, promises, shoppers, purchases]


def toml_of(name: str, documents: Iterable[Document]) -> str:
    """An array of tables in TOML.

    Example:
        >>> print(toml_of("offers", [{"id": "rye", "price_minor": 250}]))
        [[offers]]
        id = "rye"
        price_minor = 250
        <BLANKLINE>
    """
    parts = []
    for document in documents:
        parts.append(f"[[{name}]]\n")
        parts.extend(f"{key} = {_value(value)}\n" for key, value in document.items())
    return "".join(parts)


def toml_table(name: str, values: Document) -> str:
    """One table in TOML, with a blank line after it."""
    lines = "".join(f"{key} = {_value(value)}\n" for key, value in values.items())
    return f"[{name}]\n{lines}\n"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key} = {_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    # Numbers and booleans of TOML are written as in JSON, and basic strings but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
