"""What bluetoothd reads out of advertising data: dictionaries by company and by service.

Source: Bluetooth Core Specification Supplement, part A; the properties are those of Device1 in
BlueZ's doc/org.bluez.Device.rst.
"""

from functools import lru_cache
from typing import NamedTuple

_BASE_TAIL = "-0000-1000-8000-00805f9b34fb"
_UUIDS_16 = frozenset({0x02, 0x03})
_UUIDS_128 = frozenset({0x06, 0x07})
_TX_POWER, _SERVICE_DATA_16, _SERVICE_DATA_128, _MANUFACTURER = 0x0A, 0x16, 0x21, 0xFF


class Advertised(NamedTuple):
    """One advert taken apart."""

    structures: tuple[tuple[int, bytes], ...]
    manufacturer_data: dict[int, bytes]
    service_data: dict[str, bytes]
    uuids: tuple[str, ...]
    tx_power: int | None


@lru_cache(maxsize=4096)
def read_advert(ad: bytes) -> Advertised:
    """The parts of `ad`; what is cut off or unknown is left out."""
    structures = []
    at = 0
    while at + 1 < len(ad) and ad[at] and at + 1 + ad[at] <= len(ad):
        structures.append((ad[at + 1], ad[at + 2 : at + 1 + ad[at]]))
        at += 1 + ad[at]
    manufacturer: dict[int, bytes] = {}
    services: dict[str, bytes] = {}
    uuids: list[str] = []
    tx_power = None
    for kind, body in structures:
        if kind == _MANUFACTURER and len(body) >= 2:
            manufacturer[int.from_bytes(body[:2], "little")] = body[2:]
        elif kind == _SERVICE_DATA_16 and len(body) >= 2:
            services[short_uuid(body[:2])] = body[2:]
        elif kind == _SERVICE_DATA_128 and len(body) >= 16:
            services[long_uuid(body[:16])] = body[16:]
        elif kind in _UUIDS_16:
            uuids += [short_uuid(body[n : n + 2]) for n in range(0, len(body) - 1, 2)]
        elif kind in _UUIDS_128:
            uuids += [long_uuid(body[n : n + 16]) for n in range(0, len(body) - 15, 16)]
        elif kind == _TX_POWER and len(body) == 1:
            tx_power = int.from_bytes(body, "little", signed=True)
    return Advertised(tuple(structures), manufacturer, services, tuple(uuids), tx_power)


def short_uuid(on_air: bytes) -> str:
    """The full form of a 16-bit UUID."""
    return f"0000{on_air[::-1].hex()}{_BASE_TAIL}"


def long_uuid(on_air: bytes) -> str:
    """A 128-bit UUID as it is written."""
    digits = on_air[::-1].hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class OrPattern(NamedTuple):
    """One pattern of an advertisement monitor: `content` stands at `start` of that AD type."""

    start: int
    ad_type: int
    content: bytes

    def matches(self, heard: Advertised) -> bool:
        """Whether any structure of that type has the content there."""
        return any(
            kind == self.ad_type
            and body[self.start : self.start + len(self.content)] == self.content
            for kind, body in heard.structures
        )
