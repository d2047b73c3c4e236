from datetime import timedelta

import pytest

from store_server.clock import SteppedClock
from store_server.database import Database, unit_of_work
from store_server.errors import NotFound, Unprocessable
from store_server.flows.load_seed import load_shoppers
from store_server.flows.record_consent import record_consent
from store_server.ids import ShopperId
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ConsentRepository
from tests.store_server.flows.shopper_builders import a_known_shopper, a_quiet_shop
from tests.store_server.presence.builders import SCOPE, Shop
from tests.store_server.shoppers.builders import MONDAY

ANN = ShopperId("ann")


def a_shop_with_ann(database: Database) -> tuple[Shop, SteppedClock]:
    clock = SteppedClock(MONDAY)
    shop = a_quiet_shop(database, clock=clock)
    shop.run(load_shoppers, shoppers=[a_known_shopper("ann")])
    return shop, clock


def say(shop: Shop, *, granted: bool, **more: object) -> None:
    words: dict[str, object] = {"purpose": Purpose.OFFERS, "source": "app", "text_version": "1"}
    shop.run(record_consent, shopper=ANN, granted=granted, **(words | more))


def is_allowed(shop: Shop) -> bool:
    with unit_of_work(shop.database.write, None) as uow:
        ledger = ConsentRepository(uow.session, SCOPE)
        at = shop.rooms.now(shop.rooms.live)
        return ANN in ledger.allowed_among([ANN], Purpose.OFFERS, at=at)


def test_a_registered_shopper_has_agreed_to_nothing(database: Database) -> None:
    shop, _ = a_shop_with_ann(database)

    assert not is_allowed(shop)


def test_a_yes_and_a_no_count_from_now(database: Database) -> None:
    shop, clock = a_shop_with_ann(database)

    say(shop, granted=True)
    agreed = is_allowed(shop)
    clock.advance_to(MONDAY + timedelta(minutes=1))
    say(shop, granted=False)

    assert agreed
    assert not is_allowed(shop)


def test_a_no_from_a_phone_whose_clock_is_behind_still_counts(database: Database) -> None:
    shop, clock = a_shop_with_ann(database)
    say(shop, granted=True)
    clock.advance_to(MONDAY + timedelta(minutes=1))

    say(shop, granted=False, at=MONDAY - timedelta(hours=1))

    assert not is_allowed(shop)


def test_a_word_of_a_phone_slightly_ahead_counts_now(database: Database) -> None:
    shop, _ = a_shop_with_ann(database)

    say(shop, granted=True, at=MONDAY + timedelta(minutes=4))

    assert is_allowed(shop)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": MONDAY + timedelta(minutes=6)},
        {"source": ""},
        {"source": "x" * 81},
        {"text_version": "a\nb"},
    ],
)
def test_a_word_that_cannot_be_is_refused(database: Database, wrong: dict[str, object]) -> None:
    shop, _ = a_shop_with_ann(database)

    with pytest.raises(Unprocessable):
        say(shop, granted=True, **wrong)

    assert not is_allowed(shop)


def test_a_stranger_cannot_agree(database: Database) -> None:
    with pytest.raises(NotFound):
        say(a_quiet_shop(database), granted=True)
