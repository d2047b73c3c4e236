"""What a step waits for, how long, and what must be agreed to for it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.ids import ShopperId, ZoneId
from store_server.offers.step import Awaited, AwaitedKind, Happening, Step
from store_server.offers.trigger import TriggerKind
from store_server.shoppers.consent import Purpose

MADRID = ZoneInfo("Europe/Madrid")
_A = AwaitedKind


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def happened(kind: AwaitedKind, **more: object) -> Happening:
    return Happening(ShopperId("ann"), kind, at("2026-03-04T12:00Z"), "e", **more)  # type: ignore[arg-type] # any field


def test_the_earlier_of_duration_and_time_of_day_counts() -> None:
    both = Step(for_s=3_600, at_minute=18 * 60)

    assert both.due_at(at("2026-03-04T12:00+01:00"), MADRID) == at("2026-03-04T13:00+01:00")
    assert both.due_at(at("2026-03-04T17:30+01:00"), MADRID) == at("2026-03-04T18:00+01:00")


@pytest.mark.parametrize(
    ("began", "due"),
    [
        ("2026-03-04T18:00+01:00", "2026-03-05T18:00+01:00"),  # its own minute is tomorrow's
        ("2026-03-28T20:00+01:00", "2026-03-29T18:00+02:00"),  # a night of 23 hours
        ("2026-10-24T20:00+02:00", "2026-10-25T18:00+01:00"),  # and one of 25
    ],
)
def test_a_time_of_day_is_the_next_on_the_stores_clock(began: str, due: str) -> None:
    assert Step(at_minute=18 * 60).due_at(at(began), MADRID) == at(due)


def test_a_time_that_the_night_of_spring_leaves_out_is_due_when_the_clock_jumps() -> None:
    step = Step(at_minute=2 * 60 + 30)

    assert step.due_at(at("2026-03-28T20:00+01:00"), MADRID) == at("2026-03-29T01:00Z")


def test_a_time_that_comes_twice_in_autumn_is_due_the_first_time() -> None:
    step = Step(at_minute=2 * 60 + 30)

    assert step.due_at(at("2026-10-24T20:00+02:00"), MADRID) == at("2026-10-25T00:30Z")
    assert step.due_at(at("2026-10-25T00:30Z"), MADRID) == at("2026-10-26T01:30Z")


@given(
    st.integers(0, 366 * 86_400),
    st.integers(0, 1439),
)
def test_it_is_always_later_and_never_more_than_two_days(second: int, minute: int) -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)

    due = Step(at_minute=minute).due_at(began, MADRID)

    assert timedelta() < due - began <= timedelta(days=2)


def test_an_event_meets_it_when_nothing_named_differs() -> None:
    bread = Awaited(_A.PURCHASE, category="BREAD")

    assert bread.is_met_by(happened(_A.PURCHASE, bought=frozenset({"BREAD", "TEA"})))
    assert not bread.is_met_by(happened(_A.PURCHASE, bought=frozenset({"TEA"})))
    assert not bread.is_met_by(happened(_A.OFFER_OPENED))
    assert Awaited(_A.ZONE_ENTER).is_met_by(happened(_A.ZONE_ENTER, zone=ZoneId("any")))


@pytest.mark.parametrize(
    ("trigger", "awaited", "more"),
    [
        (TriggerKind.SCHEDULE, _A.OFFER_OPENED, set()),
        (TriggerKind.ZONE_ENTER, None, {Purpose.LOCATION}),
        (TriggerKind.SCHEDULE, _A.ZONE_ENTER, {Purpose.LOCATION}),
        (TriggerKind.PURCHASE, None, {Purpose.PROFILE}),
        (TriggerKind.STORE_ENTER, _A.PURCHASE, {Purpose.LOCATION, Purpose.PROFILE}),
    ],
)
def test_waiting_needs_consent_to_what_is_looked_at(
    trigger: TriggerKind, awaited: AwaitedKind | None, more: set[Purpose]
) -> None:
    step = Step(Awaited(awaited) if awaited else None, 60)

    assert step.purposes(trigger) == {Purpose.OFFERS, *more}
