"""All that the filter knows of its devices as bytes, and back to the last bit.

msgpack; a belief is its three rows as they lie in memory (float32, little-endian). Not squeezed:
a journal lives ten seconds, and zlib would cost more than the disk.
"""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import numpy as np

from store_server.presence.belief import Belief
from store_server.presence.pane import Panes
from store_server.presence.policy import PresencePolicy
from store_server.presence.site import Site
from store_server.presence.track import Carrier, Device, Pane, Reading, Track
from store_server.presence.tuning import FilterTuning
from store_server.presence.zone_rule import Told

FORMAT = "bayes-filter-2"
_ROWS = 3
_CELL = np.dtype("<f4")


class _Kept(NamedTuple):
    """A device; the belief apart, as one block."""

    at_t: float
    last_t: float
    gateway_t: float
    beacon_t: float
    heard: tuple[tuple[int, float], ...]
    told: Told
    entered_t: float
    dwelled_s: float
    floor_t: float
    pending: tuple[Reading, ...]
    pane: Pane | None
    carrier: Carrier
    belief: bytes | None


class _Snapshot(NamedTuple):
    format: str
    site: str
    t: float


_ENCODER = msgspec.msgpack.Encoder()
_SNAPSHOT = msgspec.msgpack.Decoder(_Snapshot)
_DEVICE = msgspec.msgpack.Decoder(_Kept)


def mark_of(site: Site, *, policy: PresencePolicy, tuning: FilterTuning) -> str:
    """What a snapshot must have in common with the filter that resumes it."""
    mark = hashlib.blake2b(digest_size=16)
    told = (site.space.zone_ids, site.radio.anchors, sorted(site.door_zones), site.step_s)
    powers = (sorted(site.beacon_power_dbm.items()), site.reference_dbm, site.surveyed)
    mark.update(repr((told, powers, policy, tuning)).encode())
    for array in (site.space.xy, site.space.membership, site.radio.mean_dbm, site.radio.sd_db):
        mark.update(np.ascontiguousarray(array).tobytes())
    return mark.hexdigest()


def write_snapshot(mark: str, *, t: float) -> bytes:
    """What the filter goes by, as bytes."""
    return _ENCODER.encode(_Snapshot(FORMAT, mark, t))


def write_device(device: Device) -> bytes:
    """All that is known of a device, as bytes."""
    return _ENCODER.encode(_kept(device))


def read_snapshot(
    snapshot: bytes, states: Mapping[str, bytes], *, mark: str, panes: Panes
) -> tuple[float, dict[str, Device]]:
    """(t, devices) of what was written.

    Args:
        snapshot: of the filter.
        states: of its devices, by name.
        mark: of the filter that is to go on with it.
        panes: of the site.

    Raises:
        ValueError: the bytes are of another engine, site or settings, or damaged.
    """
    try:
        found = _SNAPSHOT.decode(snapshot)
        if (found.format, found.site) != (FORMAT, mark):
            raise ValueError("the snapshot is of another engine, site or other settings")
        kept = {name: _DEVICE.decode(state) for name, state in states.items()}
    except msgspec.DecodeError as error:
        raise ValueError(f"the snapshot is damaged or of another engine: {error}") from error
    return found.t, {name: _device(one, panes) for name, one in kept.items()}


def _kept(device: Device) -> _Kept:
    track, pending = device
    belief = None
    if track.belief is not None:
        belief = np.stack(track.belief).astype(_CELL, copy=False).tobytes()
    return _Kept(
        track.at_t,
        track.last_t,
        track.gateway_t,
        track.beacon_t,
        track.heard,
        track.told,
        track.entered_t,
        track.dwelled_s,
        track.floor_t,
        pending,
        track.pane,
        track.carrier,
        belief,
    )


def _device(kept: _Kept, panes: Panes) -> Device:
    belief = None
    if kept.belief is not None:
        rows = np.frombuffer(kept.belief, _CELL)
        cells = panes.cells(kept.pane)
        if not panes.fits(kept.pane) or len(rows) != _ROWS * cells:
            raise ValueError("the snapshot is of a site with other states")
        belief = Belief(*(row.astype(np.float32) for row in rows.reshape(_ROWS, cells)))
    track = Track(
        kept.at_t,
        kept.last_t,
        kept.gateway_t,
        kept.beacon_t,
        belief,
        kept.heard,
        kept.told,
        kept.entered_t,
        kept.dwelled_s,
        kept.floor_t,
        kept.pane,
        kept.carrier,
    )
    return Device(track, kept.pending)
