"""What happened day by day: offered, held out, redeemed, given away; days are the store's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from store_server.reports.table import Column, Table, TableKind, Unit

HOUR_S = 3600
# Longer spans are for the files: a chart of more days shows none of them.
DAYS_SHOWN = 28

DAILY = TableKind(
    "daily",
    "Day by day",
    "What was decided and redeemed on each local day of the store, of a campaign or of all; days "
    "on which nothing happened are there too.",
    (
        Column("day", Unit.TEXT, "the store's local day, YYYY-MM-DD"),
        Column("offered", Unit.COUNT, "decisions of that day that offered something"),
        Column("held_out", Unit.COUNT, "decisions that would have offered something, to shoppers "
               "who were held out"),
        Column("redeemed", Unit.COUNT, "coupons that a till took on that day, given back or not"),
        Column("given_minor", Unit.MONEY, "what those coupons took off at the till"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HourCounts:
    """What happened in one hour: `hour` counts from 1970, in UTC."""

    hour: int
    offered: int = 0
    held_out: int = 0
    redeemed: int = 0
    given_minor: int = 0


@dataclass(slots=True)
class DayCounts:
    """What happened on one local day."""

    day: date
    offered: int = 0
    held_out: int = 0
    redeemed: int = 0
    given_minor: int = 0


def days_of(hours: Sequence[HourCounts], *, zone: ZoneInfo, today: date) -> list[DayCounts]:
    """Every day from the first on which something happened until `today`, oldest first.

    An hour belongs to the local day in which it begins: zones that are not whole hours off
    shift by less than one.
    """
    found: dict[date, DayCounts] = {}
    for one in hours:
        local = datetime.fromtimestamp(one.hour * HOUR_S, UTC).astimezone(zone).date()
        day = found.setdefault(local, DayCounts(local))
        day.offered += one.offered
        day.held_out += one.held_out
        day.redeemed += one.redeemed
        day.given_minor += one.given_minor
    if not found:
        return []
    first, last = min(found), max(*found, today)
    span = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [found.get(day, DayCounts(day)) for day in span]


def daily_table(days: Sequence[DayCounts]) -> Table:
    """A row for each day."""
    return DAILY.of(
        [
            (one.day.isoformat(), one.offered, one.held_out, one.redeemed, one.given_minor)
            for one in days
        ]
    )
