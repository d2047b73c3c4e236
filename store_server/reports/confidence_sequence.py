"""An interval that may be looked at every day: all its looks together hold the truth.

A 95 % interval of the usual kind is right 19 times in 20 if it is looked at once. Looked at daily
until it pleases, it is wrong far more often. A confidence sequence is wider, and right at all
times at once, so anybody may look whenever they like and stop when they like:

    estimate +- s sqrt(2 (n r + 1) / (n^2 r) * log(sqrt(n r + 1) / alpha)),   s = error sqrt(n)

n units so far, r the tuning constant ("rho squared"), alpha = 1 - confidence. r makes the sequence
tightest near one n, which must be named before looking: PLANNED_UNITS.

Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021) "Time-uniform central limit theory
and asymptotic confidence sequences", arXiv 2103.06476, theorem 2.2 (Gaussian mixture boundary),
section 3 for the difference of two arms, appendix "Tuning" for r (with Lambert's W).
The p-value is the same boundary solved for alpha: the mixture SPRT of Robbins (1970).
"""

from math import exp, log

import numpy as np
from scipy.special import lambertw  # type: ignore[import-untyped]  # scipy ships no types

from store_server.reports.moments import Floats
from store_server.reports.proportions import CONFIDENCE

# Not chosen by looking at data: a shop's campaign of four weeks.
PLANNED_UNITS = 2_000
# The theorem is about many units: with fewer in an arm there is no sequence yet.
UNITS_LEAST = 20


def tuning(planned_units: float = PLANNED_UNITS, *, confidence: float = CONFIDENCE) -> float:
    """The r that makes the sequence narrowest at `planned_units`."""
    alpha = 1 - confidence
    branch = lambertw(-(alpha**2) * exp(-1), -1).real
    return float((-branch - 1) / planned_units)


def reach(
    error: Floats,
    units: Floats,
    *,
    planned_units: float = PLANNED_UNITS,
    confidence: float = CONFIDENCE,
) -> Floats:
    """Half the width of the sequence at this look, in the unit of `error`.

    Args:
        error: standard error of the difference so far, [...].
        units: how many it stands on, in both arms together, [...], at least 1.
        planned_units: named before looking.
        confidence: that all looks together hold the truth.
    """
    grown = units * tuning(planned_units, confidence=confidence)
    inside = 2 * (grown + 1) / grown * (0.5 * np.log(grown + 1) - log(1 - confidence))
    return error * np.sqrt(inside)


def always_valid_p(
    difference: Floats,
    error: Floats,
    units: Floats,
    *,
    planned_units: float = PLANNED_UNITS,
    confidence: float = CONFIDENCE,
) -> Floats:
    """The least alpha whose sequence leaves 0 out at this look, at most 1.

    With no effect it ever falls below a with probability at most a, however often one looks.
    `confidence` is the one that the sequence is tuned for.
    """
    grown = units * tuning(planned_units, confidence=confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        z2 = np.where(error > 0, (difference / error) ** 2, np.where(difference == 0, 0.0, np.inf))
        log_p = 0.5 * np.log(grown + 1) - z2 * grown / (2 * (grown + 1))
    return np.exp(np.minimum(log_p, 0.0))
