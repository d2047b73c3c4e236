"""iBeacon: a fixed identity in Apple's manufacturer data. The shop's beacons speak it.

    4c 00 | 02 15 | 16 bytes UUID | major | minor | measured power at 1 m
    company  type, length           u16 BE  u16 BE  i8, dBm

Source: Apple, Proximity Beacon Specification, release R1.
"""

import struct
from typing import Literal, NamedTuple

from proximity_wire.frames.ad_structures import BEACON_FLAGS, MANUFACTURER, join
from proximity_wire.frames.field_checks import believable_power, hex_bytes, int8, within

PREFIX = b"\x4c\x00\x02\x15"
DATA_BYTES = 25
_LENGTH = 0x15
_unpack_from = struct.Struct(">4x6s2s8sHHb").unpack_from
# A NamedTuple's own constructor costs four times as much, and this runs for every advert.
_new = tuple.__new__


class IBeacon(NamedTuple):
    """One beacon of a family: `uuid` is lower case with dashes, numbers are 0..65535."""

    uuid: str
    major: int
    minor: int
    measured_power_dbm: int

    @property
    def kind(self) -> Literal["ibeacon"]:
        """The kind of a sighting of it."""
        return "ibeacon"

    @property
    def identity(self) -> str:
        """`uuid:major:minor`, as sightings and floor plans write it."""
        return f"{self.uuid}:{self.major}:{self.minor}"

    @property
    def measured_power_1m_dbm(self) -> int | None:
        """RSSI at 1 m in dBm as the beacon states it; None when it cannot be meant."""
        return believable_power(self.measured_power_dbm)


def decode_ibeacon(ad: bytes, at: int = 0) -> IBeacon | None:
    """The frame in the manufacturer data that begins with `4c 00 02` at `at` and ends with `ad`.

    None when it is none.
    """
    if len(ad) - at != DATA_BYTES or ad[at + 3] != _LENGTH:
        return None
    # Three parts, so that `hex` sets the dashes: after 4 bytes of 6, and before the last 6 of 8.
    head, middle, tail, major, minor, power = _unpack_from(ad, at)
    uuid = f"{head.hex('-', -4)}-{middle.hex()}-{tail.hex('-', 6)}"
    return _new(IBeacon, (uuid, major, minor, power))


def encode_ibeacon(frame: IBeacon) -> bytes:
    """The whole advertising data, flags first: 30 bytes.

    Raises:
        FrameError: the UUID is not 32 hex digits with dashes, or a number is out of range.
    """
    data = b"".join(
        (
            PREFIX,
            hex_bytes(frame.uuid.replace("-", ""), size=16, what="iBeacon uuid"),
            within(frame.major, low=0, high=0xFFFF, what="iBeacon major").to_bytes(2, "big"),
            within(frame.minor, low=0, high=0xFFFF, what="iBeacon minor").to_bytes(2, "big"),
            int8(frame.measured_power_dbm, what="iBeacon measured power"),
        )
    )
    return join((BEACON_FLAGS, (MANUFACTURER, data)))
