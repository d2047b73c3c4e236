"""Bars of the day: visits by hour beside the usual, as places in a small drawing."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from store_server.reports.usual import DaySoFar

HEIGHT = 120
STEP = 30
WIDTH = 18


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour: its bar, and where the line of the usual lies (None: no usual)."""

    hour: int
    count: int
    usual: float | None
    x: int
    y: int
    height: int
    usual_y: int | None
    is_now: bool


def bars_of(day: DaySoFar, *, at: datetime, timezone: str) -> tuple[Bar, ...]:
    """The bars of the hours in which anything ever happens, without gaps."""
    now_hour = at.astimezone(ZoneInfo(timezone)).hour
    busy = [one.hour for one in day.hours if one.count or one.usual]
    first, last = min([*busy, now_hour, 9]), max([*busy, now_hour, 20])
    shown = [one for one in day.hours if first <= one.hour <= last]
    most = max(1.0, *(max(one.count, one.usual or 0) for one in shown))
    bars = []
    for place, one in enumerate(shown):
        height = round(HEIGHT * one.count / most)
        usual_y = None if not one.usual else HEIGHT - round(HEIGHT * one.usual / most)
        bars.append(
            Bar(
                hour=one.hour,
                count=one.count,
                usual=one.usual,
                x=place * STEP,
                y=HEIGHT - height,
                height=height,
                usual_y=usual_y,
                is_now=one.hour == now_hour,
            )
        )
    return tuple(bars)
