"""Clocks: which time a message bears."""

from edge_agent.clocks import FRESH_MS, FeedClock, SystemClock
from tests.edge_agent.builders import NOON_MS


def test_before_the_first_tick_the_first_advert_tells_the_second() -> None:
    clock = FeedClock()

    clock.note_heard(NOON_MS + 734)
    clock.note_heard(NOON_MS + 1_900)

    assert clock.now_ms() == NOON_MS


def test_the_feed_clock_stands_still_between_ticks() -> None:
    clock = FeedClock()
    clock.tick(NOON_MS)

    clock.note_heard(NOON_MS + 900)

    assert clock.now_ms() == NOON_MS


def test_a_fresh_batch_bears_the_tick_it_was_spooled_under() -> None:
    clock = FeedClock()
    clock.tick(NOON_MS + 1_000)

    assert clock.stamp_ms(NOON_MS) == NOON_MS


def test_a_delayed_batch_bears_the_latest_tick() -> None:
    clock = FeedClock()
    clock.tick(NOON_MS + FRESH_MS + 1)

    assert clock.stamp_ms(NOON_MS) == NOON_MS + FRESH_MS + 1


def test_a_batch_of_an_earlier_run_keeps_its_time_until_the_feed_speaks() -> None:
    assert FeedClock().stamp_ms(NOON_MS) == NOON_MS


def test_only_a_large_step_back_is_a_new_start() -> None:
    clock = FeedClock()
    clock.tick(NOON_MS)

    assert not clock.has_jumped_back(NOON_MS - 999)
    assert clock.has_jumped_back(NOON_MS - 60_000)


def test_the_system_clock_stamps_the_present_whatever_waited() -> None:
    clock = SystemClock()

    stamp_ms = clock.stamp_ms(NOON_MS)

    assert stamp_ms is not None
    assert abs(stamp_ms - (clock.now_ms() or 0)) < 5_000
    assert clock.quality() in {"synced", "free"}
