"""Baskets: what is refused and where, and what makes two the same."""

from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest

from store_server.redemptions.basket import (
    BadBasket,
    Basket,
    BasketLine,
    problems_of,
)
from tests.store_server.outbox.builders import NOON
from tests.store_server.redemptions.builders import a_basket, a_code, a_line


def found(basket: Basket) -> list[tuple[str, str]]:
    return [(one.where, one.code) for one in problems_of(basket, now=NOON, currency="EUR")]


def test_a_plain_basket_has_no_problem() -> None:
    assert found(a_basket(currency="EUR")) == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (a_line(amount_minor=-1), ("lines[0].amount_minor", "out_of_range")),
        (a_line(amount_minor=10**12), ("lines[0].amount_minor", "out_of_range")),
        (a_line(quantity=0), ("lines[0].quantity", "out_of_range")),
        (a_line(quantity=-2), ("lines[0].quantity", "out_of_range")),
        (a_line(product=""), ("lines[0].product_id", "bad_id")),
        (a_line(product="p 1"), ("lines[0].product_id", "bad_id")),
    ],
)
def test_a_line_out_of_range_is_named(line: BasketLine, problem: tuple[str, str]) -> None:
    assert found(a_basket(lines=[line])) == [problem]


@pytest.mark.parametrize(
    ("basket", "problem"),
    [
        (a_basket(""), ("basket_id", "bad_id")),
        (a_basket(till="till\n1"), ("till", "bad_id")),
        (a_basket(lines=[]), ("lines", "bad_length")),
        (a_basket(lines=[a_line()] * 1_001), ("lines", "bad_length")),
        (a_basket(currency="USD"), ("currency", "wrong_currency")),
        (a_basket(at=NOON + timedelta(days=1)), ("at", "clock_ahead")),
        (a_basket(at=NOON - timedelta(days=91)), ("at", "clock_behind")),
        (a_basket(at=NOON.replace(tzinfo=None)), ("at", "no_time_zone")),
        (a_basket(coupons=[str(n) for n in range(51)]), ("coupon_codes", "bad_length")),
        (a_basket(coupons=[a_code(), a_code().lower()]), ("coupon_codes", "duplicate_coupon")),
    ],
)
def test_a_head_out_of_range_is_named(basket: Basket, problem: tuple[str, str]) -> None:
    assert found(basket) == [problem]


def test_a_till_hears_of_every_problem_at_once() -> None:
    bad = a_basket(till="", lines=[a_line(quantity=0), a_line(amount_minor=-5)])

    refusal = BadBasket(problems_of(bad, now=NOON, currency="EUR"))

    assert len(refusal.problems) == 3
    assert "lines[1].amount_minor must be 0 or more; post what comes back as a return" in str(
        refusal
    )


@pytest.mark.parametrize(
    "other",
    [
        a_basket("basket-2"),
        a_basket(shopper=None),
        a_basket(lines=[a_line(), a_line()]),
        a_basket(coupons=["A"]),
        a_basket(at=NOON),
    ],
)
def test_any_other_value_makes_another_fingerprint(other: Basket) -> None:
    assert other.fingerprint() != a_basket().fingerprint()


def test_the_same_instant_in_another_zone_is_the_same_basket() -> None:
    basket = a_basket()

    elsewhere = replace(basket, at=basket.at.astimezone(timezone(timedelta(hours=5))))

    assert elsewhere.at.tzinfo != UTC
    assert elsewhere.fingerprint() == basket.fingerprint()
