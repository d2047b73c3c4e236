"""AltBeacon: the open counterpart of iBeacon, under any manufacturer's company code.

    company | be ac | 20 bytes beacon id | reference RSSI at 1 m | manufacturer reserved
    u16 LE    code                         i8, dBm                 u8

Source: AltBeacon Protocol Specification v1.0, github AltBeacon/spec.
"""

import struct
from typing import Literal, NamedTuple

from proximity_wire.frames.ad_structures import BEACON_FLAGS, MANUFACTURER, join
from proximity_wire.frames.field_checks import believable_power, hex_bytes, int8, within

CODE = b"\xbe\xac"
DATA_BYTES = 26
_unpack_from = struct.Struct("<H2x20sbB").unpack_from
# A NamedTuple's own constructor costs four times as much, and this runs for every advert.
_new = tuple.__new__


class AltBeacon(NamedTuple):
    """One beacon: `company` is a Bluetooth company code, `beacon_id` 40 lower hex digits."""

    company: int
    beacon_id: str
    measured_power_dbm: int
    mfg_reserved: int

    @property
    def kind(self) -> Literal["altbeacon"]:
        """The kind of a sighting of it."""
        return "altbeacon"

    @property
    def identity(self) -> str:
        """The beacon id; the company code is not part of it."""
        return self.beacon_id

    @property
    def measured_power_1m_dbm(self) -> int | None:
        """RSSI at 1 m in dBm as the beacon states it; None when it cannot be meant."""
        return believable_power(self.measured_power_dbm)


def decode_altbeacon(ad: bytes, at: int = 0) -> AltBeacon | None:
    """The frame in the manufacturer data (company first) from `at` on, or None when it is none."""
    if len(ad) - at != DATA_BYTES or ad[at + 2 : at + 4] != CODE:
        return None
    company, beacon_id, power, reserved = _unpack_from(ad, at)
    return _new(AltBeacon, (company, beacon_id.hex(), power, reserved))


def encode_altbeacon(frame: AltBeacon) -> bytes:
    """The whole advertising data, flags first: 31 bytes.

    Raises:
        FrameError: the id is not 40 hex digits, or a number is out of range.
    """
    data = b"".join(
        (
            within(frame.company, low=0, high=0xFFFF, what="AltBeacon company").to_bytes(
                2, "little"
            ),
            CODE,
            hex_bytes(frame.beacon_id, size=20, what="AltBeacon id"),
            int8(frame.measured_power_dbm, what="AltBeacon measured power"),
            within(frame.mfg_reserved, low=0, high=0xFF, what="AltBeacon reserved byte").to_bytes(
                1, "big"
            ),
        )
    )
    return join((BEACON_FLAGS, (MANUFACTURER, data)))
