"""Lanes: how many at once, how many a second, and when a receiver is left alone."""

from hypothesis import given
from hypothesis import strategies as st

from store_server.outbox.lane import (
    FAILURES_TO_OPEN,
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    Circuit,
    Lane,
    LaneLimits,
)


def a_lane(*, concurrency: int = 8, rate_per_s: float = 1_000.0) -> Lane:
    return Lane(LaneLimits(concurrency, rate_per_s))


def broken(lane: Lane, *, at: float = 0.0) -> Lane:
    for _ in range(FAILURES_TO_OPEN):
        lane.failed(at)
    return lane


def test_no_more_than_its_concurrency_is_under_way() -> None:
    lane = a_lane(concurrency=3)
    for _ in range(2):
        lane.begin(0.0)

    assert lane.room(0.0) == 1
    lane.end()
    assert lane.room(0.0) == 2


def test_no_more_than_its_rate_goes_out_on_average() -> None:
    lane = a_lane(concurrency=4, rate_per_s=2.0)
    for _ in range(4):
        lane.begin(0.0)
        lane.end()

    assert lane.room(0.0) == 0
    assert lane.room(1.0) == 2


def test_a_rate_below_one_a_second_lets_something_through() -> None:
    lane = a_lane(concurrency=1, rate_per_s=0.1)
    lane.begin(0.0)
    lane.end()

    assert (lane.room(5.0), lane.room(10.0)) == (0, 1)


def test_failures_in_a_row_open_it_and_a_success_between_does_not() -> None:
    lane = a_lane()
    for _ in range(FAILURES_TO_OPEN - 1):
        lane.failed(0.0)
    lane.took()
    lane.failed(0.0)
    assert lane.state(0.0).circuit is Circuit.CLOSED

    broken(lane)

    assert (lane.state(0.0).circuit, lane.room(0.0)) == (Circuit.OPEN, 0)


def test_half_open_lets_one_through_and_a_success_closes_it() -> None:
    lane = broken(a_lane())
    after = FIRST_PAUSE_S

    assert (lane.state(after).circuit, lane.room(after)) == (Circuit.HALF_OPEN, 1)
    lane.begin(after)
    assert lane.room(after) == 0
    lane.end()
    lane.took()

    assert (lane.state(after).circuit, lane.room(after)) == (Circuit.CLOSED, 8)


def test_a_failure_when_half_open_doubles_the_pause() -> None:
    lane = broken(a_lane())

    lane.failed(FIRST_PAUSE_S)

    assert lane.state(FIRST_PAUSE_S).retry_in_s == 2 * FIRST_PAUSE_S


def test_tries_that_fail_together_count_as_one_when_open() -> None:
    lane = broken(broken(a_lane()))

    assert lane.state(0.0).retry_in_s == FIRST_PAUSE_S


def test_what_the_receiver_asks_for_holds_the_lane_back() -> None:
    lane = a_lane()

    lane.failed(0.0, retry_after_s=7.0)

    assert (lane.room(6.9), lane.room(7.0)) == (0, 8)
    assert lane.state(0.0).circuit is Circuit.CLOSED


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50))
def test_no_pause_is_longer_than_the_longest(waits: list[float]) -> None:
    lane, t = broken(a_lane()), 0.0
    for wait in waits:
        t += wait
        lane.failed(t, retry_after_s=10 * wait)

        assert lane.state(t).retry_in_s <= LONGEST_PAUSE_S
