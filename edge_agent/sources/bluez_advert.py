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

import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from edge_agent.advert import Heard
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
_NO_DATA: Final[Mapping[Any, bytes]] = {}

# Manufacturer data, service data and UUIDs of a device as bleak holds them; None where there is
# none. A plain tuple: one is made for each advert.
Said = tuple[Mapping[int, bytes] | None, Mapping[str, bytes] | None, Sequence[str] | None]


_NOTHING: Said = (None, None, None)
_ALL_FRESH = 7
# Two bytes of a structure are the company, or the service.
_MOST_DATA = MAX_STRUCTURE_DATA - 2
# The part of a full memory that is forgotten at once: one of so many.
_GO_AT_ONCE = 16
# When a device was heard that never was; monotonic.
_NEVER_NS = -(10**18)


class Advertisement(Protocol):
    """What we read of bleak's AdvertisementData."""

    @property
    def platform_data(self) -> tuple[Any, ...]:
        """On BlueZ: the device's path, and a copy of its properties as bleak holds them."""

    @property
    def manufacturer_data(self) -> dict[int, bytes]:
        """A copy of what stands in the properties."""

    @property
    def service_data(self) -> dict[str, bytes]:
        """A copy of what stands in the properties."""

    @property
    def rssi(self) -> int:
        """In dBm."""


class KnownDevice:
    """What a device said last: its properties, the bytes, and the bytes of a bare repeat."""

    __slots__ = ("ad", "address", "changes", "fresh", "heard_at_ns", "repeat", "said")

    def __init__(self, address: str) -> None:
        self.address = address
        self.heard_at_ns = _NEVER_NS
        """When its last advert came; monotonic."""
        self.said = _NOTHING
        self.ad = b""
        # Which of the three properties were new objects: 1, 2 and 4.
        self.fresh = 0
        self.changes: Sequence[int] = (0, 0, 0)
        self.repeat: bytes | None = None


# A waiting advert: monotonic time in ns, who said it, what is said of it, and its RSSI.
Waiting = tuple[int, KnownDevice, Said, int]


def let_go(heard: Advertisement) -> None:
    """Empty bleak's copies of what an advert says; what it was read from stays.

    bleak keeps the last advert of each device for whoever asks which ones were discovered. Nobody
    does here, and of 5,000 devices its copies take 6 MB.
    """
    heard.platform_data[1].clear()
    heard.manufacturer_data.clear()
    heard.service_data.clear()


class AdvertMemory:
    """What the devices around one adapter said last; bounded, the longest known go first."""

    def __init__(self, *, most: int = 8_192) -> None:
        self._most = most
        self.known: dict[str, KnownDevice] = {}
        """By address; looked into for each advert."""

    def meet(self, address: str) -> KnownDevice:
        """A device that was not known; it has said nothing so far."""
        if len(self.known) >= self._most:
            # Many at once: a dict that loses its first entry again and again gets slow.
            for gone in list(itertools.islice(self.known, max(1, self._most // _GO_AT_ONCE))):
                del self.known[gone]
        device = self.known[address] = KnownDevice(address)
        return device


def adverts_of(waiting: Sequence[Waiting], *, now_ms: int, now_ns: int) -> list[Heard]:
    """What waited, oldest first, as adverts with their time in UTC.

    The hottest loop of the agent: a device that says again what it said costs here one comparison.

    Args:
        waiting: see `Waiting`.
        now_ms: UTC milliseconds at `now_ns`.
        now_ns: monotonic.
    """
    burst: list[Heard] = []
    append = burst.append
    for at_ns, device, said, rssi_dbm in waiting:
        manufacturer, service, uuids = said
        before = old_manufacturer, old_service, old_uuids = device.said
        if uuids is old_uuids:
            fresh = (manufacturer is not old_manufacturer) + 2 * (service is not old_service)
        else:
            fresh = (manufacturer is not old_manufacturer) + 2 * (service is not old_service) + 4
        if fresh == device.fresh and said == before:
            device.said = said
            ad = device.ad
        elif before is _NOTHING:
            ad = _first(device, said)
        else:
            ad = _again(device, said, fresh=fresh)
        append((now_ms - (now_ns - at_ns) // 1_000_000, device.address, ad, rssi_dbm))
    return burst


def _first(device: KnownDevice, said: Said) -> bytes:
    """The bytes of a device that was not known; all it says is new."""
    manufacturer, service, uuids = device.said = said
    long_uuids = [uuid for uuid in uuids if not uuid.endswith(_SHORT_TAIL)] if uuids else ()
    # Nobody says UUIDs anew; the same data in new objects is what a repeat will look like.
    device.fresh = (1 if manufacturer else 0) + (2 if service else 0) + (4 if long_uuids else 0)
    device.ad = advertising_data(
        manufacturer_data=manufacturer or _NO_DATA,
        service_data=service or _NO_DATA,
        service_uuids=long_uuids,
    )
    return device.ad


def _again(known: KnownDevice, said: Said, *, fresh: int) -> bytes:
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
        return _NO_DATA
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
    parts: list[bytes] = []
    for company, data in manufacturer_data.items():
        if len(data) <= _MOST_DATA:
            parts += (bytes((len(data) + 3, MANUFACTURER, company & 0xFF, company >> 8)), data)
    for uuid, data in service_data.items():
        short = short_uuid(uuid)
        if short and len(data) <= _MOST_DATA:
            parts += (bytes((len(data) + 3, SERVICE_DATA_16)), short, data)
    if service_uuids:
        parts.append(_uuids_128(service_uuids))
    return b"".join(parts)


def _uuids_128(service_uuids: Sequence[str]) -> bytes:
    """The list of long UUIDs as a structure; nothing when it cannot fit."""
    listed = b"".join(
        bytes.fromhex(uuid.replace("-", ""))[::-1]
        for uuid in service_uuids
        if not uuid.endswith(_SHORT_TAIL)
    )
    if not 0 < len(listed) <= MAX_STRUCTURE_DATA:
        return b""
    return bytes((len(listed) + 1, UUIDS_128_COMPLETE)) + listed


@functools.lru_cache(maxsize=256)
def short_uuid(uuid: str) -> bytes:
    """The two bytes of a 16-bit service UUID as they stand on the air; none of a long one."""
    if uuid.startswith(_SHORT_HEAD) and uuid.endswith(_SHORT_TAIL):
        return bytes.fromhex(uuid[4:8])[::-1]
    return b""
