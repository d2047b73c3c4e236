"""What comes back of a basket: money, coupons, budgets and credits follow."""

import json
from typing import Any

import pytest

from store_server.database import Database, read_only
from store_server.errors import Conflict, NotFound
from store_server.flows.rooms import StoreRooms
from store_server.flows.take_return import take_return
from store_server.redemptions.basket import BasketLine
from store_server.redemptions.basket_return import BadReturn, BasketReturn, ReturnedLine
from store_server.reports.repository import ReceiptRepository, UnitRepository
from store_server.reports.repository.unit_log import Span
from tests.store_server.flows.till_builders import ask, coupon, money, take
from tests.store_server.outbox.builders import NOON, a_decision, minutes, run
from tests.store_server.redemptions.builders import a_basket, a_line, a_shop

TWO_LINES = [BasketLine("p1", 3, 300, 700), a_line("p2", amount_minor=100)]


def bring_back(
    database: Database, rooms: StoreRooms, name: str, *lines: tuple[int, int], key: str = ""
) -> dict[str, Any]:
    wanted = tuple(ReturnedLine(*one) for one in lines) or None
    back = BasketReturn(name, "basket-1", "till-2", NOON + minutes(60), wanted)
    told = run(
        database,
        rooms,
        take_return,
        now=NOON + minutes(60),
        back=back,
        idempotency_key=key or name,
    )
    return dict(json.loads(told.text))


def sold(database: Database, rooms: StoreRooms) -> tuple[int, int, int]:
    """(units credited, what is paid, the margin of it), as the result counts them."""
    with read_only(database.read, rooms.live) as uow:
        (unit,) = UnitRepository(uow.session, rooms.scope).promotions(Span())
        (receipt,) = ReceiptRepository(uow.session, rooms.scope).after([unit])[unit.unit]
    return unit.bought_units, receipt.paid_minor, receipt.margin_minor


def test_parts_are_refunded_without_the_discount_and_add_up(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms, face_value_minor=50)
    taken = take(database, rooms, a_basket(lines=TWO_LINES, coupons=[code]))
    assert [line.paid_minor for line in taken.answer.lines] == [250, 100]

    refunds = [bring_back(database, rooms, f"r{n}", (0, 1)) for n in range(3)]

    assert [one["refund_minor"] for one in refunds] == [83, 83, 84]
    assert sum(one["tax_minor"] for one in refunds) == taken.answer.lines[0].tax_minor == 16
    assert [one["coupons"][0]["status"] for one in refunds] == [
        "redeemed",
        "redeemed",
        "reversed",
    ]


def test_a_coupon_whose_lines_are_back_is_given_up_with_its_money(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)
    take(database, rooms, a_basket(lines=TWO_LINES, coupons=[code]))

    bring_back(database, rooms, "r1", (0, 2))
    assert money(database, rooms).spent_minor == 50
    bring_back(database, rooms, "r2")

    assert money(database, rooms).spent_minor == 0
    assert ask(database, rooms, "redeem", code, at_min=61)["reason"] == "reversed"


def test_everything_that_is_not_back_yet_comes_back(database: Database) -> None:
    rooms = a_shop(database)
    take(database, rooms, a_basket(lines=TWO_LINES))
    bring_back(database, rooms, "r1", (0, 1))

    rest = bring_back(database, rooms, "r2")

    assert [(one["line"], one["quantity"]) for one in rest["lines"]] == [(0, 2), (1, 1)]
    assert rest["refund_minor"] == 300


def test_a_sale_that_came_back_counts_for_no_decision(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)
    basket = a_basket(lines=[a_line(quantity=2, amount_minor=600)], coupons=[code])
    take(database, rooms, basket)
    assert sold(database, rooms) == (2, 550, 250)

    bring_back(database, rooms, "r1", (0, 1))
    assert sold(database, rooms) == (1, 275, 125)
    bring_back(database, rooms, "r2")

    assert sold(database, rooms) == (0, 0, 0)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([(0, 4)], "out_of_range"),
        ([(9, 1)], "unknown_line"),
        ([(0, 1), (0, 1)], "duplicate_line"),
    ],
)
def test_more_than_was_bought_does_not_come_back(
    database: Database, lines: list[tuple[int, int]], code: str
) -> None:
    rooms = a_shop(database)
    take(database, rooms, a_basket(lines=TWO_LINES))

    with pytest.raises(BadReturn) as refused:
        bring_back(database, rooms, "r1", *lines)

    assert code in {one.code for one in refused.value.problems}


def test_nothing_comes_back_twice(database: Database) -> None:
    rooms = a_shop(database)
    take(database, rooms, a_basket(lines=TWO_LINES))
    first = bring_back(database, rooms, "r1")

    assert bring_back(database, rooms, "r1") == first
    with pytest.raises(BadReturn):
        bring_back(database, rooms, "r2")


def test_the_id_of_a_return_is_used_once(database: Database) -> None:
    rooms = a_shop(database)
    take(database, rooms, a_basket(lines=TWO_LINES))
    bring_back(database, rooms, "r1", (0, 1))

    with pytest.raises(Conflict) as refused:
        bring_back(database, rooms, "r1", (0, 1), key="other")

    assert refused.value.code == "return_taken"


def test_of_an_unknown_basket_nothing_comes_back(database: Database) -> None:
    with pytest.raises(NotFound, match="basket-1"):
        bring_back(database, a_shop(database), "r1")
