"""What is believed of one device: where it is, and how much louder it is than the reference.

For every state x the belief keeps a probability p(x) and, given x, a normal distribution of the
device's offset o in dB: mean m(x), variance v(x) (a Rao-Blackwellised filter: the offset is
never sampled). An anchor's level is

    y_i = mean_i(x) + o + e_i,   e_i Student-t with nu degrees of freedom, scale sd_i(x)

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
# The offset is never known better than this: antennas and hands differ by direction.
LEAST_VARIANCE_DB2 = 0.05


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
    mass, first, second = np.asarray(space.spread(stacked, dt_s), np.float32)
    thin = mass < LEAST_P
    mass = np.maximum(mass, LEAST_P)
    offset = np.where(thin, m, first / mass)
    variance = np.where(thin, v, second / mass - offset * offset)
    variance = np.maximum(variance, LEAST_VARIANCE_DB2) + np.float32(drift_db2_per_s * dt_s)
    return Belief(mass / mass.sum(), offset, variance)


def weighed(belief: Belief, radio: RadioMap, levels: Levels, *, freedom: float) -> Belief:
    """The belief after the levels of one step, all at once."""
    p, m, v = belief
    fresh = levels.fresh[:, None]
    sd = radio.sd_db[levels.rows]
    scale2 = sd * sd
    error = levels.dbm[:, None] - radio.mean_dbm[levels.rows] - m
    weight = fresh * (freedom + 1) / (freedom + error * error / (scale2 + v)) / scale2
    shrunk = v / (1 + v * weight.sum(axis=0))
    step = shrunk * (weight * error).sum(axis=0)
    error -= step
    log_l = -(fresh * np.log1p(error * error / (freedom * scale2))).sum(axis=0)
    log_l *= (freedom + 1) / 2
    log_l -= (fresh * np.log(sd)).sum(axis=0)
    log_l += np.log(shrunk / v) / 2 - step * step / (2 * v)
    log_p = np.log(p) + log_l
    p = np.maximum(np.exp(log_p - log_p.max()), LEAST_P)
    return Belief(p / p.sum(), m + step, np.maximum(shrunk, LEAST_VARIANCE_DB2))
