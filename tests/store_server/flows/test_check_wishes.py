"""Right before sending: what the shopper wants, is and has had since the decision."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from store_server.database import Database
from store_server.flows.take_wishes import set_exclusions
from store_server.ids import ShopperId
from store_server.offers.catalogue import catalogue_of
from store_server.offers.limits import CampaignLimits
from tests.store_server.flows.decision_builders import Shop
from tests.store_server.flows.test_check_sending import (
    an_offer_on_its_way,
    campaign_is,
    claim,
    reasons,
)
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer


def exclude(shop: Shop, *names: str) -> None:
    with shop.transaction() as uow:
        set_exclusions(
            uow, shop.rooms, now=NOON, shopper=ShopperId("ann"), excluded=frozenset(names)
        )


def exclude_the_offer(shop: Shop) -> None:
    exclude(shop, "rye")


def exclude_its_category(shop: Shop) -> None:
    exclude(shop, an_offer().category)


def refuse_push(shop: Shop) -> None:
    exclude(shop, "channel:push")


def begin_to_work_here(shop: Shop) -> None:
    exclude(shop)
    with shop.transaction() as uow:
        changed = text("UPDATE shopper_profile SET staff = true WHERE shopper = 'ann'")
        uow.session.connection().execute(changed)


def leave_the_segment(shop: Shop) -> None:
    campaign_is(shop, replace(a_campaign(), segment="regulars"))


@pytest.mark.parametrize(
    ("happen", "reason"),
    [
        (exclude_the_offer, "excluded"),
        (exclude_its_category, "excluded"),
        (refuse_push, "channel_refused"),
        (begin_to_work_here, "staff_device"),
        (leave_the_segment, "outside_segment"),
    ],
)
def test_what_changed_since_the_decision_drops_the_offer(
    database: Database, happen: Callable[[Shop], None], reason: str
) -> None:
    shop = an_offer_on_its_way(database)

    happen(shop)

    assert claim(shop) == []
    assert reasons(shop) == [reason]


def two_on_their_way(database: Database) -> Shop:
    """Two offers to one shopper, a second apart."""
    shop = an_offer_on_its_way(database, campaigns=[a_campaign(cap_per_visit=9, cap_per_day=9)])
    shop.rooms.policy = replace(shop.rooms.policy, repeats_in_visit=True, cap_per_visit=9)
    shop.now = NOON + timedelta(seconds=1)
    assert shop.decide(a_trigger("event-2", at=shop.now))[0].offer == "rye"
    return shop


def lower_the_week(shop: Shop) -> None:
    shop.rooms.policy = replace(shop.rooms.policy, cap_per_week=1)


def lower_the_campaigns_week(shop: Shop) -> None:
    campaign = a_campaign(cap_per_visit=9, cap_per_day=9)
    limited = replace(campaign, limits=CampaignLimits(cap_per_week=1))
    shop.rooms.live = replace(shop.rooms.live, catalogue=catalogue_of([an_offer()], [limited]))


def lower_the_channel(shop: Shop) -> None:
    shop.rooms.policy = replace(shop.rooms.policy, channel_caps={"push": 1})


@pytest.mark.parametrize(
    ("lower", "reason"),
    [
        (lower_the_week, "cap_week"),
        (lower_the_campaigns_week, "cap_week"),
        (lower_the_channel, "cap_channel"),
    ],
)
def test_a_cap_that_was_lowered_drops_the_later_one(
    database: Database, lower: Callable[[Shop], None], reason: str
) -> None:
    shop = two_on_their_way(database)

    lower(shop)

    assert len(claim(shop)) == 1
    assert sorted(map(str, reasons(shop))) == ["None", reason]
