"""A time is due at the first instant at which the store's clock shows it or a later one."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.errors import Unprocessable
from store_server.offers.cron import first_instant, occurrences, parse_cron

MADRID = ZoneInfo("Europe/Madrid")
# Nights on which clocks change: by an hour, by half an hour, over midnight, and by a whole day.
NIGHTS = [
    ("Europe/Madrid", datetime(2026, 3, 28, 20, tzinfo=UTC)),
    ("Europe/Madrid", datetime(2026, 10, 24, 20, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 2, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 2, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 10, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 10, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 6, 0, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 23, 18, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 6, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 3, 28, 20, tzinfo=UTC)),
]


def due(text: str, zone: str, start: datetime, hours: int = 24) -> list[tuple[str, str]]:
    found = occurrences(
        parse_cron(text), ZoneInfo(zone), after=start, until=start + timedelta(hours=hours)
    )
    return [(one.name[5:], one.at.strftime("%d %H:%M")) for one in found]


def test_a_time_that_does_not_exist_is_due_when_the_clock_jumps_over_it() -> None:
    assert due("30 2 * * *", *NIGHTS[0]) == [("03-29T02:30", "29 01:00")]
    assert due("30 2,3 * * *", *NIGHTS[0]) == [
        ("03-29T02:30", "29 01:00"),
        ("03-29T03:30", "29 01:30"),
    ]


def test_a_time_that_comes_twice_is_due_the_first_time() -> None:
    assert due("30 2 * * *", *NIGHTS[1]) == [("10-25T02:30", "25 00:30")]


def test_times_that_fall_on_one_instant_are_one_occurrence() -> None:
    assert due("0 2,3 * * *", *NIGHTS[0]) == [("03-29T03:00", "29 01:00")]


def test_nine_in_the_morning_is_nine_on_the_stores_clock_on_both_sides_of_the_night() -> None:
    at = [due("0 9 * * *", *night, hours=48) for night in NIGHTS[:2]]

    assert at == [
        [("03-29T09:00", "29 07:00"), ("03-30T09:00", "30 07:00")],
        [("10-25T09:00", "25 08:00"), ("10-26T09:00", "26 08:00")],
    ]


@given(night=st.sampled_from(NIGHTS), minute=st.integers(0, 59), hours=st.sets(st.integers(0, 23)))
@settings(max_examples=60, deadline=None)
def test_it_is_what_a_clock_on_the_wall_would_do(
    night: tuple[str, datetime], minute: int, hours: set[int]
) -> None:
    """Watch the wall minute by minute; a time rings when it is shown or passed, once."""
    zone, start = night
    local, end = ZoneInfo(zone), night[1] + timedelta(hours=30)
    first_day = start.astimezone(local).date()
    waiting = sorted(
        datetime.combine(day, time(hour, minute))
        for day in (first_day + timedelta(days=n) for n in range(-2, 4))
        for hour in hours or {9}
    )
    rung: dict[datetime, str] = {}
    at, seen = start - timedelta(days=1), start.replace(year=2000).replace(tzinfo=None)
    while at <= end:
        shown = at.astimezone(local).replace(tzinfo=None)
        for nominal in [one for one in waiting if seen < one <= shown]:
            if start < at <= end:
                rung[at] = nominal.isoformat(timespec="minutes")
        seen, at = max(seen, shown), at + timedelta(minutes=1)

    text = f"{minute} {','.join(map(str, sorted(hours or {9})))} * * *"
    found = occurrences(parse_cron(text), local, after=start, until=end)

    assert [(one.at, one.name) for one in found] == sorted(rung.items())


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("0 9 * * mon-fri", [2, 3, 4, 5, 6, 9, 10]),
        ("0 9 * * 0,6", [1, 7, 8]),
        ("0 9 * * 7", [1, 8]),
        ("0 9 1,10 * *", [1, 10]),
        ("0 9 5 * fri", [5, 6]),
        ("0 9 */4 mar *", [1, 5, 9]),
        ("0 9 * feb *", []),
    ],
)
def test_days_dates_and_names_are_read_as_every_cron_reads_them(text: str, days: list[int]) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)  # a Sunday

    found = occurrences(parse_cron(text), UTC, after=start, until=start + timedelta(days=10))

    assert [one.at.day for one in found] == days


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0 9 * *", "has 4 fields; must be minute, hour"),
        ("60 9 * * *", "minute is '60'; must be 0..59"),
        ("0 9 * * funday", "day of week is 'funday'; must be 0..7, a name such as sun"),
        ("0 9-8 * * *", "hour is '9-8'"),
        ("0 */0 * * *", "hour is '*/0'"),
        ("0 9 ² * *", "day of month is '²'"),
    ],
)
def test_what_is_no_cron_is_refused_with_the_field(text: str, told: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        parse_cron(text)

    assert told in str(caught.value)


def test_an_occurrence_is_in_the_span_that_holds_its_instant() -> None:
    at = first_instant(datetime.fromisoformat("2026-03-04T09:00"), MADRID)
    cron, second = parse_cron("0 9 4 3 *"), timedelta(seconds=1)

    assert [
        bool(occurrences(cron, MADRID, after=after, until=until))
        for after, until in ((at - second, at), (at, at + second), (at - second, at - second))
    ] == [True, False, False]
