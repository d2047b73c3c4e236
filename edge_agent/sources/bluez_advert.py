"""From BlueZ's remembered properties back to the advertising data of the advert just heard.

BlueZ takes the bytes of an advert apart, adds them to what the device said before, and bleak hands
over all of it: an iBeacon that also sends Eddystone would look like both for ever. What is
new is seen from the objects: bleak keeps the value of a property until a message brings
another one, so a value that is the same object was not in this message. A message of RSSI alone
repeats something that the device said before: the part that changed least, for a frame that is
new each time (telemetry) would have come with its bytes.

Only what can carry a frame of ours is put together again; flags, names and power are left out.

Source: Bluetooth Core Specification Supplement, part A, sections 1.1, 1.4 and 1.11; BlueZ
src/device.c for what accumulates.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from edge_agent.advert import Advert
from proximity_wire.frames.ad_structures import (
    MANUFACTURER,
    MAX_STRUCTURE_DATA,
    SERVICE_DATA_16,
    UUIDS_128_COMPLETE,
)

# A 16-bit UUID xxxx is written 0000xxxx-0000-1000-8000-00805f9b34fb.
_SHORT_HEAD = "0000"
_SHORT_TAIL = "-0000-1000-8000-00805f9b34fb"
Key = TypeVar("Key", int, str)


# Manufacturer data, service data and UUIDs of a device as bleak holds them; None where there is
# none. A plain tuple: one is made for each advert.
Said = tuple[Mapping[int, bytes] | None, Mapping[str, bytes] | None, Sequence[str] | None]


# A waiting advert: monotonic time in ns, address, and bleak's AdvertisementData.
Waiting = tuple[int, str, "Advertisement"]
_ALL_FRESH = 7
# Two bytes of a structure are the company, or the service.
_MOST_DATA = MAX_STRUCTURE_DATA - 2


class Advertisement(Protocol):
    """What we read of bleak's AdvertisementData."""

    @property
    def platform_data(self) -> tuple[Any, ...]:
        """On BlueZ: the device's path, and its properties as bleak holds them."""

    @property
    def rssi(self) -> int:
        """In dBm."""


class _Known:
    """What a device said last: its properties, the bytes, and the bytes of a bare repeat."""

    __slots__ = ("ad", "changes", "fresh", "repeat", "said")

    def __init__(self, said: Said, ad: bytes) -> None:
        self.said = said
        self.ad = ad
        # Which of the three properties were new objects: 1, 2 and 4.
        self.fresh = _ALL_FRESH
        self.changes = [0, 0, 0]
        self.repeat: bytes | None = None


class AdvertMemory:
    """What the devices around one adapter said last; bounded, the longest known goes first."""

    def __init__(self, *, most: int = 8_192) -> None:
        self._most = most
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self.heard_at_ns: dict[str, int] = {}
        """By address, when its last advert came; monotonic."""

    def __len__(self) -> int:
        return len(self._known)

    def adverts(self, waiting: Sequence[Waiting], *, now_ms: int, now_ns: int) -> list[Advert]:
        """What waited, oldest first, as adverts with their time in UTC.

        The hottest loop of the agent: a device that says again what it said costs here two looks
        into tables and one comparison.

        Args:
            waiting: see `Waiting`.
            now_ms: UTC milliseconds at `now_ns`.
            now_ns: monotonic.
        """
        known_of, heard_at_ns, make = self._known.get, self.heard_at_ns, tuple.__new__
        burst = []
        for at_ns, address, heard in waiting:
            get = heard.platform_data[1].get
            said = manufacturer, service, uuids = (
                get("ManufacturerData"),
                get("ServiceData"),
                get("UUIDs"),
            )
            heard_at_ns[address] = at_ns
            known = known_of(address)
            if known is None:
                ad = self._first(address, said)
            else:
                before = known.said
                fresh = (
                    (manufacturer is not before[0])
                    + 2 * (service is not before[1])
                    + 4 * (uuids is not before[2])
                )
                if fresh == known.fresh and said == before:
                    known.said = said
                    ad = known.ad
                else:
                    ad = _again(known, said, fresh=fresh)
            at_ms = now_ms - (now_ns - at_ns) // 1_000_000
            # A named tuple's own constructor takes three times as long.
            burst.append(make(Advert, (at_ms, address, ad, heard.rssi)))
        return burst

    def _first(self, address: str, said: Said) -> bytes:
        """The bytes of a device that was not known; all it says is new."""
        ad = _put_together(said, _NOTHING, fresh=_ALL_FRESH)
        if len(self._known) >= self._most:
            gone, _ = self._known.popitem(last=False)
            del self.heard_at_ns[gone]
        self._known[address] = _Known(said, ad)
        return ad


