"""From advertising data to the one frame that it carries: the hot path of a gateway.

A busy shop sends thousands of adverts a second to a gateway of Raspberry Pi class, most of
them of phones and earbuds that concern nobody here. So a structure is judged by its type and
its first three bytes: two looks into a table, and only a frame of ours is taken apart. And a
beacon says the same bytes several times a second, so what they mean is remembered.

An advert may carry several structures. The first frame that names somebody wins; else what
came first of the rest.
"""

from collections.abc import Callable
from functools import lru_cache
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
_NAMED: Final[dict[bytes, Callable[[bytes], IdentityFrame | None]]] = {
    b"\xff\x4c\x00\x02": decode_ibeacon,
    b"\x16\xaa\xfe\x00": decode_eddystone_uid,
    b"\x16\xaa\xfe\x30": decode_eddystone_eid,
}
_NAMELESS: Final[dict[bytes, Callable[[bytes], NamelessFrame | None]]] = {
    b"\x16\xaa\xfe\x20": decode_eddystone_tlm,
    b"\x16\xaa\xfe\x10": decode_eddystone_url,
}

# Type and three bytes: nothing shorter is known.
_SHORTEST = 4
# Ten times what one gateway hears at once; about 2 MB. Nobody can make it grow by flooding.
_REMEMBERED_ADVERTS = 4096


def decode_advert(ad: bytes) -> Frame | None:
    """The frame in advertising data `ad`, or None when it carries none that is known.

    Never raises, whatever the bytes.

    Example:
        >>> decode_advert(bytes.fromhex("02010603 03aafe0d 16aafe30 ee37840884ab38cceb"))
        EddystoneEid(eid='37840884ab38cceb', tx_power_0m_dbm=-18)
    """
    return _decode(ad)


@lru_cache(maxsize=_REMEMBERED_ADVERTS)
def _decode(ad: bytes) -> Frame | None:
    nameless: NamelessFrame | None = None
    end = len(ad)
    # Flags lead nearly every advert: step over them without a look.
    at = 3 if ad[:2] == b"\x02\x01" else 0
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
                if named := _NAMED[start](ad[at + 2 : stop]):
                    return named
            elif start in _NAMELESS:
                nameless = nameless or _NAMELESS[start](ad[at + 2 : stop])
            elif named := _named_without_start(start[0], ad[at + 2 : stop]):
                return named
        at = stop
    return nameless


def _named_without_start(ad_type: int, data: bytes) -> AltBeacon | ServiceToken | None:
    if ad_type == MANUFACTURER:
        return decode_altbeacon(data)
    if ad_type in (UUIDS_128_COMPLETE, UUIDS_128_INCOMPLETE):
        return decode_service_token(data)
    return None
