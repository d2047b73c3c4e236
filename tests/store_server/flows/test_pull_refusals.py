"""A pull tells nothing that must not be said any more, also not a second time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from store_server.database import Database
from store_server.decisions.decision import Outcome
from store_server.flows.merge_shoppers import merge_shoppers
from store_server.flows.move_kill_switch import move_kill_switch
from store_server.flows.record_consent import record_consent
from store_server.flows.record_opened import record_opened
from store_server.flows.show_inbox import show_inbox
from store_server.flows.take_wishes import open_complaint, set_exclusions
from store_server.ids import ShopperId
from store_server.offers.campaign import CampaignState
from store_server.shoppers.consent import Purpose
from tests.store_server.flows.decision_builders import Shop, a_shop
from tests.store_server.offers.builders import a_campaign

ANN, BOB = ShopperId("ann"), ShopperId("bob")


def say_no(shop: Shop) -> None:
    with shop.transaction() as uow:
        record_consent(
            uow,
            shop.rooms,
            now=shop.now,
            shopper=ANN,
            purpose=Purpose.OFFERS,
            granted=False,
            source="app",
            text_version="1",
        )


def complain(shop: Shop) -> None:
    with shop.transaction() as uow:
        open_complaint(uow, shop.rooms, now=shop.now, shopper=ANN, topic="taste")


def exclude(shop: Shop) -> None:
    with shop.transaction() as uow:
        set_exclusions(uow, shop.rooms, now=shop.now, shopper=ANN, excluded=["BREAD"])


def silence(shop: Shop) -> None:
    with shop.transaction() as uow:
        move_kill_switch(uow, shop.rooms, now=shop.now, is_on=True)


def pause(shop: Shop) -> None:
    paused = a_campaign(state=CampaignState.PAUSED)
    shop.rooms.live = replace(
        shop.rooms.live, catalogue=shop.rooms.live.catalogue.with_campaign(paused)
    )


HAPPENS = [say_no, complain, exclude, silence]


@pytest.mark.parametrize("request_id", ["r1", "r2"])
@pytest.mark.parametrize("happen", HAPPENS)
def test_what_must_not_be_said_any_more_is_not_answered_again(
    database: Database, happen: Callable[[Shop], None], request_id: str
) -> None:
    """Neither to the same question nor to another one of the visit."""
    shop = a_shop(database)
    shop.in_visit("ann", "v1")
    assert shop.pull("r1").outcome == "offered"

    happen(shop)

    answer = shop.pull(request_id)
    assert (answer.outcome, answer.offers) == ("nothing", ())
    assert answer.reason is not None


@pytest.mark.parametrize("happen", HAPPENS)
def test_the_inbox_holds_nothing_that_must_not_be_said_any_more(
    database: Database, happen: Callable[[Shop], None]
) -> None:
    shop = a_shop(database)
    assert shop.pull("r1").outcome == "offered"
    with shop.transaction() as uow:
        assert len(show_inbox(uow, shop.rooms, now=shop.now, shopper=ANN)) == 1

    happen(shop)

    with shop.transaction() as uow:
        assert show_inbox(uow, shop.rooms, now=shop.now, shopper=ANN) == []


def test_what_a_shopper_was_told_is_theirs_while_the_store_is_quiet(database: Database) -> None:
    shop = a_shop(database)
    shop.in_visit("ann", "v1")
    assert shop.pull("r1").outcome == "offered"

    shop.rooms.policy = replace(shop.rooms.policy, quiet_hours=("00:00", "23:59"), cap_per_day=1)
    pause(shop)

    assert shop.pull("r1").outcome == shop.pull("r2").outcome == "offered"
    with shop.transaction() as uow:
        assert len(show_inbox(uow, shop.rooms, now=shop.now, shopper=ANN)) == 1


def test_an_open_ghost_ends_like_an_offer(database: Database) -> None:
    shop = a_shop(database)
    shop.rooms.policy = replace(shop.rooms.policy, holdout_bp=10_000)
    shop.in_visit("ann", "v1")
    assert shop.pull("r1").decisions[0].outcome is Outcome.HELD_OUT

    exclude(shop)

    assert shop.pull("r2").decisions[0].outcome is Outcome.NOTHING


def test_the_inbox_is_of_every_name(database: Database) -> None:
    shop = a_shop(database)
    assert shop.pull("r1").outcome == "offered"

    with shop.transaction() as uow:
        merge_shoppers(uow, shop.rooms, now=shop.now, kept=BOB, absorbed=ANN)

    with shop.transaction() as uow:
        (item,) = show_inbox(uow, shop.rooms, now=shop.now, shopper=BOB)
        record_opened(uow, shop.rooms, now=shop.now, notification_id=item.notification, shopper=BOB)
        (item,) = show_inbox(uow, shop.rooms, now=shop.now, shopper=BOB)
    assert item.opened_at == shop.now
