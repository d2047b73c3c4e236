"""What a filter knew, told to the filter of a changed site: nobody starts anew for a moved shelf.

Each cell of the new floor takes over from the old cell whose middle is nearest, its offset as
seen by the new map. What cannot be told (a floor without places, an anchor that is gone) is left
out: the belief then starts anew and the zone told stays, until sightings say otherwise.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree  # type: ignore[import-untyped]  # scipy ships no types

from store_server.presence.belief import LEAST_P, Belief
from store_server.presence.pane import Panes
from store_server.presence.state_space import StateSpace
from store_server.presence.track import Device, Pane, Reading, Track
from store_server.presence.zone_rule import NOWHERE, Told

# A new cell that lies further from every old one was not on the floor before.
NEAR_M = 2.0
# What another map says of levels differs by some decibels: the offset is known less well.
OTHER_MAP_DB2 = 9.0


def carried(
    devices: Mapping[str, Device], *, before: Panes, after: Panes, t: float
) -> dict[str, Device]:
    """The devices of a filter of `before` as one of `after` knows them.

    Args:
        devices: of the filter.
        before: the site as it was, and its panes.
        after: the site as it is.
        t: when it changed, epoch seconds; a stay in a zone that is gone ends then.
    """
    moves = _Moves(before, after)
    return {name: moves.device(device, t=t) for name, device in devices.items()}


class _Moves:
    """How rows and cells of one site are found again in another."""

    def __init__(self, before_panes: Panes, after_panes: Panes) -> None:
        self._before, self._after = before_panes, after_panes
        before, after = before_panes.floor, after_panes.floor
        self._rows = {row: after.rows.get(name) for name, row in before.rows.items()}
        zones = {zone: at for at, zone in enumerate(after.space.zone_ids)}
        self._zones = [zones.get(zone) for zone in before.space.zone_ids]
        self._cells, self._on_floor = _cells(before.space, after.space)
        self._shift_db = before.reference_dbm - after.reference_dbm
        same = before.radio.mean_dbm.shape == after.radio.mean_dbm.shape and bool(
            np.array_equal(before.radio.mean_dbm, after.radio.mean_dbm)
        )
        self._wider_db2 = 0.0 if same else OTHER_MAP_DB2

    def device(self, device: Device, *, t: float) -> Device:
        """One device."""
        track, pending = device
        heard = ((self._rows[row], at_t) for row, at_t in track.heard)
        pane, belief = self._located(track)
        kept = track._replace(
            belief=belief,
            pane=pane,
            heard=tuple(sorted((row, at_t) for row, at_t in heard if row is not None)),
        )
        readings = [self._reading(one) for one in pending]
        return Device(self._told(kept, t=t), tuple(one for one in readings if one is not None))

    def _reading(self, reading: Reading) -> Reading | None:
        row = self._rows[reading.row]
        return None if row is None else reading._replace(row=row)

    def _told(self, track: Track, *, t: float) -> Track:
        if track.told.zone == NOWHERE:
            return track._replace(told=Told())
        zone = self._zones[track.told.zone]
        if zone is None:
            return track._replace(told=Told(), dwelled_s=0.0, floor_t=max(track.floor_t, t))
        return track._replace(told=Told(zone))

    def _located(self, track: Track) -> tuple[Pane | None, Belief | None]:
        """The pane of the new floor in whose middle the belief is, and the belief over it."""
        if track.belief is None or self._cells is None:
            return None, None
        p, offset, variance = track.belief
        site = self._before.site(track.pane)
        pane = None
        if not self._after.whole:
            pane = self._after.at_place(p.astype(float) @ site.space.xy)
        # Where in the old belief each cell of the new pane is; -1 where it was not in it.
        place = np.full(self._before.floor.space.n, -1, np.intp)
        place[self._before.numbers(track.pane)] = np.arange(len(p))
        chosen = self._after.numbers(pane)
        source = place[self._cells[chosen]]
        known = source >= 0
        share = np.where(known & self._on_floor[chosen], p[source], np.float32(LEAST_P))
        mean = float(p @ offset)
        spread = float(p @ (variance + offset * offset)) - mean * mean
        offsets = np.where(known, offset[source], np.float32(mean))
        variances = np.where(known, variance[source], np.float32(spread))
        return pane, Belief(
            (share / share.sum()).astype(np.float32),
            offsets + np.float32(self._shift_db),
            variances + np.float32(self._wider_db2),
        )


def _cells(
    before: StateSpace, after: StateSpace
) -> tuple[NDArray[np.intp] | None, NDArray[np.bool_]]:
    """For each new state the old one that it takes over from, and whether one was there."""
    if before.n == after.n and np.array_equal(before.xy, after.xy, equal_nan=True):
        same_labels = before.has_places or before.zone_ids == after.zone_ids
        return (np.arange(after.n) if same_labels else None), np.ones(after.n, bool)
    if not (before.has_places and after.has_places):
        return None, np.zeros(after.n, bool)
    away_m, nearest = cKDTree(before.xy).query(after.xy)
    return np.asarray(nearest, np.intp), np.asarray(away_m) <= NEAR_M
