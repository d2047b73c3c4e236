"""A very large floor: the belief of a device lives on a pane of cells that follows it.

A belief over all cells of a hypermarket would cost what its floor area costs. A pane of
`PANE_CELLS` cells (38 x 38 m) bounds both cost and state:

- it begins around the gateways that are loudest;
- it moves when the middle of the belief leaves its inner half, so that what it cuts off is next
  to nothing;
- it jumps when the gateways that are loudest all hang outside of it: then the belief is wrong.

Whatever mass a move cuts off is not lost: it is spread evenly over the new pane, with the
offset of the whole belief, for the offset is the device's and not the place's. So mass sums to 1
before and after, and a pane that covers the floor is the filter without panes, to the bit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store_server.presence.belief import LEAST_P, Belief
from store_server.presence.radio_map import RadioMap
from store_server.presence.site import Site
from store_server.presence.state_space import GridMotion
from store_server.presence.track import Pane, Reading

# Floors of up to 600 m2 have 2,400 cells of 0.5 m; beyond this many, panes are used.
WHOLE_UP_TO = 2_500
# 38 x 38 cells: 17 kB a device, and 19 m to each side, more than gateways are apart.
PANE_CELLS = 1_444
# Panes begin at multiples of this, so that devices near each other share one.
STRIDE = 6
# Sites of panes that are kept ready; each costs about 10 kB a gateway.
KEPT_PANES = 128
# The loudest of a step say where it was heard; a corrupt level is rarely one of three.
LOUDEST = 3
# An anchor in the pane that was heard so recently speaks for the pane.
MEMORY_S = 5.0


class Located(NamedTuple):
    """A belief, and the pane whose cells it is over; None is the whole floor."""

    pane: Pane | None
    belief: Belief


class Panes:
    """The panes of one site; of a small floor, or one without a grid, the whole."""

    def __init__(
        self, site: Site, *, whole_up_to: int = WHOLE_UP_TO, cells: int = PANE_CELLS
    ) -> None:
        self.floor = site
        self.whole = site.space.cells is None or site.space.n <= whole_up_to
        if self.whole:
            return
        self._rows, self._columns = site.space.cells or (1, 1)
        edge = int(cells**0.5)
        self.height = min(self._rows, max(edge, cells // self._columns))
        self.width = min(self._columns, cells // self.height)
        loudest = site.radio.mean_dbm.argmax(axis=1)
        self._anchors = np.stack(np.divmod(loudest, self._columns), axis=1)
        self._sites = lru_cache(maxsize=KEPT_PANES)(self._part)

    def site(self, pane: Pane | None) -> Site:
        """The site as far as a pane goes."""
        return self.floor if pane is None else self._sites(pane)

    def cells(self, pane: Pane | None) -> int:
        """How many cells a belief over it has."""
        return self.floor.space.n if pane is None else self.height * self.width

    def numbers(self, pane: Pane | None) -> NDArray[np.intp]:
        """Which cells of the floor a belief over it is over, in their order."""
        numbers = np.arange(self.floor.space.n)
        if pane is None:
            return numbers
        grid = numbers.reshape(self._rows, self._columns)
        rows = slice(pane.row, pane.row + self.height)
        return grid[rows, pane.column : pane.column + self.width].ravel()

    def at_place(self, xy: NDArray[np.float64]) -> Pane:
        """The pane in whose middle a place of the floor lies; of a floor that has panes."""
        nearest = int(((self.floor.space.xy - xy) ** 2).sum(axis=1).argmin())
        return self.around(*divmod(nearest, self._columns))

    def fits(self, pane: Pane | None) -> bool:
        """Whether it is a pane of this site."""
        if pane is None or self.whole:
            return pane is None and self.whole
        return 0 <= pane.row <= self._rows - self.height and (
            0 <= pane.column <= self._columns - self.width
        )

    def first(self, readings: Sequence[Reading]) -> Pane | None:
        """Where a device that is heard for the first time is looked for."""
        return None if self.whole else self.around(*self._middle(readings))

    def caught_up(
        self, at: Located, readings: Sequence[Reading], *, heard: Mapping[int, float]
    ) -> Located:
        """The belief where the loudest gateways are, if they are not in its pane.

        Args:
            at: before the readings are weighed.
            readings: of one step.
            heard: when each anchor was heard before, by row.
        """
        if at.pane is None or not self._elsewhere(at.pane, readings, heard):
            return at
        return self.moved(at, self.around(*self._middle(readings)))

    def followed(self, at: Located) -> Located:
        """The belief on a pane in whose inner half its middle lies."""
        if at.pane is None:
            return at
        p = at.belief.p.reshape(self.height, self.width)
        row = float(p.sum(axis=1) @ np.arange(self.height, dtype=np.float32))
        column = float(p.sum(axis=0) @ np.arange(self.width, dtype=np.float32))
        off_row, off_column = row - (self.height - 1) / 2, column - (self.width - 1) / 2
        if abs(off_row) <= self.height / 4 and abs(off_column) <= self.width / 4:
            return at
        return self.moved(at, self.around(at.pane.row + row, at.pane.column + column))

    def around(self, row: float, column: float) -> Pane:
        """The pane in whose middle a cell lies, as far as the floor goes."""
        return Pane(
            _start(row, self.height, of=self._rows), _start(column, self.width, of=self._columns)
        )

    def moved(self, at: Located, pane: Pane) -> Located:
        """The belief over the cells of another pane."""
        assert at.pane is not None
        if pane == at.pane:
            return at
        p, offset, variance = at.belief
        mean = float(p @ offset)
        spread = float(p @ (variance + offset * offset)) - mean * mean
        shape = self.height, self.width
        kept = np.zeros(shape, np.float32)
        offsets = np.full(shape, mean, np.float32)
        variances = np.full(shape, spread, np.float32)
        into, out_of = _overlap(at.pane, pane, shape)
        for target, source in ((kept, p), (offsets, offset), (variances, variance)):
            target[into] = source.reshape(shape)[out_of]
        kept += max(0.0, 1.0 - float(kept.sum())) / kept.size + LEAST_P
        kept /= kept.sum()
        return Located(pane, Belief(kept.ravel(), offsets.ravel(), variances.ravel()))

    def _elsewhere(
        self, pane: Pane, readings: Sequence[Reading], heard: Mapping[int, float]
    ) -> bool:
        loudest = _loudest(readings)
        if any(self._holds(pane, one.row) for one in loudest):
            return False
        if len(loudest) == LOUDEST:
            return True
        newest = max(one.t for one in readings)
        return not any(
            newest - t <= MEMORY_S and self._holds(pane, row) for row, t in heard.items()
        )

    def _holds(self, pane: Pane, anchor: int) -> bool:
        row, column = self._anchors[anchor]
        return bool(0 <= row - pane.row < self.height and 0 <= column - pane.column < self.width)

    def _middle(self, readings: Sequence[Reading]) -> tuple[float, float]:
        """The cell in the middle of the loudest anchors, each by its field strength."""
        loudest = _loudest(readings)
        weights = np.array([10 ** ((one.dbm - loudest[0].dbm) / 20) for one in loudest])
        row, column = weights @ self._anchors[[one.row for one in loudest]] / weights.sum()
        return float(row), float(column)

    def _part(self, pane: Pane) -> Site:
        space, radio = self.floor.space, self.floor.radio
        assert isinstance(space.motion, GridMotion)
        rows = slice(pane.row, pane.row + self.height)
        columns = slice(pane.column, pane.column + self.width)
        chosen = self.numbers(pane)
        part = replace(
            space,
            xy=space.xy[chosen],
            membership=space.membership[:, chosen],
            motion=space.motion.part(rows, columns),
            cells=(self.height, self.width),
        )
        return replace(
            self.floor,
            space=part,
            radio=RadioMap(
                radio.anchors,
                np.ascontiguousarray(radio.mean_dbm[:, chosen]),
                np.ascontiguousarray(radio.sd_db[:, chosen]),
                radio.loud,
                radio.soft,
            ),
        )


def _loudest(readings: Sequence[Reading]) -> list[Reading]:
    return sorted(readings, key=lambda one: (-one.dbm, one.row))[:LOUDEST]


def _start(middle: float, size: int, *, of: int) -> int:
    """Where a stretch of `size` begins that has `middle` about in its middle."""
    wanted = round((middle - (size - 1) / 2) / STRIDE) * STRIDE
    return max(0, min(of - size, wanted))


def _overlap(
    before: Pane, after: Pane, shape: tuple[int, int]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """What both panes have: as a part of the new one, and of the old one."""
    into: list[slice] = []
    out_of: list[slice] = []
    for old, new, size in zip(before, after, shape, strict=True):
        first, last = max(old, new), max(old, new, min(old, new) + size)
        into.append(slice(first - new, last - new))
        out_of.append(slice(first - old, last - old))
    return (into[0], into[1]), (out_of[0], out_of[1])
