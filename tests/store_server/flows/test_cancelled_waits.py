"""What falls silent, says no, or is forgotten ends waits, each with its reason."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from store_server.database import Database
from store_server.flows.forget_shopper import forget_shopper
from store_server.flows.keep_campaign import save_seeded
from store_server.flows.merge_shoppers import merge_shoppers
from store_server.flows.move_campaign import move_campaign
from store_server.flows.move_kill_switch import move_kill_switch
from store_server.flows.record_consent import record_consent
from store_server.flows.staff_tasks import show_tasks
from store_server.ids import ShopperId
from store_server.offers.lifecycle import Move
from store_server.offers.wait import WaitEnd
from store_server.shoppers.consent import Purpose
from tests.store_server.flows.decision_builders import Shop
from tests.store_server.flows.wait_builders import (
    CALL,
    TEN_MIN,
    a_journey,
    a_journey_shop,
    a_step,
    decided,
    tick,
    waits,
)
from tests.store_server.offers.builders import NOON, a_trigger

ANN, BOB = ShopperId("ann"), ShopperId("bob")
MINUTE, DUE = timedelta(minutes=1), NOON + timedelta(seconds=TEN_MIN)
Deed = Callable[[Shop], object]


def does(flow: Callable[..., object], **arguments: object) -> Deed:
    def deed(shop: Shop) -> object:
        with shop.transaction() as uow:
            return flow(uow, shop.rooms, now=NOON + MINUTE, **arguments)

    return deed


def says_no(purpose: Purpose) -> Deed:
    said = {"granted": False, "source": "app", "text_version": "1"}
    return does(record_consent, shopper=ANN, purpose=purpose, **said)


CASES: dict[str, tuple[Deed, WaitEnd]] = {
    "pause": (
        does(move_campaign, campaign_id="journey", move=Move.PAUSE, by="eve"),
        WaitEnd.CAMPAIGN_PAUSED,
    ),
    "end": (
        does(move_campaign, campaign_id="journey", move=Move.END, by="eve"),
        WaitEnd.CAMPAIGN_ENDED,
    ),
    "another step": (
        does(save_seeded, campaign=a_journey(step=a_step(for_s=60))),
        WaitEnd.CAMPAIGN_CHANGED,
    ),
    "kill switch": (does(move_kill_switch, is_on=True), WaitEnd.KILL_SWITCH),
    "no to offers": (says_no(Purpose.OFFERS), WaitEnd.CONSENT_WITHDRAWN),
    "no to location": (says_no(Purpose.LOCATION), WaitEnd.CONSENT_WITHDRAWN),
    "merged": (does(merge_shoppers, kept=BOB, absorbed=ANN), WaitEnd.SHOPPER_MERGED),
    "forgotten": (does(forget_shopper, shopper=ANN), WaitEnd.SHOPPER_ERASED),
}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_the_wait_with_its_reason(database: Database, name: str) -> None:
    deed, reason = CASES[name]
    shop = a_journey_shop(database)
    shop.decide(a_trigger())

    deed(shop)
    tick(shop, DUE)

    assert [one.ended_by for one in waits(shop)] == [reason]
    assert decided(shop) == []


def test_a_no_to_what_it_does_not_need_changes_nothing(database: Database) -> None:
    shop = a_journey_shop(database)
    shop.decide(a_trigger())

    says_no(Purpose.PROFILE)(shop)
    tick(shop, DUE)

    assert len(decided(shop)) == 1


def test_of_a_forgotten_shopper_the_wait_keeps_no_name(database: Database) -> None:
    shop = a_journey_shop(database)
    shop.decide(a_trigger())

    CASES["forgotten"][0](shop)

    (wait,) = waits(shop)
    assert (wait.shopper, wait.visit_id) == ("", None)


def test_who_did_not_agree_never_waits(database: Database) -> None:
    shop = a_journey_shop(database)
    shop.withdraw("ann", Purpose.LOCATION)

    shop.decide(a_trigger(), a_trigger("e2", shopper="a stranger"))

    assert waits(shop) == []


def test_nobody_is_sent_to_a_shopper_who_said_no(database: Database) -> None:
    shop = a_journey_shop(database, a_journey(step=a_step(on_timeout=CALL)))
    shop.decide(a_trigger())
    tick(shop, DUE)

    says_no(Purpose.OFFERS)(shop)

    with shop.transaction() as uow:
        assert show_tasks(uow, shop.rooms, now=DUE) == []
