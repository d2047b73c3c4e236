"""A radio map by Gaussian-process regression around a path-loss trend.

The level of anchor a at place x, as the survey's device would be heard, is

    y_a(x) = b0_a - b1_a 10 log10 d_a(x) + f_a(x) + e,     f_a ~ GP(0, k),   e ~ N(0, v)
    k(x, x') = s^2 (1 + r) exp(-r),   r = sqrt(3) |x - x'| / l                (Matern 3/2)

The trend is part of the process (its coefficients have Gaussian priors around those pooled over
all anchors), so one solve gives both and the variance grows where neither is known. Every point
has a noise of its own: fading over the root of its readings, and `point_db` for what changes
within a step of the mark (bodies, multipath). l, s and point_db maximise the marginal
likelihood of all anchors together, under weak priors: with five points the priors decide.

Where an anchor heard nothing, the level is censored: if the map would have it heard there, it is
told that the level lies below what the anchor can hear.

Source: Rasmussen & Williams, Gaussian Processes for Machine Learning (2006), eqs. 2.23-2.24
(prediction), 2.30 (likelihood), 2.7 (explicit basis), 4.17 (Matern); Ferris, Haehnel & Fox,
Gaussian Processes for Signal Strength-Based Location Estimation, RSS 2006.
"""

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import (  # type: ignore[import-untyped]  # scipy ships no types
    cho_factor,
    cho_solve,
)

from store_server.presence.radio_map import EXPONENT, REFERENCE_DBM
from store_server.presence.survey_points import SurveyPoints

Array = NDArray[np.float64]

# The grid on which the likelihood is looked at: finer makes no difference that a survey of 60
# points could tell.
LENGTHS_M = (1.5, 2.5, 4.0, 6.0, 9.0)
SIGNALS_DB = (1.5, 2.5, 3.5, 5.0, 7.0)
POINTS_DB = (1.0, 1.8, 2.7, 4.0)
# Priors: median and spread (natural log).
# Source: Gudmundson (1991) for correlated shadowing; indoors sd 4-4.5 dB over 2.5 m, ITU-R P.1238.
LENGTH_PRIOR = (3.5, 0.7)
SIGNAL_PRIOR = (3.5, 0.5)
POINT_PRIOR = (2.0, 0.5)
# How anchors differ around the pooled trend: mounting and antenna; clutter around them.
LEVEL_SD_DB = 5.0
EXPONENT_SD = 0.5
# More anchors than this teach the three numbers nothing new.
MOST_TAUGHT = 24
# An anchor that hears nothing: the level is about this far below the weakest it was heard at.
BELOW_FLOOR_DB = 4.0
CENSORED_SD_DB = 5.0


class Smoothness(NamedTuple):
    """What the likelihood chose: correlation length, its amplitude, and noise of a point."""

    length_m: float
    signal_db: float
    point_db: float


class Trend(NamedTuple):
    """The law pooled over anchors: level at 1 m, exponent."""

    level_dbm: float
    exponent: float


@dataclass(frozen=True, slots=True, eq=False)
class GaussianMap:
    """A map ready to be asked anywhere."""

    points: SurveyPoints
    trend: Trend
    smoothness: Smoothness

    def predict(self, xy: Array) -> tuple[Array, Array]:
        """(anchors, n) mean level and sd of one reading of a device that comes by at `xy`."""
        points, smooth = self.points, self.smoothness
        cross = matern(_apart(xy, points.xy), smooth)
        gram = matern(_apart(points.xy, points.xy), smooth)
        here, there = points.path_db(points.xy), points.path_db(xy)
        own = smooth.point_db**2 + points.reading_sd_db**2
        mean, sd = np.empty_like(there), np.empty_like(there)
        for row in range(len(points.anchors)):
            prior = _Prior(self.trend, smooth, gram, here[row])
            level, noise = _told(points, row)
            noise = noise + smooth.point_db**2
            mean[row], latent = prior.ask(level, noise, cross, there[row])
            doubtful = np.isnan(level) & (prior.ask_own(level, noise) > points.floor_dbm[row])
            if points.heard[row] and doubtful.any():
                level = np.where(doubtful, points.floor_dbm[row] - BELOW_FLOOR_DB, level)
                noise = np.where(doubtful, CENSORED_SD_DB**2, noise)
                mean[row], latent = prior.ask(level, noise, cross, there[row])
            sd[row] = np.sqrt(latent + own)
        return mean, sd


def fit_gaussian(points: SurveyPoints) -> GaussianMap:
    """The map of a survey: the pooled trend, then the smoothness of largest likelihood."""
    trend = pooled_trend(points)
    return GaussianMap(points, trend, _smoothness(points, trend))


