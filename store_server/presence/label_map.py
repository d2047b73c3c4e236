"""States without places, learned from a survey that only tells zones.

Each zone is a handful of prototypes: how loud every anchor is in one part of it. Prototypes are
the states of a hidden Markov model whose zone is known while it is learned, so Baum-Welch runs
with the states of other zones barred. It learns levels, spreads, and how one gets from part to
part: through the door there is one way. Where tags only stood still, the rates are those between
parts that sound alike.

Emissions are Student-t and tempered as in the filter. Offsets between surveyed devices are
learned with the levels.

Source: Rabiner, A Tutorial on Hidden Markov Models, Proc. IEEE 77 (1989); Arthur & Vassilvitskii,
k-means++ (2007); Peel & McLachlan, Robust mixture modelling using the t distribution (2000).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2  # type: ignore[import-untyped]  # scipy ships no types

from store_server.errors import ConfigError
from store_server.ids import ZoneId
from store_server.presence.labelled_runs import WINDOW_S, Run, runs_of
from store_server.presence.radio_map import RadioMap
from store_server.presence.state_space import RateMotion, StateSpace
from store_server.presence.survey import Survey

Array = NDArray[np.float64]

# More prototypes gain nothing measurable; each wants some seconds of survey to be learned from.
MOST_PROTOTYPES = 10
SECONDS_EACH = 10.0
ROUNDS = 8
FREEDOM = 5.0
# Windows follow each other faster than fading changes.
TEMPER = 0.3
LEAST_SD_DB, USUAL_SD_DB = 2.5, 4.0
# What the priors weigh, in windows, and in seconds of observed motion.
LEVEL_WINDOWS, SPREAD_WINDOWS, MOTION_S = 2.0, 10.0, 10.0
# Rate at which one leaves a part of a zone when nobody was seen doing it, and how alike (rms
# over anchors) parts sound that lie side by side.
USUAL_RATE_PER_S = 0.1
ALIKE_DB = 6.0
FEWEST_WINDOWS = 12


@dataclass(frozen=True, slots=True, eq=False)
class LabelMap:
    """States, their radio map, and how many prototypes each zone has.

    `unsurveyed` are the zones of the site that the survey never told: no answer names them.
    """

    space: StateSpace
    radio: RadioMap
    prototypes: dict[str, int]
    unsurveyed: tuple[ZoneId, ...] = ()


@dataclass(slots=True)
class _Model:
    """The hidden Markov model while it is learned; `step` (states, states) is per window."""

    mean: Array
    sd: Array
    zone: NDArray[np.intp]
    step: Array
    offset: Array = field(default_factory=lambda: np.zeros(0))


def fit_labels(survey: Survey, zones: Sequence[ZoneId], *, seed: int = 1) -> LabelMap:
    """Prototypes of every zone that the survey tells.

    Args:
        survey: readings with a zone; those without do not count.
        zones: the zones of the site, in its order.
        seed: of the first guess (k-means++).

    Raises:
        ConfigError: a zone that the site does not have, or one with less than 3 s of readings.
    """
    strange = [name for name in survey.zones if name not in zones]
    if strange:
        raise ConfigError(
            f"the survey tells zone {strange[0]!r}; must be one of {', '.join(zones)}"
        )
    runs = runs_of(survey)
    model = _first_guess(runs, survey, np.random.default_rng(seed))
    model.offset = np.zeros(len(survey.devices))
    seconds, moves = np.zeros(len(model.zone)), np.zeros_like(model.step)
    for _ in range(ROUNDS):
        seconds, moves = _learn(model, runs)
    told = tuple(ZoneId(name) for name in survey.zones)
    names = tuple(name for name in zones if name in told)
    row = np.array([names.index(name) for name in told])[model.zone]
    space = StateSpace(
        np.full((len(row), 2), np.nan),
        names,
        (row[None, :] == np.arange(len(names))[:, None]).astype(float),
        RateMotion(_rates(model, moves, seconds)),
    )
    radio = RadioMap(survey.anchors, model.mean.T.astype(np.float32), model.sd.T.astype(np.float32))
    counts = {str(name): int((row == at).sum()) for at, name in enumerate(names)}
    return LabelMap(space, radio, counts, tuple(z for z in zones if z not in told))


def _first_guess(runs: Sequence[Run], survey: Survey, rng: np.random.Generator) -> _Model:
    """Clusters of each zone's windows."""
    dbm = np.concatenate([_filled(run.dbm) for run in runs])
    zone = np.concatenate([run.zone for run in runs])
    usual = np.nanmean(dbm, axis=0)
    means, sds, zones = [], [], []
    for number, name in enumerate(survey.zones):
        x = dbm[zone == number]
        if len(x) < FEWEST_WINDOWS:
            raise ConfigError(
                f"the survey has {len(x) * WINDOW_S:.0f} s in zone {name!r}; "
                f"must be at least {FEWEST_WINDOWS * WINDOW_S:.0f} s, better a minute"
            )
        x = np.where(np.isnan(x), usual, x)
        k = int(np.clip(len(x) * WINDOW_S / SECONDS_EACH, 1, MOST_PROTOTYPES))
        _, label = kmeans2(x, k, minit="++", rng=rng, missing="warn")
        for part in np.unique(label):
            means.append(x[label == part].mean(axis=0))
            sds.append(np.sqrt(x[label == part].var(axis=0) + 1.0))
            zones.append(number)
    states = len(zones)
    step = np.full((states, states), 0.02 / states) + 0.98 * np.eye(states)
    return _Model(
        np.array(means), np.maximum(np.array(sds), LEAST_SD_DB), np.array(zones, np.intp), step
    )


