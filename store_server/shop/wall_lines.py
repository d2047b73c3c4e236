"""Walls from outlines of rooms: what two rooms share is one wall, and a door is a gap in it."""

import math
from collections.abc import Iterable
from itertools import pairwise

from store_server.shop.floor_plan import Point
from store_server.shop.polygon import Polygon, Segment, edges

# Two rooms' drawings of the wall between them lie this near; a door's line lies in the wall,
# which is up to half a metre thick.
SAME_WALL_M = 0.05
IN_WALL_M = 0.35
_LEAST_PIECE_M = 0.05
Span = tuple[float, float]


def wall_lines(outlines: Iterable[Polygon], doors: Iterable[Polygon]) -> list[Polygon]:
    """Straight pieces of wall (two points each), none over another and none across a door.

    Args:
        outlines: closed rings, the first corner not repeated.
        doors: lines of two points or more, along the wall that they open.
    """
    gaps = [piece for door in doors for piece in pairwise(door)]
    found: list[Segment] = []
    for outline in outlines:
        for side in edges(outline) if len(outline) > 2 else ():
            taken = [span for gap in gaps if (span := _shared(side, gap, IN_WALL_M))]
            taken += [span for one in found if (span := _shared(side, one, SAME_WALL_M))]
            found.extend(_rest(side, taken))
    return list(found)


def _shared(side: Segment, other: Segment, within_m: float) -> Span | None:
    """The stretch of `side` (metres from its start) that `other` lies along."""
    length_m = math.dist(*side)
    if length_m < _LEAST_PIECE_M:
        return None
    (x1, y1), (x2, y2) = side
    along = ((x2 - x1) / length_m, (y2 - y1) / length_m)
    spots = [(x - x1) * along[0] + (y - y1) * along[1] for x, y in other]
    away = [abs((x - x1) * along[1] - (y - y1) * along[0]) for x, y in other]
    start, end = max(0.0, min(spots)), min(length_m, max(spots))
    if max(away) > within_m or end - start < _LEAST_PIECE_M:
        return None
    return start, end


def _rest(side: Segment, taken: list[Span]) -> list[Segment]:
    """What is left of a side without these stretches."""
    length_m = math.dist(*side)
    pieces: list[Segment] = []
    at = 0.0
    for start, end in [*sorted(taken), (length_m, length_m)]:
        if start - at >= _LEAST_PIECE_M:
            pieces.append((_point(side, at / length_m), _point(side, start / length_m)))
        at = max(at, end)
    return pieces


def _point(side: Segment, share: float) -> Point:
    (x1, y1), (x2, y2) = side
    return round(x1 + share * (x2 - x1), 3), round(y1 + share * (y2 - y1), 3)
