"""Today against the usual: how many visits began by hour, and by this time of day on such a day.

The usual is the median over the same weekday of the weeks before: a holiday or a week of rain
among eight moves it little. With fewer than two such days there is no usual, and none is made up.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

WEEKS = 8
FEWEST_DAYS = 2


@dataclass(frozen=True, slots=True)
class HourOfDay:
    """One hour of the local day; `usual` None: not enough such days."""

    hour: int
    count: int
    usual: float | None


@dataclass(frozen=True, slots=True)
class DaySoFar:
    """Today until now.

    usual: the median of the same weekday up to the same time of day. hours: all 24. days: how
    many such days the usual is made of.
    """

    count: int
    usual: float | None
    hours: tuple[HourOfDay, ...]
    days: int


def first_day_needed(now: datetime, *, timezone: str) -> datetime:
    """From when on visits are needed: the local midnight WEEKS weeks ago."""
    local = now.astimezone(ZoneInfo(timezone))
    return datetime.combine(local.date() - timedelta(weeks=WEEKS), time(), ZoneInfo(timezone))


def day_so_far(starts: Sequence[datetime], *, now: datetime, timezone: str) -> DaySoFar:
    """Today by hour, against the same weekday of the weeks before.

    Args:
        starts: when things began, since `first_day_needed`, in any order.
        now: the instant; its local day is today.
        timezone: the store's, by its IANA name.
    """
    local_now = now.astimezone(ZoneInfo(timezone))
    by_day: dict[date, list[datetime]] = {}
    for start in starts:
        local = start.astimezone(ZoneInfo(timezone))
        by_day.setdefault(local.date(), []).append(local)
    today = by_day.pop(local_now.date(), [])
    same = [
        day
        for weeks in range(1, WEEKS + 1)
        if (day := by_day.get(local_now.date() - timedelta(weeks=weeks))) is not None
    ]
    hours = [Counter(local.hour for local in day) for day in same]
    counted = Counter(local.hour for local in today)
    return DaySoFar(
        count=len(today),
        usual=_usual(sum(at.time() <= local_now.time() for at in day) for day in same),
        hours=tuple(
            HourOfDay(hour, counted[hour], _usual(one[hour] for one in hours)) for hour in range(24)
        ),
        days=len(same),
    )


def _usual(counts: Iterable[int]) -> float | None:
    found = list(counts)
    return float(median(found)) if len(found) >= FEWEST_DAYS else None
