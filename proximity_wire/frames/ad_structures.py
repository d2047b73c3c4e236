"""Advertising data: the (length, type, data) structures that every advert is made of.

A radio hands over what it received, and a length byte may promise more than there is. The
rule here: structures are read from the front, reading ends at a zero length (early
termination) or at a structure that overruns the end, and what stood before it counts.

Source: Bluetooth Core 5.4, Vol 3 Part C, section 11; Assigned Numbers, section 2.3.
"""

from collections.abc import Iterable

from proximity_wire.errors import FrameError

FLAGS = 0x01
UUIDS_16_COMPLETE = 0x03
UUIDS_128_INCOMPLETE = 0x06
UUIDS_128_COMPLETE = 0x07
SERVICE_DATA_16 = 0x16
MANUFACTURER = 0xFF

MAX_LEGACY_BYTES = 31
MAX_STRUCTURE_DATA = 254

# LE General Discoverable, BR/EDR not supported: what a beacon says of itself.
BEACON_FLAGS = (FLAGS, b"\x06")


def split(ad: bytes) -> list[tuple[int, bytes]]:
    r"""The structures of `ad` as (type, data), in order; never raises.

    Example:
        >>> split(bytes.fromhex("020106 03ff4c00 09ff01"))
        [(1, b'\x06'), (255, b'L\x00')]
    """
    structures = []
    at = 0
    end = len(ad)
    while at + 1 < end:
        size = ad[at]
        stop = at + 1 + size
        if size == 0 or stop > end:
            break
        structures.append((ad[at + 1], ad[at + 2 : stop]))
        at = stop
    return structures


def join(structures: Iterable[tuple[int, bytes]]) -> bytes:
    r"""The advertising data that carries `structures` in order.

    Example:
        >>> join([(0x01, b"\x06")]).hex()
        '020106'

    Raises:
        FrameError: a type is no byte, or the data of a structure exceeds 254 bytes.
    """
    ad = bytearray()
    for ad_type, data in structures:
        if not 0 <= ad_type <= 0xFF:
            raise FrameError(f"AD type is {ad_type}; must be 0..255")
        if len(data) > MAX_STRUCTURE_DATA:
            raise FrameError(
                f"AD structure 0x{ad_type:02x} has {len(data)} bytes of data; "
                f"at most {MAX_STRUCTURE_DATA} fit"
            )
        ad += bytes((len(data) + 1, ad_type)) + data
    return bytes(ad)
