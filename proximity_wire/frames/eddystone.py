"""Eddystone's identities: UID, fixed, and EID, rotating. Tags and Android apps speak EID.

Service data of UUID 0xFEAA; the first byte after the UUID says which frame follows:

    aa fe | 00 | power at 0 m | 10 bytes namespace | 6 bytes instance | 00 00 (may be missing)
    aa fe | 30 | power at 0 m | 8 bytes EID

Telemetry and URL have modules of their own: they name nobody.

Source: github google/eddystone, eddystone-uid and eddystone-eid.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from proximity_wire.frames.ad_structures import (
    BEACON_FLAGS,
    SERVICE_DATA_16,
    UUIDS_16_COMPLETE,
    join,
)
from proximity_wire.frames.field_checks import (
    EDDYSTONE_LOSS_FIRST_METRE_DB,
    believable_power,
    hex_bytes,
    int8,
)

SERVICE: Final = b"\xaa\xfe"
UID_TYPE: Final = 0x00
EID_TYPE: Final = 0x30

_EID_BYTES = 12
_UID_BYTES = 22
_UID_BYTES_WITHOUT_RESERVED = 20

# A NamedTuple's own constructor costs four times as much, and this runs for every advert.
_new = tuple.__new__


def signed(byte: int) -> int:
    """`byte` (0..255) read as a signed 8-bit number."""
    return byte - 256 if byte > 127 else byte


class EddystoneUid(NamedTuple):
    """A fixed identity: `namespace` 20 and `instance` 12 lower hex digits."""

    namespace: str
    instance: str
    tx_power_0m_dbm: int

    @property
    def kind(self) -> Literal["uid"]:
        """The kind of a sighting of it."""
        return "uid"

    @property
    def identity(self) -> str:
        """Namespace and instance in one: 32 hex digits."""
        return self.namespace + self.instance

    @property
    def measured_power_1m_dbm(self) -> int | None:
        """RSSI at 1 m in dBm as the beacon states it; None when it cannot be meant."""
        return believable_power(self.tx_power_0m_dbm - EDDYSTONE_LOSS_FIRST_METRE_DB)


class EddystoneEid(NamedTuple):
    """A rotating identity: `eid` is 16 lower hex digits, meaningless without the key."""

    eid: str
    tx_power_0m_dbm: int

    @property
    def kind(self) -> Literal["eid"]:
        """The kind of a sighting of it."""
        return "eid"

    @property
    def identity(self) -> str:
        """The EID of this period."""
        return self.eid

    @property
    def measured_power_1m_dbm(self) -> int | None:
        """RSSI at 1 m in dBm as the tag states it; None when it cannot be meant."""
        return believable_power(self.tx_power_0m_dbm - EDDYSTONE_LOSS_FIRST_METRE_DB)


def decode_eddystone_uid(ad: bytes, at: int = 0) -> EddystoneUid | None:
    """The frame in the service data from `at` on, which begins with `aa fe 00`, or None."""
    if len(ad) - at not in (_UID_BYTES, _UID_BYTES_WITHOUT_RESERVED):
        return None
    power = signed(ad[at + 3])
    return _new(EddystoneUid, (ad[at + 4 : at + 14].hex(), ad[at + 14 : at + 20].hex(), power))


def decode_eddystone_eid(ad: bytes, at: int = 0) -> EddystoneEid | None:
    """The frame in the service data from `at` on, which begins with `aa fe 30`, or None."""
    if len(ad) - at != _EID_BYTES:
        return None
    return _new(EddystoneEid, (ad[at + 4 :].hex(), signed(ad[at + 3])))


def advert_of(body: Sequence[bytes]) -> bytes:
    """Flags, service list and service data: the whole advertising data of an Eddystone frame."""
    return join(
        (
            BEACON_FLAGS,
            (UUIDS_16_COMPLETE, SERVICE),
            (SERVICE_DATA_16, SERVICE + b"".join(body)),
        )
    )


def encode_eddystone_uid(frame: EddystoneUid) -> bytes:
    """The whole advertising data with the two reserved bytes: 31 bytes.

    Raises:
        FrameError: namespace or instance are not hex of their length, or power is no int8.
    """
    return advert_of(
        (
            bytes((UID_TYPE,)),
            int8(frame.tx_power_0m_dbm, what="Eddystone-UID power"),
            hex_bytes(frame.namespace, size=10, what="Eddystone-UID namespace"),
            hex_bytes(frame.instance, size=6, what="Eddystone-UID instance"),
            b"\x00\x00",
        )
    )


def encode_eddystone_eid(frame: EddystoneEid) -> bytes:
    """The whole advertising data: 21 bytes.

    Raises:
        FrameError: the EID is not 16 hex digits, or power is no int8.
    """
    return advert_of(
        (
            bytes((EID_TYPE,)),
            int8(frame.tx_power_0m_dbm, what="Eddystone-EID power"),
            hex_bytes(frame.eid, size=8, what="Eddystone-EID"),
        )
    )
