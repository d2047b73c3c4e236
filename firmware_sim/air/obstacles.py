"""What walls and shelves take from a signal that crosses them."""

from collections.abc import Iterable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Point = tuple[float, float]

# Gondola shelves of a supermarket stand 1.4 to 2.2 m high: a gateway under the ceiling sees over
# those near it. Source: our choice within what makers of shop fittings list.
SHELF_HEIGHT_M = 1.8
SHELF_KINDS = frozenset({"shelf", "metal"})
# What bends around and is reflected arrives however many walls stand between.
# Source: COST 231 final report (1999), section 4.7: loss grows less than linearly with the number
# of walls; the limit is our choice.
MOST_DB = 25.0


class Obstacle(Protocol):
    """A wall or one side of a shelf: pieces of a line, and what crossing one costs in dB."""

    @property
    def kind(self) -> str:
        """Shelves end below the ceiling; everything else reaches up to it."""
        ...

    @property
    def attenuation_db(self) -> float:
        """What one crossing takes."""
        ...

    def segments(self) -> Iterator[tuple[Point, Point]]:
        """The straight pieces."""
        ...


class Obstacles:
    """All obstacles of a floor against one set of anchors."""

    def __init__(self, obstacles: Iterable[Obstacle], anchors_xyz: Floats) -> None:
        pieces = [
            (*start, *end, one.attenuation_db, SHELF_HEIGHT_M if one.kind in SHELF_KINDS else 1e3)
            for one in obstacles
            for start, end in one.segments()
            if one.attenuation_db
        ]
        table = np.array(pieces, dtype=np.float64).reshape(len(pieces), 6)
        self._start, self._way = table[:, None, 0:2], table[:, None, 2:4] - table[:, None, 0:2]
        self._loss_db, self._height = table[:, None, 4], table[:, None, 5]
        self._anchors = anchors_xyz

    def between(self, x: float, y: float, z: float) -> Floats:
        """Loss from this spot to each anchor, dB, shape (anchors,).

        Source: two segments p + u r and q + v s cross where u = (q - p) x s / (r x s) and
        v = (q - p) x r / (r x s) both lie in 0..1.
        """
        if not len(self._loss_db):
            return np.zeros(len(self._anchors))
        ray = self._anchors[None, :, :2] - (x, y)
        to_start = self._start - (x, y)
        spread = _cross(ray, self._way)
        safe = np.where(spread == 0.0, np.inf, spread)
        along = _cross(to_start, self._way) / safe
        across = _cross(to_start, ray) / safe
        height = z + along * (self._anchors[None, :, 2] - z)
        hit = (along > 0) & (along < 1) & (across >= 0) & (across < 1) & (height < self._height)
        hit &= spread != 0.0
        loss: Floats = np.minimum(MOST_DB, (hit * self._loss_db).sum(axis=0))
        return loss


def _cross(a: Floats, b: Floats) -> Floats:
    crossed: Floats = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return crossed
