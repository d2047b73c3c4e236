"""What follows from a try."""

from dataclasses import replace
from datetime import datetime

import pytest

from store_server.outbox.attempt import Settlement, Verdict, settlement_of
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.retry_schedule import Schedule
from tests.store_server.outbox.builders import NOON, a_claim, an_outcome, minutes


def settled(
    verdict: Verdict,
    *,
    now: datetime = NOON,
    number: int = 1,
    schedule: Schedule = Schedule.OFFER,
) -> Settlement:
    return settlement_of(
        a_claim(number=number, schedule=schedule),
        an_outcome(verdict, status=503),
        now=now,
        now_system_ms=10_000,
    )


def test_what_was_taken_is_delivered_even_after_its_moment() -> None:
    assert settled(Verdict.TAKEN, now=NOON + minutes(9)).state is DeliveryState.DELIVERED


def test_what_was_not_taken_is_tried_again_later() -> None:
    after = settled(Verdict.TRY_AGAIN)

    assert after.state is DeliveryState.QUEUED
    assert 10_500 <= after.next_attempt_system_ms <= 10_550


def test_what_was_not_taken_before_its_moment_was_over_is_expired() -> None:
    after = settled(Verdict.TRY_AGAIN, now=NOON + minutes(2))

    assert after == Settlement(DeliveryState.EXPIRED, DeliveryReason.MOMENT_OVER)


def test_a_receiver_that_is_gone_ends_the_delivery() -> None:
    after = settled(Verdict.ENDPOINT_GONE)

    assert after == Settlement(DeliveryState.DEAD, DeliveryReason.ENDPOINT_GONE)


def test_a_durable_event_is_given_up_when_its_schedule_is_used_up() -> None:
    after = settled(Verdict.TRY_AGAIN, number=10, schedule=Schedule.DURABLE)

    assert after == Settlement(DeliveryState.DEAD, DeliveryReason.GIVEN_UP)


def test_what_was_held_back_waits_for_its_receiver_and_was_no_try() -> None:
    held = replace(an_outcome(Verdict.HELD, status=None), retry_after_s=2.0)

    after = settlement_of(a_claim(), held, now=NOON, now_system_ms=10_000)

    assert after == Settlement(DeliveryState.QUEUED, None, 12_000, was_try=False)


@pytest.mark.parametrize(
    ("verdict", "was_try"), [(Verdict.RECALLED, True), (Verdict.NOT_BEGUN, False)]
)
def test_what_was_recalled_is_looked_at_again_at_once(verdict: Verdict, *, was_try: bool) -> None:
    assert settled(verdict) == Settlement(DeliveryState.QUEUED, None, 10_000, was_try)
