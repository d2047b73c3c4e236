"""Right before sending: whatever forbids the offer by now drops it, and says why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from store_server.database import Database
from store_server.flows.deliver_notifications import claim_deliveries, find_due
from store_server.flows.merge_shoppers import merge_shoppers
from store_server.flows.move_kill_switch import move_kill_switch
from store_server.flows.record_consent import record_consent
from store_server.flows.register_endpoint import register_endpoint
from store_server.flows.show_deliveries import show_deliveries
from store_server.flows.take_wishes import close_complaint, open_complaint, set_exclusions
from store_server.ids import ShopperId
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.catalogue import catalogue_of
from store_server.offers.opening import hours_of
from store_server.outbox.attempt import Claim
from store_server.shoppers.complaint import Complaint
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ComplaintRepository
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer

ANN, BOB = ShopperId("ann"), ShopperId("bob")


def an_offer_on_its_way(database: Database, **more: object) -> Shop:
    """Decided and queued, with an endpoint to go to."""
    shop = a_shop(database, **more)  # type: ignore[arg-type] # passed on as it is
    with shop.transaction() as uow:
        register_endpoint(uow, shop.rooms, now=NOON, url="https://app.example/")
    assert shop.decide(a_trigger())[0].offer == "rye"
    return shop


def claim(shop: Shop) -> list[Claim]:
    with shop.transaction() as uow:
        due = find_due(uow, shop.rooms, now=shop.now, now_system_ms=0)
        return claim_deliveries(
            uow,
            shop.rooms,
            now=shop.now,
            now_system_ms=0,
            lease_ms=5_000,
            room={way.endpoint: 9 for way in due.ways},
        )


def reasons(shop: Shop) -> list[str | None]:
    with shop.transaction() as uow:
        return [one.reason for one in show_deliveries(uow, shop.rooms, now=NOON)]


def campaign_is(shop: Shop, campaign: Campaign) -> None:
    shop.rooms.live = replace(shop.rooms.live, catalogue=catalogue_of([an_offer()], [campaign]))


def pause(shop: Shop) -> None:
    campaign_is(shop, a_campaign(state=CampaignState.PAUSED))


def end(shop: Shop) -> None:
    campaign_is(shop, a_campaign(ends_at=NOON))


def close_at_noon(shop: Shop) -> None:
    campaign_is(shop, replace(a_campaign(), hours=hours_of("08:00", "12:00")))


def take_the_offer_away(shop: Shop) -> None:
    shop.rooms.live = replace(shop.rooms.live, catalogue=catalogue_of([], []))


def fall_quiet(shop: Shop) -> None:
    shop.rooms.policy = replace(shop.rooms.policy, quiet_hours=("12:00", "14:00"))


def complain(shop: Shop) -> None:
    with shop.transaction() as uow:
        ComplaintRepository(uow.session, HERE).open(Complaint("c-1", ANN, "taste", NOON))


def withdraw(shop: Shop) -> None:
    shop.withdraw("ann")


@pytest.mark.parametrize(
    ("happen", "reason"),
    [
        (pause, "campaign_stopped"),
        (end, "campaign_stopped"),
        (take_the_offer_away, "campaign_stopped"),
        (close_at_noon, "outside_hours"),
        (fall_quiet, "quiet_hours"),
        (complain, "complaint_open"),
        (withdraw, "consent_withdrawn"),
    ],
)
def test_what_happened_since_the_decision_drops_the_offer(
    database: Database, happen: Callable[[Shop], None], reason: str
) -> None:
    shop = an_offer_on_its_way(database)

    happen(shop)

    assert claim(shop) == []
    assert reasons(shop) == [reason]


def never_show_bread(shop: Shop) -> None:
    with shop.transaction() as uow:
        set_exclusions(uow, shop.rooms, now=NOON, shopper=BOB, excluded=["BREAD"])


def bob_complains(shop: Shop) -> None:
    with shop.transaction() as uow:
        ComplaintRepository(uow.session, HERE).open(Complaint("c-1", BOB, "taste", NOON))


def bob_says_no(shop: Shop) -> None:
    shop.withdraw("bob")


@pytest.mark.parametrize("they_are_one", ["before", "after"])
@pytest.mark.parametrize(
    ("happen", "reason"),
    [
        (bob_says_no, "consent_withdrawn"),
        (bob_complains, "complaint_open"),
        (never_show_bread, "excluded"),
    ],
)
def test_what_is_queued_for_an_absorbed_name_is_asked_of_the_one_they_are_now(
    database: Database, they_are_one: str, happen: Callable[[Shop], None], reason: str
) -> None:
    shop = an_offer_on_its_way(database)

    for step in (merge_into_bob, happen) if they_are_one == "before" else (happen, merge_into_bob):
        step(shop)

    assert claim(shop) == []
    assert reasons(shop) == [reason]


def test_caps_count_what_either_name_was_shown(database: Database) -> None:
    shop = an_offer_on_its_way(database, campaigns=[a_campaign(cap_per_visit=5, cap_per_day=5)])
    shop.now = NOON + timedelta(seconds=1)
    assert shop.decide(a_trigger("event-2", shopper="bob", at=shop.now))[0].offer == "rye"
    shop.rooms.policy = replace(shop.rooms.policy, cap_per_day=1, cap_per_visit=9)

    merge_into_bob(shop)

    assert len(claim(shop)) == 1
    assert sorted(map(str, reasons(shop))) == ["None", "cap_day"]


def merge_into_bob(shop: Shop) -> None:
    with shop.transaction() as uow:
        merge_shoppers(uow, shop.rooms, now=shop.now, kept=BOB, absorbed=ANN)


def test_when_nothing_happened_it_goes(database: Database) -> None:
    assert len(claim(an_offer_on_its_way(database))) == 1


def test_a_cap_that_was_lowered_drops_the_later_offer(database: Database) -> None:
    shop = an_offer_on_its_way(database, campaigns=[a_campaign(cap_per_visit=5, cap_per_day=5)])
    shop.now = NOON + timedelta(seconds=1)
    shop.rooms.policy = replace(shop.rooms.policy, repeats_in_visit=True)
    shop.decide(a_trigger("event-2", at=shop.now))

    shop.rooms.policy = replace(shop.rooms.policy, cap_per_day=1, cap_per_visit=9)

    assert len(claim(shop)) == 1
    assert sorted(map(str, reasons(shop))) == ["None", "cap_day"]


def test_a_no_to_offers_is_told_to_the_backend_and_not_held_back_by_itself(
    database: Database,
) -> None:
    shop = an_offer_on_its_way(database)

    with shop.transaction() as uow:
        record_consent(
            uow,
            shop.rooms,
            now=NOON,
            shopper=ANN,
            purpose=Purpose.OFFERS,
            granted=False,
            source="app",
            text_version="1",
        )

    (told,) = claim(shop)
    assert '"type":"consent.changed"' in told.body
    assert '"granted":false' in told.body


def test_a_complaint_ends_what_waits_also_when_it_is_closed_at_once(database: Database) -> None:
    shop = an_offer_on_its_way(database)

    with shop.transaction() as uow:
        found = open_complaint(uow, shop.rooms, now=NOON, shopper=ANN, topic="taste")
        close_complaint(uow, shop.rooms, now=NOON, shopper=ANN, complaint_id=found.id)

    assert claim(shop) == []
    assert reasons(shop) == ["complaint_open"]


def test_whatever_is_claimed_before_a_no_may_not_begin_after_it(database: Database) -> None:
    shop = an_offer_on_its_way(database)
    (claimed,) = claim(shop)

    with shop.transaction() as uow:
        move_kill_switch(uow, shop.rooms, now=NOON, is_on=True)

    assert shop.rooms.flights.begin(ANN, ticket=claimed.ticket) is None
