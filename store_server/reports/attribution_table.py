"""What decisions led to, as a table: what was credited, and what would not have been sold."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from store_server.reports.effect import Effect, effect_of
from store_server.reports.lift import Question
from store_server.reports.outcomes import SOURCES, Metric, UnitOutcome
from store_server.reports.table import Column, Table, TableKind, Unit, Value

ATTRIBUTION = TableKind(
    "attribution",
    "Where it comes from",
    "From decision to till: baskets credited to decisions that were offered (what happened), and "
    "the same shelves compared with held-out units (what was added).",
    (
        Column("part", Unit.TEXT, "credited: redeemed, promoted_bought; added: promoted, "
               "cannibalised (other categories of the department), halo (the rest of the shop), "
               "pulled_forward (the promoted category after the window, to the 28th day)"),
        Column("kind", Unit.TEXT, "credited, or added: offered less held out, per unit, times "
               "offered units"),
        Column("count", Unit.COUNT, "baskets credited, or offered units compared"),
        Column("amount_minor", Unit.MONEY, "before discounts; added amounts may be below 0"),
        Column("low_minor", Unit.MONEY, "low end of the 95 % interval of what was added"),
        Column("high_minor", Unit.MONEY, "high end of the same"),
    ),
)  # fmt: skip
_PARTS = {
    Metric.PROMOTED: "promoted",
    Metric.RELATED: "cannibalised",
    Metric.OTHER: "halo",
    Metric.PROMOTED_LATER: "pulled_forward",
}


class Credited(NamedTuple):
    """Baskets credited in one way, and their promoted lines in minor units."""

    baskets: int
    amount_minor: int


def attribution_table(
    credited: Mapping[str, Credited], outcomes: Sequence[UnitOutcome], question: Question
) -> Table:
    """What was credited by kind, then what was added by shelf."""
    rows: list[tuple[Value, ...]] = [
        (kind, "credited", one.baskets, one.amount_minor, None, None)
        for kind, one in sorted(credited.items())
    ]
    rows += [_added(effect_of(outcomes, one, ended=question.ended)) for one in SOURCES]
    return ATTRIBUTION.of(rows)


def _added(effect: Effect) -> tuple[Value, ...]:
    part, units = _PARTS[effect.metric], effect.offered_units
    if effect.interval is None:
        return (part, "added", units, None, None, None)
    return (part, "added", units, *(units * one for one in effect.interval))
