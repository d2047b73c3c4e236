"""The lift cut by channel, variant, segment, zone, store or campaign, without false leads.

Twenty slices of nothing show one "effect" at 95 %. So the p-values of all slices that are looked at
together are adjusted (Benjamini and Hochberg): of the slices that stand out at most one in twenty
is expected to be chance. Not Holm's or Bonferroni's way, which guard against even one mistake and
then see nothing: a slice is a lead for the next campaign, not a verdict, and a false lead costs
one more test. Slices of one cut are different people; slices of several cuts share people and lean
the same way, which the method allows.

Before the planned end the p-values are always-valid ones, so the table may be read daily.

Source: Benjamini and Hochberg (1995), JRSS B 57:289-300; Benjamini and Yekutieli (2001), Annals of
Statistics 29:1165-1188 for positive dependence.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from store_server.reports.effect import Effect, effect_of
from store_server.reports.lift import Question
from store_server.reports.outcomes import Cut, Metric, UnitOutcome
from store_server.reports.small_cells import LEAST_SHOWN, Cell, shown

# Of what stands out, so much may be chance.
FALSE_LEADS = 0.05


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the units.

    offered / held_out: as they may be shown. effect: None where an arm is too small to show.
    p: adjusted for all slices of the table; stands_out: p is at most FALSE_LEADS.
    """

    cut: Cut
    name: str
    offered: Cell
    held_out: Cell
    effect: Effect | None
    p: float | None
    stands_out: bool


def slices_of(
    outcomes: Sequence[UnitOutcome],
    question: Question,
    *,
    cuts: Sequence[Cut] = tuple(Cut),
    metric: Metric = Metric.CONVERSION,
) -> tuple[Slice, ...]:
    """Every slice of these cuts, by cut and name; one table, adjusted together."""
    found = [slice_ for cut in cuts for slice_ in _of_cut(outcomes, question, cut, metric)]
    raw = [one.p for one in found if one.p is not None]
    adjusted = iter(adjust(raw))
    return tuple(one if one.p is None else _with_p(one, next(adjusted)) for one in found)


def adjust(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's adjusted p-values, in the order given.

    Example:
        >>> adjust([0.01, 0.04, 0.03])
        [0.03, 0.04, 0.04]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    adjusted, least = [0.0] * len(p_values), 1.0
    for place, number in enumerate(order):
        rank = len(p_values) - place
        least = min(least, p_values[number] * len(p_values) / rank)
        adjusted[number] = least
    return adjusted


def _of_cut(
    outcomes: Sequence[UnitOutcome], question: Question, cut: Cut, metric: Metric
) -> list[Slice]:
    parts: dict[str, list[UnitOutcome]] = {}
    for one in outcomes:
        if one.counts_for(metric):
            for name in one.parts(cut):
                parts.setdefault(name, []).append(one)
    sizes = [
        shown({name: _units(part, treated=treated) for name, part in sorted(parts.items())})
        for treated in (True, False)
    ]
    return [
        _slice(parts[name], question, cut, metric, name, sizes[0].cells[name], sizes[1].cells[name])
        for name in sorted(parts)
    ]


def _slice(
    part: Sequence[UnitOutcome],
    question: Question,
    cut: Cut,
    metric: Metric,
    name: str,
    *sizes: Cell,
) -> Slice:
    offered, held_out = sizes
    if offered.count is None or held_out.count is None or not held_out.count:
        return Slice(cut, name, offered, held_out, None, None, stands_out=False)
    effect = effect_of(part, metric, ended=question.ended, planned_units=question.planned_units)
    return Slice(cut, name, offered, held_out, effect, effect.p, stands_out=False)


def _with_p(one: Slice, p: float) -> Slice:
    return Slice(
        one.cut, one.name, one.offered, one.held_out, one.effect, p, stands_out=p <= FALSE_LEADS
    )


def _units(part: Sequence[UnitOutcome], *, treated: bool) -> int:
    return sum(one.treated is treated for one in part)


__all__ = ["FALSE_LEADS", "LEAST_SHOWN", "Slice", "adjust", "slices_of"]