def _again(known: _Known, said: Said, *, fresh: int) -> bytes:
    """The bytes that the message behind `said` may have carried, of a device that is known."""
    if not fresh:
        if known.repeat is None:
            known.repeat = _steadiest(said, known.changes)
        return known.repeat
    before, known.said = known.said, said
    if said != before:
        known.changes = [
            count + (new != old)
            for count, new, old in zip(known.changes, said, before, strict=True)
        ]
        known.repeat = None
    known.ad = _put_together(said, before, fresh=fresh)
    known.fresh = fresh
    return known.ad


_NOTHING: Said = (None, None, None)


def _steadiest(said: Said, changes: Sequence[int]) -> bytes:
    """The part that changed least: a frame that is new each time cannot be a bare repeat."""
    each = [_put_together(said, _NOTHING, fresh=1 << part) for part in range(3)]
    parts = [(count, ad) for count, ad in zip(changes, each, strict=True) if ad]
    return min(parts, key=lambda one: one[0])[1] if parts else b""


def _put_together(said: Said, before: Said, *, fresh: int) -> bytes:
    uuids = said[2] or () if fresh & 4 else ()
    return advertising_data(
        manufacturer_data=_new(said[0], before[0], fresh=bool(fresh & 1)),
        service_data=_new(said[1], before[1], fresh=bool(fresh & 2)),
        service_uuids=[one for one in uuids if one not in (before[2] or ())] or uuids,
    )


def _new(
    said: Mapping[Key, bytes] | None, before: Mapping[Key, bytes] | None, *, fresh: bool
) -> Mapping[Key, bytes]:
    """Entries that changed; all of them when none did, because then they were said again."""
    if not fresh or not said:
        return {}
    if not before or len(said) == 1:
        return said
    return {key: data for key, data in said.items() if before.get(key) != data} or said


def advertising_data(
    *,
    manufacturer_data: Mapping[int, bytes],
    service_data: Mapping[str, bytes],
    service_uuids: Sequence[str],
) -> bytes:
    r"""The advertising data that says the same; structures that cannot fit are left out.

    Example:
        >>> advertising_data(manufacturer_data={0x4c: b"\x10"}, service_data={},
        ...     service_uuids=[]).hex()
        '04ff4c0010'
    """
    ad = bytearray()
    for company, data in manufacturer_data.items():
        if len(data) <= _MOST_DATA:
            ad += bytes((len(data) + 3, MANUFACTURER, company & 0xFF, company >> 8))
            ad += data
    for uuid, data in service_data.items():
        if uuid.endswith(_SHORT_TAIL) and uuid.startswith(_SHORT_HEAD) and len(data) <= _MOST_DATA:
            ad += bytes((len(data) + 3, SERVICE_DATA_16))
            ad += short_uuid(uuid)
            ad += data
    long_uuids = b"".join(
        [
            bytes.fromhex(uuid.replace("-", ""))[::-1]
            for uuid in service_uuids
            if not uuid.endswith(_SHORT_TAIL)
        ]
    )
    if 0 < len(long_uuids) <= MAX_STRUCTURE_DATA:
        ad += bytes((len(long_uuids) + 1, UUIDS_128_COMPLETE))
        ad += long_uuids
    return bytes(ad)


def short_uuid(uuid: str) -> bytes:
    """The two bytes of a 16-bit service UUID as they stand on the air."""
    return bytes.fromhex(uuid[4:8])[::-1]
