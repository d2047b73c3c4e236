"""From advertising data to the one frame that it carries: the hot path of a gateway.

A busy shop sends thousands of adverts a second to a gateway of Raspberry Pi class, most of
them of phones and earbuds that concern nobody here. Nearly all have one of three layouts:

    flags | structure                 020106 0bff4c001006...   beacons, phones
    flags | list of service | data    020106 0303aafe 0d16aafe30...   Eddystone, Fast Pair
    structure                         1eff4c001219...   phones that leave the flags out

In these the one structure that matters stands at a fixed place, and its type and first three
bytes say what it is: two looks into a table, and only a frame of ours is taken apart. A foreign
frame costs no object. Whatever is laid out otherwise is walked, structure by structure.
Nothing is remembered from one advert to the next, so no foreign bytes stay in memory.

An advert may carry several structures. The first frame that names somebody wins; else what
came first of the rest.
"""

from collections.abc import Callable
from typing import Final

from proximity_wire.frames.ad_structures import (
    MANUFACTURER,
    UUIDS_128_COMPLETE,
    UUIDS_128_INCOMPLETE,
)
from proximity_wire.frames.altbeacon import AltBeacon, decode_altbeacon
from proximity_wire.frames.eddystone import (
    EddystoneEid,
    EddystoneUid,
    decode_eddystone_eid,
    decode_eddystone_uid,
)
from proximity_wire.frames.eddystone_tlm import (
    EddystoneEtlm,
    EddystoneTlm,
    decode_eddystone_tlm,
)
from proximity_wire.frames.eddystone_url import EddystoneUrl, decode_eddystone_url
from proximity_wire.frames.foreign import FOREIGN_STARTS, Foreign
from proximity_wire.frames.ibeacon import IBeacon, decode_ibeacon
from proximity_wire.frames.service_token import ServiceToken, decode_service_token

IdentityFrame = IBeacon | AltBeacon | EddystoneUid | EddystoneEid | ServiceToken
NamelessFrame = EddystoneTlm | EddystoneEtlm | EddystoneUrl | Foreign
Frame = IdentityFrame | NamelessFrame

# By AD type and the three bytes after it. AltBeacon and the token are not here: their first
# bytes are anything.
_NAMED: Final[dict[bytes, Callable[[bytes, int], IdentityFrame | None]]] = {
    b"\xff\x4c\x00\x02": decode_ibeacon,
    b"\x16\xaa\xfe\x00": decode_eddystone_uid,
    b"\x16\xaa\xfe\x30": decode_eddystone_eid,
}
_NAMELESS: Final[dict[bytes, Callable[[bytes, int], NamelessFrame | None]]] = {
    b"\x16\xaa\xfe\x20": decode_eddystone_tlm,
    b"\x16\xaa\xfe\x10": decode_eddystone_url,
}
# All at once, for a structure that stands alone: nothing has to be weighed against it.
_ALONE: Final[dict[bytes, Foreign | Callable[[bytes, int], Frame | None]]] = {
    **FOREIGN_STARTS,
    **_NAMED,
    **_NAMELESS,
}

_MANUFACTURER: Final = bytes((MANUFACTURER,))
_UUIDS: Final = (bytes((UUIDS_128_COMPLETE,)), bytes((UUIDS_128_INCOMPLETE,)))

# Type and three bytes: nothing shorter is known.
_SHORTEST = 4


def decode_advert(ad: bytes) -> Frame | None:
    """The frame in advertising data `ad`, or None when it carries none that is known.

    Never raises, whatever the bytes.

    Example:
        >>> decode_advert(bytes.fromhex("02010603 03aafe0d 16aafe30 ee37840884ab38cceb"))
        EddystoneEid(eid='37840884ab38cceb', tx_power_0m_dbm=-18)
    """
    try:
        # A structure of two or three bytes carries nothing of ours: its type is not looked at.
        if ad[0] == 2:
            if ad[3] + 4 == len(ad):
                start, data = ad[4:8], 5
            elif ad[3] == 3 and ad[7] + 8 == len(ad):
                start, data = ad[8:12], 9
            else:
                return _walk(ad)
        elif ad[0] + 1 == len(ad):
            start, data = ad[1:5], 2
        else:
            return _walk(ad)
    except IndexError:
        return None
    alone = _ALONE.get(start)
    if alone is None:
        return _named_without_start(start[:1], ad[data:])
    # `isinstance` costs as much as the look into the table, and mypy knows no other.
    return alone if type(alone) is Foreign else alone(ad, data)  # type: ignore[operator]


def _walk(ad: bytes) -> Frame | None:
    """The same for any layout."""
    nameless: NamelessFrame | None = None
    end = len(ad)
    at = 0
    while at < end:
        size = ad[at]
        stop = at + 1 + size
        if size == 0 or stop > end:
            break
        if size >= _SHORTEST:
            start = ad[at + 1 : at + 5]
            if start in FOREIGN_STARTS:
                nameless = nameless or FOREIGN_STARTS[start]
            elif start in _NAMED:
                if named := _NAMED[start](ad[at + 2 : stop], 0):
                    return named
            elif start in _NAMELESS:
                nameless = nameless or _NAMELESS[start](ad[at + 2 : stop], 0)
            elif named := _named_without_start(start[:1], ad[at + 2 : stop]):
                return named
        at = stop
    return nameless


def _named_without_start(ad_type: bytes, data: bytes) -> AltBeacon | ServiceToken | None:
    if ad_type == _MANUFACTURER:
        return decode_altbeacon(data)
    return decode_service_token(data) if ad_type in _UUIDS else None
