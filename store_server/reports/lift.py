"""What the offers added: units that were offered against units that were held out.

A unit is a household where it is known, else a shopper; it was drawn into its arm before any
offer was looked at. It counts from its first decision that offered something, or, held out,
would have. Its outcome is the same in both arms: did it buy the promoted category between that
decision and 24 hours after the visit, and what margin (less discounts) did that leave. What
happened to the message in between is deliberately ignored: undelivered offers count as offered.

Source: intention to treat; Johnson, Lewis and Nubbemeyer (2017) "Ghost Ads", Journal of Marketing
Research 54:867-884; Welch (1947), Biometrika 34:28-35 for the difference of means.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, variance

from scipy.special import stdtrit  # type: ignore[import-untyped]  # scipy ships no types

from store_server.reports.proportions import (
    CONFIDENCE,
    Interval,
    Share,
    difference,
    ratio_check,
    units_needed,
)

# An effect smaller than this is not worth waiting for; the power statement is about this one.
WORTH_SEEING = 0.05
MISMATCH_P = 0.01


@dataclass(frozen=True, slots=True)
class UnitOutcome:
    """One unit: its arm, whether it bought what was promoted, and the margin that this left."""

    treated: bool
    bought: bool
    margin_minor: int


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of the comparison."""

    units: int
    bought: int
    margin_minor: int

    @property
    def share(self) -> Share:
        """Buyers among the units."""
        return Share(self.bought, self.units)


@dataclass(frozen=True, slots=True)
class Lift:
    """Offered against held out.

    share: difference of the shares that bought, -1..1; None while an arm is empty.
    margin_per_unit_minor: difference of the margin per unit; None below 2 units in an arm.
    units_missing: about how many more units make an effect of WORTH_SEEING visible; 0: enough.
    ratio_p: see `proportions.ratio_check`.
    verdict: one sentence.
    """

    offered: Arm
    held_out: Arm
    share: Interval | None
    margin_per_unit_minor: Interval | None
    units_missing: int
    ratio_p: float | None
    verdict: str


def lift_of(outcomes: Sequence[UnitOutcome], *, control_share: float) -> Lift:
    """The comparison of all units.

    Args:
        outcomes: one for each unit.
        control_share: share of units that the policy holds out, 0..1.
    """
    treated = [one for one in outcomes if one.treated]
    control = [one for one in outcomes if not one.treated]
    offered, held_out = _arm(treated), _arm(control)
    ratio_p = (
        ratio_check(treated=offered.units, control=held_out.units, control_share=control_share)
        if 0 < control_share < 1
        else None
    )
    share = difference(offered.share, held_out.share) if treated and control else None
    missing = _missing(offered, held_out, control_share=control_share)
    return Lift(
        offered=offered,
        held_out=held_out,
        share=share,
        margin_per_unit_minor=mean_difference(
            [one.margin_minor for one in treated], [one.margin_minor for one in control]
        ),
        units_missing=missing,
        ratio_p=ratio_p,
        verdict=_verdict(share, missing=missing, ratio_p=ratio_p, control_share=control_share),
    )


def mean_difference(one: Sequence[float], two: Sequence[float]) -> Interval | None:
    """`mean(one) - mean(two)` with Welch's interval; None below 2 values on a side."""
    if min(len(one), len(two)) < 2:
        return None
    gap = fmean(one) - fmean(two)
    parts = variance(one) / len(one), variance(two) / len(two)
    total = sum(parts)
    if total == 0:
        return Interval(gap, gap, gap)
    freedom = total**2 / (parts[0] ** 2 / (len(one) - 1) + parts[1] ** 2 / (len(two) - 1))
    reach = float(stdtrit(freedom, 0.5 + CONFIDENCE / 2)) * sqrt(total)
    return Interval(gap, gap - reach, gap + reach)


def _arm(units: Sequence[UnitOutcome]) -> Arm:
    return Arm(
        units=len(units),
        bought=sum(one.bought for one in units),
        margin_minor=sum(one.margin_minor for one in units),
    )


def _missing(offered: Arm, held_out: Arm, *, control_share: float) -> int:
    if not 0 < control_share < 1:
        return 0
    # One imaginary buyer and one who does not buy: with no held-out unit yet the rate is 1/2,
    # which asks for the most (Laplace's rule of succession).
    rate = (held_out.bought + 1) / (held_out.units + 2)
    needed = units_needed(control_rate=rate, effect=WORTH_SEEING, control_share=control_share)
    by_arm = (
        needed * (1 - control_share) - offered.units,
        (needed * control_share - held_out.units) / control_share,
    )
    return max(0, round(max(needed - offered.units - held_out.units, *by_arm)))


def _verdict(
    share: Interval | None, *, missing: int, ratio_p: float | None, control_share: float
) -> str:
    if not 0 < control_share < 1:
        return "Nobody is held out, so nothing can be said about what the offers added."
    if ratio_p is not None and ratio_p < MISMATCH_P:
        return (
            f"The arms are not what was drawn (sample ratio p = {ratio_p:.4f}); "
            "explain that before reading on."
        )
    if share is None or missing:
        return f"Not enough data yet: needs about {missing} more shoppers."
    gain = f"{100 * share.estimate:+.1f} points ({100 * share.low:+.1f} to {100 * share.high:+.1f})"
    if share.low > 0:
        return f"The offers sold more: {gain}."
    if share.high < 0:
        return f"The offers sold less: {gain}; stop and look why."
    return f"No difference can be seen: {gain}."
