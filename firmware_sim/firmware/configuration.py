"""What an installer sets on a beacon, tag or fob, checked as its firmware would check it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from firmware_sim.errors import DeviceError
from firmware_sim.firmware.power_cell import CellKind

# Legacy advertising. Source: Core Spec 5.4, Vol 6 Part B 4.4.2.2 (20 ms .. 10.485759375 s).
LEAST_INTERVAL_MS, MOST_INTERVAL_MS = 20, 10_485
# Transmit powers, dBm, and supply current while sending, mA, at 3 V with the DC/DC converter.
# Source: Nordic Semiconductor, nRF52832 Product Specification 1.8, radio current consumption;
# steps without a figure there are interpolated.
TX_MA = {-40: 2.7, -20: 3.2, -16: 3.3, -12: 3.5, -8: 3.8, -4: 4.2, 0: 5.3, 3: 7.0, 4: 7.5}
# RSSI at 1 m of a beacon that sends 0 dBm: 41 dB of free space at 2.44 GHz, and antenna losses.
# Source: the usual calibration of such beacons, -59 dBm, as in Apple's "Getting started with
# iBeacon" (2014).
AT_1M_DB = -59


class FrameKind(StrEnum):
    """What a device says."""

    IBEACON = "ibeacon"
    UID = "uid"
    EID = "eid"


_FORMS = {
    FrameKind.IBEACON: (
        re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:\d{1,5}:\d{1,5}"),
        "uuid:major:minor",
    ),
    FrameKind.UID: (re.compile(r"[0-9a-f]{32}"), "32 hex digits: namespace and instance"),
    FrameKind.EID: (re.compile(r"[0-9a-f]{32}"), "32 hex digits: the identity key"),
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """One device's settings.

    identity: uuid:major:minor of an iBeacon, 32 hex digits of a UID, or the identity key of EID.
    telemetry_every: each how many-th advert is Eddystone-TLM; 0: never. An EID device sends
        none: battery and counter would link its rotating ids.
    exponent: an EID lasts 2^exponent seconds.

    Raises:
        DeviceError: a setting that the firmware would refuse; the text names it.
    """

    frame: FrameKind
    identity: str
    interval_ms: int = 1_000
    tx_power_dbm: int = 0
    telemetry_every: int = 10
    exponent: int = 10
    cell: CellKind = CellKind.CR2477

    def __post_init__(self) -> None:
        form, said = _FORMS[self.frame]
        if not form.fullmatch(self.identity):
            shown = "(not shown)" if self.frame is FrameKind.EID else repr(self.identity)
            raise DeviceError(f"identity {shown} of {self.frame} must be {said}")
        if self.frame is FrameKind.IBEACON and max(self._numbers()) > 0xFFFF:
            raise DeviceError(f"identity {self.identity!r}: major and minor must be 0..65535")
        if not LEAST_INTERVAL_MS <= self.interval_ms <= MOST_INTERVAL_MS:
            raise DeviceError(
                f"interval is {self.interval_ms} ms; must be "
                f"{LEAST_INTERVAL_MS}..{MOST_INTERVAL_MS}"
            )
        if self.tx_power_dbm not in TX_MA:
            powers = ", ".join(str(power) for power in TX_MA)
            raise DeviceError(f"tx power is {self.tx_power_dbm} dBm; must be one of {powers}")
        if not 0 <= self.exponent <= 15:
            raise DeviceError(f"exponent is {self.exponent}; must be 0..15")
        if self.telemetry_every < 0 or self.telemetry_every == 1:
            raise DeviceError(
                f"telemetry every {self.telemetry_every}; must be 0 (never) or 2 and more"
            )
        if self.frame is FrameKind.EID and self.telemetry_every:
            raise DeviceError("telemetry would link the rotating ids of an EID device; set 0")

    @property
    def power_1m_dbm(self) -> int:
        """The RSSI that a calibrated device states for 1 m."""
        return self.tx_power_dbm + AT_1M_DB

    @property
    def numbers(self) -> tuple[int, int]:
        """Major and minor of an iBeacon."""
        major, minor = self._numbers()
        return major, minor

    def _numbers(self) -> list[int]:
        return [int(part) for part in self.identity.split(":")[1:]]
