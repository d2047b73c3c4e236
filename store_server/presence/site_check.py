"""What a radio map promises: who is heard, how far off answers are, where a gateway would help.

- Heard: cells where at least three gateways are expected above `HEARD_DBM`. Three, because the
  device's own power is unknown too.
- Expected error: devices are put at cells of each zone, levels drawn from the map and its
  spread, and located by the filter's own weighing in one look. Walking devices do better (the
  filter remembers), bodies and metal that the survey did not see do worse.
- Another gateway: the Cramer-Rao bound of every cell, with the offset unknown, before and after
  a gateway is put at each place of a raster; the place that lowers the mean bound most is named.

Source: Kay, Fundamentals of Statistical Signal Processing: Estimation Theory (1993), 3.9-3.10
(Fisher information of Gaussian observations; nuisance parameters).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store_server.errors import ConfigError
from store_server.presence.belief import Levels, unknown, weighed
from store_server.presence.radio_map import EXPONENT, RadioMap
from store_server.presence.state_space import StateSpace
from store_server.presence.tuning import FilterTuning

Array = NDArray[np.float64]

# Where a usual receiver still takes most adverts; its floor is about -102 dBm.
HEARD_DBM = -92.0
ENOUGH = 3
LOOKS_PER_ZONE = 40
MOST_LOOKS = 800
# Raster of places for one more gateway; the height above devices at which one would hang.
PLACE_STEP_M = 2.0
HANG_M = 1.1
NEW_SD_DB = 5.0
# What is known of a device before any look: it is somewhere within this.
START_SD_M = 8.0
MOST_CELLS = 1_500
# Less gain than this is not worth a gateway.
LEAST_GAIN = 0.03


class ZoneCheck(NamedTuple):
    """A zone: share of its cells heard by three, expected error in one look, zone told right."""

    zone: str
    heard: float
    error_m: float
    right: float


class Suggestion(NamedTuple):
    """Where one more gateway lowers the mean error bound most, and the bounds, metres."""

    x: float
    y: float
    before_m: float
    after_m: float


class SiteCheck(NamedTuple):
    """The whole: heard share of all cells, zones in plan order, the best place if any helps."""

    heard: float
    zones: tuple[ZoneCheck, ...]
    suggestion: Suggestion | None


def check_site(space: StateSpace, radio: RadioMap, *, rng: np.random.Generator) -> SiteCheck:
    """What the map of a site promises.

    Raises:
        ConfigError: its states have no places.
    """
    if space.cells is None:
        raise ConfigError("coverage needs a floor with places; this site has only labels")
    heard = (radio.mean_dbm >= HEARD_DBM).sum(axis=0) >= ENOUGH
    owner = np.where(space.membership.sum(axis=0) > 0, space.membership.argmax(axis=0), -1)
    zones = tuple(
        _zone_check(space, radio, row, cells=np.flatnonzero(owner == row), heard=heard, rng=rng)
        for row in range(len(space.zone_ids))
    )
    return SiteCheck(float(heard.mean()), zones, suggest(space, radio))


def _zone_check(
    space: StateSpace,
    radio: RadioMap,
    row: int,
    *,
    cells: NDArray[np.intp],
    heard: NDArray[np.bool_],
    rng: np.random.Generator,
) -> ZoneCheck:
    name = str(space.zone_ids[row])
    if not len(cells):
        return ZoneCheck(name, 0.0, float("nan"), 0.0)
    looks = max(5, min(LOOKS_PER_ZONE, MOST_LOOKS // len(space.zone_ids)))
    errors, right = [], 0
    for cell in rng.choice(cells, looks):
        p = _look(space, radio, int(cell), rng=rng)
        errors.append(float(np.linalg.norm(p @ space.xy - space.xy[cell])))
        right += int(space.zone_mass(p).argmax()) == row
    return ZoneCheck(name, float(heard[cells].mean()), float(np.mean(errors)), right / looks)


def _look(space: StateSpace, radio: RadioMap, cell: int, *, rng: np.random.Generator) -> Array:
    """The belief after one look at a device in a cell: what is too weak is not heard."""
    tuning = FilterTuning()
    drawn = radio.mean_dbm[:, cell] + radio.sd_db[:, cell] * rng.standard_normal(len(radio.anchors))
    rows = np.flatnonzero(drawn >= HEARD_DBM)
    belief = unknown(space, offset_db=0.0, offset_sd_db=tuning.offset_sd_db)
    fresh = np.ones(len(rows), np.float32)
    levels = Levels(rows, drawn[rows].astype(np.float32), fresh)
    return weighed(belief, radio, levels, freedom=tuning.freedom).p.astype(float)


def suggest(space: StateSpace, radio: RadioMap) -> Suggestion | None:
    """The best place for one more gateway; None when none helps by 3 % or more."""
    cells = np.arange(space.n)[:: max(1, -(-space.n // MOST_CELLS))]
    known = _information(space, radio)[cells]
    before = float(_bound_m(known).mean())
    best: Suggestion | None = None
    for x, y in _places(space):
        after = float(_bound_m(known + _of_new(space.xy[cells], x, y)).mean())
        if best is None or after < best.after_m:
            best = Suggestion(float(x), float(y), before, after)
    return best if best and best.after_m < before * (1 - LEAST_GAIN) else None


def bounds_m(space: StateSpace, radio: RadioMap) -> Array:
    """(n,): the bound on the error of one look at each cell, metres."""
    return _bound_m(_information(space, radio))


def _information(space: StateSpace, radio: RadioMap) -> Array:
    """(n, 3, 3): Fisher information of x, y and the offset in one look, with what is known."""
    assert space.cells is not None
    cell_m = max(float(np.sqrt(space.area_m2)), 1e-6)
    grid = radio.mean_dbm.astype(float).reshape(-1, *space.cells)
    slopes = np.zeros((3, *radio.mean_dbm.shape))
    for axis, index in ((0, 2), (1, 1)):
        if grid.shape[index] > 1:
            slopes[axis] = np.gradient(grid, cell_m, axis=index).reshape(slopes[axis].shape)
    slopes[2] = 1.0
    weight = np.where(radio.mean_dbm >= HEARD_DBM, 1 / radio.sd_db.astype(float) ** 2, 0.0)
    seen: Array = np.einsum("ian,jan,an->nij", slopes, slopes, weight)
    seen[:] += np.diag(
        [START_SD_M**-2.0, START_SD_M**-2.0, float(FilterTuning().offset_sd_db) ** -2.0]
    )
    return seen


def _of_new(xy: Array, x: float, y: float) -> Array:
    """(n, 3, 3): what a gateway at a place would add, by path loss."""
    away = xy - np.array([x, y])
    distance2 = (away**2).sum(axis=1) + HANG_M**2
    slope = -10 * EXPONENT / np.log(10) * away / distance2[:, None]
    full = np.concatenate([slope, np.ones((len(xy), 1))], axis=1)
    added: Array = full[:, :, None] * full[:, None, :] / NEW_SD_DB**2
    return added


def _bound_m(information: Array) -> Array:
    """(n,): the root of the bound on the squared error in x and y."""
    inverse = np.linalg.inv(information)
    bound: Array = np.sqrt(inverse[:, 0, 0] + inverse[:, 1, 1])
    return bound


def _places(space: StateSpace) -> Array:
    """A raster of places over the floor, at cells that belong to a zone."""
    inside = space.membership.sum(axis=0) > 0
    xy = space.xy[inside] if inside.any() else space.xy
    squares = np.floor(xy / PLACE_STEP_M).astype(int)
    _, first = np.unique(squares, axis=0, return_index=True)
    return xy[np.sort(first)]
