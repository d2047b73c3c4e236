"""Units as Parquet files, one for each month, and their lift over any span by DuckDB.

A database keeps what a store needs; a chain wants years. Each month's file holds the units whose
first decision fell into it, without a name: arm, outcomes, spend before, cuts. DuckDB adds up
counts, sums and products of any number of files and stores; from these `moments` the estimates of
the report are made, so a long span is measured by the same code as a short one.

    FOLDER/org=ORG/store=STORE/month=YYYY-MM/units.parquet
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from store_server.errors import Unprocessable
from store_server.ids import Scope
from store_server.reports.confidence_sequence import UNITS_LEAST, reach
from store_server.reports.cuped import BEFORE_BLOCKS
from store_server.reports.effect import estimates, fixed_intervals
from store_server.reports.moments import Moments, moments_from_sums
from store_server.reports.outcomes import HEADLINES, SOURCES, Cut, Metric, UnitOutcome
from store_server.reports.small_cells import LEAST_SHOWN
from store_server.reports.table import Column, Table, TableKind, Unit, Value

BEFORE = tuple(f"before_{block + 1}" for block in range(BEFORE_BLOCKS))
GROUPS = ("month", *Cut)
LONG_LIFT = TableKind(
    "long_lift",
    "Lift over a long span",
    "The lift of units out of Parquet files, by month of the first decision or by a cut.",
    (
        Column("group", Unit.TEXT, "month of the unit's first decision, or part of the cut"),
        Column("offered_units", Unit.COUNT, "offered units whose outcome is known; groups with "
               "fewer than ten units in an arm are left out"),
        Column("held_out_units", Unit.COUNT, "held-out units whose outcome is known"),
        Column("difference", Unit.NUMBER, "offered less held out (CUPED for money)"),
        Column("sequence_low", Unit.NUMBER, "low end of the 95 % confidence sequence"),
        Column("sequence_high", Unit.NUMBER, "high end of the same"),
        Column("fixed_low", Unit.NUMBER, "low end of the 95 % interval to be read once: the files "
               "of a span that is over"),
        Column("fixed_high", Unit.NUMBER, "high end of the same"),
    ),
)  # fmt: skip


class DatedUnit(NamedTuple):
    """A unit's outcome, and when its first decision was made."""

    at_ms: int
    outcome: UnitOutcome


def write_units(units: Sequence[DatedUnit], folder: Path, *, scope: Scope) -> dict[Path, int]:
    """Write a file for each month, in place of what was there; units by file.

    Raises:
        Unprocessable: `no_reports_extra` where the extra `reports` is not installed.
    """
    pa, pq = _extra("pyarrow"), _extra("pyarrow.parquet")
    months: dict[str, list[UnitOutcome]] = {}
    for one in units:
        month = datetime.fromtimestamp(one.at_ms / 1000, UTC).strftime("%Y-%m")
        months.setdefault(month, []).append(one.outcome)
    written = {}
    for month, outcomes in sorted(months.items()):
        place = folder / f"org={scope.org}" / f"store={scope.store}" / f"month={month}"
        place.mkdir(parents=True, exist_ok=True)
        pq.write_table(
            pa.Table.from_pylist([_row(one) for one in outcomes]), place / "units.parquet"
        )
        written[place / "units.parquet"] = len(outcomes)
    return written


def long_lift(folder: Path, *, metric: Metric, by: str) -> Table:
    """The lift of every unit in the files of a folder, in groups by `by`, one of GROUPS.

    Raises:
        Unprocessable: `no_reports_extra`; `no_unit_files` where there are none; `unknown_group`.
    """
    if by not in GROUPS:
        raise Unprocessable(
            f"{by!r} is no group; must be one of {', '.join(GROUPS)}", code="unknown_group"
        )
    if not any(folder.rglob("units.parquet")):
        raise Unprocessable(
            f"{folder}: holds no units.parquet; write them with `store-server export-units`",
            code="no_unit_files",
        )
    connection = _extra("duckdb").connect()
    try:
        rows = [_group(name, arms, metric) for name, arms in _arms(connection, folder, metric, by)]
    finally:
        connection.close()
    return LONG_LIFT.of([row for row in rows if row is not None])


def _row(one: UnitOutcome) -> dict[str, Value]:
    before = (*one.before_minor, *(0,) * BEFORE_BLOCKS)[:BEFORE_BLOCKS]
    return {
        "treated": one.treated,
        **{f"known_{metric}": one.counts_for(metric) for metric in (*HEADLINES, *SOURCES)},
        **{metric.value: one.value_of(metric) for metric in (*HEADLINES, *SOURCES)},
        **dict(zip(BEFORE, before, strict=True)),
        # "store" and "month" stand in the path.
        **{cut.value: one.cuts.get(cut) for cut in Cut if cut is not Cut.STORE},
    }


def _arms(
    connection: Any,  # noqa: ANN401 - a DuckDB connection, of an optional extra
    folder: Path,
    metric: Metric,
    by: str,
) -> list[tuple[str, dict[bool, Moments]]]:
    """Moments of both arms of each group; money centred by the mean of all, so sums stay small."""
    columns = [metric.value] if metric is Metric.CONVERSION else [metric.value, *BEFORE]
    files = (
        f"read_parquet('{_quoted(folder)}/**/units.parquet', hive_partitioning = true, "
        f"hive_types_autocast = false, union_by_name = true) WHERE known_{metric}"
    )
    centre = [0.0]
    if metric is not Metric.CONVERSION:
        means = ", ".join(f"avg({name})" for name in columns)
        asked = f"SELECT {means} FROM {files}"  # noqa: S608 - names of our own, no text of others
        centre = [float(mean or 0) for mean in connection.execute(asked).fetchone()]
    away = [f"({name} - {mean!r})" for name, mean in zip(columns, centre, strict=True)]
    sums = ", ".join(
        [f"sum({one})" for one in away]
        + [f"sum({one} * {other})" for one in away for other in away]
    )
    asked = (
        f"SELECT CAST({by} AS VARCHAR), treated, count(*), {sums} FROM {files} "  # noqa: S608 - as above
        "GROUP BY 1, 2 ORDER BY 1"
    )
    found: dict[str, dict[bool, Moments]] = {}
    size = len(columns)
    for name, treated, count, *numbers in connection.execute(asked).fetchall():
        values = np.array(numbers, dtype=float)
        found.setdefault(name or "(none)", {})[treated] = moments_from_sums(
            np.asarray(float(count)), values[:size], values[size:].reshape(size, size)
        )
    return list(found.items())


def _group(name: str, arms: dict[bool, Moments], metric: Metric) -> tuple[Value, ...] | None:
    sizes = [int(arms[treated].units) if treated in arms else 0 for treated in (True, False)]
    if min(sizes) < LEAST_SHOWN:
        return None
    found = estimates(arms[True], arms[False], metric)
    gap = float(found.difference)
    low, high = fixed_intervals(arms[True], arms[False], metric)
    sequence: tuple[Value, Value] = (None, None)
    if min(sizes) >= UNITS_LEAST:
        half = float(reach(found.error, found.units))
        sequence = (gap - half, gap + half)
    return (name, *sizes, gap, *sequence, float(low), float(high))


def _quoted(folder: Path) -> str:
    return str(folder).replace("'", "''")


def _extra(module: str) -> Any:  # noqa: ANN401 - a module of an optional extra
    from importlib import import_module  # noqa: PLC0415

    try:
        return import_module(module)
    except ModuleNotFoundError:
        raise Unprocessable(
            "this needs the extra `reports`: pip install beaconry[reports]",
            code="no_reports_extra",
        ) from None
