"""The last hour of the floor: where shoppers stood, for how long, and no longer than an hour."""

from datetime import datetime, timedelta

from store_server.entrypoints.live_past import LivePast, dwell_of, heat_of
from store_server.flows.show_people import Believed
from store_server.ids import ZoneId
from tests.store_server.offers.builders import NOON


def someone(x: float | None, y: float | None, zone: str | None = "bakery") -> Believed:
    return Believed("ann", ZoneId(zone) if zone else None, x, y, 1.0, 0.9, 0.0)


def stood(past: LivePast, *people: Believed, at: datetime, seconds: int, step: int = 5) -> None:
    for second in range(0, seconds + 1, step):
        past.note(people, at=at + timedelta(seconds=second))


def test_time_is_counted_where_it_was_spent() -> None:
    past = LivePast()

    stood(past, someone(3, 3), someone(5, 1, "dairy"), at=NOON, seconds=120)

    minutes = past.since(NOON + timedelta(seconds=120), minutes_ago=0)
    assert dwell_of(minutes) == {"bakery": 2.0, "dairy": 2.0}
    assert [(one.x_cm, one.y_cm) for one in heat_of(minutes, height_m=20)] == [
        (200, 1600),
        (400, 1800),
    ]
    assert {one.warmth for one in heat_of(minutes, height_m=20)} == {5}


def test_whoever_has_no_place_warms_nothing() -> None:
    past = LivePast()

    stood(past, someone(None, None, None), at=NOON, seconds=60)

    minutes = past.since(NOON + timedelta(seconds=60), minutes_ago=0)
    assert heat_of(minutes, height_m=20) == ()
    assert dwell_of(minutes) == {}
    assert minutes[0].people == 1


def test_only_the_last_hour_is_kept() -> None:
    past = LivePast()

    stood(past, someone(3, 3), at=NOON, seconds=3 * 3600, step=30)

    assert len(past.minutes) == 60


def test_a_gap_is_not_counted_as_standing_and_no_time_is_counted_twice() -> None:
    past = LivePast()
    stood(past, someone(3, 3), at=NOON, seconds=30)

    stood(past, someone(3, 3), at=NOON, seconds=30)
    past.note([someone(3, 3)], at=NOON + timedelta(minutes=20))

    total = dwell_of(past.since(NOON + timedelta(minutes=20), minutes_ago=0))
    assert total == {"bakery": (30 + 15) / 60}


def test_a_look_back_is_at_those_minutes_alone() -> None:
    past = LivePast()
    stood(past, someone(3, 3, "bakery"), at=NOON, seconds=295)
    stood(past, someone(9, 9, "dairy"), at=NOON + timedelta(minutes=30), seconds=295)
    now = NOON + timedelta(minutes=35)

    back = dwell_of(past.since(now, minutes_ago=30, span=5))

    assert set(back) == {"bakery"}
