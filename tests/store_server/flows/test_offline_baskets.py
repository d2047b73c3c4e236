"""Tills that were offline: what they gave stands, and what does not fit is written down."""

from datetime import timedelta

import pytest

from store_server.database import Database, read_only
from store_server.flows.expire_coupons import expire_coupons
from store_server.flows.rooms import StoreRooms
from store_server.redemptions.discrepancy import Discrepancy
from store_server.redemptions.repository import DiscrepancyRepository
from tests.store_server.flows.till_builders import ask, coupon, money, take
from tests.store_server.outbox.builders import NOON, a_decision, minutes, run
from tests.store_server.redemptions.builders import a_basket, a_code, a_line, a_shop

DAY = timedelta(days=1)


def odd(database: Database, rooms: StoreRooms) -> list[Discrepancy]:
    with read_only(database.read, rooms.live) as uow:
        found = DiscrepancyRepository(uow.session, rooms.scope)
        return found.between(NOON - DAY, NOON + DAY, limit=9)


def test_a_coupon_used_in_its_time_is_good_though_it_expired_meanwhile(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms, lives_min=30)
    run(database, rooms, expire_coupons, now=NOON + minutes(40))
    assert money(database, rooms).reserved_minor == 0

    taken = take(database, rooms, a_basket(given=[(code, 50)]), at_min=120)

    assert [one.status for one in taken.answer.coupons] == ["redeemed"]
    assert taken.answer.total_minor == 250
    assert (money(database, rooms).reserved_minor, money(database, rooms).spent_minor) == (0, 50)
    assert odd(database, rooms) == []


def test_a_double_spend_stands_and_is_told_with_who_was_first(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)
    take(database, rooms, a_basket("online", coupons=[code], till="till-9"))

    taken = take(database, rooms, a_basket("offline", given=[(code, 50)]), at_min=120)

    assert [(one.status, one.reason) for one in taken.answer.coupons] == [
        ("disputed", "already_redeemed")
    ]
    assert taken.answer.total_minor == 250
    (found,) = odd(database, rooms)
    assert (found.reason, found.given_minor, found.covered_minor) == ("already_redeemed", 50, 0)
    assert (found.first_basket, found.first_till) == ("online", "till-9")
    assert money(database, rooms).spent_minor == 50


@pytest.mark.parametrize(
    ("code", "reason"), [("NONSENSE", "malformed"), (a_code(9), "unknown")], ids=["typed", "gone"]
)
def test_a_discount_for_no_coupon_is_told(database: Database, code: str, reason: str) -> None:
    rooms = a_shop(database)

    taken = take(database, rooms, a_basket(given=[(code, 20)]), at_min=120)

    assert taken.answer.total_minor == 280
    assert [one.reason for one in odd(database, rooms)] == [reason]


def test_more_than_the_coupon_is_worth_is_told_and_not_taken_from_the_budget(
    database: Database,
) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)

    take(database, rooms, a_basket(given=[(code, 80)]), at_min=120)

    (found,) = odd(database, rooms)
    assert (found.reason, found.given_minor, found.covered_minor) == ("over_value", 80, 50)
    assert money(database, rooms).spent_minor == 50


def test_more_than_a_till_may_give_by_itself_is_told(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    codes = [
        coupon(database, rooms, seed=n, decision=f"d{n}", face_value_minor=600) for n in range(2)
    ]

    basket = a_basket(lines=[a_line(amount_minor=2_000)], given=[(code, 600) for code in codes])
    take(database, rooms, basket, at_min=120)

    assert [one.reason for one in odd(database, rooms)] == ["over_limit"]


def test_a_till_that_was_offline_need_not_know_of_holds(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)
    ask(database, rooms, "reserve", code, till="till-2", at_min=119)

    take(database, rooms, a_basket(given=[(code, 50)]), at_min=120)

    late = ask(database, rooms, "redeem", code, till="till-2", at_min=121)
    assert late["reason"] == "already_redeemed"


def test_a_late_basket_again_changes_nothing(database: Database) -> None:
    rooms = a_shop(database)
    basket = a_basket(given=[("NONSENSE", 20)])
    first = take(database, rooms, basket, at_min=120)

    again = take(database, rooms, basket, at_min=180)

    assert (again.text, again.replayed) == (first.text, True)
    assert len(odd(database, rooms)) == 1
