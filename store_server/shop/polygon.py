"""Shapes on the floor: crossings, depth inside, overlap; all lengths in metres.

Polygons are tuples of corners in order, the first not repeated. A hair of `TOUCH_M` is nothing:
drawing programs never let two rooms share exactly the same edge.
"""

import math
from collections.abc import Iterator
from itertools import pairwise

Point = tuple[float, float]
Polygon = tuple[Point, ...]
Segment = tuple[Point, Point]

TOUCH_M = 0.02
# How finely the deepest point of a shape is looked for: 24 x 24 points of its box, then closer.
_LOOKS = 24
_LEAST_SHARE = 1e-9


def edges(polygon: Polygon) -> Iterator[Segment]:
    """The sides, in order, the closing one last."""
    return pairwise((*polygon, polygon[0]))


def box(points: Polygon) -> tuple[float, float, float, float]:
    """Least x, least y, greatest x, greatest y."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def inside(polygon: Polygon, point: Point) -> bool:
    """Whether the point lies in the polygon; on its edge it may go either way."""
    x, y = point
    found = False
    for (x1, y1), (x2, y2) in edges(polygon):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            found = not found
    return found


def distance_m(point: Point, segment: Segment) -> float:
    """How far a point is from a straight piece."""
    (x1, y1), (x2, y2) = segment
    length_2 = (x2 - x1) ** 2 + (y2 - y1) ** 2
    if length_2 == 0:
        return math.dist(point, segment[0])
    share = ((point[0] - x1) * (x2 - x1) + (point[1] - y1) * (y2 - y1)) / length_2
    share = min(1.0, max(0.0, share))
    return math.dist(point, (x1 + share * (x2 - x1), y1 + share * (y2 - y1)))


def depth_m(polygon: Polygon, point: Point) -> float:
    """How far inside the polygon a point is; negative outside."""
    away = min(distance_m(point, edge) for edge in edges(polygon))
    return away if inside(polygon, point) else -away


def crossing(one: Segment, other: Segment) -> Point | None:
    """Where two straight pieces meet; None where they do not, or lie along each other."""
    (x1, y1), (x2, y2) = one
    (x3, y3), (x4, y4) = other
    across = (x2 - x1) * (y4 - y3) - (y2 - y1) * (x4 - x3)
    if abs(across) < 1e-12:
        return None
    at = ((x3 - x1) * (y4 - y3) - (y3 - y1) * (x4 - x3)) / across
    on = ((x3 - x1) * (y2 - y1) - (y3 - y1) * (x2 - x1)) / across
    if not (-_LEAST_SHARE <= at <= 1 + _LEAST_SHARE and -_LEAST_SHARE <= on <= 1 + _LEAST_SHARE):
        return None
    return x1 + at * (x2 - x1), y1 + at * (y2 - y1)


def self_crossing(polygon: Polygon) -> Point | None:
    """A point where two sides that are not neighbours meet; None for a plain shape."""
    sides = list(edges(polygon))
    for number, side in enumerate(sides):
        for later in range(number + 2, len(sides)):
            if number == 0 and later == len(sides) - 1:
                continue
            found = crossing(side, sides[later])
            if found is not None:
                return found
    return None


def deepest_point(polygon: Polygon) -> tuple[Point, float]:
    """The middle of the largest circle that fits in, and its radius; good to a few per cent."""
    left, low, right, high = box(polygon)
    best, depth = polygon[0], 0.0
    for _ in range(3):
        step_x, step_y = (right - left) / _LOOKS, (high - low) / _LOOKS
        for row in range(_LOOKS):
            for column in range(_LOOKS):
                point = left + (column + 0.5) * step_x, low + (row + 0.5) * step_y
                found = depth_m(polygon, point)
                if found > depth:
                    best, depth = point, found
        left, right = best[0] - step_x, best[0] + step_x
        low, high = best[1] - step_y, best[1] + step_y
    return best, depth


def overlap_point(one: Polygon, other: Polygon) -> Point | None:
    """A point of one that lies deeper than a hair inside the other; None when they only touch."""
    left, low, right, high = box(one)
    left2, low2, right2, high2 = box(other)
    if left2 > right or left > right2 or low2 > high or low > high2:
        return None
    for here, there in ((one, other), (other, one)):
        for point in _along(here, there):
            if depth_m(there, point) > TOUCH_M:
                return point
    middle = deepest_point(one)[0]
    return middle if depth_m(other, middle) > TOUCH_M else None


def _along(polygon: Polygon, other: Polygon) -> Iterator[Point]:
    """Corners of one, and the middles of its sides as the sides of the other cut them."""
    for side in edges(polygon):
        yield side[0]
        cuts = [found for cut in edges(other) if (found := crossing(side, cut)) is not None]
        cuts += [corner for corner in other if distance_m(corner, side) < TOUCH_M]
        stops = sorted((math.dist(side[0], cut), cut) for cut in (*cuts, *side))
        for (_, start), (_, end) in pairwise(stops):
            yield (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
