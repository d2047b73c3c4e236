"""A report as a table: named columns that say what they mean, and rows of plain values.

What is shown as JSON, written as CSV or Parquet, printed, and explained in docs/metrics.md is one
table, so a column has one name and one meaning everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from store_server.reports.small_cells import Cell

Value = str | int | float | bool | None


class Unit(StrEnum):
    """What the numbers of a column are."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    MONEY = "minor units"
    SECONDS = "seconds"
    NUMBER = "number"
    FLAG = "yes or no"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `says` is its formula, in words that a manager reads."""

    name: str
    unit: Unit
    says: str


@dataclass(frozen=True, slots=True)
class TableKind:
    """One report: its name in the API, what it is, its columns."""

    name: str
    title: str
    says: str
    columns: tuple[Column, ...]

    def of(self, rows: Sequence[Sequence[Value | Cell]]) -> "Table":
        """The table of these rows, each as long as there are columns.

        Raises:
            ValueError: a row is not.
        """
        plain = []
        for row in rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.name}: a row of {len(row)}, not {len(self.columns)}")
            plain.append(tuple(_plain(value) for value in row))
        return Table(self, tuple(plain))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one report. A count that may not be shown is its text ("<10", "hidden")."""

    kind: TableKind
    rows: tuple[tuple[Value, ...], ...]

    def records(self) -> list[Mapping[str, Value]]:
        """The rows by column name."""
        names = [column.name for column in self.kind.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


def _plain(value: Value | Cell) -> Value:
    if isinstance(value, Cell):
        return value.text if value.count is None else value.count
    return round(value, 6) if isinstance(value, float) else value
