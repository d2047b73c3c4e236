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
    stacked = np.empty((3, len(p)), np.float32)
    stacked[0] = p
    np.multiply(p, m, out=stacked[1])
    np.multiply(m, m, out=stacked[2])
    stacked[2] += v
    stacked[2] *= p
    lost = np.float32(1 - (1 - LOST_PER_S) ** dt_s)
    anywhere = stacked.sum(axis=1, keepdims=True) * (lost / np.float32(len(p)))
    spread = np.asarray(space.spread(stacked, dt_s), np.float32) * (1 - lost)
    spread += anywhere
    mass, offset, variance = spread
    np.maximum(mass, LEAST_P, out=mass)
    spread[1:] /= mass
    variance -= offset * offset
    np.maximum(variance, LEAST_VARIANCE_DB2, out=variance)
    variance += np.float32(drift_db2_per_s * dt_s)
    mass /= mass.sum()
    return Belief(mass, offset, variance)


def weighed(belief: Belief, radio: RadioMap, levels: Levels, *, freedom: float) -> Belief:
    """The belief after the levels of one step, all at once."""
    p, m, v = belief
    sd = radio.sd_db[levels.rows]
    above = levels.dbm[:, None] - radio.mean_dbm[levels.rows]
    above -= m
    again = MORE_PASSES if float(v.max()) > VAGUE_DB2 else 1
    error, shrunk, step = above, v, np.zeros_like(v)
    for _ in range(again):
        weight = _weight(error, _scale2(sd, error, radio), shrunk, freedom=freedom)
        weight *= levels.fresh[:, None]
        shrunk = v / (1 + v * weight.sum(axis=0))
        weight *= above
        step = shrunk * weight.sum(axis=0)
        error = above - step
    log_p = _log_likelihood(error, _scale2(sd, error, radio), levels.fresh, freedom=freedom)
    if radio.log_sd is not None:
        log_p -= levels.fresh @ radio.log_sd[levels.rows]
    log_p += np.log(shrunk / v) / 2
    log_p -= step * step / (2 * v)
    log_p += np.log(p)
    log_p -= log_p.max()
    found = np.maximum(np.exp(log_p, out=log_p), LEAST_P, out=log_p)
    found /= found.sum()
    return Belief(found, m + step, np.maximum(shrunk, LEAST_VARIANCE_DB2))


def _weight(error: Array, scale2: Array, shrunk: Array, *, freedom: float) -> Array:
    """(nu + 1) / ((nu + e^2 / (s^2 + v)) s^2), with one division."""
    wide = scale2 + shrunk
    below: Array = error * error
    below += wide * np.float32(freedom)
    below *= scale2
    wide *= np.float32(freedom + 1)
    wide /= below
    return wide


def _log_likelihood(error: Array, scale2: Array, fresh: Array, *, freedom: float) -> Array:
    """(n,): the Student-t log likelihood of all errors, tempered, without its scale's term."""
    ratio: Array = error * error
    scale2 *= np.float32(freedom)
    ratio /= scale2
    # Not log1p: for small ratios it gains nothing here, and few processors have it in vectors.
    ratio += 1
    np.log(ratio, out=ratio)
    ratio *= fresh[:, None] * np.float32(-(freedom + 1) / 2)
    total: Array = ratio.sum(axis=0)
    return total


def _scale2(sd: Array, error: Array, radio: RadioMap) -> Array:
    """The squared scale of each error: levels too loud and too soft may differ."""
    if radio.loud == radio.soft:
        return sd * sd
    # A product, not a choice: choosing by an unforeseeable sign costs ten times as much.
    scale: Array = (error > 0) * np.float32(radio.loud - radio.soft)
    scale += np.float32(radio.soft)
    scale *= sd
    scale *= scale
    return scale
