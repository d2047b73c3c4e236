"""A till's basket over HTTP: taken once, answered again, refused with reasons."""

import pytest

from tests.store_server.entrypoints.web_builders import WebStore

KEY = {"idempotency-key": "till-1-0001"}


def a_basket(**changes: object) -> dict[str, object]:
    return {
        "basket_id": "r1",
        "till": "till-1",
        "at": "2026-03-04T12:00:00Z",
        "shopper_id": "ann",
        "lines": [{"product_id": "p1", "quantity": 2, "amount_minor": 600}],
        **changes,
    }


def test_a_basket_is_taken_and_the_same_request_gets_the_same_answer(web: WebStore) -> None:
    till = web.client("till")

    first = till.post("/v1/till/baskets", json=a_basket(), headers=KEY)
    again = till.post("/v1/till/baskets", json=a_basket(), headers=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["total_minor"] == 600
    assert again.content == first.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


def test_a_key_for_another_basket_is_a_conflict(web: WebStore) -> None:
    till = web.client("till")
    till.post("/v1/till/baskets", json=a_basket(), headers=KEY)

    answer = till.post("/v1/till/baskets", json=a_basket(basket_id="r2"), headers=KEY)

    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_mismatch"


def test_a_made_up_coupon_is_refused_and_the_basket_is_taken(web: WebStore) -> None:
    basket = a_basket(coupon_codes=["NONSENSE"])

    answer = web.client("till").post("/v1/till/baskets", json=basket, headers=KEY)

    assert answer.status_code == 201
    assert answer.json()["coupons"] == [
        {"code": "NONSENSE", "status": "refused", "reason": "malformed", "discount_minor": 0}
    ]


def test_a_till_whose_clock_is_off_learns_where(web: WebStore) -> None:
    basket = a_basket(at="2026-03-06T12:00:00Z", currency="USD")

    answer = web.client("till").post("/v1/till/baskets", json=basket, headers=KEY)

    assert answer.status_code == 422
    codes = {(one["where"], one["code"]) for one in answer.json()["errors"]}
    assert codes == {("body.at", "clock_ahead"), ("body.currency", "wrong_currency")}


@pytest.mark.parametrize("key", ["backend", "ops"])
def test_only_a_till_reports_baskets(web: WebStore, key: str) -> None:
    caller = web.client("backend" if key == "backend" else "ops")

    answer = caller.post("/v1/till/baskets", json=a_basket(), headers=KEY)

    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"
