"""Lift and its slices as tables."""

from collections.abc import Iterator, Sequence

from store_server.reports.effect import Effect
from store_server.reports.lift import Lift
from store_server.reports.proportions import Interval
from store_server.reports.slices import Slice
from store_server.reports.table import Column, Table, TableKind, Unit, Value

_EFFECT = (
    Column(
        "offered_mean",
        Unit.NUMBER,
        "mean outcome of the offered units: a share for conversion, minor units for money",
    ),
    Column("held_out_mean", Unit.NUMBER, "mean outcome of the held-out units"),
    Column(
        "difference",
        Unit.NUMBER,
        "offered less held out; of money, after what earlier spend explains is taken out (CUPED)",
    ),
    Column(
        "sequence_low",
        Unit.NUMBER,
        "low end of the 95 % confidence sequence, which may be "
        "read daily (Waudby-Smith et al. 2021)",
    ),
    Column("sequence_high", Unit.NUMBER, "high end of the same"),
    Column(
        "fixed_low",
        Unit.NUMBER,
        "low end of the 95 % interval to be read once, from the "
        "planned end on (Newcombe 1998 for shares; Welch 1947, Student 1908 in small arms, for "
        "money)",
    ),
    Column("fixed_high", Unit.NUMBER, "high end of the same"),
)
LIFT = TableKind(
    "lift",
    "Incremental lift",
    "What the offers added at the till: units that were offered something against units that were "
    "held out and would have been (ghosts), whatever became of the message.",
    (
        Column("metric", Unit.TEXT, "conversion, spend, margin or spend_28_days: see results.md"),
        Column("offered_units", Unit.COUNT, "offered units whose outcome is known"),
        Column("held_out_units", Unit.COUNT, "held-out units whose outcome is known"),
        *_EFFECT,
        Column("p", Unit.NUMBER, "of the fixed interval from the planned end on, before that the "
               "always-valid p of the sequence"),
        Column("visible", Unit.NUMBER, "2.80 standard errors: the least true difference that "
               "these arms show four times in five"),
        Column("variance_reduction", Unit.SHARE, "share of the variance that earlier spend took "
               "out"),
    ),
)  # fmt: skip
SLICES = TableKind(
    "slices",
    "Lift by part of the shop",
    "The lift of one metric cut by what was known of a unit before it was shown anything. Parts "
    "with fewer than ten units in an arm are not shown.",
    (
        Column("cut", Unit.TEXT, "what is cut by: campaign, channel (where it is read), variant "
               "(arms of experiments), segment (spend before, in thirds), zone, store"),
        Column("name", Unit.TEXT, "which part"),
        Column("offered_units", Unit.COUNT, "offered units of the part; <10 and its complement "
               "are hidden"),
        Column("held_out_units", Unit.COUNT, "held-out units of the part, in the same way"),
        *_EFFECT,
        Column("p_adjusted", Unit.NUMBER, "p adjusted for all parts of the table (Benjamini and "
               "Hochberg 1995)"),
        Column("stands_out", Unit.FLAG, "p_adjusted is at most 0.05: of the parts that stand out, "
               "one in twenty is expected to be chance"),
    ),
)  # fmt: skip


def lift_table(lift: Lift) -> Table:
    """One row for each metric."""
    return LIFT.of(
        [
            (
                one.metric.value,
                one.offered_units,
                one.held_out_units,
                *_effect(one),
                one.p,
                one.visible,
                one.variance_reduction,
            )
            for one in lift.effects
        ]
    )


def slice_table(slices: Sequence[Slice]) -> Table:
    """One row for each part."""
    return SLICES.of(
        [
            (
                one.cut.value,
                one.name,
                one.offered,
                one.held_out,
                *(_effect(one.effect) if one.effect else (None,) * len(_EFFECT)),
                one.p,
                one.stands_out,
            )
            for one in slices
        ]
    )


def _effect(effect: Effect) -> Iterator[Value]:
    interval = effect.interval
    yield effect.offered_mean
    yield effect.held_out_mean
    yield interval.estimate if interval else None
    yield from _ends(effect.sequence)
    yield from _ends(effect.fixed)


def _ends(interval: Interval | None) -> tuple[Value, Value]:
    return (interval.low, interval.high) if interval else (None, None)
