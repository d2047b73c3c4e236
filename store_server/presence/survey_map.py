"""The radio map of a survey with places: fitted two ways, chosen by leaving points out.

Points are left out by compact blocks, so that no neighbour half a metre away gives the answer.
Each point left out is located, by the filter's own weighing, from the map of the others; the map
with the smaller mean error wins. The Gaussian process is preferred unless the neighbours are
clearly better: it knows where it knows nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from store_server.errors import ConfigError
from store_server.presence.belief import Levels, unknown, weighed
from store_server.presence.gaussian_map import GaussianMap, Smoothness, Trend, fit_gaussian
from store_server.presence.neighbour_map import NeighbourMap
from store_server.presence.radio_map import TAG_Z_M, AnchorPlace, RadioMap
from store_server.presence.state_space import StateSpace
from store_server.presence.survey import Survey
from store_server.presence.survey_points import SurveyPoints, points_of
from store_server.presence.tuning import FilterTuning

Array = NDArray[np.float64]
Method = Literal["gaussian", "neighbours"]

FEWEST_POINTS = 5
BLOCKS = 10
# The map's errors are shared: a body between, goods moved since, another device's antenna put
# many gateways off at once and for seconds, while the filter weighs them as if each erred alone.
# 1.25-1.5 give the same results; 1 flaps, 2 lags (docs/presence.md).
SHARED_ERRORS = 1.45
# The neighbours must be this much better, or chance decides.
CLEARLY = 0.93


class Predictor(Protocol):
    """A fitted map before it is laid on states."""

    def predict(self, xy: Array) -> tuple[Array, Array]:
        """(anchors, n) mean level and sd of one reading at `xy`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class FittedMap:
    """The chosen map, and what cross-validation said of each method.

    `errors_m` holds, by method, the error at each point when it was left out (points,);
    `zones_right` the share of points whose zone came out right.
    """

    radio: RadioMap
    points: SurveyPoints
    method: Method
    errors_m: Mapping[Method, Array]
    zones_right: Mapping[Method, float]
    smoothness: Smoothness
    trend: Trend
    unknown_anchors: tuple[str, ...] = ()


def fit_survey(
    survey: Survey,
    anchors: Sequence[AnchorPlace],
    space: StateSpace,
    *,
    tag_z_m: float = TAG_Z_M,
) -> FittedMap:
    """The radio map over `space` that a survey with places gives.

    Args:
        survey: readings; those without a place do not count.
        anchors: every fixed point of the site; those the survey never heard keep the trend.
        space: states with coordinates.
        tag_z_m: height at which the surveyed device was carried.

    Raises:
        ConfigError: fewer than 5 points, or no anchor of the site was heard.
    """
    points = points_of(survey, anchors, tag_z_m=tag_z_m)
    if len(points.xy) < FEWEST_POINTS or not points.heard.any():
        raise ConfigError(
            f"the survey has {len(points.xy)} points that gateways of this site heard; "
            f"must be at least {FEWEST_POINTS}, better 12-40 spread over the floor"
        )
    gaussian = fit_gaussian(points)
    errors: dict[Method, Array] = {}
    right: dict[Method, float] = {}
    for method in ("gaussian", "neighbours"):
        errors[method], right[method] = _left_out(gaussian, space, method=method)
    wins = errors["neighbours"].mean() < CLEARLY * errors["gaussian"].mean()
    chosen: Predictor = NeighbourMap(points) if wins else gaussian
    mean, sd = chosen.predict(space.xy)
    spread = (SHARED_ERRORS * sd).astype(np.float32)
    names = {anchor.id for anchor in anchors}
    return FittedMap(
        RadioMap(tuple(a.id for a in anchors), mean.astype(np.float32), spread),
        points,
        "neighbours" if wins else "gaussian",
        errors,
        right,
        gaussian.smoothness,
        gaussian.trend,
        tuple(name for name in survey.anchors if name not in names),
    )


def blocks_of(xy: Array, *, count: int) -> NDArray[np.intp]:
    """(points,): the block of each point; blocks are compact and of about one size.

    Halved again and again across the longer side, as a k-d tree is built.
    """
    block = np.zeros(len(xy), np.intp)
    groups = [np.arange(len(xy))]
    while len(groups) < min(count, len(xy)):
        groups.sort(key=len)
        group = groups.pop()
        side = int(np.ptp(xy[group], axis=0).argmax())
        order = group[np.argsort(xy[group, side], kind="stable")]
        groups += [order[: len(order) // 2], order[len(order) // 2 :]]
    for number, group in enumerate(groups):
        block[group] = number
    return block


def _left_out(gaussian: GaussianMap, space: StateSpace, *, method: Method) -> tuple[Array, float]:
    """The error at each point from the map of the other blocks; the share of right zones."""
    points = gaussian.points
    # With few points every one is missed: leave out one at a time.
    block = blocks_of(points.xy, count=max(BLOCKS, min(len(points.xy), 2 * BLOCKS)))
    errors, right = np.zeros(len(points.xy)), 0
    for number in range(int(block.max()) + 1):
        out = block == number
        rest = points.without(out)
        predictor: Predictor = (
            NeighbourMap(rest)
            if method == "neighbours"
            else GaussianMap(rest, gaussian.trend, gaussian.smoothness)
        )
        mean, sd = predictor.predict(space.xy)
        radio = RadioMap(tuple(a.id for a in points.anchors), _single(mean), _single(sd))
        for at in np.flatnonzero(out):
            p = _located(points.level_dbm[at], radio, space)
            errors[at] = np.linalg.norm(p @ space.xy - points.xy[at])
            true = int(np.linalg.norm(space.xy - points.xy[at], axis=1).argmin())
            right += int(_zone(space, p) == int(space.membership[:, true].argmax()))
    return errors, right / len(points.xy)


def _located(level: Array, radio: RadioMap, space: StateSpace) -> Array:
    """The belief (n,) of one look at a device of unknown power."""
    rows = np.flatnonzero(np.isfinite(level))
    tuning = FilterTuning()
    start = unknown(space, offset_db=0.0, offset_sd_db=tuning.offset_sd_db)
    levels = Levels(rows, _single(level[rows]), np.ones(len(rows), np.float32))
    return weighed(start, radio, levels, freedom=tuning.freedom).p.astype(float)


def _zone(space: StateSpace, p: Array) -> int:
    return int(space.zone_mass(p).argmax()) if len(space.zone_ids) else -1


def _single(values: Array) -> NDArray[np.float32]:
    single: NDArray[np.float32] = values.astype(np.float32)
    return single
