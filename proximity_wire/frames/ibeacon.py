"""iBeacon: a fixed identity in Apple's manufacturer data. The shop's beacons speak it.

    4c 00 | 02 15 | 16 bytes UUID | major | minor | measured power at 1 m
    company  type, length           u16 BE  u16 BE  i8, dBm

Source: Apple, Proximity Beacon Specification, release R1.
"""

import struct
from functools import lru_cache
from typing import Literal, NamedTuple

from proximity_wire.frames.ad_structures import BEACON_FLAGS, MANUFACTURER, join
from proximity_wire.frames.field_checks import believable_power, hex_bytes, int8, within

PREFIX = b"\x4c\x00\x02\x15"
DATA_BYTES = 25
_BODY = struct.Struct(">4x16sHHb")


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


@lru_cache(maxsize=4096)
def _uuid_text(raw: bytes) -> str:
    """Cached: a shop has a handful of UUIDs, and formatting one costs more than the rest."""
    digits = raw.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def decode_ibeacon(data: bytes) -> IBeacon | None:
    """The frame in manufacturer `data` (company first), or None when it is none."""
    if len(data) != DATA_BYTES or data[:4] != PREFIX:
        return None
    raw, major, minor, power = _BODY.unpack(data)
    return IBeacon(_uuid_text(raw), major, minor, power)


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
