"""Where people can walk: a graph of free spots between walls and shelves, and ways through it.

The floor is covered with spots half a metre apart; a spot is free where a body fits, and two
neighbouring spots are joined where nothing stands between them. A way is the shortest one over
joined spots, pulled tight: a corner is left out where the straight line keeps its distance too.
Everything that is handed out has been checked against the walls, so nobody walks through one.

Source: grid search with string pulling after Botea, Müller, Schaeffer, "Near optimal hierarchical
path-finding", Journal of Game Development 1 (2004).
"""

import heapq
import math
import random
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firmware_sim.errors import ScenarioError
from firmware_sim.floor import Floor, Point, Zone
from firmware_sim.obstacles import Obstacles

Floats = NDArray[np.float64]

SPOT_M = 0.5
# Half of the body ellipse's longer axis (0.61 m) without the elbows' room.
# Source: J. J. Fruin, "Pedestrian Planning and Design" (1971), body ellipse 0.46 x 0.61 m.
BODY_M = 0.25
# From a spot so far from all obstacles one can go straight to each of its neighbours.
ROOMY_M = BODY_M + SPOT_M * math.sqrt(2)
# Who takes something from a shelf stands at arm's length from it. Source: our choice.
REACH_M = 1.0
# Between two places at which somebody stops along a shelf. Source: our choice.
STAND_M = 1.0
OUTSIDE_M = 6.0
DOOR_STEP_M = 0.25
WAYS_KEPT = 512
WAYS_AT_ONCE = 1_000
# Half of the eight neighbours; the other half are joined from the other side.
_STEPS = ((1, 0), (0, 1), (1, 1), (1, -1))


class Stand(NamedTuple):
    """A place to stop at: a spot, and the direction of the shelf, radians, or None."""

    spot: int
    facing_rad: float | None


