"""Which zones can be walked to: the floor as a grid of half metres, walls between its cells."""

import math
from collections import deque

from store_server.shop.floor_plan import FloorPlan, Zone
from store_server.shop.polygon import Segment, crossing

# A door is 0.8 m wide: at half a metre a row of cells goes through it, wherever it is.
CELL_M = 0.5
_MOST_CELLS = 400_000
Cell = tuple[int, int]


def closed_zones(plan: FloorPlan) -> tuple[Zone, ...]:
    """The zones that nobody can walk to from an entrance; none where nothing is walled."""
    if not plan.walls or not plan.zones:
        return ()
    cell_m = max(CELL_M, math.sqrt(plan.width_m * plan.height_m / _MOST_CELLS))
    columns = max(1, math.ceil(plan.width_m / cell_m))
    rows = max(1, math.ceil(plan.height_m / cell_m))
    blocked = _blocked(plan, cell_m)
    reached = _flood(
        [cell for zone in _starts(plan) for cell in _cells(zone, cell_m)],
        blocked,
        columns=columns,
        rows=rows,
    )
    return tuple(zone for zone in plan.zones if reached.isdisjoint(_cells(zone, cell_m)))


def _starts(plan: FloorPlan) -> list[Zone]:
    entrances = [zone for zone in plan.zones if zone.kind == "entrance"]
    return entrances or [plan.zones[0]]


def _cells(zone: Zone, cell_m: float) -> list[Cell]:
    """The cells whose middle is in the zone; the nearest one for a zone smaller than a cell."""
    xs, ys = [x for x, _ in zone.polygon], [y for _, y in zone.polygon]
    found = [
        (column, row)
        for column in range(int(min(xs) / cell_m), int(max(xs) / cell_m) + 1)
        for row in range(int(min(ys) / cell_m), int(max(ys) / cell_m) + 1)
        if zone.contains((column + 0.5) * cell_m, (row + 0.5) * cell_m)
    ]
    return found or [(int(sum(xs) / len(xs) / cell_m), int(sum(ys) / len(ys) / cell_m))]


def _blocked(plan: FloorPlan, cell_m: float) -> set[tuple[Cell, Cell]]:
    """Pairs of neighbours (the lower one first) with a wall between their middles."""
    found: set[tuple[Cell, Cell]] = set()
    for wall in plan.walls:
        for piece in wall.segments():
            found.update(_cut(piece, cell_m))
    return found


def _cut(piece: Segment, cell_m: float) -> set[tuple[Cell, Cell]]:
    (x1, y1), (x2, y2) = piece
    found: set[tuple[Cell, Cell]] = set()
    for column in range(int(min(x1, x2) / cell_m) - 1, int(max(x1, x2) / cell_m) + 2):
        for row in range(int(min(y1, y2) / cell_m) - 1, int(max(y1, y2) / cell_m) + 2):
            for other in ((column + 1, row), (column, row + 1)):
                step = _middle((column, row), cell_m), _middle(other, cell_m)
                if crossing(piece, step) is not None:
                    found.add(((column, row), other))
    return found


def _middle(cell: Cell, cell_m: float) -> tuple[float, float]:
    return (cell[0] + 0.5) * cell_m, (cell[1] + 0.5) * cell_m


def _flood(
    starts: list[Cell], blocked: set[tuple[Cell, Cell]], *, columns: int, rows: int
) -> set[Cell]:
    reached = set(starts)
    queue = deque(starts)
    while queue:
        here = queue.popleft()
        column, row = here
        for there in ((column + 1, row), (column, row + 1), (column - 1, row), (column, row - 1)):
            pair = (here, there) if here < there else (there, here)
            on_floor = 0 <= there[0] < columns and 0 <= there[1] < rows
            if on_floor and there not in reached and pair not in blocked:
                reached.add(there)
                queue.append(there)
    return reached
