"""What the strongest-anchor engine knows of one device, and how all of it is written down."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from store_server.ids import ZoneId
from store_server.presence.anchor_levels import Levels, Places
from store_server.presence.policy import PresencePolicy

FORMAT = "nearest-anchor-1"
NEVER = float("-inf")


class Device(NamedTuple):
    """All that is known of one device.

    `last_t` is the newest sighting, `gateway_t` and `beacon_t` the newest by each family;
    `dwelled_s` the highest dwell mark reached in `zone`; `rival` leads since `rival_since_t`;
    nothing is said of times before `floor_t`.
    """

    last_t: float
    gateway_t: float = NEVER
    beacon_t: float = NEVER
    levels: Levels = {}  # noqa: RUF012 - never changed, only replaced
    zone: ZoneId | None = None
    entered_t: float = NEVER
    dwelled_s: float = 0.0
    rival: ZoneId | None = None
    rival_since_t: float = NEVER
    floor_t: float = NEVER


class Snapshot(NamedTuple):
    """What the engine goes by: its format, a mark of anchors and settings, its time."""

    format: str
    site: str
    t: float


_ENCODER = msgspec.msgpack.Encoder()
_SNAPSHOT = msgspec.msgpack.Decoder(Snapshot)
_DEVICE = msgspec.msgpack.Decoder(Device)


def site_mark(places: Places, policy: PresencePolicy) -> str:
    """What a snapshot must have in common with the engine that resumes it."""
    told = repr((sorted(places.items()), policy))
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def write_snapshot(site: str, *, t: float) -> bytes:
    """What the engine goes by, as bytes."""
    return _ENCODER.encode(Snapshot(FORMAT, site, t))


def write_device(device: Device) -> bytes:
    """All that is known of a device as bytes; floats to the last bit."""
    return _ENCODER.encode(device)


def read_snapshot(
    snapshot: bytes, states: Mapping[str, bytes], *, site: str
) -> tuple[float, dict[str, Device]]:
    """(t, devices) of what was written.

    Raises:
        ValueError: the bytes are of another engine, of other anchors or settings, or damaged.
    """
    found = _SNAPSHOT.decode(snapshot)
    if (found.format, found.site) != (FORMAT, site):
        raise ValueError("the snapshot is of another engine, or of other anchors or settings")
    return found.t, {name: _DEVICE.decode(state) for name, state in states.items()}