class Aisles:
    """The walkable part of one floor, as far as it can be reached from the street.

    Raises:
        ScenarioError: the shop has no way in, or a zone that people need cannot be reached.
    """

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self._obstacles = Obstacles(floor.walls)
        self._spots = self._free_spots()
        self.points = tuple(self._spots.values())
        self._number = {cell: number for number, cell in enumerate(self._spots)}
        self._joined = self._join()
        self.door, self.outside, self.inside = self._find_door()
        self.reached = frozenset(n for n, far in enumerate(self.far_m(self.inside)) if far < 1e9)
        self.spots: Mapping[str, tuple[int, ...]] = {
            zone.id: self._spots_of(zone) for zone in floor.zones
        }
        self.stands: Mapping[str, tuple[Stand, ...]] = {
            zone.id: self._stands_of(zone) for zone in floor.of_kind("sales")
        }

    def clear(self, start: Point, end: Point) -> bool:
        """Whether a body can go straight from one point to the other."""
        return self._obstacles.distance_m(start, end) >= BODY_M

    def way(self, start: int, end: int) -> tuple[Point, ...]:
        """The points of a way between two reached spots, both ends included."""
        return tuple(self._pulled_tight([self.points[one] for one in self.chain(start, end)]))

    def chain(self, start: int, end: int) -> tuple[int, ...]:
        """The spots of the shortest way between two reached spots, half a metre apart."""
        before = self._search(start)[1]
        spots = [end]
        while spots[-1] != start:
            spots.append(before[spots[-1]])
        return tuple(reversed(spots))

    def far_m(self, start: int) -> tuple[float, ...]:
        """The way's length from a spot to every spot; 1e9 where there is no way."""
        return self._search(start)[0]

    def nearby(self, spot: int, *, within_m: float, rng: random.Random) -> int:
        """Another spot of the same zone to which one can go straight; the same where none is."""
        here = self.points[spot]
        column, row = self._cell(here)
        radius = max(1, int(within_m / SPOT_M))
        for _ in range(6):
            cell = (column + rng.randint(-radius, radius), row + rng.randint(-radius, radius))
            number = self._number.get(cell)
            if number is not None and number != spot:
                there = self.points[number]
                if self.floor.zone_at(*here) == self.floor.zone_at(*there) and self.clear(
                    here, there
                ):
                    return number
        return spot

    def _free_spots(self) -> dict[tuple[int, int], Point]:
        cells = {
            (column, row): ((column + 0.5) * SPOT_M, (row + 0.5) * SPOT_M)
            for column in range(round(self.floor.width_m / SPOT_M))
            for row in range(round(self.floor.height_m / SPOT_M))
        }
        inside = {cell: at for cell, at in cells.items() if self.floor.zone_at(*at) is not None}
        points: Floats = np.array(list(inside.values()), dtype=np.float64).reshape(-1, 2)
        far = self._distances_m(points, points)
        self._roomy = {at for at, m in zip(inside.values(), far, strict=True) if m >= ROOMY_M}
        return {cell: at for (cell, at), m in zip(inside.items(), far, strict=True) if m >= BODY_M}

    def _distances_m(self, starts: Floats, ends: Floats) -> list[float]:
        """What `Obstacles` says of many ways, asked for a thousand at a time."""
        far: list[float] = []
        for at in range(0, len(starts), WAYS_AT_ONCE):
            part = slice(at, at + WAYS_AT_ONCE)
            far.extend(self._obstacles.distances_m(starts[part], ends[part]).tolist())
        return far

    def _cell(self, point: Point) -> tuple[int, int]:
        return (round(point[0] / SPOT_M - 0.5), round(point[1] / SPOT_M - 0.5))

    def _join(self) -> list[list[tuple[int, float]]]:
        """By spot: the numbers of the spots next to it that can be reached straight, how far."""
        pairs = [
            (number, self._number[column + dx, row + dy])
            for (column, row), number in self._number.items()
            for dx, dy in _STEPS
            if (column + dx, row + dy) in self._number
        ]
        # Far from every obstacle the way to the next spot is free: most ways are not looked at.
        doubtful = [pair for pair in pairs if self.points[pair[0]] not in self._roomy]
        ends: Floats = np.array([[self.points[one] for one in pair] for pair in doubtful])
        ends = ends.reshape(-1, 2, 2)
        far = dict(zip(doubtful, self._distances_m(ends[:, 0], ends[:, 1]), strict=True))
        joined: list[list[tuple[int, float]]] = [[] for _ in self.points]
        for one, two in pairs:
            if far.get((one, two), math.inf) >= BODY_M:
                length = math.dist(self.points[one], self.points[two])
                joined[one].append((two, length))
                joined[two].append((one, length))
        return joined

    @lru_cache(maxsize=WAYS_KEPT)  # noqa: B019 - a floor lives as long as its world
    def _search(self, start: int) -> tuple[tuple[float, ...], tuple[int, ...]]:
        """Dijkstra's algorithm: the distance of each spot and the spot before it."""
        far = [1e9] * len(self.points)
        before = [-1] * len(self.points)
        far[start] = 0.0
        queue = [(0.0, start)]
        while queue:
            gone, spot = heapq.heappop(queue)
            if gone > far[spot]:
                continue
            for other, length in self._joined[spot]:
                if gone + length < far[other]:
                    far[other] = gone + length
                    before[other] = spot
                    heapq.heappush(queue, (far[other], other))
        return tuple(far), tuple(before)

    def _pulled_tight(self, points: list[Point]) -> list[Point]:
        tight = [points[0]]
        for last, this in pairwise(points[1:]):
            if not self.clear(tight[-1], this):
                tight.append(last)
        return [*tight, points[-1]] if len(points) > 1 else tight

    def _find_door(self) -> tuple[Point, Point, int]:
        """Where the outer edge is open before an entrance: the door, the street, a spot inside."""
        entrance = self.floor.of_kind("entrance")[0]
        runs: list[list[tuple[Point, Point, int]]] = [[]]
        for found in self._ways_in(entrance):
            if found is None:
                runs.append([])
            else:
                runs[-1].append(found)
        middles = [run[len(run) // 2] for run in runs if run]
        if not middles:
            raise ScenarioError(
                f"plan of {self.floor.store}: nobody can come in: zone {entrance.id!r} must touch "
                "the edge of the floor, and [[walls]] must leave a gap of 0.6 m or more there"
            )
        return min(middles, key=lambda one: math.dist(one[0], entrance.middle))

    def _ways_in(self, entrance: Zone) -> Iterator[tuple[Point, Point, int] | None]:
        """Each point of the outer edge with a free straight way in; None parts two stretches."""
        width, height = self.floor.width_m, self.floor.height_m
        inner = SPOT_M / 2
        for length, place, outwards in (
            (width, lambda at: (at, 0.0), (0.0, -1.0)),
            (width, lambda at: (at, height), (0.0, 1.0)),
            (height, lambda at: (0.0, at), (-1.0, 0.0)),
            (height, lambda at: (width, at), (1.0, 0.0)),
        ):
            for step in range(1, round(length / DOOR_STEP_M)):
                x, y = place(step * DOOR_STEP_M)
                spot = self._number.get(
                    self._cell((x - outwards[0] * inner, y - outwards[1] * inner))
                )
                street = (x + outwards[0] * OUTSIDE_M, y + outwards[1] * OUTSIDE_M)
                if (
                    spot is not None
                    and entrance.contains(*self.points[spot])
                    and self.clear((x, y), self.points[spot])
                    and self.clear((x, y), street)
                ):
                    yield (x, y), street, spot
                else:
                    yield None
            yield None

    def _spots_of(self, zone: Zone) -> tuple[int, ...]:
        spots = tuple(
            number
            for number, point in enumerate(self.points)
            if number in self.reached and self.floor.zone_at(*point) == zone.id
        )
        if not spots and zone.kind != "service":
            raise ScenarioError(
                f"plan of {self.floor.store}: zone {zone.id!r} cannot be reached from the "
                "entrance; [[walls]] and [[shelves]] must leave a way of 0.6 m or more"
            )
        return spots

    def _stands_of(self, zone: Zone) -> tuple[Stand, ...]:
        """Where people stop in a zone: before its shelves, or all over it where it has none."""
        shelves = Obstacles(self.floor.shelves)
        stands: list[Stand] = []
        for spot in self.spots[zone.id]:
            point = self.points[spot]
            if any(math.dist(point, self.points[one.spot]) < STAND_M for one in stands):
                continue
            shelf = shelves.nearest(point)
            if shelf is not None and math.dist(point, shelf) <= REACH_M:
                stands.append(Stand(spot, math.atan2(shelf[1] - point[1], shelf[0] - point[0])))
        return tuple(stands) or tuple(Stand(spot, None) for spot in self.spots[zone.id])
