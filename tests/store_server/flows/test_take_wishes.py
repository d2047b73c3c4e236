"""What shoppers do not want is kept, and counts under every name of theirs."""

import pytest

from store_server.database import Database, read_only
from store_server.errors import Conflict, NotFound
from store_server.flows.load_seed import load_shoppers
from store_server.flows.merge_shoppers import merge_shoppers, split_shoppers
from store_server.flows.take_wishes import (
    close_complaint,
    open_complaint,
    set_exclusions,
    show_exclusions,
)
from store_server.ids import ShopperId
from store_server.shoppers.profile import Profile
from store_server.shoppers.repository import ProfileRepository
from tests.store_server.flows.shopper_builders import a_known_shopper, a_quiet_shop
from tests.store_server.presence.builders import SCOPE, Shop
from tests.store_server.shoppers.builders import MONDAY

ANN, BOB = ShopperId("ann"), ShopperId("bob")


def a_shop_of_two(database: Database) -> Shop:
    shop = a_quiet_shop(database)
    shop.run(load_shoppers, shoppers=[a_known_shopper("ann"), a_known_shopper("bob")])
    return shop


def profile(shop: Shop, who: ShopperId) -> Profile:
    with read_only(shop.database.read, None) as uow:
        return ProfileRepository(uow.session, SCOPE).of([who])[who]


def test_exclusions_take_the_place_of_those_before(database: Database) -> None:
    shop = a_shop_of_two(database)

    shop.run(set_exclusions, shopper=ANN, excluded=["WINE", "BEER"])
    shop.run(set_exclusions, shopper=ANN, excluded=["WINE", "offer-1"])

    assert profile(shop, ANN).excluded == {"WINE", "offer-1"}
    with read_only(database.read, shop.rooms.live) as uow:
        shown = show_exclusions(uow, shop.rooms, now=MONDAY, shopper=ANN)
    assert shown == {"WINE", "offer-1"}


def test_a_complaint_is_open_until_it_is_closed(database: Database) -> None:
    shop = a_shop_of_two(database)

    first = shop.run(open_complaint, shopper=ANN, topic="taste", complaint_id="c-1")
    again = shop.run(open_complaint, shopper=ANN, topic="taste", complaint_id="c-1")
    shop.run(open_complaint, shopper=ANN, topic="delivery")
    shop.run(close_complaint, shopper=ANN, complaint_id="c-1")
    closed = shop.run(close_complaint, shopper=ANN, complaint_id="c-1")

    assert first == again
    assert closed.closed_at == MONDAY
    assert profile(shop, ANN).open_complaints == 1


def test_a_complaint_is_its_shoppers_alone(database: Database) -> None:
    shop = a_shop_of_two(database)
    shop.run(open_complaint, shopper=ANN, topic="taste", complaint_id="c-1")

    with pytest.raises(Conflict):
        shop.run(open_complaint, shopper=BOB, topic="taste", complaint_id="c-1")
    with pytest.raises(NotFound):
        shop.run(close_complaint, shopper=BOB, complaint_id="c-1")
    with pytest.raises(NotFound):
        shop.run(open_complaint, shopper=ShopperId("nobody"), topic="taste")


def test_a_merge_carries_wishes_and_complaints_and_a_split_brings_them_back(
    database: Database,
) -> None:
    shop = a_shop_of_two(database)
    shop.run(set_exclusions, shopper=BOB, excluded=["WINE"])
    shop.run(open_complaint, shopper=BOB, topic="taste", complaint_id="c-1")

    merge = shop.run(merge_shoppers, kept=ANN, absorbed=BOB)
    one = profile(shop, ANN)
    shop.run(split_shoppers, merge_id=merge.id)

    ann, bob = profile(shop, ANN), profile(shop, BOB)
    assert [sorted(who.excluded) for who in (one, ann, bob)] == [["WINE"], [], ["WINE"]]
    assert [who.open_complaints for who in (one, ann, bob)] == [1, 0, 1]
