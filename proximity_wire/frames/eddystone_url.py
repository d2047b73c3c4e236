"""Eddystone-URL: a short web address in an advert, packed by a table of common parts.

    aa fe | 10 | power at 0 m | scheme | up to 17 characters or codes

It names nobody: a gateway counts it, no more.

Source: github google/eddystone, eddystone-url.
"""

from typing import Final, NamedTuple

from proximity_wire.errors import FrameError
from proximity_wire.frames.eddystone import advert_of, signed
from proximity_wire.frames.field_checks import int8

URL_TYPE: Final = 0x10
_HEAD: Final = b"\xaa\xfe\x10"
_MAX_PACKED_BYTES = 17

_SCHEMES: Final = ("http://www.", "https://www.", "http://", "https://")
_ENDINGS: Final = (".com", ".org", ".edu", ".net", ".info", ".biz", ".gov")
# Code n is ending n followed by a slash; code n + 7 is the ending alone.
_CODES: Final = tuple(ending + "/" for ending in _ENDINGS) + _ENDINGS
_PRINTABLE: Final = range(0x21, 0x7F)
# What each byte stands for; those beyond are reserved.
_PARTS: Final = {
    **{byte: chr(byte) for byte in _PRINTABLE},
    **dict(enumerate(_CODES)),
}


class EddystoneUrl(NamedTuple):
    """A web address of ASCII characters."""

    url: str
    tx_power_0m_dbm: int


def decode_eddystone_url(ad: bytes, at: int = 0) -> EddystoneUrl | None:
    """The frame in the service data (UUID first) from `at` on, or None when it is none.

    Codes that are reserved make it none.
    """
    data = ad[at:]
    packed = data[5:]
    if data[:3] != _HEAD or len(data) < 5 or len(packed) > _MAX_PACKED_BYTES:
        return None
    if data[4] >= len(_SCHEMES):
        return None
    try:
        rest = "".join([_PARTS[byte] for byte in packed])
    except KeyError:
        return None
    return EddystoneUrl(_SCHEMES[data[4]] + rest, signed(data[3]))


def encode_eddystone_url(frame: EddystoneUrl) -> bytes:
    """The whole advertising data, at most 31 bytes.

    Raises:
        FrameError: no http or https address, other than printable ASCII, or too long packed.
    """
    code = next((n for n, text in enumerate(_SCHEMES) if frame.url.startswith(text)), None)
    if code is None:
        raise FrameError("Eddystone-URL must start with http:// or https://")
    packed = _pack(frame.url[len(_SCHEMES[code]) :])
    if len(packed) > _MAX_PACKED_BYTES:
        raise FrameError(
            f"Eddystone-URL packs to {len(packed)} bytes; at most {_MAX_PACKED_BYTES} fit"
        )
    power = int8(frame.tx_power_0m_dbm, what="Eddystone-URL power")
    return advert_of((bytes((URL_TYPE,)), power, bytes((code,)), packed))


def _pack(rest: str) -> bytes:
    packed = bytearray()
    at = 0
    while at < len(rest):
        code = next((n for n, text in enumerate(_CODES) if rest.startswith(text, at)), None)
        if code is not None:
            packed.append(code)
            at += len(_CODES[code])
        elif ord(rest[at]) in _PRINTABLE:
            packed.append(ord(rest[at]))
            at += 1
        else:
            raise FrameError(f"Eddystone-URL: character {at} is not printable ASCII")
    return bytes(packed)
