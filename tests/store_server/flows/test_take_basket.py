"""Taking baskets: redeemed, credited, learned, and the same answer for a replay."""

from typing import Any

import pytest

from store_server.database import Database, read_only, unit_of_work
from store_server.decisions.decision import Outcome
from store_server.errors import Conflict, Unprocessable
from store_server.flows.rooms import StoreRooms
from store_server.flows.take_basket import BasketTaken, take_basket
from store_server.ids import ShopperId
from store_server.offers.repository import BudgetRepository
from store_server.redemptions.basket import BadBasket, Basket
from store_server.redemptions.repository import BasketRepository, CouponRepository
from store_server.reports.repository import ReceiptRepository, UnitRepository
from store_server.reports.repository.unit_log import Span
from store_server.shoppers.consent import Purpose
from tests.store_server.offers.builders import a_campaign
from tests.store_server.outbox.builders import ANN, BOB, NOON, a_decision, minutes, run, say
from tests.store_server.redemptions.builders import a_basket, a_code, a_line, a_shop, issue

LATER = NOON + minutes(15)


def take(
    database: Database, rooms: StoreRooms, basket: Basket, *, key: str = "key-1"
) -> BasketTaken:
    return run(database, rooms, take_basket, now=LATER, basket=basket, idempotency_key=key)


def coupon(database: Database, rooms: StoreRooms, **values: Any) -> str:
    with unit_of_work(database.write, rooms.live) as uow:
        BudgetRepository(uow.session, rooms.scope).reserve(a_campaign(), face_value_minor=50)
        return issue(CouponRepository(uow.session, rooms.scope), **values)


def reasons(taken: BasketTaken) -> list[str | None]:
    return [one.reason for one in taken.answer.coupons]


def test_a_coupon_is_redeemed_and_its_value_taken_off(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)

    taken = take(database, rooms, a_basket(coupons=[code]))

    (answer,) = taken.answer.coupons
    assert (answer.code, answer.redeemed, answer.discount_minor) == (code, True, 50)
    assert taken.answer.total_minor == 250


