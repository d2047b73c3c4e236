"""Fields that stand still: shadowing, multipath and drift, each a sum of seeded waves.

A sum of waves costs the same at every spot, has no borders and needs no grid, so any floor will
do, and the same spot has the same value on every visit.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# 64 waves put the correlation within .05 of the exponential for distances up to 10 m.
SHADOW_WAVES = 64
# Twelve scattered paths of equal power are Rayleigh within .1 dB of sd.
# Source: Jakes, "Microwave Mobile Communications" (1974), chapter 1.7.
PATHS = 12
DRIFT_WAVES = 6
DRIFT_LEAST_S, DRIFT_MOST_S = 200.0, 86_400.0
# Centres of the advertising channels 37, 38, 39. Source: Core Spec 5.4, Vol 6 Part B 1.4.1.
CHANNEL_HZ = (2.402e9, 2.426e9, 2.480e9)
CHANNELS = len(CHANNEL_HZ)
LIGHT_MPS = 2.998e8
DEEPEST = 1e-3  # a null is never infinitely deep: -60 dB


class Shadowing:
    """One field over the floor for each anchor; mean 0, correlation exp(-d / length).

    Source: Rahimi and Recht, "Random features for large-scale kernel machines", NIPS 2007; the
    spectrum of the exponential kernel in the plane is (1/L^2 + k^2)^(-3/2), whose radial
    distribution function 1 - 1/sqrt(1 + (kL)^2) is inverted here.
    """

    def __init__(
        self, anchors: int, *, sd_db: float, length_m: float, rng: np.random.Generator
    ) -> None:
        shape = (anchors, SHADOW_WAVES)
        radius = np.sqrt(1.0 / (1.0 - rng.random(shape)) ** 2 - 1.0) / length_m
        angle = rng.uniform(0, 2 * math.pi, shape)
        self._kx, self._ky = radius * np.cos(angle), radius * np.sin(angle)
        self._phase = rng.uniform(0, 2 * math.pi, shape)
        self._scale = sd_db * math.sqrt(2.0 / SHADOW_WAVES)

    def at(self, x: float, y: float) -> Floats:
        """Decibels towards each anchor, shape (anchors,)."""
        waves = np.cos(self._kx * x + self._ky * y + self._phase)
        shadow: Floats = self._scale * waves.sum(axis=1)
        return shadow


class Multipath:
    """Interference of one steady and twelve scattered paths, by channel.

    Within half a wavelength (6 cm) the level of a spot is another one; the three channels share
    the paths, but path delays turn their phases apart. Mean of the level in dB is 0.

    Source: Clarke's model of scattering around the receiver (Bell Syst. Tech. J. 47 (1968) 957)
    with a Rician steady path; delays exponential, as in Saleh and Valenzuela, IEEE JSAC 5 (1987).
    """

    def __init__(
        self, anchors: int, *, k_factor: float, delay_s: float, rng: np.random.Generator
    ) -> None:
        shape = (anchors, PATHS)
        angle = rng.uniform(0, 2 * math.pi, shape)
        wave_number = 2 * math.pi * CHANNEL_HZ[1] / LIGHT_MPS
        self._jkx = 1j * wave_number * np.cos(angle)
        self._jky = 1j * wave_number * np.sin(angle)
        delays = rng.exponential(delay_s, shape) if delay_s else np.zeros(shape)
        phase = rng.uniform(0, 2 * math.pi, shape)[:, None, :]
        turns = phase + 2 * math.pi * np.array(CHANNEL_HZ)[None, :, None] * delays[:, None, :]
        amplitude = math.sqrt(1.0 / ((k_factor + 1.0) * PATHS))
        self._weights = np.ascontiguousarray(amplitude * np.exp(1j * turns))
        self._steady = math.sqrt(k_factor / (k_factor + 1.0))
        self._mean_db = rician_mean_db(k_factor)

    def at(self, x: float, y: float) -> Floats:
        """Decibels towards each anchor on each channel, shape (anchors, 3)."""
        paths = np.exp(self._jkx * x + self._jky * y)
        sums = self._steady + np.matmul(self._weights, paths[:, :, None])[:, :, 0]
        level: Floats = 20.0 * np.log10(np.maximum(np.abs(sums), DEEPEST)) - self._mean_db
        return level


class Antennas:
    """What each gateway's antenna and its own casing, wall or pole give by direction.

    Lobes of the first and second order around the horizon, random in height and direction, mean
    0. They reach far where shadowing is local: a bias over a whole side of the shop.
    """

    def __init__(self, anchors: int, *, sd_db: float, rng: np.random.Generator) -> None:
        # Four terms, each of mean square 1/2 over the horizon.
        self._lobes = rng.normal(0.0, sd_db / math.sqrt(2.0), (4, anchors))

    def at(self, azimuth_rad: Floats) -> Floats:
        """Decibels of each anchor towards its azimuth, shapes (anchors,)."""
        orders = (azimuth_rad, 2 * azimuth_rad)
        terms = [wave(order) for order in orders for wave in (np.cos, np.sin)]
        gain: Floats = sum(
            (lobe * term for lobe, term in zip(self._lobes, terms, strict=True)),
            np.zeros_like(azimuth_rad),
        )
        return gain


class Drift:
    """How the level of each anchor wanders over minutes to a day; weeks apart it is unrelated."""

    def __init__(self, anchors: int, *, sd_db: float, rng: np.random.Generator) -> None:
        shape = (anchors, DRIFT_WAVES)
        shortest, longest = math.log(DRIFT_LEAST_S), math.log(DRIFT_MOST_S)
        self._rate = 2 * math.pi / np.exp(rng.uniform(shortest, longest, shape))
        self._phase = rng.uniform(0, 2 * math.pi, shape)
        self._scale = sd_db * math.sqrt(2.0 / DRIFT_WAVES)

    def at(self, at_s: float) -> Floats:
        """Decibels at this instant, shape (anchors,)."""
        drift: Floats = self._scale * np.cos(self._rate * at_s + self._phase).sum(axis=1)
        return drift


def rician_mean_db(k_factor: float) -> float:
    """The mean of a Rician level in dB, against its mean power.

    Source: E[ln |h|^2] = ln(K / (K + 1)) + E1(K); by its series E1(K) = -gamma - ln K -
    sum (-K)^n / (n n!), in which ln K cancels, so K = 0 (Rayleigh) needs no case of its own.
    """
    term, total = 1.0, 0.0
    for n in range(1, 200):
        term *= -k_factor / n
        total += term / n
    nats = -math.log(k_factor + 1.0) - 0.5772156649015329 - total
    return 10.0 / math.log(10.0) * nats
