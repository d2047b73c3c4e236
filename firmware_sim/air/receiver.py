"""What a radio makes of a packet: the channel it listens on, sensitivity, collisions, nonsense.

An advert is the same packet on 37, 38 and 39, one after the other. A scanner listens on one of
them for its dwell, then on the next: it hears an advert once, twice when it changes with the
sender, or not at all when it changes the other way.
"""

import math

import numpy as np
from numpy.typing import NDArray

from firmware_sim.air.environment import Air

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# One legacy advert of 31 bytes at 1 Mbit/s takes 376 us. Source: Core Spec 5.4, Vol 6 Part B 2.1.
AIRTIME_S = 0.000376
# From one channel to the next of the same advert. Source: office data set (see Air): the two
# copies of an advert heard twice lie 3 ms apart; the specification allows up to 10 ms
# (Core Spec 5.4, Vol 6 Part B 4.4.2.3).
HOP_S = 0.003
# Half of the adverts at this power are decoded, and 1.5 dB more or less makes it 73 or 27 %.
SENSITIVITY_ABOVE_FLOOR_DB = 6.0
SENSITIVITY_SLOPE_DB = 1.5
CERTAIN_ABOVE_DB = 20.0  # where one in a million is lost
# A packet survives another that is this much weaker. Source: Core Spec 5.4, Vol 6 Part A 4.2:
# co-channel rejection C/I of 21 dB is the limit for 0.1 % bit errors of an equal, unsynchronised
# interferer; receivers do better, 8 dB is what issue 4 asks and BLE collision studies measure.
CAPTURE_DB = 8.0
REMEMBERED = 64
# What is said instead of a level. Source: +42 and 127 occur in public recordings; -127 and 0 are
# what drivers say that have none.
NONSENSE_DBM = (127, 42, 0, -127)


class Scanners:
    """Which channel each anchor's radio listens on; each has a phase and a clock of its own."""

    def __init__(self, air: Air, anchors: int, *, rng: np.random.Generator) -> None:
        self._dwell_s = air.scan_dwell_ms / 1000.0
        self._share = air.scan_window_share
        phase = rng.uniform(0.0, 3.0, anchors)
        # Crystals differ by up to 50 ppm, so that two scanners do not stay in step.
        # Source: Core Spec 5.4, Vol 6 Part B 4.2.2, sleep clock accuracy.
        drift = 1.0 + rng.uniform(-50e-6, 50e-6, anchors)
        self._phase = phase[:, None]
        self._rate = drift[:, None] / self._dwell_s
        self._hops = HOP_S * np.arange(3.0)[None, :]
        self._channels = np.arange(3)[None, :]

    def listening(self, at_s: float) -> Flags:
        """Which of the three packets of an advert from `at_s` on meet their channel, (anchors, 3).

        Time is taken modulo an hour, where float seconds still resolve microseconds of phase.
        """
        turns = (at_s % 3600.0 + self._hops) * self._rate + self._phase
        whole = np.floor(turns)
        meets: Flags = whole % 3 == self._channels
        if self._share < 1.0:
            meets &= turns - whole < self._share
        return meets


class Traffic:
    """The levels at which other adverts lately arrived at each anchor: who may collide."""

    def __init__(self, anchors: int) -> None:
        self._levels: Floats = np.full((REMEMBERED, anchors), -np.inf)
        self._next = 0

    def remember(self, level_dbm: Floats) -> None:
        """An advert arrived with these levels, shape (anchors,), decoded or not."""
        self._levels[self._next] = level_dbm
        self._next = (self._next + 1) % REMEMBERED

    def one(self, anchor: int, *, pick: float) -> float:
        """The level of one of the adverts remembered there; `pick` is 0..1."""
        return float(self._levels[int(pick * REMEMBERED), anchor])


def chance_decoded(rssi_dbm: float, air: Air) -> float:
    """How likely a radio decodes an advert of this power; 0 below the floor.

    Source: the sharp but not vertical packet error curve of BLE receivers near sensitivity, as in
    the data sheets of nRF52840 and CYW43455; the logistic form is our choice.
    """
    if rssi_dbm < air.floor_dbm:
        return 0.0
    above = rssi_dbm - air.floor_dbm - SENSITIVITY_ABOVE_FLOOR_DB
    if above > CERTAIN_ABOVE_DB:
        return 1.0
    return 1.0 / (1.0 + math.exp(-above / SENSITIVITY_SLOPE_DB))


def chance_clear(devices: int, *, interval_s: float) -> float:
    """The chance that none of `devices` other advertisers collides with one packet.

    Source: unslotted ALOHA, exp(-2 a N / I), per advertising channel.
    """
    return math.exp(-2.0 * AIRTIME_S * devices / interval_s)
