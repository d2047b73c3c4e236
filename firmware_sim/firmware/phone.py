"""Phones that can be heard (M2): the retailer's app advertises the shopper's rotating id.

    android_eid   foreground service: Eddystone-EID service data, about four times a second
    ios_token     app open on the screen: a 128-bit service UUID that carries the EID

Both change their address every 8 to 15 minutes, and with every new id. In an iPhone's pocket the
UUID moves into Apple's overflow area, which nobody else can read: a closed app is not heard.
"""

import random

from firmware_sim.firmware.beacon import ZERO_METRE_DB
from firmware_sim.firmware.radio import Advertiser, private_address
from proximity_wire.frames import (
    EddystoneEid,
    ServiceToken,
    encode_eddystone_eid,
    encode_service_token,
)
from proximity_wire.rotating_id import derive_eid, period_of

# The resolvable address is renewed by time-out, 15 min at most on both systems.
# Source: Core Spec 5.4, Vol 3 Part C 10.7 (TGAP(private_addr_int)).
ADDRESS_LEAST_MS, ADDRESS_MOST_MS = 8 * 60_000, 15 * 60_000
# Phones of a system differ by several dB. Source: the spread of calibrated values in Google's
# Exposure Notification device list, rounded.
POWER_1M_DBM, POWER_SD_DB = -62.0, 4.0


class Phone(Advertiser):
    """What both systems share: the rotating id, and an address that changes of its own accord."""

    def __init__(self, key: bytes, *, exponent: int, rng: random.Random) -> None:
        super().__init__(rng=rng, power_1m_dbm=rng.gauss(POWER_1M_DBM, POWER_SD_DB))
        self._key = key
        self._exponent = exponent
        self._period: int | None = None
        self._new_address_ms: int | None = None
        self._ad = b""
        self.address = private_address(rng)

    def payload(self, at_ms: int) -> bytes:
        """The frame that is due; new id and overdue address change the address."""
        period = period_of(at_ms // 1000, self._exponent)
        rolled = period != self._period
        if rolled:
            self._period = period
            self._ad = self._frame(
                derive_eid(self._key, t_s=at_ms // 1000, exponent=self._exponent)
            )
        if rolled or self._new_address_ms is None or at_ms >= self._new_address_ms:
            self.address = private_address(self.rng)
            self._new_address_ms = at_ms + self.rng.randint(ADDRESS_LEAST_MS, ADDRESS_MOST_MS)
        return self._ad

    def _frame(self, eid: bytes) -> bytes:
        raise NotImplementedError


class AndroidPhone(Phone):
    """A foreground service with ADVERTISE_MODE_BALANCED: every 250 ms.

    Source: Android AdvertiseSettings, "balanced" is 250 ms.
    """

    interval_ms = 250

    def _frame(self, eid: bytes) -> bytes:
        return encode_eddystone_eid(EddystoneEid(eid.hex(), round(POWER_1M_DBM) + ZERO_METRE_DB))


class IPhone(Phone):
    """An app on the screen: about every 270 ms, the interval that iOS takes in the foreground.

    Source: Apple, Accessory Design Guidelines, recommended intervals (211.25 .. 318.75 ms); the
    middle is taken.
    """

    interval_ms = 270

    def _frame(self, eid: bytes) -> bytes:
        return encode_service_token(ServiceToken(eid.hex()))