def test_a_replay_gets_the_first_answer_and_changes_nothing(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    basket = a_basket(coupons=[coupon(database, rooms)])
    first = take(database, rooms, basket)
    learned = rooms.purchases.chance(ANN, "BREAD", LATER)

    again = take(database, rooms, basket)

    assert again.replayed
    assert again.text == first.text
    assert rooms.purchases.chance(ANN, "BREAD", LATER) == learned


def test_the_same_key_with_another_basket_is_a_conflict(database: Database) -> None:
    rooms = a_shop(database)
    take(database, rooms, a_basket())

    with pytest.raises(Conflict) as refused:
        take(database, rooms, a_basket("basket-2"))

    assert refused.value.code == "idempotency_mismatch"


def test_the_same_basket_with_another_key_is_a_replay(database: Database) -> None:
    rooms = a_shop(database)
    first = take(database, rooms, a_basket())

    again = take(database, rooms, a_basket(), key="key-2")

    assert again == BasketTaken(first.answer, first.text, replayed=True)


def test_another_basket_with_a_taken_id_is_a_conflict(database: Database) -> None:
    rooms = a_shop(database)
    take(database, rooms, a_basket())

    with pytest.raises(Conflict) as refused:
        take(database, rooms, a_basket(lines=[a_line(quantity=9)]), key="key-2")

    assert refused.value.code == "basket_taken"


def test_a_bad_basket_takes_nothing(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)

    with pytest.raises(BadBasket) as refused:
        take(database, rooms, a_basket(coupons=[code], lines=[a_line(amount_minor=-1)]))

    assert refused.value.code == "bad_basket"
    assert take(database, rooms, a_basket(coupons=[code])).answer.total_minor == 250


def test_a_key_is_needed(database: Database) -> None:
    with pytest.raises(Unprocessable, match="Idempotency-Key"):
        take(database, a_shop(database), a_basket(), key="")


def test_every_refused_coupon_says_why(database: Database) -> None:
    rooms = a_shop(database, a_decision(shopper=BOB))
    bobs = coupon(database, rooms, shopper=BOB)
    over = coupon(database, rooms, seed=2, decision="d2", lives_min=5)
    codes = ["nonsense", a_code(7, key=b"x" * 32), a_code(8), bobs, over]

    taken = take(database, rooms, a_basket(coupons=codes))

    assert reasons(taken) == ["malformed", "forged", "unknown", "foreign", "expired"]
    assert taken.answer.total_minor == 300


def test_a_coupon_is_not_used_twice(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)
    take(database, rooms, a_basket(coupons=[code]))

    again = take(database, rooms, a_basket("basket-2", coupons=[code.lower()]), key="key-2")

    assert reasons(again) == ["already_redeemed"]


def test_a_discount_is_no_more_than_the_basket(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    codes = [coupon(database, rooms), coupon(database, rooms, seed=2, decision="d2")]

    taken = take(database, rooms, a_basket(lines=[a_line(amount_minor=30)], coupons=codes))

    assert taken.answer.total_minor == 0
    assert [one.discount_minor for one in taken.answer.coupons] == [30, 0]
    assert reasons(taken) == [None, "nothing_left"]


def test_what_was_reserved_is_spent(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    take(database, rooms, a_basket(coupons=[coupon(database, rooms)]))

    with read_only(database.read, rooms.live) as uow:
        campaign = a_campaign().id
        use = BudgetRepository(uow.session, rooms.scope).use_of([campaign])[campaign]

    assert (use.reserved_minor, use.spent_minor) == (0, 50)


@pytest.mark.parametrize("outcome", [Outcome.OFFERED, Outcome.HELD_OUT])
def test_buying_what_was_promoted_is_credited_in_both_arms(
    database: Database, outcome: Outcome
) -> None:
    rooms = a_shop(database, a_decision(outcome=outcome))

    take(database, rooms, a_basket(lines=[a_line(amount_minor=301), a_line("p2")]))

    with read_only(database.read, rooms.live) as uow:
        (unit,) = UnitRepository(uow.session, rooms.scope).promotions(Span())
        (receipt,) = ReceiptRepository(uow.session, rooms.scope).after([unit])[unit.unit]
    assert (unit.treated, unit.bought_units) == (outcome is Outcome.OFFERED, 1)
    assert receipt.margin_minor == 151 + 38


def test_a_coupon_tells_whose_basket_it_is(database: Database) -> None:
    rooms = a_shop(database, a_decision())

    take(database, rooms, a_basket(shopper=None, coupons=[coupon(database, rooms)]))

    with read_only(database.read, rooms.live) as uow:
        assert len(BasketRepository(uow.session, rooms.scope).of_shopper(ANN)) == 1


def test_an_unknown_product_is_kept_and_counted(database: Database) -> None:
    rooms = a_shop(database)

    taken = take(database, rooms, a_basket(lines=[a_line("p9"), a_line()]))

    assert taken.unknown_products == 1
    assert taken.answer.total_minor == 600


def test_a_strangers_loyalty_id_is_not_kept(database: Database) -> None:
    rooms = a_shop(database)
    stranger = ShopperId("stranger")

    take(database, rooms, a_basket(shopper=stranger))

    with read_only(database.read, rooms.live) as uow:
        assert BasketRepository(uow.session, rooms.scope).of_shopper(stranger) == []
    assert len(rooms.purchases) == 0


def test_without_consent_to_a_profile_nothing_is_learned(database: Database) -> None:
    rooms = a_shop(database)
    with unit_of_work(database.write, rooms.live) as uow:
        say(uow, ANN, Purpose.PROFILE, granted=False, at=NOON)

    take(database, rooms, a_basket())
    take(database, rooms, a_basket("basket-2", shopper=BOB), key="key-2")

    assert len(rooms.purchases) == 1
