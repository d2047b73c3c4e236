"""Frames of other people's devices: recognised by their first bytes, counted, dropped.

Nothing of their content is read, so nothing of it can leave a gateway. They are told apart
from unknown bytes only so that an operator sees what fills the air.

Source: Bluetooth Assigned Numbers (companies 0x004C and 0x0006; services 0xFE2C, 0xFD6F and
0xFEAA); Google Fast Pair and Find Hub Network specifications; Apple/Google Exposure
Notification Bluetooth Specification v1.2.
"""

from typing import Final, Literal, NamedTuple

from proximity_wire.errors import FrameError
from proximity_wire.frames.ad_structures import (
    BEACON_FLAGS,
    MANUFACTURER,
    UUIDS_16_COMPLETE,
    join,
)

ForeignName = Literal[
    "apple_continuity", "microsoft", "fast_pair", "find_hub", "exposure_notification"
]


class Foreign(NamedTuple):
    """Somebody else's frame: only what family it is of."""

    name: ForeignName


_APPLE: Final = b"\xff\x4c\x00"
_IBEACON_TYPE: Final = 0x02
# The first byte of AltBeacon's code, which may stand under any company.
_ALTBEACON_BYTE: Final = 0xBE

# AD type and the two bytes that follow it: company, or service.
_HEADS: Final[dict[ForeignName, bytes]] = {
    "apple_continuity": _APPLE,
    "microsoft": b"\xff\x06\x00",
    "fast_pair": b"\x16\x2c\xfe",
    "exposure_notification": b"\x16\x6f\xfd",
    "find_hub": b"\x16\xaa\xfe",
}
# Find Hub borrows Eddystone's service with frame types of its own: 0x41 while it guards
# against unwanted tracking, else 0x40.
_FIND_HUB_TYPES: Final = (0x40, 0x41)


def _next_bytes(name: ForeignName) -> tuple[int, ...]:
    """What may follow the head. A broken iBeacon is noise, and the counts must show it as such."""
    if name == "find_hub":
        return _FIND_HUB_TYPES
    taken = {
        "apple_continuity": (_IBEACON_TYPE, _ALTBEACON_BYTE),
        "microsoft": (_ALTBEACON_BYTE,),
    }.get(name, ())
    return tuple(byte for byte in range(256) if byte not in taken)


FOREIGN_STARTS: Final[dict[bytes, Foreign]] = {
    head + bytes((byte,)): Foreign(name)
    for name, head in _HEADS.items()
    for byte in _next_bytes(name)
}
"""Families by AD type and the three bytes after it: one look for each structure heard."""


def encode_foreign(frame: Foreign, *, payload: bytes) -> bytes:
    """Advertising data that is recognised as `frame`: a simulator's noise.

    Args:
        frame: the family.
        payload: what follows company or service; at least one byte, which must be one that the
            family uses.

    Raises:
        FrameError: it would not be recognised.
    """
    head = _HEADS[frame.name]
    if not payload or payload[0] not in _next_bytes(frame.name):
        raise FrameError(f"{frame.name}: the payload does not start as that family's frames do")
    structure = (head[0], head[1:] + payload)
    if head[0] == MANUFACTURER:
        return join((BEACON_FLAGS, structure))
    return join((BEACON_FLAGS, (UUIDS_16_COMPLETE, head[1:]), structure))
