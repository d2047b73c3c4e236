"""Seed files in CSV: products, shoppers, purchases; read as a stream, refused line by line.

A refusal names file, line, field, value and what is expected. Nothing of a file is loaded before
all of it was read once: `first_faults` goes through it, then it is read again.
"""

import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar

from store_server.errors import ConfigError, Unprocessable
from store_server.ids import HouseholdId, ShopperId
from store_server.shop.product import Product
from store_server.shoppers.shopper import Shopper, check_language, check_shopper_name

T = TypeVar("T")
CsvKind = Literal["products", "shoppers", "purchases"]
Row = dict[str, str]

COLUMNS: dict[CsvKind, tuple[str, ...]] = {
    "products": ("product_id", "name", "category", "department", "price_minor", "margin_bp"),
    "shoppers": ("shopper_id", "household_id", "language"),
    "purchases": ("shopper_id", "basket_id", "at", "product_id", "quantity", "amount_minor"),
}
MOST_FAULTS = 20
_WHOLE = re.compile(r"-?\d{1,15}")


@dataclass(frozen=True, slots=True)
class SeedPurchaseLine:
    """One row of a purchases file; rows of one basket stand together."""

    shopper: ShopperId
    basket: str
    at: datetime
    product: str
    quantity: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class SeedCsv:
    """A seed file whose columns are known; `rows` reads it anew each time."""

    path: Path
    kind: CsvKind

    def products(self) -> Iterator[Product]:
        """The products of the file, as a stream."""
        return self._each(read_product)

    def shoppers(self, *, created_at: datetime) -> Iterator[Shopper]:
        """The shoppers of the file, as a stream."""
        return self._each(lambda row: read_shopper(row, created_at=created_at))

    def baskets(self) -> Iterator[list[SeedPurchaseLine]]:
        """The purchases of the file basket by basket, as a stream.

        Raises:
            ConfigError: a basket comes in two places, or has two shoppers or instants.
        """
        seen: set[str] = set()
        lines = self._each(read_purchase_line)
        for basket, group in itertools.groupby(lines, key=lambda line: line.basket):
            rows = list(group)
            if basket in seen:
                raise ConfigError(
                    f"{self.path}: basket_id {basket!r} comes in two places; the rows of a basket "
                    "must stand together: sort the file by shopper_id and basket_id"
                )
            if len({(row.shopper, row.at) for row in rows}) > 1:
                raise ConfigError(
                    f"{self.path}: basket_id {basket!r} has two shoppers or instants; a basket has "
                    "one of each"
                )
            seen.add(basket)
            yield rows

    def first_faults(self, *, now: datetime) -> list[str]:
        """The first 20 things that are wrong in the file, one line of text each."""
        read: Callable[[Row], object]
        match self.kind:
            case "products":
                read = read_product
            case "shoppers":
                read = lambda row: read_shopper(row, created_at=now)  # noqa: E731 - one of three
            case "purchases":
                read = read_purchase_line
        faults = list(itertools.islice(self._faults(read), MOST_FAULTS))
        if not faults and self.kind == "purchases":
            try:
                for _ in self.baskets():
                    pass
            except ConfigError as error:
                faults.append(str(error))
        return faults

    def _faults(self, read: Callable[[Row], object]) -> Iterator[str]:
        for number, row in self._rows():
            try:
                read(row)
            except Unprocessable as refusal:
                yield f"{self.path}:{number}: {refusal}"

    def _each(self, read: Callable[[Row], T]) -> Iterator[T]:
        for number, row in self._rows():
            try:
                yield read(row)
            except Unprocessable as refusal:
                raise ConfigError(f"{self.path}:{number}: {refusal}") from None

    def _rows(self) -> Iterator[tuple[int, Row]]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file, strict=True)
                for row in reader:
                    yield reader.line_num, _whole_row(row, where=f"{self.path}:{reader.line_num}")
        except (csv.Error, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.path}: cannot be read as CSV in UTF-8: {error}") from None


def open_seed_csv(path: Path) -> SeedCsv:
    """The seed file at `path`; what it holds is told by its first line.

    Raises:
        ConfigError: it is not there, or its columns are those of no seed file.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path}: cannot be read as CSV in UTF-8: {error}") from None
    for kind, columns in COLUMNS.items():
        if set(header) == set(columns) and len(header) == len(columns):
            return SeedCsv(path, kind)
    known = "; ".join(f"{kind}: {','.join(columns)}" for kind, columns in COLUMNS.items())
    raise ConfigError(f"{path}:1: the columns are {','.join(header)[:120]!r}; must be {known}")


def read_product(row: Row) -> Product:
    """The product of a row.

    Raises:
        Unprocessable: a field cannot be.
    """
    return Product(
        id=_text(row, "product_id", longest=64),
        name=_text(row, "name", longest=200),
        category=_text(row, "category", longest=80),
        department=_text(row, "department", longest=80),
        price_minor=_whole(row, "price_minor", least=0, most=10**9),
        margin_bp=_whole(row, "margin_bp", least=0, most=10_000),
    )


def read_shopper(row: Row, *, created_at: datetime) -> Shopper:
    """The shopper of a row; an empty household is none.

    Raises:
        Unprocessable: a field cannot be.
    """
    household = row["household_id"].strip()
    return Shopper(
        id=ShopperId(check_shopper_name(row["shopper_id"].strip())),
        household=HouseholdId(check_shopper_name(household, what="household_id"))
        if household
        else None,
        language=check_language(row["language"].strip() or "en"),
        created_at=created_at,
    )


def read_purchase_line(row: Row) -> SeedPurchaseLine:
    """The line of a row.

    Raises:
        Unprocessable: a field cannot be.
    """
    return SeedPurchaseLine(
        shopper=ShopperId(check_shopper_name(row["shopper_id"].strip())),
        basket=_text(row, "basket_id", longest=64),
        at=_instant(row, "at"),
        product=_text(row, "product_id", longest=64),
        quantity=_whole(row, "quantity", least=1, most=100_000),
        amount_minor=_whole(row, "amount_minor", least=0, most=10**9),
    )


def _whole_row(row: dict[str | None, str | None], *, where: str) -> Row:
    """The row with exactly the fields of the header."""
    if None in row or any(value is None for value in row.values()):
        raise ConfigError(f"{where}: has too many or too few fields; one for each column")
    return {key: value for key, value in row.items() if key is not None and value is not None}


def _text(row: Row, field: str, *, longest: int) -> str:
    value = row[field].strip()
    if not (0 < len(value) <= longest and value.isprintable()):
        raise Unprocessable(
            f"{field} is {value[:40]!r}; must be 1 to {longest} printable characters"
        )
    return value


def _whole(row: Row, field: str, *, least: int, most: int) -> int:
    text = row[field].strip()
    number = int(text) if _WHOLE.fullmatch(text) else None
    if number is None or not least <= number <= most:
        raise Unprocessable(f"{field} is {text[:40]!r}; must be a whole number {least}..{most}")
    return number


def _instant(row: Row, field: str) -> datetime:
    text = row[field].strip()
    try:
        instant: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or not 2000 <= instant.year < 2100:
        raise Unprocessable(
            f"{field} is {text[:40]!r}; must be an instant with its offset, like "
            "2026-02-01T17:30:00Z"
        )
    return instant


def chunked(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of `size`, the last one shorter."""
    stream = iter(items)
    while chunk := list(itertools.islice(stream, size)):
        yield chunk
