"""The difference of two arms in one outcome, with what earlier spend explains taken out.

Shoppers differ much more from each other than an offer changes them. What a unit spent before
its first decision says most of what it will spend after, and cannot have been changed by the
offer, so it is regressed out: the estimate keeps its mean and loses variance.

    y - theta (x - mean x),   theta = Sxx^-1 Sxy, pooled within the arms

Source: Deng, Xu, Kohavi and Walker (2013) "Improving the Sensitivity of Online Controlled
Experiments by Utilizing Pre-Experiment Data", WSDM, section 3 (CUPED); several covariates as in
their appendix; Welch (1947), Biometrika 34:28-35 for the degrees of freedom.

Money is uneven: how much it scatters is not known from a few dozen units, and too often seems less
than it is. So where an arm is small both have the scatter of both together, as in Student's test:
an offer changes what is spent, and hardly how unevenly (`benchmarks.lift_coverage`: with
61 held out Welch's interval holds the truth in 92.9 %, this one in 95.0 %).
"""

from dataclasses import dataclass

import numpy as np

from store_server.reports.moments import Floats, Moments

# Fewer units a covariate than this, and the regression learns noise: then nothing is taken out.
UNITS_A_COVARIATE = 20
# Arms of fewer units than this have no scatter of their own.
OWN_SCATTER_UNITS = 100
# What earlier spend is cut into: whole weeks, so that no weekday weighs more than another.
BEFORE_BLOCKS = 6
BEFORE_BLOCK_DAYS = 28


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference of means and how well it is known; every field is [...].

    error: standard error. freedom: its degrees of freedom, Welch's, or of both arms together where
    one is small. units: in both arms.
    reduction: share of the variance that earlier spend took out, 0..1.
    """

    difference: Floats
    error: Floats
    freedom: Floats
    units: Floats
    reduction: Floats


def estimate(treated: Moments, control: Moments) -> Estimate:
    """Column 0, treated less control, adjusted by the columns after it.

    Arms of fewer than 2 units give an error of NaN.
    """
    theta = _theta(treated, control)
    explained = treated.mean[..., 1:] - control.mean[..., 1:]
    difference = treated.mean[..., 0] - control.mean[..., 0] - (theta * explained).sum(axis=-1)
    units = treated.units + control.units
    raw = treated.scatter[..., 0, 0] + control.scatter[..., 0, 0]
    left = [_unexplained(arm, theta) for arm in (treated, control)]
    used = np.count_nonzero(theta, axis=-1)
    # A covariate costs a degree of freedom, like a mean.
    paid = np.maximum(units - 2 - used, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = [
            (units - 2) / paid * rest / (arm.units - 1)
            for arm, rest in zip((treated, control), left, strict=True)
        ]
        parts = [
            np.where(arm.units > 1, variance / arm.units, np.nan)
            for arm, variance in zip((treated, control), own, strict=True)
        ]
        total = parts[0] + parts[1]
        freedom = total**2 / (
            parts[0] ** 2 / (treated.units - 1) + parts[1] ** 2 / (control.units - 1)
        )
        few = np.minimum(treated.units, control.units)
        small = (few < OWN_SCATTER_UNITS) & (few > 1)
        together = (left[0] + left[1]) / paid * (1 / treated.units + 1 / control.units)
        total = np.where(small, together, total)
        freedom = np.where(small, paid, freedom)
        reduction = np.where(raw > 0, 1 - (left[0] + left[1]) / raw, 0.0)
    return Estimate(difference, np.sqrt(total), freedom, units, np.clip(reduction, 0.0, 1.0))


def _theta(treated: Moments, control: Moments) -> Floats:
    """Pooled least squares; covariates that never differ weigh nothing."""
    pooled = treated.scatter + control.scatter
    across, along = pooled[..., 1:, 1:], pooled[..., 1:, 0]
    size = np.sqrt(np.einsum("...ii->...i", across))
    scale = np.where(size > 0, size, 1.0)
    unit = across / (scale[..., :, None] * scale[..., None, :])
    inverse = np.linalg.pinv(unit, rcond=1e-9, hermitian=True)
    theta: Floats = (inverse @ (along / scale)[..., None])[..., 0] / scale
    enough = treated.units + control.units >= UNITS_A_COVARIATE * (theta.shape[-1] + 1)
    return np.where(enough[..., None], theta, 0.0)


def _unexplained(arm: Moments, theta: Floats) -> Floats:
    """Sum of squares of column 0 that the covariates leave."""
    along = (theta * arm.scatter[..., 1:, 0]).sum(axis=-1)
    across = np.einsum("...i,...ij,...j->...", theta, arm.scatter[..., 1:, 1:], theta)
    left: Floats = np.maximum(arm.scatter[..., 0, 0] - 2 * along + across, 0.0)
    return left
