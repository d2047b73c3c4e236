"""One coupon at a till: held, used, given back; the same request gets the same words."""

import pytest
from sqlmodel import col, update

from store_server.database import Database, unit_of_work
from store_server.errors import Conflict, Unprocessable
from store_server.flows.expire_coupons import expire_coupons
from store_server.flows.revoke_coupons import revoke_coupons
from store_server.redemptions.tables import CouponRow
from tests.store_server.flows.till_builders import ask, coupon, money, take
from tests.store_server.outbox.builders import ANN, BOB, NOON, a_decision, minutes, run
from tests.store_server.redemptions.builders import a_basket, a_shop


def test_a_held_coupon_is_kept_from_other_tills_until_the_hold_is_over(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)

    held = ask(database, rooms, "reserve", code)

    assert (held["status"], held["face_value_minor"]) == ("reserved", 50)
    assert held["reserved_until"] == "2026-03-04T12:16:00Z"
    assert held["offer"]["offer_id"] == "rye"
    other = ask(database, rooms, "reserve", code, till="till-2", at_min=15)
    assert (other["status"], other["reason"]) == ("refused", "reserved")
    assert ask(database, rooms, "reserve", code, till="till-2", at_min=16)["status"] == "reserved"


def test_a_coupon_that_is_given_back_is_free_for_others(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)
    ask(database, rooms, "reserve", code)

    assert ask(database, rooms, "release", code, till="till-2")["reason"] == "reserved"
    assert ask(database, rooms, "release", code)["status"] == "released"
    assert ask(database, rooms, "redeem", code, till="till-2")["status"] == "redeemed"


def test_a_till_that_holds_a_coupon_may_use_it_after_its_time(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms, lives_min=5)
    ask(database, rooms, "reserve", code, at_min=4)

    run(database, rooms, expire_coupons, now=NOON + minutes(6))

    assert ask(database, rooms, "redeem", code, at_min=7)["status"] == "redeemed"


def test_a_hold_that_nobody_used_ends(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms, lives_min=20)
    ask(database, rooms, "reserve", code)

    run(database, rooms, expire_coupons, now=NOON + minutes(17))
    assert money(database, rooms).reserved_minor == 50
    assert run(database, rooms, expire_coupons, now=NOON + minutes(20)) == 1

    assert ask(database, rooms, "reserve", code, at_min=21)["reason"] == "expired"
    assert money(database, rooms).reserved_minor == 0


def test_a_coupon_is_redeemed_for_the_basket_that_is_reported_later(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)

    used = ask(database, rooms, "redeem", code, basket="basket-1", amount_minor=30)

    assert (used["status"], used["discount_minor"]) == ("redeemed", 30)
    taken = take(database, rooms, a_basket(coupons=[code]))
    assert taken.answer.total_minor == 270
    assert taken.answer.coupons[0].redeemed
    again = take(database, rooms, a_basket("basket-2", coupons=[code]))
    assert again.answer.coupons[0].reason == "already_redeemed"
    assert (money(database, rooms).reserved_minor, money(database, rooms).spent_minor) == (0, 30)


def test_the_same_request_gets_the_first_answer(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)
    first = ask(database, rooms, "redeem", code, key="k", basket="b")

    assert ask(database, rooms, "redeem", code, key="k", basket="b", at_min=99) == first
    with pytest.raises(Conflict) as refused:
        ask(database, rooms, "redeem", code, key="k", basket="c")
    assert refused.value.code == "idempotency_mismatch"


def test_a_key_is_needed(database: Database) -> None:
    with pytest.raises(Unprocessable, match="Idempotency-Key"):
        ask(database, a_shop(database), "reserve", "x", key="a key")


def test_a_coupon_of_somebody_else_is_foreign(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)

    assert ask(database, rooms, "reserve", code, shopper=BOB)["reason"] == "foreign"
    assert ask(database, rooms, "reserve", code, shopper=ANN, at_min=2)["status"] == "reserved"


def test_a_row_that_was_changed_by_hand_is_not_honoured(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)
    with unit_of_work(database.write, None) as uow:
        dearer = update(CouponRow).values(face_value_minor=5_000).where(col(CouponRow.store) != "")
        uow.session.connection().execute(dearer)

    assert ask(database, rooms, "redeem", code)["reason"] == "altered"


def test_a_coupon_from_before_bindings_is_still_good(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)
    with unit_of_work(database.write, None) as uow:
        bare = update(CouponRow).values(binding=None, offer_version=None)
        uow.session.connection().execute(bare.where(col(CouponRow.store) != ""))

    assert ask(database, rooms, "redeem", code)["status"] == "redeemed"


def test_coupons_of_a_campaign_are_called_back_with_their_money(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    codes = [coupon(database, rooms, seed=n, decision=f"d{n}") for n in range(3)]
    ask(database, rooms, "redeem", codes[0])

    assert run(database, rooms, revoke_coupons, campaign="bakery") == 2

    assert ask(database, rooms, "redeem", codes[1])["reason"] == "revoked"
    assert (money(database, rooms).reserved_minor, money(database, rooms).spent_minor) == (0, 50)