def _filled(dbm: Array) -> Array:
    """Windows in which an anchor's level is the last one heard: for the first guess only."""
    at = np.where(np.isfinite(dbm), np.arange(len(dbm))[:, None], 0)
    np.maximum.accumulate(at, axis=0, out=at)
    filled: Array = np.take_along_axis(dbm, at, axis=0)
    return filled


def _learn(model: _Model, runs: Sequence[Run]) -> tuple[Array, Array]:
    """One round of Baum-Welch; seconds in each state, and moves between them."""
    states, anchors = model.mean.shape
    moves = np.zeros((states, states))
    seconds = np.zeros(states)
    first, second, weight = (np.zeros((states, anchors)) for _ in range(3))
    shift, shifted = np.zeros(len(model.offset)), np.zeros(len(model.offset))
    for run in runs:
        level = run.dbm - model.offset[run.device]
        share = _smoothed(model, level, run.zone, moves)
        heard = np.isfinite(level)
        x = np.where(heard, level, 0.0)
        seconds += share.sum(axis=0) * WINDOW_S
        weight += share.T @ heard
        first += share.T @ x
        second += share.T @ (x * x)
        shift[run.device] += ((x - share @ model.mean) * heard).sum()
        shifted[run.device] += heard.sum()
    model.mean = (first + LEVEL_WINDOWS * model.mean) / (weight + LEVEL_WINDOWS)
    apart = second - 2 * first * model.mean + weight * model.mean**2
    variance = (apart + SPREAD_WINDOWS * USUAL_SD_DB**2) / (weight + SPREAD_WINDOWS)
    model.sd = np.sqrt(np.maximum(variance, LEAST_SD_DB**2))
    model.step = moves + 0.5 / states
    model.step /= model.step.sum(axis=1, keepdims=True)
    model.offset = model.offset + shift / np.maximum(shifted, 1)
    model.offset -= model.offset.mean()
    return seconds, moves


def _smoothed(model: _Model, level: Array, zone: NDArray[np.intp], moves: Array) -> Array:
    """(windows, states): the probability of each state given the whole run; adds to `moves`."""
    error = (level[:, None, :] - model.mean[None]) / model.sd[None]
    log_l = -(FREEDOM + 1) / 2 * np.log1p(error * error / FREEDOM) - np.log(model.sd)[None]
    log_l = TEMPER * np.where(np.isnan(log_l), 0.0, log_l).sum(axis=2)
    log_l[zone[:, None] != model.zone[None, :]] = -np.inf
    seen = np.exp(log_l - log_l.max(axis=1, keepdims=True))
    forward, backward = np.empty_like(seen), np.ones_like(seen)
    scale = np.empty(len(seen))
    p = np.full(seen.shape[1], 1 / seen.shape[1])
    for at in range(len(seen)):
        p = (p @ model.step if at else p) * seen[at]
        scale[at] = max(float(p.sum()), 1e-300)
        p = p / scale[at]
        forward[at] = p
    for at in range(len(seen) - 2, -1, -1):
        ahead = seen[at + 1] * backward[at + 1] / scale[at + 1]
        backward[at] = model.step @ ahead
        moves += np.outer(forward[at], ahead) * model.step
    share: Array = forward * backward
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-300)
    return share


def _rates(model: _Model, moves: Array, seconds: Array) -> Array:
    """(states, states) per second: moves over time, pulled towards parts that sound alike."""
    apart2 = ((model.mean[:, None] - model.mean[None]) ** 2).mean(axis=2)
    alike = np.exp(-apart2 / (2 * ALIKE_DB**2)) + 1e-3
    np.fill_diagonal(alike, 0.0)
    usual = USUAL_RATE_PER_S * alike / np.maximum(alike.sum(axis=1, keepdims=True), 1e-12)
    rates: Array = (moves + MOTION_S * usual) / (seconds + MOTION_S)[:, None]
    np.fill_diagonal(rates, 0.0)
    return rates
