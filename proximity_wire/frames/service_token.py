"""Our token: a 128-bit service UUID that carries a rotating id.

iOS lets an app advertise nothing but service UUIDs and a name, and only while it is open
(in the background the UUIDs move into Apple's overflow area, which says nothing to us). So
the UUID itself is the message:

    UUID = 21 4f 1d e1 c3 d0 8d 75 | 8 bytes of Eddystone-EID
           prefix of Beaconry        the rotating id

The prefix is the first 8 bytes of BLAKE2b-64 over "beaconry service token 1", with the seventh
byte's high nibble set to 8: a custom UUID. The variant bits belong to the EID and follow no
rule. On the air a UUID stands in little endian, so the EID comes first and reversed.

Source: Bluetooth Core Specification Supplement, part A 1.1; RFC 9562 section 5.8.
"""

from typing import Literal, NamedTuple

from proximity_wire.frames.ad_structures import BEACON_FLAGS, UUIDS_128_COMPLETE, join
from proximity_wire.frames.field_checks import hex_bytes

PREFIX = bytes.fromhex("214f1de1c3d08d75")
_PREFIX_ON_AIR = PREFIX[::-1]
_UUID_BYTES = 16


class ServiceToken(NamedTuple):
    """A rotating id in a service UUID: `eid` is 16 lower hex digits."""

    eid: str

    @property
    def kind(self) -> Literal["token"]:
        """The kind of a sighting of it."""
        return "token"

    @property
    def identity(self) -> str:
        """The EID; the prefix says nothing about whom it names."""
        return self.eid

    @property
    def measured_power_1m_dbm(self) -> None:
        """Always None: there is no room for it in a UUID."""
        return

    @property
    def service_uuid(self) -> str:
        """The UUID as an app writes it: lower case with dashes."""
        head = PREFIX.hex()
        return f"{head[:8]}-{head[8:12]}-{head[12:]}-{self.eid[:4]}-{self.eid[4:]}"


def decode_service_token(uuids: bytes) -> ServiceToken | None:
    """The first token in a list of 128-bit UUIDs as on the air, or None when there is none."""
    for at in range(0, len(uuids) - _UUID_BYTES + 1, _UUID_BYTES):
        if uuids[at + 8 : at + 16] == _PREFIX_ON_AIR:
            return ServiceToken(uuids[at : at + 8][::-1].hex())
    return None


def encode_service_token(frame: ServiceToken) -> bytes:
    """The whole advertising data, flags first: 21 bytes.

    Raises:
        FrameError: the EID is not 16 hex digits.
    """
    eid = hex_bytes(frame.eid, size=8, what="token EID")
    return join((BEACON_FLAGS, (UUIDS_128_COMPLETE, eid[::-1] + _PREFIX_ON_AIR)))
