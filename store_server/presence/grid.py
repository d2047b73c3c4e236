"""The cells of a floor: which zone each belongs to, and which neighbours a wall keeps apart."""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store_server.presence.state_space import GridMotion, StateSpace
from store_server.shop.floor_plan import FloorPlan, Point, Zone

# Cells of 0.5 m up to this floor area, of 1 m above.
SMALL_STORE_M2 = 600.0
SMALL_CELL_M = 0.5
LARGE_CELL_M = 1.0
# Standard deviation of the way made in 1 s along an axis. Shoppers walk at 1.17 m/s (sd 0.28)
# a third of the time and browse at 0.3-0.7 m/s or stand otherwise.
SPEED_M_PER_S = 1.4
# A cell belongs to the share of these points per axis that a zone covers.
PROBES = 3
# Zones as drawn leave gaps: what is this near to a zone, and in none, belongs to it.
GAP_M = 1.0


class Box(NamedTuple):
    """The rectangle that cells tile, metres."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def area_m2(self) -> float:
        """Its area."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)


def plan_box(plan: FloorPlan) -> Box:
    """The rectangle of a plan, from its lower left corner."""
    return Box(0.0, 0.0, plan.width_m, plan.height_m)


def grid_space(
    plan: FloorPlan,
    *,
    cell_m: float | None = None,
    box: Box | None = None,
    speed_m_per_s: float = SPEED_M_PER_S,
) -> StateSpace:
    """The grid of a plan.

    Args:
        plan: zones and walls.
        cell_m: edge of a cell; None for 0.5 m in a small store, 1 m in a large one.
        box: what to tile; None for the whole plan.
        speed_m_per_s: how fast belief spreads.
    """
    box = box or plan_box(plan)
    cell_m = cell_m or (SMALL_CELL_M if box.area_m2 <= SMALL_STORE_M2 else LARGE_CELL_M)
    columns = max(1, math.ceil((box.x1 - box.x0) / cell_m - 1e-6))
    rows = max(1, math.ceil((box.y1 - box.y0) / cell_m - 1e-6))
    x = box.x0 + (np.arange(columns) + 0.5) * cell_m
    y = box.y0 + (np.arange(rows) + 0.5) * cell_m
    xy = np.stack([np.tile(x, rows), np.repeat(y, columns)], axis=1)
    barriers = [wall.points for wall in plan.walls]
    motion = GridMotion(
        _links(xy, (rows, columns), along=0, barriers=barriers),
        _links(xy, (rows, columns), along=1, barriers=barriers),
        cell_m=cell_m,
        speed_m=speed_m_per_s,
    )
    return StateSpace(
        xy,
        tuple(zone.id for zone in plan.zones),
        zone_membership(xy, plan.zones, cell_m=cell_m),
        motion,
        area_m2=cell_m * cell_m,
        cells=(rows, columns),
    )


def zone_membership(
    xy: NDArray[np.float64], zones: Sequence[Zone], *, cell_m: float
) -> NDArray[np.float64]:
    """(zones, n): which part of each cell lies in each zone; the first where two overlap."""
    steps = ((np.arange(PROBES) + 0.5) / PROBES - 0.5) * cell_m
    share = np.zeros((len(zones), len(xy)))
    for dx in steps:
        for dy in steps:
            free = np.ones(len(xy), bool)
            for row, zone in enumerate(zones):
                inside = free & contains(zone.polygon, xy + np.array([dx, dy]))
                share[row, inside] += 1 / PROBES**2
                free &= ~inside
    _fill_gaps(share, xy, zones)
    return share


def contains(polygon: Sequence[Point], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of `points` (n, 2) lie in the polygon.

    Source: the crossing number rule.
    """
    x, y = points[:, 0], points[:, 1]
    inside = np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in _edges(polygon):
        if y1 == y2:
            continue
        crosses = ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
        inside ^= crosses
    return inside


def distance_to(polygon: Sequence[Point], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,): how far each of `points` is from the edge of the polygon, metres."""
    best = np.full(len(points), np.inf)
    for start, end in _edges(polygon):
        a, along = np.array(start), np.array(end) - np.array(start)
        length2 = float(along @ along) or 1.0
        u = np.clip((points - a) @ along / length2, 0.0, 1.0)
        best = np.minimum(best, np.linalg.norm(points - a - u[:, None] * along, axis=1))
    return best


def _fill_gaps(share: NDArray[np.float64], xy: NDArray[np.float64], zones: Sequence[Zone]) -> None:
    gaps = np.flatnonzero(share.sum(axis=0) < 1 - 1e-9)
    if not len(zones) or not len(gaps):
        return
    away = np.stack([distance_to(zone.polygon, xy[gaps]) for zone in zones])
    nearest = away.argmin(axis=0)
    near = away.min(axis=0) <= GAP_M
    missing = 1 - share[:, gaps].sum(axis=0)
    share[nearest[near], gaps[near]] += missing[near]


def _links(
    xy: NDArray[np.float64],
    cells: tuple[int, int],
    *,
    along: int,
    barriers: Iterable[Sequence[Point]],
) -> NDArray[np.float64]:
    """How open the link from each cell to its next along x (0) or y (1) is: 0 behind a wall."""
    grid = xy.reshape(*cells, 2)
    start, end = (grid[:, :-1], grid[:, 1:]) if along == 0 else (grid[:-1], grid[1:])
    links = np.ones(start.shape[:2])
    for points in barriers:
        for a, b in pairwise(points):
            links[crosses(start, end, np.array(a, float), np.array(b, float))] = 0.0
    return links


def crosses(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    a: NDArray[np.float64],
    b: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Which lines start-end (..., 2) cross the wall a-b, touching included."""
    wall = b - a
    if not wall.any():
        return np.zeros(start.shape[:-1], bool)
    side_start, side_end = _turn(wall, start - a), _turn(wall, end - a)
    link = end - start
    side_a, side_b = _turn(link, a - start), _turn(link, b - start)
    # One end of a link may lie on the wall; half open, so that one link of two is cut.
    apart: NDArray[np.bool_] = (side_start > 0) != (side_end > 0)
    return apart & (side_a * side_b <= 0)


def _turn(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
    cross: NDArray[np.float64] = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return cross


def _edges(polygon: Sequence[Point]) -> Iterable[tuple[Point, Point]]:
    return zip(polygon, (*polygon[1:], polygon[0]), strict=True)
