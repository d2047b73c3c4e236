"""Hours become local days: none is left out, and midnight is the store's own."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from store_server.reports.daily import HourCounts, daily_table, days_of

MADRID = ZoneInfo("Europe/Madrid")


def hour(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) // 3600


def test_an_hour_belongs_to_the_stores_own_day() -> None:
    late = HourCounts(hour("2026-03-02T23:00"), offered=2, held_out=1)

    (day,) = days_of([late], zone=MADRID, today=date(2026, 3, 3))

    assert (day.day, day.offered, day.held_out) == (date(2026, 3, 3), 2, 1)


def test_days_on_which_nothing_happened_are_there_too() -> None:
    hours = [
        HourCounts(hour("2026-03-01T10:00"), offered=1),
        HourCounts(hour("2026-03-01T11:00"), redeemed=1, given_minor=40),
    ]

    days = days_of(hours, zone=MADRID, today=date(2026, 3, 3))

    assert [(one.day.day, one.offered, one.redeemed) for one in days] == [
        (1, 1, 1),
        (2, 0, 0),
        (3, 0, 0),
    ]
    assert daily_table(days).rows[0] == ("2026-03-01", 1, 0, 1, 40)


def test_without_anything_there_are_no_days() -> None:
    assert days_of([], zone=MADRID, today=date(2026, 3, 3)) == []
