"""Which claimed events are true: one to one, by zone, within a stated tolerance.

A true stay shorter than `LEAST_STAY_S` need not be found (somebody walks through a corner of a
zone), but who finds it is not wrong. Precision: right ones of the claimed. Recall: found ones of
those that had to be found.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from firmware_sim.ground_truth import Seconds

LEAST_STAY_S = 5
# A claim may come so much before the truth: zones blur at their edges, and truth is by second.
EARLY_S = 4.0
Event = tuple[float, str]


@dataclass(frozen=True, slots=True)
class TrueStay:
    """A shopper was in `zone` from one second to another, both included."""

    zone: str
    from_s: int
    until_s: int

    @property
    def counts(self) -> bool:
        """Whether it is long enough that it has to be found."""
        return self.until_s - self.from_s + 1 >= LEAST_STAY_S


@dataclass(slots=True)
class Matched:
    """Counts over one or more devices; `late_s` are the delays of the right claims."""

    claimed: int = 0
    right: int = 0
    due: int = 0
    found: int = 0
    late_s: list[float] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        """None when nothing was claimed."""
        return self.right / self.claimed if self.claimed else None

    @property
    def recall(self) -> float | None:
        """None when nothing was due."""
        return self.found / self.due if self.due else None

    def add(self, other: "Matched") -> None:
        """Take in the counts of other devices."""
        self.claimed += other.claimed
        self.right += other.right
        self.due += other.due
        self.found += other.found
        self.late_s += other.late_s


def true_stays(zones: Seconds) -> list[TrueStay]:
    """The stays of one shopper, in order; a second outside ends one."""
    stays: list[TrueStay] = []
    start: int | None = None
    seconds = sorted(zones)
    for this, following in pairwise([*seconds, seconds[-1] + 2] if seconds else []):
        start = this if start is None else start
        if following != this + 1 or zones[following] != zones[this]:
            stays.append(TrueStay(zones[this], start, this))
            start = None
    return stays


def match(
    claims: Sequence[Event], truths: Sequence[tuple[float, TrueStay]], *, tolerance_s: float
) -> Matched:
    """Match claimed events with true ones; `truths` holds each one's instant and stay.

    Claims take, in order of time, the nearest true event of their zone that is still free.
    """
    matched = Matched(claimed=len(claims), due=sum(stay.counts for _, stay in truths))
    free = list(truths)
    for at_s, zone in sorted(claims):
        near = [
            (abs(at_s - true_s), number)
            for number, (true_s, stay) in enumerate(free)
            if stay.zone == zone and -EARLY_S <= at_s - true_s <= tolerance_s
        ]
        if near:
            true_s, stay = free.pop(min(near)[1])
            matched.right += 1
            matched.found += stay.counts
            matched.late_s.append(at_s - true_s)
    return matched
