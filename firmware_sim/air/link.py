"""The air between one device and every anchor, with the memory of the last spot."""

import math
import random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firmware_sim.air.ether import Ether
from firmware_sim.air.fields import CHANNELS
from firmware_sim.air.receiver import CAPTURE_DB, HOP_S, NONSENSE_DBM, chance_decoded

Floats = NDArray[np.float64]

# A twenty-fifth of a wavelength: interference has hardly changed.
FADED_M = 0.005
TURNED_RAD = 0.1
LOUDEST_DBM = 20


class Reception(NamedTuple):
    """One packet as a radio reports it; `channel` is 0, 1, 2 for 37, 38, 39."""

    anchor: int
    rssi_dbm: int
    channel: int

    @property
    def after_s(self) -> float:
        """How long after the start of the advert this packet was sent."""
        return self.channel * HOP_S


class Link:
    """One device's way to every anchor; `stand` says where it is, `hear` sends one advert."""

    def __init__(self, ether: Ether, *, rng: random.Random) -> None:
        self._ether = ether
        self._air = ether.air
        self._rng = rng
        self._at: tuple[float, float, float | None] | None = None
        self._gains: Floats = np.zeros((len(ether.anchors), CHANNELS))

    def stand(self, x: float, y: float, *, heading_rad: float | None) -> None:
        """The device is at this spot; nothing is worked out while it hardly moves or turns."""
        if self._at is not None:
            old_x, old_y, old_heading = self._at
            turned = old_heading != heading_rad and _turned(old_heading, heading_rad)
            if not turned and abs(x - old_x) + abs(y - old_y) < FADED_M:
                return
        self._at = (x, y, heading_rad)
        slow = self._ether.gains_db(x, y, heading_rad=heading_rad)
        self._gains = slow[:, None] + self._ether.multipath_db(x, y)

    def hear(self, at_s: float, *, power_1m_dbm: float, clear: float = 1.0) -> list[Reception]:
        """The packets of one advert that get through, by anchor and channel.

        `clear` is the chance that no other advert meets a packet; see `chance_clear`.
        """
        level = power_1m_dbm + self._gains + self._ether.drift_db(at_s)[:, None]
        self._ether.traffic.remember(level[:, 0])
        anchors, channels = np.nonzero(self._ether.scanners.listening(at_s))
        levels = level[anchors, channels].tolist()
        heard = []
        for anchor, channel, one in zip(anchors.tolist(), channels.tolist(), levels, strict=True):
            rssi = self._receive(one, anchor, clear=clear)
            if rssi is not None:
                heard.append(Reception(anchor, self._spoil(rssi), channel))
        return heard

    def arrives(self, anchor: int, *, power_1m_dbm: float, clear: float = 1.0) -> int | None:
        """RSSI of one advert at one anchor in whole dBm, on any channel; None: not received.

        For phones: their system keeps nonsense from the app, and says nothing of drift.
        """
        channel = int(self._rng.random() * CHANNELS)
        level = power_1m_dbm + float(self._gains[anchor, channel])
        return self._receive(level, anchor, clear=clear)

    def _receive(self, level_dbm: float, anchor: int, *, clear: float) -> int | None:
        """What the radio says of a packet of this level: loss, collision, sensitivity, rounding."""
        chance = self._rng.random
        if chance() < self._air.loss or not self._survives(level_dbm, anchor, clear=clear):
            return None
        rssi = level_dbm + self._rng.gauss(0.0, self._air.fading_sd_db)
        if chance() >= chance_decoded(rssi, self._air):
            return None
        return min(LOUDEST_DBM, round(rssi))

    def _spoil(self, rssi_dbm: int) -> int:
        """The level, or now and then the nonsense that drivers say in its place."""
        if self._rng.random() < self._air.corrupt_share:
            return self._rng.choice(NONSENSE_DBM)
        return rssi_dbm

    def _survives(self, level_dbm: float, anchor: int, *, clear: float) -> bool:
        """Whether no packet meets this one, or only one that is weaker by the capture ratio.

        Two at once are one: the stronger decides, and a third is rare in a shop.
        """
        chance = self._rng.random
        if clear >= 1.0 or chance() < clear:
            return True
        return level_dbm >= self._ether.traffic.one(anchor, pick=chance()) + CAPTURE_DB


def _turned(old_rad: float | None, new_rad: float | None) -> bool:
    """Whether the carrier has turned so far that it is heard, or was put on or taken off."""
    if old_rad is None or new_rad is None:
        return True
    return abs(math.remainder(new_rad - old_rad, 2 * math.pi)) >= TURNED_RAD
