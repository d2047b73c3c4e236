"""The last hour of the floor: how long shoppers stood in each square metre and zone, by minute.

Sampled from what is believed, every few seconds, whether or not somebody looks; kept in memory,
because it is a picture of the last hour and names nobody. Each minute keeps the seconds that
shoppers spent in each cell of two metres, and in each zone.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from store_server.flows.show_people import Believed

CELL_M = 2.0
MINUTES = 60
MINUTE_S = 60.0
# What lies longer back than this is no sample but a gap: nobody stood anywhere while it lasted.
LONGEST_STEP_S = 15.0

Cell = tuple[int, int]


@dataclass(slots=True)
class Minute:
    """One minute: seconds by cell and by zone, and the most people at once."""

    start_s: float
    cells: dict[Cell, float] = field(default_factory=dict)
    zones: dict[str, float] = field(default_factory=dict)
    people: int = 0


@dataclass(slots=True)
class LivePast:
    """The last MINUTES minutes, oldest first."""

    minutes: deque[Minute] = field(default_factory=lambda: deque(maxlen=MINUTES))
    last_s: float | None = None

    def note(self, people: Iterable[Believed], *, at: datetime) -> None:
        """Note where everybody is now; `at` never goes backwards (an older one is left out)."""
        now_s = at.timestamp()
        step_s = 0.0 if self.last_s is None else now_s - self.last_s
        if self.last_s is not None and step_s <= 0:
            return
        self.last_s = now_s
        start_s = now_s - now_s % MINUTE_S
        if not self.minutes or self.minutes[-1].start_s != start_s:
            self.minutes.append(Minute(start_s))
        minute, present = self.minutes[-1], 0
        share_s = min(step_s, LONGEST_STEP_S)
        for one in people:
            present += 1
            if one.zone is not None:
                minute.zones[one.zone] = minute.zones.get(one.zone, 0.0) + share_s
            if one.x is not None and one.y is not None:
                cell = int(one.x / CELL_M), int(one.y / CELL_M)
                minute.cells[cell] = minute.cells.get(cell, 0.0) + share_s
        minute.people = max(minute.people, present)

    def since(self, at: datetime, *, minutes_ago: int, span: int = MINUTES) -> tuple[Minute, ...]:
        """The minutes of a span that ended so many minutes ago."""
        until_s = at.timestamp() - minutes_ago * MINUTE_S
        from_s = until_s - span * MINUTE_S
        return tuple(
            one for one in self.minutes if from_s < one.start_s + MINUTE_S <= until_s + MINUTE_S
        )


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A square of the plan and how warm it is, 1..5 against the warmest."""

    x_cm: int
    y_cm: int
    warmth: int


def heat_of(minutes: Iterable[Minute], *, height_m: float) -> tuple[HeatCell, ...]:
    """The squares in which somebody stood, for a drawing with y downwards."""
    total: dict[Cell, float] = {}
    for minute in minutes:
        for cell, seconds in minute.cells.items():
            total[cell] = total.get(cell, 0.0) + seconds
    most = max(total.values(), default=0.0)
    if not most:
        return ()
    side = round(CELL_M * 100)
    top = round(height_m * 100)
    return tuple(
        HeatCell(x * side, top - (y + 1) * side, max(1, round(5 * seconds / most)))
        for (x, y), seconds in sorted(total.items())
    )


def dwell_of(minutes: Iterable[Minute]) -> dict[str, float]:
    """Minutes that shoppers spent in each zone, all together."""
    total: dict[str, float] = {}
    for minute in minutes:
        for zone, seconds in minute.zones.items():
            total[zone] = total.get(zone, 0.0) + seconds
    return {zone: seconds / MINUTE_S for zone, seconds in total.items()}
