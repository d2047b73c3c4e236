"""The checklist names each thing that keeps a campaign from going live, and what to do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store_server.ids import ZoneId
from store_server.offers.campaign import Campaign
from store_server.offers.checklist import CheckItem, checklist
from store_server.offers.offer import Offer
from tests.store_server.offers.builders import NOON, a_campaign, an_offer

ZONES = [ZoneId("bakery"), ZoneId("dairy")]


def check(campaign: Campaign, offer: Offer | None = None) -> dict[str, CheckItem]:
    offer = offer or an_offer()
    items = checklist(campaign, offers={offer.id: offer}, zones=ZONES, language="en", at=NOON)
    return {one.name: one for one in items}


def test_a_campaign_with_all_that_it_needs_passes() -> None:
    items = check(a_campaign(budget_issues=9))

    assert [one.name for one in items.values() if not one.passed] == []
    assert all(one.to_do == "" for one in items.values())


@pytest.mark.parametrize(
    ("change", "name", "to_do"),
    [
        ({"goal": None}, "goal", "purchases, margin, redemptions or visits"),
        ({"smallest_effect_bp": None}, "smallest_effect", "300 = 3 points"),
        ({"ends_at": None}, "end_date", "ends_at"),
        ({"ends_at": NOON}, "window", "into the future"),
        (
            {"trigger": replace(a_campaign().trigger, zone=ZoneId("attic"))},
            "zone",
            "name one of bakery, dairy",
        ),
    ],
)
def test_what_is_missing_stops_it_and_says_what_to_do(
    change: dict[str, object], name: str, to_do: str
) -> None:
    item = check(replace(a_campaign(), **change))[name]  # type: ignore[arg-type] # any field

    assert item.stops
    assert to_do in item.to_do


def test_an_offer_that_ends_before_the_campaign_starts_stops_it() -> None:
    late = a_campaign(starts_at=NOON + timedelta(days=2))

    assert check(late, an_offer(valid_until=NOON + timedelta(days=1)))["offers_valid"].stops
    assert check(late, an_offer(valid_until=NOON + timedelta(days=3)))["offers_valid"].passed


def test_an_offer_without_words_in_the_stores_language_stops_it() -> None:
    assert check(a_campaign(), an_offer(languages=("es",)))["language"].stops


def test_a_discount_without_a_budget_is_advice_alone() -> None:
    item = check(a_campaign())["budget"]

    assert (item.passed, item.stops) == (False, False)
    assert check(a_campaign(), an_offer(face_value_minor=0))["budget"].passed
