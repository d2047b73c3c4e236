"""Coupons and baskets in the database: single use, also under many hands at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from store_server.database import Database, UnitOfWork, unit_of_work
from store_server.ids import scope
from store_server.redemptions.coupon import CouponState
from store_server.redemptions.coupon_code import parse
from store_server.redemptions.repository import BasketRepository, CouponRepository, CouponUse
from store_server.redemptions.repository.baskets import NewBasket
from tests.store_server.outbox.builders import ANN, NOON, SCOPE, minutes
from tests.store_server.redemptions.builders import a_basket, issue

Uow = UnitOfWork[Any]


def redeem(coupons: CouponRepository, code: str, *, at_min: float = 5) -> bool:
    coupon = coupons.find(parse(code) or "")
    assert coupon is not None
    return coupons.redeem(CouponUse(coupon, "basket-1", "till-1", 50, NOON + minutes(at_min)))


def test_a_coupon_is_used_once(uow: Uow) -> None:
    coupons = CouponRepository(uow.session, SCOPE)
    code = issue(coupons)

    assert redeem(coupons, code)
    assert not redeem(coupons, code)
    assert coupons.of_shopper(ANN)[0].state is CouponState.REDEEMED


def test_a_coupon_is_not_used_after_its_time(uow: Uow) -> None:
    coupons = CouponRepository(uow.session, SCOPE)
    code = issue(coupons, lives_min=60)

    assert not redeem(coupons, code, at_min=60)
    assert redeem(coupons, code, at_min=59.9)


def test_a_decision_has_one_coupon(uow: Uow) -> None:
    coupons = CouponRepository(uow.session, SCOPE)
    issue(coupons, seed=1)

    with pytest.raises(IntegrityError), uow.session.begin_nested():
        issue(coupons, seed=2)


def test_two_hundred_tills_at_once_use_twenty_coupons_twenty_times(database: Database) -> None:
    with unit_of_work(database.write, None) as uow:
        repository = CouponRepository(uow.session, SCOPE)
        codes = [issue(repository, seed=n, decision=f"d{n}") for n in range(20)]

    def one_till(number: int) -> bool:
        with unit_of_work(database.write, None) as mine:
            return redeem(CouponRepository(mine.session, SCOPE), codes[number % 20])

    with ThreadPoolExecutor(8) as tills:
        taken = list(tills.map(one_till, range(200)))

    assert sum(taken) == 20


def test_coupons_expire_once_and_say_which(uow: Uow) -> None:
    coupons = CouponRepository(uow.session, SCOPE)
    issue(coupons, seed=1, decision="a", lives_min=1)
    issue(coupons, seed=2, decision="b", lives_min=9)

    expired = coupons.expire(now=NOON + minutes(1))

    assert [coupon.decision for coupon in expired] == ["a"]
    assert coupons.expire(now=NOON + minutes(1)) == []


def test_another_store_finds_no_coupon(uow: Uow) -> None:
    code = issue(CouponRepository(uow.session, SCOPE))
    other = CouponRepository(uow.session, scope("acme", "other"))

    assert other.find(parse(code) or "") is None
    assert other.expire(now=NOON + timedelta(days=9)) == []
    assert CouponRepository(uow.session, scope("rival", "demo")).forget(ANN) == 0


def add_basket(baskets: BasketRepository) -> None:
    new = NewBasket(a_basket(), "k", ANN, "{}", 300, [0])
    baskets.add([new], taken_at=NOON)


def test_a_basket_is_found_by_key_and_by_id(uow: Uow) -> None:
    baskets = BasketRepository(uow.session, SCOPE)
    add_basket(baskets)

    by_key = baskets.taken(keys=["k"], baskets=["other"])
    by_id = baskets.taken(keys=["other"], baskets=["basket-1"])

    assert by_key == by_id
    assert [one.answer for one in by_key] == ["{}"]
    assert baskets.taken(keys=["other"], baskets=["other"]) == []


def test_a_forgotten_shopper_leaves_baskets_without_a_name(uow: Uow) -> None:
    baskets = BasketRepository(uow.session, SCOPE)
    add_basket(baskets)
    assert [basket.lines for basket in baskets.of_shopper(ANN)] == [a_basket().lines]

    assert baskets.forget(ANN) == 1

    assert baskets.of_shopper(ANN) == []
    assert len(baskets.taken(keys=["k"], baskets=[])) == 1
