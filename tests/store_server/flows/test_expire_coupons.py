"""Expired coupons give their reservation back, once."""

from store_server.database import Database, unit_of_work
from store_server.flows.expire_coupons import expire_coupons
from store_server.offers.repository import BudgetRepository
from store_server.redemptions.repository import CouponRepository
from tests.store_server.offers.builders import a_campaign
from tests.store_server.outbox.builders import NOON, minutes, run
from tests.store_server.redemptions.builders import a_shop, issue


def test_an_expired_coupon_gives_its_reservation_back_once(database: Database) -> None:
    rooms = a_shop(database)
    with unit_of_work(database.write, rooms.live) as uow:
        budgets = BudgetRepository(uow.session, rooms.scope)
        budgets.reserve(a_campaign(), face_value_minor=50)
        issue(CouponRepository(uow.session, rooms.scope), lives_min=5)

    first = run(database, rooms, expire_coupons, now=NOON + minutes(5))
    again = run(database, rooms, expire_coupons, now=NOON + minutes(5))

    assert (first, again) == (1, 0)
    with unit_of_work(database.write, rooms.live) as uow:
        use = BudgetRepository(uow.session, rooms.scope).use_of([a_campaign().id])
        assert use[a_campaign().id].reserved_minor == 0
