"""Two shoppers become one and two again, in the database and in memory."""

from datetime import timedelta

import pytest

from store_server.clock import SteppedClock
from store_server.database import Database, read_only
from store_server.errors import Conflict, NotFound, Unprocessable
from store_server.flows.forget_shopper import forget_shopper
from store_server.flows.load_seed import load_purchases
from store_server.flows.merge_shoppers import merge_shoppers, split_shoppers
from store_server.flows.mint_token import mint_token
from store_server.flows.record_consent import record_consent
from store_server.flows.register_shopper import register_shopper
from store_server.flows.seed_csv import SeedPurchaseLine
from store_server.flows.show_shopper import show_shopper
from store_server.ids import HouseholdId, ShopperId
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ConsentRepository
from tests.store_server.every_table import everything
from tests.store_server.flows.shopper_builders import a_quiet_shop
from tests.store_server.presence.builders import SCOPE, Shop
from tests.store_server.shoppers.builders import MONDAY, a_key, an_identity

ANN, BOB = ShopperId("ann"), ShopperId("bob")
# What a split leaves behind on purpose: the merge itself, and what the ledger says of it.
TRACES = ("shopper_merge", "consent", "shopper_token")


def two_known(database: Database) -> Shop:
    """Ann and Bob, each with a phone of the same id, a basket and a yes; Bob with a no."""
    shop = a_quiet_shop(database)
    for number, who in enumerate((ANN, BOB), start=1):
        phone = an_identity(who, key=a_key(number), identity_id="phone-1")
        household = HouseholdId("h-7") if who == BOB else None
        shop.run(register_shopper, shopper=who, household=household, identities=[phone])
        at = MONDAY - timedelta(days=number)
        line = SeedPurchaseLine(who, f"b-{who}", at, "p", 1, 900)
        shop.run(load_purchases, baskets=[[line]])
        say(shop, who, Purpose.PROFILE)
    say(shop, ANN, Purpose.OFFERS)
    say(shop, BOB, Purpose.OFFERS, granted=False)
    return shop


def say(shop: Shop, who: ShopperId, purpose: Purpose, *, granted: bool = True) -> None:
    words = {"source": "app", "text_version": "1"}
    shop.run(record_consent, shopper=who, purpose=purpose, granted=granted, **words)


def later(shop: Shop) -> None:
    """A minute on: at one and the same instant a no would win over a yes."""
    clock = shop.rooms.clock
    assert isinstance(clock, SteppedClock)
    clock.advance_to(clock.now() + timedelta(minutes=1))


def allows(shop: Shop, who: ShopperId, purpose: Purpose) -> bool:
    with read_only(shop.database.read, None) as uow:
        ledger = ConsentRepository(uow.session, SCOPE)
        return who in ledger.allowed_among([who], purpose, at=shop.rooms.now(shop.rooms.live))


def all_rows(shop: Shop) -> list[str]:
    """Every row but the traces; a sealed key is sealed anew each time."""
    with read_only(shop.database.read, None) as uow:
        found = [(name, row) for name, row in everything(uow.session) if name not in TRACES]
    return [repr((name, {**row, "sealed_key": None})) for name, row in found]


def data_of(shop: Shop, who: ShopperId) -> dict[str, object]:
    with read_only(shop.database.read, shop.rooms.live) as uow:
        return show_shopper(uow, shop.rooms, now=MONDAY, shopper=who)


def test_the_one_has_what_both_had_and_the_stricter_word_counts(database: Database) -> None:
    shop = two_known(database)

    shop.run(merge_shoppers, kept=ANN, absorbed=BOB)

    data = data_of(shop, ANN)
    assert data["household_id"] == "h-7"
    assert len(data["purchases"]) == 2  # type: ignore[arg-type] # a list
    names = [one["identity_id"] for one in data["identities"]]  # type: ignore[attr-defined] # a list
    assert names == ["phone-1", "phone-1~2"]
    assert not allows(shop, ANN, Purpose.OFFERS)
    assert allows(shop, ANN, Purpose.PROFILE)
    with pytest.raises(NotFound):
        data_of(shop, BOB)


def test_a_split_gives_every_row_back_as_it_was(database: Database) -> None:
    shop = two_known(database)
    before = all_rows(shop)
    chance = shop.rooms.purchases.chance(BOB, "x", MONDAY)

    done = shop.run(merge_shoppers, kept=ANN, absorbed=BOB)
    merged = all_rows(shop)
    later(shop)
    shop.run(split_shoppers, merge_id=done.id)

    assert merged != before
    assert all_rows(shop) == before
    assert (allows(shop, ANN, Purpose.OFFERS), allows(shop, BOB, Purpose.OFFERS)) == (True, False)
    assert shop.rooms.purchases.chance(BOB, "x", MONDAY) == chance


def test_merging_and_splitting_again_change_nothing(database: Database) -> None:
    shop = two_known(database)
    first = shop.run(merge_shoppers, kept=ANN, absorbed=BOB)

    assert shop.run(merge_shoppers, kept=ANN, absorbed=BOB) == first
    split = shop.run(split_shoppers, merge_id=first.id)
    again = shop.run(split_shoppers, merge_id=first.id)

    assert split.split_at == again.split_at == MONDAY


def test_the_old_name_means_the_one_who_is_kept(database: Database) -> None:
    shop = two_known(database)
    shop.run(merge_shoppers, kept=ANN, absorbed=BOB)

    say(shop, BOB, Purpose.PROFILE, granted=False)
    shop.run(mint_token, shopper=BOB, system_now=MONDAY)

    assert not allows(shop, ANN, Purpose.PROFILE)
    with pytest.raises(Conflict, match="absorbed"):
        shop.run(register_shopper, shopper=BOB)


def test_merges_are_taken_back_newest_first(database: Database) -> None:
    shop = two_known(database)
    shop.run(register_shopper, shopper=ShopperId("cy"))
    first = shop.run(merge_shoppers, kept=ANN, absorbed=BOB)
    second = shop.run(merge_shoppers, kept=ShopperId("cy"), absorbed=ANN)

    with pytest.raises(Conflict, match=second.id):
        shop.run(split_shoppers, merge_id=first.id)
    shop.run(split_shoppers, merge_id=second.id)
    shop.run(split_shoppers, merge_id=first.id)

    assert data_of(shop, BOB)["household_id"] == "h-7"


def test_what_cannot_be_merged_is_refused(database: Database) -> None:
    shop = two_known(database)

    with pytest.raises(Unprocessable, match="themselves"):
        shop.run(merge_shoppers, kept=ANN, absorbed=ANN)
    with pytest.raises(NotFound):
        shop.run(merge_shoppers, kept=ANN, absorbed=ShopperId("nobody"))
    with pytest.raises(NotFound):
        shop.run(split_shoppers, merge_id="none")


@pytest.mark.parametrize("asked", [ANN, BOB])
def test_erasure_takes_all_names_of_a_person(database: Database, asked: ShopperId) -> None:
    shop = two_known(database)
    shop.run(merge_shoppers, kept=ANN, absorbed=BOB)

    assert shop.run(forget_shopper, shopper=asked)

    with read_only(database.read, None) as uow:
        left = [row for row in everything(uow.session) if "ann" in repr(row) or "bob" in repr(row)]
    assert left == []
