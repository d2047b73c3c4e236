"""Offered against held out in one metric: the difference, how sure it is, what it cannot see.

Two intervals, for two ways of reading. `sequence` may be read every day
(`confidence_sequence`). `fixed` is narrower and may be read once, at the planned end: it is not
there before. Shares have Newcombe's hybrid score interval, money has Welch's (Student's where an
arm is small, see `cuped`) on what CUPED leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from scipy.special import stdtr, stdtrit  # type: ignore[import-untyped]  # scipy ships no types

from store_server.reports.confidence_sequence import (
    PLANNED_UNITS,
    UNITS_LEAST,
    always_valid_p,
    reach,
)
from store_server.reports.cuped import Estimate, estimate
from store_server.reports.moments import Floats, Moments, moments_of
from store_server.reports.outcomes import Metric, UnitOutcome, columns
from store_server.reports.proportions import CONFIDENCE, Interval, Share, difference

# Quantiles of the normal distribution: 95 % two-sided, and the chance of 80 % to see it.
Z_CONFIDENCE, Z_POWER = 1.959964, 0.841621


@dataclass(frozen=True, slots=True)
class Effect:
    """One metric compared.

    offered / held_out: units whose outcome is known, and their mean.
    sequence: may be read daily; None with under UNITS_LEAST units in an arm.
    fixed: to be read once; None before the planned end, or with under 2 units in an arm.
    p: 0.. 1, of the sequence until the planned end, of the fixed interval from then on.
    visible: the least true difference that these arms would show four times in five.
    variance_reduction: share of the variance that earlier spend took out, 0..1.
    """

    metric: Metric
    offered_units: int
    held_out_units: int
    offered_mean: float
    held_out_mean: float
    sequence: Interval | None
    fixed: Interval | None
    p: float | None
    visible: float | None
    variance_reduction: float

    @property
    def interval(self) -> Interval | None:
        """The one to go by now."""
        return self.fixed or self.sequence


def effect_of(
    units: Sequence[UnitOutcome],
    metric: Metric,
    *,
    ended: bool,
    planned_units: int = PLANNED_UNITS,
) -> Effect:
    """Compare the units whose outcome in `metric` is known.

    Args:
        units: of both arms.
        metric: what is compared.
        ended: whether the planned end is over, so that the fixed interval may be read.
        planned_units: in both arms, as named before looking: there the sequence is tightest.
    """
    known = [one for one in units if one.counts_for(metric)]
    table = columns(known, metric)
    mask = np.array([one.treated for one in known], dtype=bool)
    arms = moments_of(table[mask]), moments_of(table[~mask])
    sizes = int(arms[0].units), int(arms[1].units)
    found = estimates(arms[0], arms[1], metric)
    error, gap = float(found.error), float(found.difference)
    known_error = min(sizes) >= 2 and isfinite(error)
    sequence = fixed = None
    if min(sizes) >= UNITS_LEAST:
        half = float(reach(found.error, found.units, planned_units=planned_units))
        sequence = Interval(gap, gap - half, gap + half)
    if ended and known_error:
        low, high = fixed_intervals(arms[0], arms[1], metric)
        fixed = Interval(gap, float(low), float(high))
    p = None
    if fixed is not None:
        p = fixed_p(found)
    elif sequence is not None:
        p = float(
            always_valid_p(found.difference, found.error, found.units, planned_units=planned_units)
        )
    return Effect(
        metric=metric,
        offered_units=sizes[0],
        held_out_units=sizes[1],
        offered_mean=float(arms[0].mean[0]),
        held_out_mean=float(arms[1].mean[0]),
        sequence=sequence,
        fixed=fixed,
        p=p,
        visible=(Z_CONFIDENCE + Z_POWER) * error if known_error else None,
        variance_reduction=float(found.reduction),
    )


def estimates(treated: Moments, control: Moments, metric: Metric) -> Estimate:
    """The estimate that this metric goes by: of shares without earlier spend, of money with it.

    The error of a share is that of (hits + 1) / (units + 2): an arm in which nobody bought yet is
    not known to sell nothing. Source: Agresti and Caffo (2000), American Statistician 54:280-288.
    """
    if metric is not Metric.CONVERSION:
        return estimate(treated, control)
    plain = estimate(treated.of_columns([0]), control.of_columns([0]))
    total = _share_variance(treated) + _share_variance(control)
    return Estimate(plain.difference, np.sqrt(total), plain.freedom, plain.units, plain.reduction)


def fixed_intervals(treated: Moments, control: Moments, metric: Metric) -> tuple[Floats, Floats]:
    """Low and high ends to be read once, at the planned end, of any number of comparisons."""
    if metric is Metric.CONVERSION:
        hits = [arm.mean[..., 0] * arm.units for arm in (treated, control)]
        counts = np.stack([hits[0], treated.units, hits[1], control.units], axis=-1)
        newcombe = [
            difference(Share(round(a), round(n)), Share(round(b), round(m)))
            for a, n, b, m in counts.reshape(-1, 4)
        ]
        ends = np.array([[one.low, one.high] for one in newcombe]).T.reshape(
            2, *treated.units.shape
        )
        return ends[0], ends[1]
    found = estimates(treated, control, metric)
    with np.errstate(invalid="ignore"):
        times = np.where(found.error > 0, stdtrit(found.freedom, 0.5 + CONFIDENCE / 2), 0.0)
    return found.difference - times * found.error, found.difference + times * found.error


def fixed_p(found: Estimate) -> float | None:
    """Two-sided p-value of one estimate, to be read once; None without spread."""
    error = float(found.error)
    if not error > 0:
        return None
    freedom = float(found.freedom)
    freedom = freedom if isfinite(freedom) else 1e9
    return float(2 * stdtr(freedom, -abs(float(found.difference)) / error))


def _share_variance(arm: Moments) -> Floats:
    smoothed = (arm.mean[..., 0] * arm.units + 1) / (arm.units + 2)
    return np.asarray(smoothed * (1 - smoothed) / np.maximum(arm.units, 1.0))
