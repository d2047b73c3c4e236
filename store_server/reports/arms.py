"""What each arm of an experiment brought against the control, phase by phase, without false alarms.

A unit counts from its first decision in which the experiment was in play, in the arm that it had
then, whatever was chosen or shown afterwards (intention to treat); whoever is held out is not
among them. It bought when it bought of any category that the experiment's campaigns promote: what
an arm promotes itself would be another question in each arm.

Arms are compared within each phase, and the differences joined with the weights of Cochran, Mantel
and Haenszel, n m / (n + m): other weights in other weeks must not look like an effect. Every
comparison of the experiment together is to be wrong in one of twenty experiments, so each
interval is made for 1 - 0.05 / comparisons and each p multiplied by their number (Bonferroni).

Source: Mantel and Haenszel (1959), JNCI 22:719-748, and Cochran (1954), Biometrics 10:417-451 for
the weights; Welch (1947) and Satterthwaite (1946) for the degrees of freedom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit  # type: ignore[import-untyped]  # scipy ships no types

from store_server.reports.confidence_sequence import (
    PLANNED_UNITS,
    UNITS_LEAST,
    always_valid_p,
    reach,
)
from store_server.reports.cuped import Estimate
from store_server.reports.effect import Z_CONFIDENCE, Z_POWER, estimates, fixed_p
from store_server.reports.moments import Moments, moments_of
from store_server.reports.outcomes import HEADLINES, Metric, UnitOutcome, columns
from store_server.reports.proportions import CONFIDENCE, Interval, Share, difference


class ArmUnit(NamedTuple):
    """A unit in the arm and the phase in which it first came into play."""

    arm: str
    phase: int
    at_ms: int
    outcome: UnitOutcome


class Pair(NamedTuple):
    """What is compared: the arms of one level against those of the control.

    factor: the one whose levels they are, joined over all others; None: single arms.
    """

    factor: str | None
    level: str
    control: str
    arms: frozenset[str]
    against: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the comparisons are to be read.

    comparisons: how many there are, all together. ended: the planned end is over.
    planned_units: in both arms, as named before looking.
    """

    comparisons: int
    ended: bool
    planned_units: int = PLANNED_UNITS

    @property
    def confidence(self) -> float:
        """Of each interval, so that all of them hold with CONFIDENCE."""
        return 1 - (1 - CONFIDENCE) / max(self.comparisons, 1)


@dataclass(frozen=True, slots=True)
class ArmEffect:
    """One metric of one comparison; fields as `effect.Effect` has them, `p` already adjusted."""

    metric: Metric
    units: int
    control_units: int
    mean: float
    control_mean: float
    sequence: Interval | None
    fixed: Interval | None
    p: float | None
    visible: float | None

    @property
    def interval(self) -> Interval | None:
        """The one to go by now."""
        return self.fixed or self.sequence


@dataclass(frozen=True, slots=True)
class Comparison:
    """A level against the control, in every metric."""

    pair: Pair
    effects: tuple[ArmEffect, ...]

    def effect(self, metric: Metric) -> ArmEffect:
        """The comparison in this metric."""
        return next(one for one in self.effects if one.metric is metric)


def compare(units: Sequence[ArmUnit], pair: Pair, reading: Reading) -> Comparison:
    """The comparison of one pair in each of HEADLINES."""
    return Comparison(pair, tuple(_effect(units, pair, metric, reading) for metric in HEADLINES))


def joined(parts: Sequence[Estimate], sizes: Sequence[tuple[int, int]]) -> Estimate | None:
    """One estimate of those of the phases; None: none has two units in either arm.

    Args:
        parts: of each phase.
        sizes: units of either arm in each phase.
    """
    known = [
        (one, n * m / (n + m))
        for one, (n, m) in zip(parts, sizes, strict=True)
        if min(n, m) >= 2 and isfinite(float(one.error))
    ]
    if not known:
        return None
    whole = sum(weight for _, weight in known)
    squares = [(weight / whole * float(one.error)) ** 2 for one, weight in known]
    variance = sum(squares)
    rest = sum(
        square**2 / max(float(one.freedom), 1.0)
        for square, (one, _) in zip(squares, known, strict=True)
        if isfinite(float(one.freedom))
    )
    return Estimate(
        difference=np.asarray(sum(w / whole * float(one.difference) for one, w in known)),
        error=np.asarray(sqrt(variance)),
        freedom=np.asarray(variance**2 / rest if rest > 0 else np.inf),
        units=np.asarray(sum(float(one.units) for one, _ in known)),
        reduction=np.asarray(sum(w / whole * float(one.reduction) for one, w in known)),
    )


def _effect(units: Sequence[ArmUnit], pair: Pair, metric: Metric, reading: Reading) -> ArmEffect:
    known = [one for one in units if one.outcome.named and one.outcome.counts_for(metric)]
    table = columns([one.outcome for one in known], metric)
    sides = [
        np.array([one.arm in arms for one in known], bool) for arms in (pair.arms, pair.against)
    ]
    phases = np.array([one.phase for one in known], dtype=np.intp)
    strata: list[tuple[Moments, Moments]] = []
    for phase in np.unique(phases):
        here = phases == phase
        strata.append((moments_of(table[here & sides[0]]), moments_of(table[here & sides[1]])))
    sizes = [(int(one.units), int(two.units)) for one, two in strata]
    found = joined([estimates(one, two, metric) for one, two in strata], sizes)
    totals = int(sides[0].sum()), int(sides[1].sum())
    means = [float(table[side][:, 0].mean()) if side.any() else 0.0 for side in sides]
    sequence, fixed, p = None, None, None
    if found is not None:
        sequence, p = _sequence(found, totals, reading)
        if reading.ended:
            fixed = _fixed(found, strata, metric, reading)
            p = _adjusted(fixed_p(found), reading)
    visible = None if found is None else (Z_CONFIDENCE + Z_POWER) * float(found.error)
    return ArmEffect(metric, totals[0], totals[1], means[0], means[1], sequence, fixed, p, visible)


def _sequence(
    found: Estimate, sizes: tuple[int, int], reading: Reading
) -> tuple[Interval | None, float | None]:
    if min(sizes) < UNITS_LEAST:
        return None, None
    gap, planned, sure = float(found.difference), reading.planned_units, reading.confidence
    half = float(reach(found.error, found.units, planned_units=planned, confidence=sure))
    p = always_valid_p(
        found.difference, found.error, found.units, planned_units=planned, confidence=sure
    )
    return Interval(gap, gap - half, gap + half), _adjusted(float(p), reading)


def _fixed(
    found: Estimate, strata: Sequence[tuple[Moments, Moments]], metric: Metric, reading: Reading
) -> Interval:
    if metric is Metric.CONVERSION and len(strata) == 1:
        shares = [Share(round(float(arm.mean[0] * arm.units)), int(arm.units)) for arm in strata[0]]
        return difference(shares[0], shares[1], confidence=reading.confidence)
    freedom = min(float(found.freedom), 1e9)
    half = float(stdtrit(freedom, 0.5 + reading.confidence / 2)) * float(found.error)
    gap = float(found.difference)
    return Interval(gap, gap - half, gap + half)


def _adjusted(p: float | None, reading: Reading) -> float | None:
    return None if p is None else min(1.0, p * reading.comparisons)
