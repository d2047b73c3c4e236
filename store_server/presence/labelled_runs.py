"""A labelled survey as runs of short windows: what each anchor said while a zone was told.

A run is one walk of one device without a pause. A new run begins where time jumps back or stands
still for long; a file that was sorted by gateway is put in order of time first.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store_server.presence.survey import Survey

# As long as a step of the filter at doors.
WINDOW_S = 0.25
# A pause that says that somebody stopped recording.
PAUSE_S = 10.0
# Less than this is disorder on the way, more is another recording.
JUMP_BACK_S = 2.0


class Run(NamedTuple):
    """One walk: `dbm` (windows, anchors) with NaN, `zone` (windows,), the device walked with."""

    dbm: NDArray[np.float64]
    zone: NDArray[np.intp]
    device: int


def runs_of(survey: Survey) -> list[Run]:
    """The runs of the readings that tell a zone; zone indexes `survey.zones`."""
    runs = []
    for device in range(len(survey.devices)):
        use = np.flatnonzero((survey.device == device) & (survey.zone >= 0))
        runs += [_windows(survey, part, device) for part in _parts(survey, use)]
    return runs


def _parts(survey: Survey, use: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Indexes of readings, one array a run."""
    parts = _cut(survey, use)
    anchors = len(np.unique(survey.anchor[use]))
    if anchors > 1 and np.median([len(np.unique(survey.anchor[p])) for p in parts]) <= 1:
        parts = _cut(survey, use[np.argsort(survey.t[use], kind="stable")])
    yield from (part for part in parts if len(part))


def _cut(survey: Survey, use: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    if not len(use):
        return []
    step = np.diff(survey.t[use])
    return np.split(use, np.flatnonzero((step < -JUMP_BACK_S) | (step > PAUSE_S)) + 1)


def _windows(survey: Survey, part: NDArray[np.intp], device: int) -> Run:
    t = survey.t[part]
    window = np.floor((t - t.min()) / WINDOW_S).astype(int)
    count = int(window.max()) + 1
    sums, heard = np.zeros((count, len(survey.anchors))), np.zeros((count, len(survey.anchors)))
    np.add.at(sums, (window, survey.anchor[part]), survey.dbm[part])
    np.add.at(heard, (window, survey.anchor[part]), 1)
    dbm = np.where(heard > 0, sums / np.maximum(heard, 1), np.nan)
    zone = np.full(count, -1, np.intp)
    zone[window] = survey.zone[part]
    known = np.flatnonzero(zone >= 0)
    # A window in which nothing was heard keeps the zone told before.
    zone = zone[known[np.searchsorted(known, np.arange(count), side="right") - 1]]
    return Run(dbm, zone, device)
