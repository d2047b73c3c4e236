"""Share of own categories bought here, by life-cycle stage.

A shopper's own categories are those bought on three occasions or more in the year before. Of these,
how many were bought at this store's tills in the last eight weeks? The rest is bought elsewhere, or
in another store of the chain, or not at all any more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import NamedTuple

from store_server.reports.small_cells import Cell, shown
from store_server.reports.table import Column, Table, TableKind, Unit, Value

OCCASIONS_LEAST = 3
YEAR_DAYS = 365
RECENT_DAYS = 56
NOT_KNOWN = "not_known"


class Bought(NamedTuple):
    """One category of one shopper: occasions in the year, and whether bought here lately."""

    shopper: str
    category: str
    occasions: int
    here: bool


OWN_CATEGORIES = TableKind(
    "own_categories",
    "Own categories bought here",
    "Of the categories that a shopper buys regularly, the share bought at this store lately.",
    (
        Column("stage", Unit.TEXT, "life-cycle stage of the shopper: new, growing, loyal, at_risk, "
               "lost, not_known"),
        Column("shoppers", Unit.COUNT, "shoppers of the stage with an own category; fewer than ten "
               "are <10"),
        Column("own", Unit.NUMBER, "mean number of categories bought on three occasions or more "
               "in 365 days"),
        Column("bought_here", Unit.SHARE, "mean share of them bought at this store's tills in the "
               "last 56 days"),
    ),
)  # fmt: skip


def own_category_table(bought: Iterable[Bought], stages: Mapping[str, str]) -> Table:
    """One row for each stage that somebody is in, by name.

    Args:
        bought: what each shopper bought in the year.
        stages: by shopper; who is missing is `not_known`.
    """
    own: dict[str, list[bool]] = defaultdict(list)
    for one in bought:
        if one.occasions >= OCCASIONS_LEAST:
            own[one.shopper].append(one.here)
    by_stage: dict[str, list[list[bool]]] = defaultdict(list)
    for shopper, here in own.items():
        by_stage[stages.get(shopper, NOT_KNOWN)].append(here)
    cells = shown({stage: len(found) for stage, found in by_stage.items()}).cells
    rows: list[tuple[Value | Cell, ...]] = []
    for stage in sorted(by_stage):
        found = by_stage[stage]
        if cells[stage].count is None:
            rows.append((stage, cells[stage], None, None))
            continue
        rows.append((stage, cells[stage], fmean(map(len, found)), fmean(map(fmean, found))))
    return OWN_CATEGORIES.of(rows)
