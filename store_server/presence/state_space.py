"""Where a device can be: the states of the belief, their zones, and how belief spreads over time.

A state is a cell of the floor, or, where a site has no geometry, a label ("inside", "room 3").
Belief moves by diffusion: a shopper is as likely to walk one way as the other. On a grid it
runs along rows and then along columns, each by the exact solution of the heat equation on a
line whose links a wall or a shelf cuts:

    p(t + dt) = expm(D dt L_y) expm(D dt L_x) p(t)        (operator splitting, Lie)

so mass is kept, nothing passes a wall, and a step costs two small matrix products for any
number of devices at once.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from store_server.ids import ZoneId

Floats = NDArray[np.floating]

# Spreads are applied in steps of this length, so that one pair of kernels serves every dt.
SPREAD_STEP_S = 0.25
# Rows, then columns: longer than 2 s at once would miss the way around a corner.
MOST_STEPS = 8
# Less of a kernel is left out: below what a belief can hold, and numbers that small (denormal in
# float32) cost a processor a hundred times as much as others.
LEAST_SHARE = 1e-12


class Motion(Protocol):
    """How belief over states spreads while time passes."""

    def spread(self, p: Floats, dt_s: float) -> Floats:
        """Belief (n,) or (rows, n) after `dt_s` seconds without an observation."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class StateSpace:
    """The states of a site.

    `xy` is float64 (n, 2) in metres, NaN where a state has no place. `membership` is
    (zones, n): which part of a state's mass counts for each zone; columns sum to at most 1.
    `area_m2` is what a state covers, 0 for labels. `cells` is the number of rows and columns of
    a grid, None for labels.
    """

    xy: NDArray[np.float64]
    zone_ids: tuple[ZoneId, ...]
    membership: NDArray[np.float64]
    motion: Motion
    area_m2: float = 0.0
    cells: tuple[int, int] | None = None

    @property
    def n(self) -> int:
        """How many states there are."""
        return len(self.xy)

    @property
    def has_places(self) -> bool:
        """Whether states have coordinates."""
        return not bool(np.isnan(self.xy).any())

    def spread(self, p: Floats, dt_s: float) -> Floats:
        """Belief (n,) or (rows, n) after `dt_s` seconds without an observation."""
        return self.motion.spread(p, dt_s)

    def zone_mass(self, p: Floats) -> NDArray[np.float64]:
        """The probability of each zone (zones,) or (rows, zones) under belief `p`."""
        mass: NDArray[np.float64] = np.asarray(p, np.float64) @ self.membership.T
        return mass


@dataclass(frozen=True, eq=False)
class RateMotion:
    """Motion between labels: `rates[i, j]` is the rate per second from state i to state j."""

    rates: NDArray[np.float64]

    def spread(self, p: Floats, dt_s: float) -> Floats:
        """See `Motion.spread`."""
        if dt_s <= 0:
            return p
        return _rate_step(self.rates.tobytes(), len(self.rates), round(dt_s, 3), p)


def _rate_step(rates: bytes, n: int, dt_s: float, p: Floats) -> Floats:
    out: Floats = p @ _rate_kernel(rates, n, dt_s).astype(p.dtype)
    return out


@lru_cache(maxsize=256)
def _rate_kernel(rates: bytes, n: int, dt_s: float) -> NDArray[np.float64]:
    generator = np.frombuffer(rates).reshape(n, n).copy()
    np.fill_diagonal(generator, 0.0)
    np.fill_diagonal(generator, -generator.sum(axis=1))
    kernel: NDArray[np.float64] = _expm(generator * dt_s)
    return kernel


