"""A loyalty tag: Eddystone-EID twice a second, a new id every 2^K seconds of its own clock.

    asleep --(shaken: the shopper walks)--> advertising --(period over)--> new id and address

The tag knows no UTC, only seconds since it was made: `clock_offset_s` was written down at
enrolment. Address and id change together; else the old address would link the new id.
"""

import random

from firmware_sim.firmware.radio import Advertiser, private_address
from proximity_wire.frames import EddystoneEid, encode_eddystone_eid
from proximity_wire.rotating_id import derive_eid, period_of

INTERVAL_MS = 500
# RSSI at 1 m of a coin-cell tag at -4 dBm, as worn; devices of a make differ by some dB.
POWER_1M_DBM = -63.0
POWER_SD_DB = 2.0
# Eddystone states the power at 0 m, 41 dB above that at 1 m. Source: Eddystone-UID specification.
ZERO_METRE_DB = 41


class RotatingId:
    """The rotating id of one key: which one is due, derived once a period."""

    def __init__(self, key: bytes, *, exponent: int, clock_offset_s: int) -> None:
        self._key = key
        self._exponent = exponent
        self._offset_s = clock_offset_s
        self._period: int | None = None
        self.eid = b""

    def roll(self, at_ms: int) -> bool:
        """Make `eid` the one due at this instant; True when it changed."""
        own_s = at_ms // 1000 + self._offset_s
        period = period_of(own_s, self._exponent)
        if period == self._period:
            return False
        self._period = period
        self.eid = derive_eid(self._key, t_s=own_s, exponent=self._exponent)
        return True


class ShopperTag(Advertiser):
    """One tag on a key ring."""

    interval_ms = INTERVAL_MS

    def __init__(
        self, key: bytes, *, exponent: int, clock_offset_s: int, rng: random.Random
    ) -> None:
        super().__init__(rng=rng, power_1m_dbm=rng.gauss(POWER_1M_DBM, POWER_SD_DB))
        self._ids = RotatingId(key, exponent=exponent, clock_offset_s=clock_offset_s)
        self._ad = b""
        self.address = private_address(rng)

    def payload(self, at_ms: int) -> bytes:
        """The Eddystone-EID frame that is due; a new id takes a new address."""
        if self._ids.roll(at_ms):
            self.address = private_address(self.rng)
            frame = EddystoneEid(self._ids.eid.hex(), round(POWER_1M_DBM) + ZERO_METRE_DB)
            self._ad = encode_eddystone_eid(frame)
        return self._ad
