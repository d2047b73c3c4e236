from datetime import UTC, date, datetime

from tests.store_server.shop.builders import a_store


def test_opening_hours_are_those_of_the_stores_own_clock() -> None:
    store = a_store(timezone="Europe/Vienna", opens="08:00", closes="21:00")

    assert store.is_open(datetime(2026, 3, 2, 7, 30, tzinfo=UTC))
    assert not store.is_open(datetime(2026, 3, 2, 6, 30, tzinfo=UTC))
    assert not store.is_open(datetime(2026, 3, 2, 20, 0, tzinfo=UTC))


def test_hours_may_run_past_midnight() -> None:
    store = a_store(timezone="UTC", opens="18:00", closes="02:00")

    assert store.is_open(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    assert not store.is_open(datetime(2026, 3, 2, 3, 0, tzinfo=UTC))


def test_a_day_begins_at_local_midnight() -> None:
    late_evening = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)

    assert a_store(timezone="Europe/Vienna").day(late_evening) == date(2026, 3, 3)
    assert a_store(timezone="UTC").day(late_evening) == date(2026, 3, 2)
