"""What goes first without room: foreign counts, then the oldest windows, then first sightings.

A first sighting is what the shop waits for: somebody is at the door. A window says once more
that somebody is still there; what it said is repeated by the next one. So a first sighting is
never given up while a window is kept.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple, Protocol, TypeVar

from proximity_wire.messages import LostRange

# What a batch takes in the file beside its rows, so that many empty ones are bounded as well.
_BATCH_OVERHEAD_BYTES = 100


class Grade(IntEnum):
    """How dear a batch is; the lowest goes first."""

    FOREIGN = 0
    WINDOWS = 1
    FIRST = 2


class Graded(Protocol):
    """Anything that has a grade."""

    @property
    def grade(self) -> Grade:
        """How dear it is."""


class Waiting(NamedTuple):
    """What is known in memory of a batch that waits for its acknowledgement."""

    seq: int
    weight: int
    spooled_at_ms: int
    grade: Grade


G = TypeVar("G", bound=Graded)


def weight_of(rows_bytes: int) -> int:
    """Bytes that a batch of so many bytes of rows counts for in the quota."""
    return rows_bytes + _BATCH_OVERHEAD_BYTES


def to_shed(
    waiting: Iterable[Waiting], *, excess_bytes: int, dearest: Grade = Grade.FIRST
) -> list[Waiting]:
    """What must go for `excess_bytes` to be free, cheapest and oldest first, up to `dearest`."""
    shed: list[Waiting] = []
    if excess_bytes <= 0:
        return shed
    waiting = [entry for entry in waiting if entry.grade <= dearest]
    for entry in sorted(waiting, key=lambda entry: (entry.grade, entry.seq)):
        if excess_bytes <= 0:
            break
        shed.append(entry)
        excess_bytes -= entry.weight
    return shed


def keep_dearest(entries: Sequence[G], *, most: int) -> list[G]:
    """At most `most` of `entries`, in their order; the cheapest and oldest go."""
    excess = len(entries) - most
    if excess <= 0:
        return list(entries)
    by_worth = sorted(range(len(entries)), key=lambda place: (entries[place].grade, place))
    gone = set(by_worth[:excess])
    return [entry for place, entry in enumerate(entries) if place not in gone]


def merged_ranges(ranges: Iterable[LostRange]) -> list[LostRange]:
    """Ascending ranges, neighbours of the same reason joined."""
    joined: list[LostRange] = []
    for gap in sorted(ranges, key=lambda gap: gap.from_seq):
        last = joined[-1] if joined else None
        if last and last.reason == gap.reason and last.to_seq + 1 == gap.from_seq:
            joined[-1] = LostRange(last.from_seq, gap.to_seq, gap.reason)
        else:
            joined.append(gap)
    return joined
