"""The funnel as a table."""

from collections.abc import Sequence

from store_server.reports.funnel import Step
from store_server.reports.table import Column, Table, TableKind, Unit

FUNNEL = TableKind(
    "funnel",
    "From the zone to the till",
    "How many came how far, and why the others did not: in zone, eligible, decided, delivered, "
    "opened, redeemed.",
    (
        Column("step", Unit.TEXT, "which step; see results.md for what each counts"),
        Column("reason", Unit.TEXT, "why some of the step before did not reach it; empty in the "
               "row of the step itself"),
        Column("count", Unit.COUNT, "things that reached the step, or were lost for the reason"),
        Column("share_of_before", Unit.SHARE, "count over the count of the step before"),
    ),
)  # fmt: skip


def funnel_table(steps: Sequence[Step]) -> Table:
    """A row for each step, followed by one for each reason."""
    rows: list[tuple[str, str | None, int, float | None]] = []
    before: int | None = None
    for step in steps:
        rows.append((step.name, None, step.count, _share(step.count, before)))
        rows += [
            (step.name, reason, count, _share(count, before)) for reason, count in step.lost.items()
        ]
        before = step.count
    return FUNNEL.of(rows)


def _share(count: int, before: int | None) -> float | None:
    return count / before if before else None
