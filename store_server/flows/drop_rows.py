"""Rows of a dropped CSV file become receipts, or say row by row what is wrong with them."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from store_server.errors import Refusal
from store_server.ids import ShopperId
from store_server.redemptions.basket import Basket, BasketLine, GivenCoupon
from store_server.shop.gtin import gtin_of

NEEDED = ("basket_id", "till", "at", "quantity", "amount_minor")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DroppedReceipt:
    """The rows of one receipt with their lines in the file; `errors` by place in `rows`."""

    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    basket: Basket | None = None
    errors: Mapping[int, str] = field(default_factory=dict)

    def with_refusal(self, refusal: Refusal) -> "DroppedReceipt":
        """This receipt with what the store said against it, beside the rows that it is about."""
        errors: dict[int, str] = {}
        for problem in getattr(refusal, "problems", ()):
            head, _, rest = problem.where.partition("]")
            place = int(head.removeprefix("lines[")) if head.startswith("lines[") and rest else 0
            text = f"{rest.removeprefix('.') or problem.where} {problem.text}"
            errors[place] = "; ".join(filter(None, (errors.get(place), text)))
        return replace(self, errors=errors or {0: str(refusal)})

    def rows_with_errors(self) -> Iterator[tuple[Row, int, str]]:
        """(row, line in the file, what is wrong with it) of every row; none is left out."""
        for place, (row, line) in enumerate(zip(self.rows, self.lines, strict=True)):
            yield row, line, self.errors.get(place, "")


def missing_columns(columns: Sequence[str]) -> list[str]:
    """The needed columns that a file does not have."""
    missing = [name for name in NEEDED if name not in columns]
    if "product_id" not in columns and "gtin" not in columns:
        missing.append("product_id or gtin")
    return missing


def read_receipts(rows: "csv.DictReader[str]") -> Iterator[DroppedReceipt]:
    """The receipts of a file: rows of one `basket_id` that stand together."""
    numbered = ((rows.line_num, row) for row in rows)
    for _, group in groupby(numbered, key=lambda pair: (pair[1].get("basket_id") or "").strip()):
        pairs = list(group)
        receipt = DroppedReceipt(tuple(row for _, row in pairs), tuple(line for line, _ in pairs))
        yield _read(receipt)


def _read(receipt: DroppedReceipt) -> DroppedReceipt:
    errors: dict[int, str] = {}
    lines = []
    for place, row in enumerate(receipt.rows):
        try:
            lines.append(_line(row))
        except ValueError as error:
            errors[place] = str(error)
    try:
        basket = _basket(receipt.rows[0], tuple(lines))
    except ValueError as error:
        errors[0] = "; ".join(filter(None, (str(error), errors.get(0))))
        basket = None
    return replace(receipt, basket=basket, errors=errors)


def _basket(row: Row, lines: tuple[BasketLine, ...]) -> Basket:
    shopper = _text(row, "shopper_id")
    return Basket(
        id=_text(row, "basket_id"),
        till=_text(row, "till"),
        at=_instant(_text(row, "at")),
        shopper=ShopperId(shopper) if shopper else None,
        lines=lines,
        coupons=tuple(_text(row, "coupon_codes").split()),
        currency=_text(row, "currency") or None,
        given=tuple(_given(one) for one in _text(row, "offline_coupons").split()),
    )


def _line(row: Row) -> BasketLine:
    if None in row:
        raise ValueError("has more values than the file has columns; quote commas in values")
    product, gtin = _text(row, "product_id"), _text(row, "gtin")
    if bool(product) == bool(gtin):
        raise ValueError("must name the product by product_id or by gtin, one of them")
    if gtin:
        read = gtin_of(gtin)
        if read is None:
            raise ValueError(f"gtin {gtin[:40]!r} has no valid length or check digit")
        product = read
    tax = _text(row, "tax_bp")
    return BasketLine(
        product,
        _whole(row, "quantity"),
        _whole(row, "amount_minor"),
        _whole(row, "tax_bp") if tax else None,
    )


def _given(text: str) -> GivenCoupon:
    code, equals, minor = text.rpartition("=")
    if not equals or not (minor.isascii() and minor.isdigit() and len(minor) <= 11):
        raise ValueError("offline_coupons must be CODE=MINOR, several with spaces between them")
    return GivenCoupon(code, int(minor))


def _whole(row: Row, name: str) -> int:
    text = _text(row, name)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 11):
        raise ValueError(f"{name} is {text[:40]!r}; must be a whole number")
    return int(text)


def _instant(text: str) -> datetime:
    try:
        at: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1970 < at.year < 2200:
        raise ValueError(
            f"at is {text[:40]!r}; must be an instant with its offset, like 2026-03-02T09:30:00Z"
        )
    return at


def _text(row: Row, name: str) -> str:
    return (row.get(name) or "").strip()
