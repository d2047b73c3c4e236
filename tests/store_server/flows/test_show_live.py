"""The live board: who got what in this visit, and what counts as today."""

from datetime import timedelta

from store_server.database import Database
from store_server.decisions.decision import Outcome
from store_server.flows.rooms import Policy
from store_server.flows.show_live import MARK_OFFERED, MARK_REDEEMED, LiveBoard, show_live
from store_server.ids import ShopperId
from store_server.redemptions.repository import CouponRepository, CouponUse
from store_server.writer import Reader
from tests.store_server.flows.decision_builders import Shop, a_shop


def board_of(shop: Shop) -> LiveBoard:
    return Reader(shop.database.read, shop.rooms).read(show_live)


def redeem(shop: Shop, shopper: str) -> None:
    with shop.transaction() as uow:
        coupons = CouponRepository(uow.session, shop.rooms.scope)
        coupon = coupons.of_shopper(ShopperId(shopper))[0]
        coupons.redeem(CouponUse(coupon, "b1", "t1", 50, shop.now))


def test_an_offer_of_this_visit_marks_its_shopper(database: Database) -> None:
    shop = a_shop(database)
    shop.in_visit("ann", "v1")
    assert shop.pull(shopper="ann").outcome == "offered"

    assert board_of(shop).marks == {"ann": MARK_OFFERED}


def test_a_redeemed_coupon_marks_its_shopper(database: Database) -> None:
    shop = a_shop(database)
    shop.in_visit("ann", "v1")
    shop.pull(shopper="ann")

    redeem(shop, "ann")

    assert board_of(shop).marks == {"ann": MARK_REDEEMED}
    assert board_of(shop).redeemed_today == 1


def test_the_mark_is_gone_with_the_visit(database: Database) -> None:
    shop = a_shop(database)
    shop.in_visit("ann", "v1")
    shop.pull(shopper="ann")

    shop.in_visit("ann", "v2")

    assert board_of(shop).marks == {}


def test_the_plan_does_not_tell_who_is_held_out(database: Database) -> None:
    shop = a_shop(database, policy=Policy(holdout_bp=10_000))
    shop.in_visit("ann", "v1")
    shop.pull(shopper="ann")

    board = board_of(shop)

    assert board.decisions[0].outcome is Outcome.HELD_OUT
    assert board.marks == {}


def test_today_begins_at_the_stores_own_midnight(database: Database) -> None:
    shop = a_shop(database, policy=Policy(holdout_bp=0, timezone="Asia/Tokyo"))
    shop.in_visit("ann", "v1")
    shop.pull(shopper="ann")
    redeem(shop, "ann")
    assert board_of(shop).redeemed_today == 1

    shop.rooms.clock.advance_to(shop.now + timedelta(hours=3, minutes=1))  # type: ignore[attr-defined]

    assert board_of(shop).redeemed_today == 0
