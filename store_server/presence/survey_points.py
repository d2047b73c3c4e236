"""The points of a survey: how loud each anchor was at each, and how sure that is.

Several devices may have walked one survey; each has its own transmit power. Their offsets are
the least-squares fit of

    level(point, anchor, device) = a(anchor) - 10 n log10 d(point, anchor) + offset(device)

over all points, so that devices that never met at a point can still be told apart. An anchor
that hears nothing at a point, while others do, is information: the level there lies below what
it can hear.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.presence.radio_map import EXPONENT, NEAR_M, REFERENCE_DBM, AnchorPlace
from store_server.presence.survey import Survey, point_numbers

# Readings this far from the median of their point and anchor are glitches, not fading: three
# times the largest standard deviation that a standing tag shows (5 dB).
GLITCH_DB = 15.0
# Fading of a tag at rest around its mean, over channels and people passing by, where too few
# readings tell; and what is believable where they do.
READING_SD_DB = 3.5
LEAST_SD_DB, MOST_SD_DB = 2.0, 5.0
# Fading is alike for about a second: of more readings a second than this, only these are new.
FRESH_S = 1.0
# Pull of one device's offset towards none, in readings' weight.
OFFSET_WEIGHT = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class SurveyPoints:
    """Levels by point and anchor.

    `xy` (points, 2); `level_dbm` (points, anchors), NaN where nothing was heard; `noise_db2`
    the variance of that mean by fading alone; `reading_sd_db` the fading of one reading;
    `floor_dbm` (anchors,) the weakest each was heard; `heard` (anchors,) whether it was at all.
    """

    anchors: tuple[AnchorPlace, ...]
    xy: NDArray[np.float64]
    level_dbm: NDArray[np.float64]
    noise_db2: NDArray[np.float64]
    reading_sd_db: float
    floor_dbm: NDArray[np.float64]
    tag_z_m: float

    @property
    def heard(self) -> NDArray[np.bool_]:
        """(anchors,): which anchors heard the survey anywhere."""
        return np.asarray(np.isfinite(self.level_dbm).any(axis=0), np.bool_)

    def without(self, left_out: NDArray[np.bool_]) -> "SurveyPoints":
        """The same survey, less some points (points,)."""
        keep = ~left_out
        return SurveyPoints(
            self.anchors,
            self.xy[keep],
            self.level_dbm[keep],
            self.noise_db2[keep],
            self.reading_sd_db,
            self.floor_dbm,
            self.tag_z_m,
        )

    def path_db(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """(anchors, n): 10 log10 of the distance in space to each anchor, as maps have it."""
        return path_db(self.anchors, xy, tag_z_m=self.tag_z_m)


def path_db(
    anchors: Sequence[AnchorPlace], xy: NDArray[np.float64], *, tag_z_m: float
) -> NDArray[np.float64]:
    """(anchors, n): 10 log10 of the distance, no nearer than the near field reaches."""
    at = np.array([(a.x, a.y, a.z) for a in anchors], float).reshape(-1, 3)
    flat2 = (at[:, None, 0] - xy[None, :, 0]) ** 2 + (at[:, None, 1] - xy[None, :, 1]) ** 2
    distance = np.sqrt(flat2 + (at[:, 2] - tag_z_m)[:, None] ** 2)
    decibels: NDArray[np.float64] = 10 * np.log10(np.maximum(distance, NEAR_M))
    return decibels


def points_of(survey: Survey, anchors: Sequence[AnchorPlace], *, tag_z_m: float) -> SurveyPoints:
    """The points of the readings that have a place; readings of unknown anchors do not count."""
    row = {anchor.id: at for at, anchor in enumerate(anchors)}
    known = np.array([row.get(name, -1) for name in survey.anchors], np.intp)
    anchor = known[survey.anchor]
    use = survey.placed & (anchor >= 0)
    number, xy = point_numbers(survey.xy[use])
    offsets = _device_offsets(survey, use, anchor, anchors, tag_z_m=tag_z_m)
    dbm = survey.dbm[use] - offsets[survey.device[use]]
    level = np.full((len(xy), len(anchors)), np.nan)
    spread = np.full_like(level, np.nan)
    fresh = np.ones_like(level)
    cell = number * len(anchors) + anchor[use]
    order = np.argsort(cell, kind="stable")
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    for at in np.split(order, starts[1:]) if len(order) else ():
        where = divmod(int(cell[at[0]]), len(anchors))
        level[where], spread[where], kept = _robust(dbm[at])
        seconds = len(np.unique(np.floor(survey.t[use][at] / FRESH_S)))
        fresh[where] = max(1, min(kept, seconds))
    sd = _reading_sd(spread)
    floor = np.where(np.isfinite(level).any(axis=0), _least(level), np.nan)
    return SurveyPoints(tuple(anchors), xy, level, sd * sd / fresh, sd, floor, tag_z_m)


def _robust(dbm: NDArray[np.float64]) -> tuple[float, float, int]:
    """Mean and variance (NaN below 5 readings) without glitches, and how many remain."""
    kept = dbm[np.abs(dbm - np.median(dbm)) <= GLITCH_DB]
    variance = float(kept.var(ddof=1)) if len(kept) >= 5 else np.nan
    return float(kept.mean()), variance, len(kept)


def _reading_sd(spread: NDArray[np.float64]) -> float:
    known = spread[np.isfinite(spread)]
    if not len(known):
        return READING_SD_DB
    return float(np.clip(np.sqrt(np.median(known)), LEAST_SD_DB, MOST_SD_DB))


def _least(level: NDArray[np.float64]) -> NDArray[np.float64]:
    """(anchors,): the weakest level of each column, +inf where there is none."""
    least: NDArray[np.float64] = np.min(np.where(np.isfinite(level), level, np.inf), axis=0)
    return least


def _device_offsets(
    survey: Survey,
    use: NDArray[np.bool_],
    anchor: NDArray[np.intp],
    anchors: Sequence[AnchorPlace],
    *,
    tag_z_m: float,
) -> NDArray[np.float64]:
    """(devices,): how much louder each is than the mean device; zeros for one device."""
    devices = len(survey.devices)
    if devices < 2:
        return np.zeros(devices)
    number, xy = point_numbers(survey.xy[use])
    path = path_db(anchors, xy, tag_z_m=tag_z_m)
    keys, group = np.unique(
        np.stack([number, anchor[use], survey.device[use]]), axis=1, return_inverse=True
    )
    group = np.asarray(group).reshape(-1)
    mean = np.bincount(group, survey.dbm[use]) / np.bincount(group)
    at, row, who = keys
    columns = np.zeros((len(mean), 2 * len(anchors) + devices))
    here = np.arange(len(mean))
    columns[here, row] = 1.0
    columns[here, len(anchors) + row] = -path[row, at]
    columns[here, 2 * len(anchors) + who] = 1.0
    # Weak pulls make it solvable: towards the usual law, and towards no offset.
    pull = np.concatenate([np.full(len(anchors), 0.01), np.full(len(anchors), 10.0)])
    pull = np.concatenate([pull, np.full(devices, OFFSET_WEIGHT)])
    usual = np.concatenate([np.full(len(anchors), REFERENCE_DBM), np.full(len(anchors), EXPONENT)])
    usual = np.concatenate([usual, np.zeros(devices)])
    solved = np.linalg.solve(columns.T @ columns + np.diag(pull), columns.T @ mean + pull * usual)
    offsets: NDArray[np.float64] = solved[-devices:] - solved[-devices:].mean()
    return offsets