class GridMotion:
    """Diffusion over a grid of `rows` x `columns` cells, row by row from the lower left.

    Args:
        open_x: (rows, columns - 1), how open the link to the next cell on the right is: 1 free,
            0 a wall.
        open_y: (rows - 1, columns), the same for the cell above.
        cell_m: edge of a cell.
        speed_m: standard deviation of the way made in one second, along each axis.
    """

    def __init__(self, open_x: Floats, open_y: Floats, *, cell_m: float, speed_m: float) -> None:
        self._rows, self._columns = open_x.shape[0], open_y.shape[1]
        self._open_x, self._open_y = open_x, open_y
        self._cell_m, self._speed_m = cell_m, speed_m
        # Var = 2 D t, and D in cells: D / cell^2.
        rate = (speed_m / cell_m) ** 2 / 2 * SPREAD_STEP_S
        self._along_x = _Lines(open_x, rate=rate)
        self._along_y = _Lines(open_y.T, rate=rate)

    def part(self, rows: slice, columns: slice) -> "GridMotion":
        """The motion over a rectangle of the cells, whose edge nothing crosses."""
        return GridMotion(
            self._open_x[rows, columns.start : columns.stop - 1],
            self._open_y[rows.start : rows.stop - 1, columns],
            cell_m=self._cell_m,
            speed_m=self._speed_m,
        )

    def spread(self, p: Floats, dt_s: float) -> Floats:
        """See `Motion.spread`; `dt_s` is rounded to steps of `SPREAD_STEP_S`."""
        steps = round(dt_s / SPREAD_STEP_S)
        flat = p.reshape(-1, self._rows, self._columns)
        while steps > 0:
            taken = min(steps, MOST_STEPS)
            turned = np.ascontiguousarray(self._along_x.spread(flat, taken).swapaxes(1, 2))
            flat = np.ascontiguousarray(self._along_y.spread(turned, taken).swapaxes(1, 2))
            steps -= taken
        return flat.reshape(p.shape)


class _Lines:
    """Diffusion along parallel lines; lines with the same walls share one kernel and product."""

    def __init__(self, links: Floats, *, rate: float) -> None:
        patterns, pattern_of = np.unique(links, axis=0, return_inverse=True)
        self._patterns = [(line * rate).tobytes() for line in patterns.astype(np.float64)]
        self._lines = [np.flatnonzero(pattern_of == at) for at in range(len(patterns))]
        self._powers = lru_cache(maxsize=MOST_STEPS)(self._power)

    def spread(self, flat: Floats, steps: int) -> Floats:
        """(devices, lines, cells) after so many steps of `SPREAD_STEP_S`."""
        powers = self._powers(steps)
        if len(powers) == 1:
            out: Floats = flat @ powers[0].astype(flat.dtype, copy=False)
            return out
        out = np.empty_like(flat)
        for lines, kernel in zip(self._lines, powers, strict=True):
            out[:, lines] = flat[:, lines] @ kernel.astype(flat.dtype, copy=False)
        return out

    def _power(self, steps: int) -> list[NDArray[np.float32]]:
        return [_line_power(links, steps) for links in self._patterns]


@lru_cache(maxsize=1024)
def _line_power(links: bytes, steps: int) -> NDArray[np.float32]:
    """The kernel of so many steps; panes of one floor share those of lines alike."""
    power = np.linalg.matrix_power(_line_kernel(links), steps)
    return np.where(power < LEAST_SHARE, 0.0, power).astype(np.float32)


@lru_cache(maxsize=256)
def _line_kernel(links: bytes) -> NDArray[np.float64]:
    """The kernel of diffusion on a line whose neighbours exchange mass at rates `links`."""
    rates = np.frombuffer(links)
    n = len(rates) + 1
    generator = np.zeros((n, n))
    at = np.arange(n - 1)
    generator[at, at + 1] = generator[at + 1, at] = rates
    np.fill_diagonal(generator, -generator.sum(axis=1))
    kernel: NDArray[np.float64] = _expm(generator)
    return kernel


def _expm(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The exponential of a small matrix, by scaling and squaring with a Taylor series.

    Source: Moler and Van Loan, Nineteen Dubious Ways, SIAM Review 2003, method 3.
    """
    squarings = max(0, int(np.ceil(np.log2(max(1e-12, np.abs(matrix).sum(axis=1).max())))) + 4)
    scaled = matrix / 2**squarings
    term = total = np.eye(len(matrix))
    for order in range(1, 10):
        term = term @ scaled / order
        total = total + term
    out: NDArray[np.float64] = np.linalg.matrix_power(total, 2**squarings)
    return out
