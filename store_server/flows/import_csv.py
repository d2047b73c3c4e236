"""Files to be imported, row by row: what is right is taken, what is wrong is named and left out.

Other than a seed file, which is ours and loaded whole or not at all, an import is somebody else's
export: some of its rows are wrong, and the others are wanted all the same. Rows are numbered by the
line of the file they end on, as an editor shows them.
"""

import csv
import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from store_server.errors import ConfigError, Refusal, Unprocessable
from store_server.flows.seed_csv import (
    Row,
    SeedPurchaseLine,
    read_purchase_line,
    read_shopper,
)
from store_server.ids import ShopperId, natural_id
from store_server.shoppers.shopper import Shopper, check_shopper_name

ImportKind = Literal["shoppers", "purchases", "audience"]
Item = Shopper | ShopperId | list[SeedPurchaseLine]

# Columns that a file must have, and those that it may have.
NEEDED: dict[ImportKind, tuple[str, ...]] = {
    "shoppers": ("shopper_id",),
    "purchases": ("shopper_id", "basket_id", "at", "product_id", "quantity", "amount_minor"),
    "audience": ("shopper_id",),
}
OPTIONAL: dict[ImportKind, tuple[str, ...]] = {
    "shoppers": ("household_id", "language"),
    "purchases": (),
    "audience": (),
}
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row was left out: the line it ends on, and where, what and what is expected."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ImportItem:
    """Something to take in, out of the rows up to this line; or why it cannot be."""

    line: int
    item: Item | None
    fault: RowFault | None = None


@dataclass(slots=True)
class ImportFile:
    """A file whose columns are known; `read_bytes` is how far its reading has come."""

    path: Path
    kind: ImportKind
    columns: tuple[str, ...]
    size_bytes: int
    read_bytes: int = 0

    def import_id(self, *, org: str, name: str = "") -> str:
        """Names what is imported: the same bytes as the same thing are the same import."""
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
        return natural_id("import", org, self.kind, name, digest.hexdigest())

    def items(self, *, now: datetime) -> Iterator[ImportItem]:
        """What the file holds, in its order, as a stream."""
        match self.kind:
            case "shoppers":
                return self._each(lambda row: read_shopper(row, created_at=now))
            case "audience":
                return self._each(lambda row: ShopperId(check_shopper_name(row["shopper_id"])))
            case "purchases":
                return self._baskets()

    def _each(self, read: Callable[[Row], Item]) -> Iterator[ImportItem]:
        for line, row in self._rows():
            if isinstance(row, str):
                yield ImportItem(line, None, RowFault(line, row))
                continue
            try:
                yield ImportItem(line, read(row))
            except Refusal as refusal:
                yield ImportItem(line, None, RowFault(line, str(refusal)))

    def _baskets(self) -> Iterator[ImportItem]:
        """Whole baskets; one with a wrong row is left out whole: half a basket is a wrong one."""
        seen: set[bytes] = set()
        for basket, group in itertools.groupby(self._rows(), key=_basket_of):
            rows = list(group)
            line = rows[-1][0]
            fault = next((RowFault(at, row) for at, row in rows if isinstance(row, str)), None)
            if fault is None and basket is not None and _short(basket) in seen:
                text = "basket_id comes in two places; the rows of a basket must stand together"
                fault = RowFault(rows[0][0], text)
            lines: list[SeedPurchaseLine] = []
            for at, row in rows if fault is None else ():
                assert not isinstance(row, str)
                try:
                    lines.append(read_purchase_line(row))
                except Unprocessable as refusal:
                    fault = RowFault(at, str(refusal))
                    break
            if fault is None and len({(one.shopper, one.at) for one in lines}) > 1:
                fault = RowFault(line, "basket_id has two shoppers or instants; must be one each")
            if basket is not None:
                seen.add(_short(basket))
            yield ImportItem(line, None if fault else lines, fault)

    def _rows(self) -> Iterator[tuple[int, Row | str]]:
        """(line, row, or what is wrong with it)."""
        reader = csv.reader(self._lines())
        next(reader)
        for fields in _without_csv_errors(reader):
            if isinstance(fields, str):
                yield reader.line_num, fields
            elif len(fields) != len(self.columns):
                text = f"has {len(fields)} fields; must have {len(self.columns)}"
                yield reader.line_num, f"{text}: {','.join(self.columns)}"
            else:
                empty = dict.fromkeys((*NEEDED[self.kind], *OPTIONAL[self.kind]), "")
                yield reader.line_num, empty | dict(zip(self.columns, fields, strict=True))

    def _lines(self) -> Iterator[str]:
        self.read_bytes = 0
        with self.path.open("rb") as file:
            for number, raw in enumerate(file):
                self.read_bytes += len(raw)
                # A byte that is no UTF-8 spoils its row, not the file: U+FFFD is refused there.
                yield raw.decode("utf-8-sig" if number == 0 else "utf-8", errors="replace")


def open_import(path: Path, kind: ImportKind) -> ImportFile:
    """The file at `path`, to be imported as `kind`.

    Raises:
        ConfigError: it cannot be read, or a column is missing, strange or there twice.
    """
    try:
        size_bytes = path.stat().st_size
        with path.open("rb") as file:
            first = file.readline().decode("utf-8-sig")
        header = tuple(name.strip() for name in next(csv.reader([first]), []))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path}: cannot be read as CSV in UTF-8: {error}") from None
    known = {*NEEDED[kind], *OPTIONAL[kind]}
    missing = [name for name in NEEDED[kind] if name not in header]
    strange = [name for name in header if name not in known]
    if missing or strange or len(set(header)) != len(header):
        more = f"; may have {','.join(OPTIONAL[kind])}" if OPTIONAL[kind] else ""
        raise ConfigError(
            f"{path}:1: the columns are {','.join(header)[:120]!r}; "
            f"must have {','.join(NEEDED[kind])}{more}, each once"
        )
    return ImportFile(path, kind, header, size_bytes)


def _without_csv_errors(rows: Iterator[list[str]]) -> Iterator[list[str] | str]:
    """Rows, or what is wrong with one; the reader goes on with the next line."""
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"cannot be read as CSV: {error}"
            continue
        if not row:
            continue
        spoilt = any("\ufffd" in field or "\x00" in field for field in row)
        yield "is not UTF-8 or holds NUL; save the file as UTF-8" if spoilt else row


def _basket_of(numbered: tuple[int, Row | str]) -> str | None:
    row = numbered[1]
    return None if isinstance(row, str) else row["basket_id"].strip()


def _short(basket: str) -> bytes:
    """Ten million ids fit into memory by this; two that share one are not to be feared."""
    return hashlib.blake2b(basket.encode(), digest_size=8).digest()
