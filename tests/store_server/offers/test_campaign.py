"""A campaign says when it runs; wrong ones say which field is wrong."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from store_server.errors import Unprocessable
from tests.store_server.offers.builders import NOON, a_campaign


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("id", "", "campaign: id is ''"),
        ("offers", (), "campaign bakery: offers is []"),
        ("offers", ("rye", "rye"), "each once"),
        ("weekdays", frozenset({0}), "campaign bakery: weekdays is [0]"),
        ("budget_issues", -1, "campaign bakery: budget_issues is -1; must be 0..1000000000"),
        ("cap_per_day", 0, "campaign bakery: cap_per_day is 0; must be 1..1000"),
        ("starts_at", datetime(2026, 3, 1), "campaign bakery: starts_at"),  # noqa: DTZ001 - wrong
    ],
)
def test_a_wrong_field_is_named_with_what_is_expected(field: str, value: object, text: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        replace(a_campaign(), **{field: value})  # type: ignore[arg-type] # wrong on purpose

    assert text in str(caught.value)


def test_a_campaign_runs_from_its_start_to_before_its_end() -> None:
    campaign = a_campaign(starts_at=NOON, ends_at=NOON + timedelta(hours=1))

    running = [campaign.is_running_at(NOON + timedelta(minutes=m)) for m in (-1, 0, 59, 60)]

    assert running == [False, True, True, False]


def test_the_fallback_is_named_once_and_last() -> None:
    campaign = a_campaign(offers=("rye",), fallback_offer="hello")

    assert list(campaign.offers_named()) == ["rye", "hello"]
    assert list(a_campaign(fallback_offer="rye").offers_named()) == ["rye"]
