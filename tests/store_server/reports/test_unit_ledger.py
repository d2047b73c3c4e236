"""What a unit spent, before and after: each receipt in one place only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.reports.cuped import BEFORE_BLOCKS
from store_server.reports.outcomes import SOURCES, Cut, UnitOutcome
from store_server.reports.unit_ledger import (
    BLOCK_MS,
    DAY_MS,
    Promotion,
    Receipt,
    outcomes_of,
    reading_at,
)

AT_MS = 1_000 * DAY_MS
DAY = timedelta(hours=24)


def a_promotion(unit: str = "shopper ann", **changed: Any) -> Promotion:
    one = Promotion(
        "d", unit, (unit.split()[1],), AT_MS, True, "push", "bakery", "demo", "z", None, 0
    )
    return replace(one, **changed)


def outcome(
    *receipts: Receipt, before: tuple[Receipt, ...] = (), days: float = 40, **changed: Any
) -> UnitOutcome:
    """The outcome of one unit, read some days after its decision."""
    one = a_promotion(**changed)
    now = datetime.fromtimestamp(AT_MS / 1000, UTC) + timedelta(days=days)
    reading = reading_at(now, DAY)
    (found,) = outcomes_of(
        [one], after={one.unit: receipts}, before={one.unit: before}, reading=reading
    )
    return found


def test_the_window_is_the_visit_and_a_day() -> None:
    ended_ms = AT_MS + 3_600_000
    inside, outside = Receipt(ended_ms + DAY_MS, 100, 40), Receipt(ended_ms + DAY_MS + 1, 7, 3)

    found = outcome(inside, outside, visit_ended_at_ms=ended_ms)

    assert (found.spend_minor, found.margin_minor, found.spend_28_minor) == (100, 40, 107)


def test_where_the_money_went_is_told_in_the_window_and_after() -> None:
    inside = Receipt(AT_MS + 1, 100, 40, 60, 30, 10)
    later = Receipt(AT_MS + 5 * DAY_MS, 50, 20, 50, 0, 0)

    found = outcome(inside, later)

    assert [found.value_of(one) for one in SOURCES] == [60, 30, 10, 50]


def test_what_was_paid_before_the_decision_is_no_outcome() -> None:
    assert outcome(Receipt(AT_MS - 1, 100, 40)).spend_28_minor == 0


@pytest.mark.parametrize(
    ("days", "closed", "closed_28"), [(0.5, False, False), (1.5, True, False), (29, True, True)]
)
def test_an_outcome_is_closed_when_its_time_is_over(
    days: float, closed: bool, closed_28: bool
) -> None:
    found = outcome(days=days)

    assert (found.closed, found.closed_28) == (closed, closed_28)


@given(st.lists(st.integers(1, BEFORE_BLOCKS * BLOCK_MS), max_size=30))
def test_every_earlier_receipt_lies_in_one_block(ages_ms: list[int]) -> None:
    found = outcome(before=tuple(Receipt(AT_MS - age, 1, 0) for age in ages_ms))

    assert sum(found.before_minor) == len(ages_ms)
    for block, spent in enumerate(found.before_minor):
        assert spent == sum(block * BLOCK_MS < age <= (block + 1) * BLOCK_MS for age in ages_ms)


def test_spend_after_an_earlier_offer_explains_nothing_away() -> None:
    earlier_ms = AT_MS - 10 * DAY_MS
    before, between = Receipt(earlier_ms - 1, 70, 0), Receipt(earlier_ms + 1, 9, 0)

    found = outcome(before=(before, between), first_ever_ms=earlier_ms)

    assert found.before_minor[0] == 70


def test_an_erased_shopper_is_not_compared_in_money() -> None:
    assert not outcome(members=("forgotten-1",)).named


def test_units_are_cut_by_what_was_known_before() -> None:
    names = [f"shopper s{number}" for number in range(7)]
    spent = {name: [Receipt(AT_MS - 1, 100 * n, 0)] for n, name in enumerate(names)}
    reading = reading_at(datetime.fromtimestamp(AT_MS / 1000, UTC), DAY)

    found = outcomes_of(
        [a_promotion(name) for name in names], after={}, before=spent, reading=reading
    )

    bands = [one.cuts[Cut.SEGMENT] for one in found]
    assert bands == [
        "spent_nothing_before",
        *["spent_little_before"] * 2,
        *["spent_some_before"] * 2,
        *["spent_much_before"] * 2,
    ]
    assert found[0].cuts[Cut.CHANNEL] == "push"
    assert outcome(channel="app").cuts[Cut.CHANNEL] == "app"
    two = ("title: bold", "wait: soon")
    assert outcome(variants=two).parts(Cut.VARIANT) == two
