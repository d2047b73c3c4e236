"""The air: what power arrives where, and what is lost on the way.

RSSI = power at 1 m - 10 n log10(d) - anchor offset + shadowing + channel + fading - body,
rounded to 1 dB. Shadowing is a field over the floor: the same spot is equally dark on every
visit, spots 2.5 m apart are related by 1/e, and every anchor has a field of its own.
The channel term differs between 37, 38 and 39 and changes when the device has moved about two
wavelengths; fading is drawn for each advert.

Only one of the three channels of an advert meets the channel on which a radio listens.
"""

import math
import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from firmware_sim.floor import Anchor
from firmware_sim.scenario import Air

Floats = NDArray[np.float64]

# Random Fourier features of one shadowing field: 48 waves put its correlation within .05 of the
# exponential for distances up to 10 m (tests/firmware_sim/test_air.py).
WAVES = 48
CARRIED_HEIGHT_M = 1.1
NEAREST_M = 0.3
MOVED_M = 0.25  # about two wavelengths at 2.44 GHz
TURNED_RAD = 0.4
# One legacy advert of 31 bytes at 1 Mbit/s takes 376 us. Source: Core Spec 5.4, Vol 6 Part B 2.1.
AIRTIME_S = 0.000376
CHANNELS = 3
# Half of the adverts at this power are decoded, and 1.5 dB more or less makes it 73 or 27 %.
SENSITIVITY_ABOVE_FLOOR_DB = 6.0
SENSITIVITY_SLOPE_DB = 1.5


class Ether:
    """The fixed part of the air: path loss and shadowing between any spot and every anchor."""

    def __init__(self, air: Air, anchors: Sequence[Anchor], *, seed: str) -> None:
        self.air = air
        self.anchors = tuple(anchors)
        rng = random.Random(f"{seed}:ether")
        self._xyz: Floats = np.array([(one.x, one.y, one.z) for one in anchors], dtype=np.float64)
        self._offset_db: Floats = np.array(
            [rng.gauss(0, air.gateway_sd_db) for _ in anchors], dtype=np.float64
        )
        waves = [[_wave(rng, air.shadowing_length_m) for _ in range(WAVES)] for _ in anchors]
        self._waves: Floats = np.array(waves, dtype=np.float64).reshape(len(self.anchors), WAVES, 3)

    def shadowing_db(self, x: float, y: float) -> Floats:
        """Shadowing towards every anchor at one spot; mean 0, sd as the scenario says."""
        phases = self._waves[:, :, 0] * x + self._waves[:, :, 1] * y + self._waves[:, :, 2]
        scale = self.air.shadowing_sd_db * math.sqrt(2.0 / WAVES)
        shadow: Floats = scale * np.cos(phases).sum(axis=1)
        return shadow

    def gains_db(self, x: float, y: float, *, heading_rad: float | None) -> list[float]:
        """What is added to the power at 1 m on the way to every anchor, in their order.

        `heading_rad` is where a person who carries the device looks; None: nobody carries it.
        """
        away = self._xyz - np.array((x, y, CARRIED_HEIGHT_M))
        distance = np.maximum(NEAREST_M, np.sqrt((away * away).sum(axis=1)))
        gains = -10.0 * self.air.path_loss_exponent * np.log10(distance) + self._offset_db
        gains += self.shadowing_db(x, y)
        if heading_rad is not None:
            behind = 0.5 - 0.5 * np.cos(np.arctan2(away[:, 1], away[:, 0]) - heading_rad)
            gains -= self.air.body_db * behind * behind
        answer: list[float] = gains.tolist()
        return answer


def _wave(rng: random.Random, length_m: float) -> tuple[float, float, float]:
    """One wave vector and phase of a field whose correlation is exp(-d / length).

    Source: Rahimi and Recht, "Random features for large-scale kernel machines", NIPS 2007; the
    spectrum of the exponential kernel in the plane is (1/L^2 + k^2)^(-3/2), whose radial
    distribution function 1 - 1/sqrt(1 + (kL)^2) is inverted here.
    """
    radius = math.sqrt(1.0 / (1.0 - rng.random()) ** 2 - 1.0) / length_m
    angle = rng.uniform(0, 2 * math.pi)
    return (radius * math.cos(angle), radius * math.sin(angle), rng.uniform(0, 2 * math.pi))


class Link:
    """The air between one device and every anchor, with the memory of the last spot."""

    def __init__(self, ether: Ether, *, rng: random.Random) -> None:
        self._ether = ether
        self._air = ether.air
        self._rng = rng
        self._at: tuple[float, float, float | None] | None = None
        self._gains: list[float] = []
        self._channels: list[tuple[float, ...]] = []

    def stand(self, x: float, y: float, *, heading_rad: float | None) -> None:
        """The device is at this spot; nothing changes while it has hardly moved or turned."""
        if self._at is not None:
            old_x, old_y, old_heading = self._at
            turned = abs((heading_rad or 0.0) - (old_heading or 0.0))
            if math.hypot(x - old_x, y - old_y) < MOVED_M and turned < TURNED_RAD:
                return
        self._at = (x, y, heading_rad)
        self._gains = self._ether.gains_db(x, y, heading_rad=heading_rad)
        spread = self._air.channel_sd_db
        gauss = self._rng.gauss
        self._channels = [tuple(gauss(0, spread) for _ in range(CHANNELS)) for _ in self._gains]

    def arrives(self, anchor: int, *, power_1m_dbm: float, clear: float = 1.0) -> int | None:
        """RSSI of one advert at one anchor in whole dBm; None when it is not received.

        `clear` is the chance that no other advert collides; see `chance_clear`.
        """
        channel = self._channels[anchor][int(self._rng.random() * CHANNELS)]
        rssi = power_1m_dbm + self._gains[anchor] + channel
        rssi += self._rng.gauss(0, self._air.fading_sd_db)
        if self._rng.random() >= clear * (1.0 - self._air.loss) * chance_decoded(rssi, self._air):
            return None
        return min(20, round(rssi))


def chance_decoded(rssi_dbm: float, air: Air) -> float:
    """How likely a radio decodes an advert of this power; 0 below the floor.

    Source: the sharp but not vertical packet error curve of BLE receivers near sensitivity, as in
    the data sheets of nRF52840 and CYW43455; the logistic form is our choice.
    """
    if rssi_dbm < air.floor_dbm:
        return 0.0
    above = rssi_dbm - air.floor_dbm - SENSITIVITY_ABOVE_FLOOR_DB
    return 1.0 / (1.0 + math.exp(-above / SENSITIVITY_SLOPE_DB))


def chance_clear(devices: int, *, interval_s: float) -> float:
    """The chance that none of `devices` other advertisers collides with one advert.

    Source: unslotted ALOHA, exp(-2 a N / I), per advertising channel.
    """
    return math.exp(-2.0 * AIRTIME_S * devices / interval_s)
