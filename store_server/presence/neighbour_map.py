"""A radio map by the nearest survey points: no law of distance, only what was heard nearby.

The level at a place is the mean of its k nearest points, weighted by 1 / (distance + 1 m)^2. In
large sites with few points behind many walls the law of distance is wrong for most anchors, and
this is hard to beat.

Source: inverse distance weighting, Shepard (1968); k-nearest-neighbour fingerprinting, Bahl &
Padmanabhan, RADAR, INFOCOM 2000.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store_server.presence.survey_points import SurveyPoints

Array = NDArray[np.float64]

NEIGHBOURS = 4
SOFT_M = 1.0
# How the level wanders with the distance to the points asked.
WANDER_DB_PER_ROOT_M = 1.5
POINT_SD_DB = 3.0
# Not heard: as far below the weakest level heard as a receiver still loses adverts.
BELOW_FLOOR_DB = 4.0
UNHEARD_SD_DB = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class NeighbourMap:
    """A map ready to be asked anywhere."""

    points: SurveyPoints

    def predict(self, xy: Array) -> tuple[Array, Array]:
        """(anchors, n) mean level and sd of one reading of a device that comes by at `xy`."""
        points = self.points
        floor = np.where(points.heard, points.floor_dbm - BELOW_FLOOR_DB, -100.0)
        level = np.where(np.isfinite(points.level_dbm), points.level_dbm, floor[None, :])
        apart = np.linalg.norm(xy[:, None] - points.xy[None], axis=2)
        k = min(NEIGHBOURS, len(points.xy))
        near = np.argpartition(apart, k - 1, axis=1)[:, :k]
        away = np.take_along_axis(apart, near, axis=1)
        weight = 1 / (away + SOFT_M) ** 2
        weight /= weight.sum(axis=1, keepdims=True)
        mean = np.einsum("nk,nka->an", weight, level[near])
        spread = np.einsum("nk,nka->an", weight, (level[near] - mean.T[:, None]) ** 2)
        wander = WANDER_DB_PER_ROOT_M**2 * (weight * away).sum(axis=1)
        own = POINT_SD_DB**2 + points.reading_sd_db**2
        sd = np.sqrt(own + spread / 2 + wander[None, :])
        return mean, np.where(points.heard[:, None], sd, UNHEARD_SD_DB)
