"""What is believed of one device: where it is, and how much louder it is than the reference.

For every state x the belief keeps a probability p(x) and, given x, a normal distribution of the
device's offset o in dB: mean m(x), variance v(x) (a Rao-Blackwellised filter: the offset is
never sampled). An anchor's level is

    y_i = mean_i(x) + o + e_i,   e_i Student-t with nu degrees of freedom, scale sd_i(x)

(on either side of 0 its own: `RadioMap.loud`, `RadioMap.soft`).

All levels of one step are weighed together. With robust weights w_i = b_i (nu + 1) /
((nu + z_i) sd_i^2) the offset's posterior given x is normal with

    v' = v / (1 + v sum w_i),   m' = m + v' sum w_i (y_i - mean_i - m)

and the state's likelihood is the Laplace approximation at m':

    log L(x) = - (nu + 1)/2 sum b_i log(1 + r_i^2 / (nu sd_i^2)) - sum b_i log sd_i
               - (m' - m)^2 / 2v + log(v'/v) / 2,           r_i = y_i - mean_i - m'

b_i <= 1 tempers: shadowing stays for seconds, so a gateway's next reading 0.5 s later says
little that is new. A device that is 8 dB louder shifts m(x) for all x alike and nothing else.

Source: Lange, Little and Taylor, Robust Statistical Modeling Using the t Distribution, JASA
1989 (weights); Doucet et al., Rao-Blackwellised Particle Filtering, UAI 2000.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store_server.presence.radio_map import RadioMap
from store_server.presence.state_space import StateSpace

Array = NDArray[np.float32]

# Below this no state is ever thought: a wrong conclusion must be reversible.
LEAST_P = 1e-9
# How likely it is in a second that the belief is wrong altogether: then the device is anywhere,
# but as loud as before: that is the device's, not the place's.
LOST_PER_S = 0.01
# The offset is never known better than this: antennas and hands differ by direction.
LEAST_VARIANCE_DB2 = 0.05
# While the offset is hardly known, its first guess says nothing of which levels are off: look
# again with a better one.
VAGUE_DB2 = 4.0
MORE_PASSES = 4


class Belief(NamedTuple):
    """`p` (n,) sums to 1; `offset_db` and `variance_db2` (n,) describe the offset given a state."""

    p: Array
    offset_db: Array
    variance_db2: Array


class Levels(NamedTuple):
    """What anchors heard in one step: map rows, levels, and how much each says that is new."""

    rows: NDArray[np.intp]
    dbm: Array
    fresh: Array


def unknown(space: StateSpace, *, offset_db: float, offset_sd_db: float) -> Belief:
    """Anywhere; the offset as stated or as phones are."""
    n = space.n
    return Belief(
        np.full(n, 1 / n, np.float32),
        np.full(n, offset_db, np.float32),
        np.full(n, offset_sd_db**2, np.float32),
    )


def moved(belief: Belief, space: StateSpace, *, dt_s: float, drift_db2_per_s: float) -> Belief:
    """The belief `dt_s` seconds later; offsets travel with the mass they belong to."""
    if dt_s <= 0:
        return belief
    p, m, v = belief
    stacked = np.stack([p, p * m, p * (v + m * m)])
    lost = np.float32(1 - (1 - LOST_PER_S) ** dt_s)
    anywhere = stacked.sum(axis=1, keepdims=True) / np.float32(len(p))
    spread = np.asarray(space.spread(stacked, dt_s), np.float32)
    mass, first, second = (1 - lost) * spread + lost * anywhere
    mass = np.maximum(mass, LEAST_P)
    offset = first / mass
    variance = np.maximum(second / mass - offset * offset, LEAST_VARIANCE_DB2)
    return Belief(mass / mass.sum(), offset, variance + np.float32(drift_db2_per_s * dt_s))


def weighed(belief: Belief, radio: RadioMap, levels: Levels, *, freedom: float) -> Belief:
    """The belief after the levels of one step, all at once."""
    p, m, v = belief
    fresh = levels.fresh[:, None]
    sd = radio.sd_db[levels.rows]
    above = levels.dbm[:, None] - radio.mean_dbm[levels.rows] - m
    step, shrunk = np.float32(0.0), v
    error = above
    for _ in range(MORE_PASSES if float(v.max()) > VAGUE_DB2 else 1):
        scale2 = _scale2(sd, error, radio)
        weight = fresh * (freedom + 1) / (freedom + error * error / (scale2 + shrunk)) / scale2
        shrunk = v / (1 + v * weight.sum(axis=0))
        step = shrunk * (weight * above).sum(axis=0)
        error = above - step
    scale2 = _scale2(sd, error, radio)
    log_l = -(fresh * np.log1p(error * error / (freedom * scale2))).sum(axis=0)
    log_l *= (freedom + 1) / 2
    log_l -= (fresh * np.log(sd)).sum(axis=0)
    log_l += np.log(shrunk / v) / 2 - step * step / (2 * v)
    log_p = np.log(p) + log_l
    p = np.maximum(np.exp(log_p - log_p.max()), LEAST_P)
    return Belief(p / p.sum(), m + step, np.maximum(shrunk, LEAST_VARIANCE_DB2))


def _scale2(sd: Array, error: Array, radio: RadioMap) -> Array:
    """The squared scale of each error: levels too loud and too soft may differ."""
    if radio.loud == radio.soft:
        return sd * sd
    scale = sd * np.where(error > 0, np.float32(radio.loud), np.float32(radio.soft))
    return scale * scale
