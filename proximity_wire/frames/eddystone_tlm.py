"""Eddystone telemetry: battery, temperature and counters of a beacon that is named elsewhere.

    aa fe | 20 | 00 | battery mV | temperature | adverts | uptime        plain
                      u16          i8.8 Celsius  u32       u32, 0.1 s
    aa fe | 20 | 01 | 12 bytes encrypted | salt | integrity check       encrypted

All numbers big endian. It carries no identity: a gateway counts it, no more.

Source: github google/eddystone, eddystone-tlm (tlm-plain.md, tlm-encrypted.md).
"""

import struct
from typing import Final, NamedTuple

from proximity_wire.frames.eddystone import advert_of
from proximity_wire.frames.field_checks import hex_bytes, within

TLM_TYPE: Final = 0x20
_PLAIN_HEAD: Final = b"\xaa\xfe\x20\x00"
_ENCRYPTED_HEAD: Final = b"\xaa\xfe\x20\x01"
_PLAIN = struct.Struct(">4xHhII")
_unpack = _PLAIN.unpack
# A NamedTuple's own constructor costs four times as much, and this runs for every advert.
_new = tuple.__new__
_ENCRYPTED_BYTES = 20

_NO_BATTERY = 0
_NO_TEMPERATURE = -0x8000


class EddystoneTlm(NamedTuple):
    """Plain telemetry; None where the beacon has no such sensor.

    `uptime_ds` counts tenths of a second since power-on, `temperature_c` in steps of 1/256.
    """

    battery_mv: int | None
    temperature_c: float | None
    advert_count: int
    uptime_ds: int


class EddystoneEtlm(NamedTuple):
    """Telemetry that only the holder of the beacon's key can read; all lower hex digits."""

    ciphertext: str
    salt: str
    check: str


def decode_eddystone_tlm(ad: bytes, at: int = 0) -> EddystoneTlm | EddystoneEtlm | None:
    """The frame in the service data (UUID first) from `at` on, or None when it is none."""
    data = ad[at:]
    head = data[:4]
    if head == _PLAIN_HEAD and len(data) == _PLAIN.size:
        battery, temperature, adverts, uptime = _unpack(data)
        return _new(
            EddystoneTlm,
            (
                None if battery == _NO_BATTERY else battery,
                None if temperature == _NO_TEMPERATURE else temperature / 256,
                adverts,
                uptime,
            ),
        )
    if head == _ENCRYPTED_HEAD and len(data) == _ENCRYPTED_BYTES:
        return EddystoneEtlm(data[4:16].hex(), data[16:18].hex(), data[18:].hex())
    return None


def encode_eddystone_tlm(frame: EddystoneTlm) -> bytes:
    """The whole advertising data: 25 bytes. The temperature is rounded to 1/256 degree.

    Raises:
        FrameError: a value does not fit its field.
    """
    battery = _NO_BATTERY
    if frame.battery_mv is not None:
        battery = within(frame.battery_mv, low=1, high=0xFFFF, what="battery_mv")
    temperature = _NO_TEMPERATURE
    if frame.temperature_c is not None:
        temperature = within(
            round(frame.temperature_c * 256), low=-0x7FFF, high=0x7FFF, what="temperature_c * 256"
        )
    adverts = within(frame.advert_count, low=0, high=0xFFFFFFFF, what="advert_count")
    uptime = within(frame.uptime_ds, low=0, high=0xFFFFFFFF, what="uptime_ds")
    body = struct.pack(">BBHhII", TLM_TYPE, 0, battery, temperature, adverts, uptime)
    return advert_of((body,))


def encode_eddystone_etlm(frame: EddystoneEtlm) -> bytes:
    """The whole advertising data: 29 bytes.

    Raises:
        FrameError: a part is not hex of its length.
    """
    return advert_of(
        (
            bytes((TLM_TYPE, 1)),
            hex_bytes(frame.ciphertext, size=12, what="Eddystone-eTLM ciphertext"),
            hex_bytes(frame.salt, size=2, what="Eddystone-eTLM salt"),
            hex_bytes(frame.check, size=2, what="Eddystone-eTLM check"),
        )
    )
