"""The days and dates that windows of segments reach over: one arithmetic for every reading."""

from calendar import isleap
from datetime import date, timedelta

DAY_MS = 86_400_000


def since_ms(at_ms: int, days: int | None) -> int | None:
    """The instant after which facts count that are in the last `days`; None for ever."""
    return None if days is None else at_ms - days * DAY_MS


def reach(today: date, *, direction: str, days: int) -> tuple[date, date]:
    """The first and last calendar day of the last or next `days`, today in both."""
    if direction == "last":
        first = date.fromordinal(max(1, today.toordinal() - days))
        return first, today
    return today, date.fromordinal(min(date.max.toordinal(), today.toordinal() + days))


def month_days(today: date, days: int) -> frozenset[str]:
    """The anniversaries ("02-28") of today and `days` more; 29 February on the 28th if need be.

    Example:
        >>> sorted(month_days(date(2027, 2, 27), 1))
        ['02-27', '02-28', '02-29']
    """
    found: set[str] = set()
    for ahead in range(min(days, date.max.toordinal() - today.toordinal()) + 1):
        day = today + timedelta(days=ahead)
        found.add(day.isoformat()[5:])
        if (day.month, day.day) == (2, 28) and not isleap(day.year):
            found.add("02-29")
    return frozenset(found)
