"""Retries: patient for durable events, quick for offers, later when the receiver asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.outbox.retry_schedule import (
    Schedule,
    next_attempt_system_ms,
    retry_after_s,
    wait_after,
)


def test_a_durable_event_follows_the_schedule_of_the_spec_then_dies() -> None:
    waits = [wait_after(Schedule.DURABLE, tried=tried) for tried in range(1, 11)]

    assert waits == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, None]


def test_an_offer_is_tried_ever_more_slowly_and_never_given_up() -> None:
    waits = [wait_after(Schedule.OFFER, tried=tried) for tried in (1, 2, 3, 7, 8, 1_000_000)]

    assert waits == [0.5, 1.0, 2.0, 30.0, 30.0, 30.0]


@given(tried=st.integers(1, 9), key=st.text(max_size=20), schedule=st.sampled_from(Schedule))
def test_waits_are_spread_by_a_tenth_at_most(tried: int, key: str, schedule: Schedule) -> None:
    wait_s = wait_after(schedule, tried=tried)
    assert wait_s is not None

    at = next_attempt_system_ms(schedule, key=key, tried=tried, now_system_ms=0)

    assert at is not None
    assert wait_s * 1000 - 1 <= at <= wait_s * 1100 + 1


def test_the_spread_follows_from_the_name() -> None:
    first, again, other = (
        next_attempt_system_ms(Schedule.OFFER, key=key, tried=3, now_system_ms=7)
        for key in ("a", "a", "b")
    )

    assert first == again != other


def test_a_longer_wait_that_the_receiver_asks_for_is_honoured() -> None:
    at = next_attempt_system_ms(
        Schedule.OFFER, key="a", tried=1, now_system_ms=0, retry_after_s=90.0
    )

    assert at == 90_000


def test_a_shorter_wait_than_ours_is_not() -> None:
    at = next_attempt_system_ms(
        Schedule.OFFER, key="a", tried=7, now_system_ms=0, retry_after_s=1.0
    )

    assert at is not None
    assert at >= 30_000


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    assert retry_after_s(" 7 ", now_system_ms=0) == 7.0

    assert retry_after_s("Thu, 01 Jan 1970 00:01:40 GMT", now_system_ms=40_000) == 60.0


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1.5", "²", "x" * 1000])
def test_an_unreadable_retry_after_asks_for_nothing(header: str | None) -> None:
    assert retry_after_s(header, now_system_ms=0) is None


@given(st.text())
def test_no_retry_after_makes_it_raise(header: str) -> None:
    asked = retry_after_s(header, now_system_ms=0)

    assert asked is None or 0 <= asked <= 86_400