def pooled_trend(points: SurveyPoints) -> Trend:
    """One law for all anchors by least squares, pulled towards the usual exponent."""
    at, row = np.nonzero(np.isfinite(points.level_dbm))
    path = points.path_db(points.xy)[row, at]
    level = points.level_dbm[at, row]
    basis = np.stack([np.ones_like(path), -path], axis=1)
    # As much as a handful of points at 5 dB would say: enough to keep a survey of five in bounds.
    pull = np.array([1 / 10.0**2, 1 / EXPONENT_SD**2])
    usual = np.array([REFERENCE_DBM, EXPONENT])
    weight = 1 / LEVEL_SD_DB**2
    solved = np.linalg.solve(
        basis.T @ basis * weight + np.diag(pull), basis.T @ level * weight + pull * usual
    )
    return Trend(float(solved[0]), float(solved[1]))


def matern(apart_m: Array, smooth: Smoothness) -> Array:
    """Matern 3/2 covariance of levels this far apart, dB^2."""
    r = math.sqrt(3) * apart_m / smooth.length_m
    covariance: Array = smooth.signal_db**2 * (1 + r) * np.exp(-r)
    return covariance


class _Prior(NamedTuple):
    """The process of one anchor at the survey's points."""

    trend: Trend
    smooth: Smoothness
    gram: Array
    path: Array

    def ask(self, level: Array, noise: Array, cross: Array, path: Array) -> tuple[Array, Array]:
        """Mean and latent variance (n,) at other places, from what is known (not NaN)."""
        known = np.isfinite(level)
        mean = self.trend.level_dbm - self.trend.exponent * path
        variance = self.smooth.signal_db**2 + _trend_covariance(path, path)
        if not known.any():
            return mean, variance
        here = self.path[known]
        k_here = self.gram[np.ix_(known, known)] + _trend_covariance(here[:, None], here[None, :])
        factor = cho_factor(k_here + np.diag(noise[known]), lower=True)
        k_cross = cross[:, known] + _trend_covariance(path[:, None], here[None, :])
        residual = level[known] - (self.trend.level_dbm - self.trend.exponent * here)
        mean = mean + k_cross @ cho_solve(factor, residual)
        solved = cho_solve(factor, k_cross.T)
        variance = variance - np.einsum("ij,ji->i", k_cross, solved)
        return mean, np.maximum(variance, 0.0)

    def ask_own(self, level: Array, noise: Array) -> Array:
        """Mean at the survey's own points."""
        return self.ask(level, noise, self.gram, self.path)[0]

    def log_likelihood(self, level: Array, noise: Array) -> float:
        """Log p(level) of the points where something was heard."""
        known = np.isfinite(level)
        here = self.path[known]
        k_here = self.gram[np.ix_(known, known)] + _trend_covariance(here[:, None], here[None, :])
        factor = cho_factor(k_here + np.diag(noise[known]), lower=True)
        residual = level[known] - (self.trend.level_dbm - self.trend.exponent * here)
        fit = float(residual @ cho_solve(factor, residual))
        return -fit / 2 - float(np.log(np.diag(factor[0])).sum())


def _told(points: SurveyPoints, row: int) -> tuple[Array, Array]:
    """Levels and fading of one anchor at every point."""
    return points.level_dbm[:, row], points.noise_db2[:, row] + 1e-6


def _trend_covariance(path: Array, other: Array) -> Array:
    """Of the trend's own uncertainty: anchors differ in level and exponent."""
    centre = 10 * math.log10(5.0)
    covariance: Array = LEVEL_SD_DB**2 + EXPONENT_SD**2 * (path - centre) * (other - centre)
    return covariance


def _smoothness(points: SurveyPoints, trend: Trend) -> Smoothness:
    heard = np.flatnonzero(np.isfinite(points.level_dbm).sum(axis=0) >= 2)
    taught = heard[:: max(1, math.ceil(len(heard) / MOST_TAUGHT))]
    apart, path = _apart(points.xy, points.xy), points.path_db(points.xy)
    best, choice = -math.inf, Smoothness(LENGTH_PRIOR[0], SIGNAL_PRIOR[0], POINT_PRIOR[0])
    for options in itertools.product(LENGTHS_M, SIGNALS_DB, POINTS_DB):
        smooth = Smoothness(*options)
        gram = matern(apart, smooth)
        score = sum(map(_log_prior, options, (LENGTH_PRIOR, SIGNAL_PRIOR, POINT_PRIOR)))
        for row in taught:
            level, noise = _told(points, int(row))
            prior = _Prior(trend, smooth, gram, path[row])
            score += prior.log_likelihood(level, noise + smooth.point_db**2)
        if score > best:
            best, choice = score, smooth
    return choice


def _log_prior(value: float, prior: tuple[float, float]) -> float:
    return -(((math.log(value) - math.log(prior[0])) / prior[1]) ** 2) / 2


def _apart(a: Array, b: Array) -> Array:
    apart: Array = np.linalg.norm(a[:, None] - b[None], axis=2)
    return apart
