"""Documents of offers and campaigns read what they write, and refuse the rest with a path."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store_server.errors import Unprocessable
from store_server.offers.campaign_document import read_campaign, write_campaign
from store_server.offers.creative import Creative, Wording
from store_server.offers.document import read_offer, write_offer
from store_server.offers.limits import CampaignLimits, Reentry
from store_server.offers.opening import hours_of
from store_server.offers.terms import DiscountBounds, OfferTerms
from tests.store_server.offers.builders import NOON, a_campaign, an_offer


def test_an_offer_is_read_as_it_was_written() -> None:
    offer = an_offer(valid_from=NOON, languages=("en", "es"))

    assert read_offer(write_offer(offer)) == offer


def test_words_in_liquid_and_for_one_channel_are_read_as_they_were_written() -> None:
    words = {"en": Creative("{{ offer }}", "body", Wording.LIQUID), "en@sms": Creative("x", "y")}
    offer = replace(an_offer(), creatives=words)

    assert read_offer(write_offer(offer)) == offer


def test_a_campaign_is_read_as_it_was_written() -> None:
    campaign = replace(
        a_campaign(budget_issues=5, fallback_offer="rye", ends_at=NOON + timedelta(days=1)),
        hours=hours_of("08:00", "24:00"),
        weekdays=frozenset({1, 6}),
        version=3,
    )

    assert read_campaign(write_campaign(campaign)) == campaign


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"prise_minor": 1}, "prise_minor is not known; did you mean price_minor?"),
        ({"price_minor": "3"}, "price_minor is '3'; must be a whole number"),
        ({"price_minor": True}, "price_minor is True; must be a whole number"),
        ({"effect_mean": None}, "effect_mean is None; must be a number"),
        ({"creatives": "hello"}, "creatives is 'hello'; must be a table"),
        ({"creatives": {"en": {"title": "x"}}}, "creatives.en.body is missing; must be text"),
        ({"creatives": {"en@fax": {"title": "x", "body": "y"}}}, "creatives: 'en@fax'; must be"),
        ({"creatives": {"en@sms": {"title": "x", "body": "y"}}}, "at least one for every channel"),
        ({"creatives": {"en": {"title": "x", "body": "y", "wording": "jinja"}}}, "plain, liquid"),
        ({"product_ids": [1]}, "product_ids[0] is 1; must be text"),
        ({"valid_from": "2026-03-01T00:00:00"}, "must be an instant with its offset"),
    ],
)
def test_a_wrong_offer_document_is_refused_with_its_path(
    change: dict[str, object], text: str
) -> None:
    with pytest.raises(Unprocessable) as caught:
        read_offer(write_offer(an_offer()) | change)

    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"trigger": {"kind": "zone_leave"}}, "trigger.kind is 'zone_leave'; must be one of"),
        ({"trigger": {"kind": "zone_enter", "zon": "x"}}, "trigger.zon is not known; did you mean"),
        ({"state": "on"}, "state is 'on'; must be one of draft, in_review, scheduled, live"),
        ({"goal": "fame"}, "goal is 'fame'; must be one of purchases, margin, redemptions"),
        ({"hours": ["08:00"]}, "hours is ['08:00']; must be two times of day"),
        ({"weekdays": ["mon"]}, "weekdays[0] is 'mon'; must be a whole number"),
    ],
)
def test_a_wrong_campaign_document_is_refused_with_its_path(
    change: dict[str, object], text: str
) -> None:
    with pytest.raises(Unprocessable) as caught:
        read_campaign(write_campaign(a_campaign()) | change)

    assert text in str(caught.value)


def test_a_campaign_that_does_not_say_so_is_a_draft() -> None:
    document = {key: v for key, v in write_campaign(a_campaign()).items() if key != "state"}

    assert read_campaign(document).state == "draft"


def test_limits_of_a_campaign_are_read_as_they_were_written() -> None:
    limits = CampaignLimits(3, 3600, Reentry.AFTER_DAYS, 14, 8_000)
    campaign = replace(
        a_campaign(),
        segment="regulars",
        holdout_bp=500,
        priority=2,
        exclusion_group="breakfast",
        limits=limits,
    )

    assert read_campaign(write_campaign(campaign)) == campaign


def test_terms_of_an_offer_are_read_as_they_were_written() -> None:
    terms = OfferTerms(18, 40, DiscountBounds(20, 60, 5), 2, 100)
    offer = replace(an_offer(), terms=terms)

    assert read_offer(write_offer(offer)) == offer


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"reentry": "often"}, "reentry is 'often'; must be one of always, never"),
        ({"reentry": "after_days"}, "reentry_days is None; must be a number of days"),
        ({"reentry_days": 3}, "reentry_days is 3; must be absent"),
        ({"min_confidence_bp": 10_001}, "min_confidence_bp is 10001; must be 0..10000"),
        ({"holdout_bp": 6_000}, "holdout_bp is 6000; must be 0..5000"),
        ({"segment": "Loyal Ones"}, "segment is 'Loyal Ones'; must be 1..64 of"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(change: dict[str, object], text: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        read_campaign(write_campaign(a_campaign()) | change)

    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"discount_least_minor": 5}, "is [5, None]; must be both or neither"),
        ({"discount_least_minor": 50, "discount_most_minor": 20}, "is [50, 20, 1]; must be"),
        ({"minimum_age": 0}, "offer rye: minimum_age is 0; must be 1..120"),
        ({"margin_floor_minor": 301}, "margin_floor_minor is 301; must be 0..300"),
    ],
)
def test_a_term_that_cannot_be_is_refused(change: dict[str, object], text: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        read_offer(write_offer(an_offer()) | change)

    assert text in str(caught.value)
