"""Credits: which decision a basket answers, by the same rule for both arms."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from store_server.redemptions.attribution import Bought, Credit, CreditKind, Promoted, credits_of
from tests.store_server.outbox.builders import NOON, minutes

DAY = timedelta(hours=24)
BREAD = Bought("BREAD", 2, 600, 300)
MILK = Bought("MILK", 1, 120, 15)


def credited(
    at: datetime,
    *,
    ended_at: datetime | None = None,
    bought: Sequence[Bought] = (BREAD, MILK),
    discounts: dict[str, int] | None = None,
) -> list[Credit]:
    promoted = [Promoted("decision-1", NOON, ended_at, "BREAD")]
    return credits_of(
        "basket-1", at=at, bought=bought, promoted=promoted, discounts=discounts or {}
    )


def test_the_promoted_category_bought_in_the_visit_is_credited() -> None:
    (credit,) = credited(NOON + minutes(10))

    assert credit.kind is CreditKind.PROMOTED_BOUGHT
    assert (credit.units, credit.amount_minor, credit.margin_minor) == (2, 600, 300)


def test_another_category_is_not() -> None:
    assert credited(NOON + minutes(10), bought=[MILK]) == []


def test_a_basket_before_the_decision_is_not() -> None:
    assert credited(NOON - minutes(1)) == []


@pytest.mark.parametrize("ended_at", [None, NOON + minutes(30)])
def test_the_window_ends_a_day_after_the_visit(ended_at: datetime | None) -> None:
    end = (ended_at or NOON) + DAY

    assert len(credited(end, ended_at=ended_at)) == 1
    assert credited(end + minutes(0.1), ended_at=ended_at) == []


def test_a_discount_is_taken_off_the_margin() -> None:
    (credit,) = credited(NOON + minutes(10), discounts={"decision-1": 50})

    assert credit.kind is CreditKind.REDEEMED
    assert credit.margin_minor == 250


def test_a_coupon_used_after_the_window_is_credited_outside_it() -> None:
    (credit,) = credited(NOON + 3 * DAY, discounts={"decision-1": 50})

    assert credit.kind is CreditKind.REDEEMED
    assert not credit.in_window


def test_a_coupon_used_without_the_promoted_product_sells_nothing() -> None:
    (credit,) = credited(NOON + minutes(5), bought=[MILK], discounts={"decision-1": 50})

    assert (credit.units, credit.margin_minor) == (0, -50)


def test_an_unknown_product_is_of_no_category() -> None:
    assert credited(NOON + minutes(5), bought=[Bought(None, 1, 100, 0)]) == []
