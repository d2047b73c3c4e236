"""A fixed beacon: iBeacon every second, and every tenth time its telemetry instead.

    boot --> advertising --(ten adverts)--> telemetry --> advertising ...

The battery falls along the flat part of a lithium cell's curve; nothing else changes.
"""

import random

from firmware_sim.errors import ScenarioError
from firmware_sim.firmware.radio import Advertiser, static_address
from proximity_wire.frames import EddystoneTlm, IBeacon, encode_eddystone_tlm, encode_ibeacon

INTERVAL_MS = 1_000
TELEMETRY_EVERY = 10
# A CR2477 of 1000 mAh at 20 uA lasts five years and loses about 300 mV until the knee.
FRESH_MV = 3_000
LOSS_MV_PER_DAY = 300 / (5 * 365)


class FixedBeacon(Advertiser):
    """One beacon on the wall; `identity` is uuid:major:minor.

    Raises:
        ScenarioError: the identity of the plan is not of that form.
    """

    interval_ms = INTERVAL_MS

    def __init__(self, identity: str, *, measured_power_dbm: int, rng: random.Random) -> None:
        super().__init__(rng=rng, power_1m_dbm=float(measured_power_dbm))
        try:
            uuid, major, minor = identity.split(":")
            frame = IBeacon(uuid, int(major), int(minor), measured_power_dbm)
        except ValueError:
            raise ScenarioError(
                f"beacon identity {identity!r}: must be uuid:major:minor, as in the floor plan"
            ) from None
        self.address = static_address(rng)
        self._ad = encode_ibeacon(frame)
        self._adverts = 0
        self._booted_ms: int | None = None
        self._age_days = rng.uniform(0, 600)

    def payload(self, at_ms: int) -> bytes:
        """The advertising data of the advert at this instant."""
        if self._booted_ms is None:
            self._booted_ms = at_ms
        self._adverts += 1
        if self._adverts % TELEMETRY_EVERY:
            return self._ad
        up_ms = at_ms - self._booted_ms
        return encode_eddystone_tlm(
            EddystoneTlm(
                battery_mv=round(FRESH_MV - LOSS_MV_PER_DAY * (self._age_days + up_ms / 86.4e6)),
                temperature_c=21.5,
                advert_count=self._adverts,
                uptime_ds=up_ms // 100,
            )
        )
