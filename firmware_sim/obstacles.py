"""How far straight ways keep from walls and shelves: plane geometry on arrays.

Coordinates are metres; `a` and `b` are the ends of obstacles, `p` and `q` those of ways. Arrays
of the two broadcast against each other, so that a thousand ways are asked for at once.
"""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from firmware_sim.floor import Point, Wall

Floats = NDArray[np.float64]


class Obstacles:
    """All pieces of walls and shelves; answers how far ways keep from them."""

    def __init__(self, walls: Iterable[Wall]) -> None:
        pieces = [piece for wall in walls for piece in wall.segments()]
        ends: Floats = np.array(pieces, dtype=np.float64).reshape(len(pieces), 4)
        self._a, self._b = ends[:, :2], ends[:, 2:]

    def distances_m(self, starts: Floats, ends: Floats) -> Floats:
        """Between each straight way, (n, 2) and (n, 2), and the nearest obstacle; 0: it crosses."""
        if not len(self._a):
            return np.full(len(starts), math.inf)
        p, q, a, b = starts[:, None], ends[:, None], self._a[None], self._b[None]
        apart = np.minimum(
            np.minimum(_apart(p, a, b), _apart(q, a, b)),
            np.minimum(_apart(a, p, q), _apart(b, p, q)),
        )
        crossed = (_area(p, q, a) * _area(p, q, b) < 0) & (_area(a, b, p) * _area(a, b, q) < 0)
        nearest: Floats = np.where(crossed, 0.0, apart).min(axis=1)
        return nearest

    def distance_m(self, start: Point, end: Point) -> float:
        """`distances_m` of one way."""
        return float(self.distances_m(np.array([start]), np.array([end]))[0])

    def nearest(self, at: Point) -> Point | None:
        """The point of the nearest obstacle; None without one."""
        if not len(self._a):
            return None
        feet = _feet(np.array(at), self._a, self._b)
        x, y = feet[int(np.argmin(((feet - np.array(at)) ** 2).sum(axis=1)))]
        return (float(x), float(y))


def _area(one: Floats, two: Floats, three: Floats) -> Floats:
    side, other = two - one, three - one
    area: Floats = side[..., 0] * other[..., 1] - side[..., 1] * other[..., 0]
    return area


def _feet(point: Floats, a: Floats, b: Floats) -> Floats:
    """The point of each piece a-b that is nearest to each of `point`."""
    along = b - a
    length2 = np.maximum((along * along).sum(axis=-1), 1e-12)
    share = np.clip(((point - a) * along).sum(axis=-1) / length2, 0.0, 1.0)
    feet: Floats = a + share[..., None] * along
    return feet


def _apart(point: Floats, a: Floats, b: Floats) -> Floats:
    away = _feet(point, a, b) - point
    apart: Floats = np.sqrt((away * away).sum(axis=-1))
    return apart
