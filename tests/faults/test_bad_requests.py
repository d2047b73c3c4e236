"""What tills and apps may send wrong to the running server: each a problem, never a 500."""

import json
from typing import Any

import httpx
import pytest

from tests.faults.shop import Shop

pytestmark = [
    pytest.mark.faults,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(240),
]

MARK = "canary"
LINE = {"product_id": "p1", "quantity": 1, "amount_minor": 300}
BASKET = {
    "basket_id": "r-1",
    "till": "till-1",
    "at": "2026-03-02T09:30:00Z",
    "lines": [LINE],
    "coupon_codes": [],
}
BEACON = "0f3b8a9e-6a0c-4c1e-9d5a-2f1f5b6c7d8e:1:1"
HEARD = {"beacon": BEACON, "rssi_dbm": -60.0, "at": "2026-03-02T09:00:10Z"}


@pytest.fixture
def shop(shops: Any) -> Shop:
    """HTTP knows no broker: one kind is enough."""
    opened = shops.open("embedded")
    assert isinstance(opened, Shop)
    return opened


def basket(**changes: Any) -> bytes:
    return json.dumps({**BASKET, **changes}).encode()


def line(**changes: Any) -> bytes:
    return basket(lines=[{**LINE, **changes}])


def without(key: str) -> bytes:
    return json.dumps({name: value for name, value in BASKET.items() if name != key}).encode()


def raw(field: bytes, value: bytes) -> bytes:
    """A basket whose first `field` has a value that Python would not write."""
    head, _, tail = basket().partition(b'"' + field + b'": ')
    return (
        head + b'"' + field + b'": ' + value + tail[min(tail.find(c) for c in b",}" if c in tail) :]
    )


# (what is sent, place in `errors` that must be named; None: the body as a whole)
BAD_BASKETS: dict[str, tuple[bytes, str | None]] = {
    "negative amount": (line(amount_minor=-1), "amount_minor"),
    "no quantity": (line(quantity=0), "quantity"),
    "NaN": (raw(b"quantity", b"NaN"), "quantity"),
    "Infinity": (raw(b"amount_minor", b"Infinity"), "amount_minor"),
    "1e999": (raw(b"amount_minor", b"1e999"), "amount_minor"),
    "huge": (line(amount_minor=10**400), "amount_minor"),
    "beyond all digits": (raw(b"amount_minor", b"9" * 5_000), None),
    "beyond 64 bits": (line(amount_minor=2**63), "amount_minor"),
    "text for a number": (line(quantity="2"), "quantity"),
    "half a piece": (line(quantity=1.5), "quantity"),
    "true for one": (line(quantity=True), "quantity"),
    "no lines": (basket(lines=[]), "lines"),
    "lines are no list": (basket(lines={"a": 1}), "lines"),
    "no basket id": (without("basket_id"), "basket_id"),
    "no till": (without("till"), "till"),
    "no time": (without("at"), "at"),
    "time as a number": (basket(at=1_772_442_000), "at"),
    "time without offset": (basket(at="2026-03-02T09:30:00"), "at"),
    "at the calendar's end": (basket(at="9999-12-31T23:59:59Z"), "at"),
    "no such day": (basket(at="2026-02-30T09:30:00Z"), "at"),
    "NUL": (basket(basket_id="r\x00"), "basket_id"),
    "half a character": (basket(till="\ud800"), "till"),
    "unknown field": (basket(discount=5), "discount"),
    "another currency": (basket(currency="euro"), "currency"),
    "too many coupons": (basket(coupon_codes=["x"] * 51), "coupon_codes"),
    "a list": (b"[" + basket() + b"]", None),
    "null": (b"null", None),
    "nothing": (b"", None),
    "not JSON": (b"basket_id=r-1", None),
    "truncated": (basket()[:-5], None),
    "not UTF-8": (basket().replace(b"till-1", b"till-\xff"), None),
    "deep": (b"[" * 50_000 + b"]" * 50_000, None),
    "deep in a field": (basket()[:-1] + b', "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", None),
}


def post(shop: Shop, body: bytes, *, key: str | None = "k-1") -> httpx.Response:
    headers: dict[str, str | bytes] = {"Content-Type": "application/json"}
    if key is not None:
        headers["Idempotency-Key"] = key.encode()
    token = shop.api.key("till")
    return shop.api.ask(token, "POST", "/v1/till/baskets", content=body, headers=headers)


def assert_problem(answer: httpx.Response, *, status: set[int]) -> dict[str, Any]:
    """An application/problem+json with something to go by."""
    found: dict[str, Any] = answer.json()
    assert answer.status_code in status, (answer.status_code, found)
    assert answer.headers["content-type"] == "application/problem+json"
    assert found["status"] == answer.status_code
    assert len(found["detail"]) > 10
    assert found["code"]
    assert MARK not in answer.text
    return found


@pytest.mark.parametrize("name", BAD_BASKETS)
def test_a_basket_that_cannot_be_is_refused_by_its_field(shop: Shop, name: str) -> None:
    body, place = BAD_BASKETS[name]

    found = assert_problem(post(shop, body), status={400, 422})

    if place is not None:
        assert any(place in error["where"] for error in found["errors"]), found


@pytest.mark.parametrize("key", [None, "", "a b", "x" * 101, "schlüssel", "k\t1"])
def test_an_idempotency_key_that_is_none_is_refused(shop: Shop, key: str | None) -> None:
    found = assert_problem(post(shop, basket(), key=key), status={422})

    assert "idempotency-key" in json.dumps(found).lower()


def test_a_body_of_a_megabyte_is_refused_before_it_is_read(shop: Shop) -> None:
    found = assert_problem(post(shop, basket(till="x" * 1_000_000)), status={413})

    assert "bytes" in found["detail"]


def test_refused_baskets_leave_no_trace_and_the_next_one_is_taken(shop: Shop) -> None:
    faults = shop.server.log().count("request failed")
    for body, _ in BAD_BASKETS.values():
        post(shop, body, key="k-good")

    taken, again = post(shop, basket(), key="k-good"), post(shop, basket(), key="k-good")

    assert (taken.status_code, again.status_code) == (201, 201)
    assert again.content == taken.content
    assert taken.json()["total_minor"] == 300
    assert_problem(post(shop, basket(till="till-2"), key="k-good"), status={409})
    assert shop.server.log().count("request failed") == faults


def sightings(shop: Shop, body: bytes) -> httpx.Response:
    (name,) = shop.invite(1)
    token = shop.api.backend("POST", f"/v1/shoppers/{name}/tokens")["token"]
    headers = {"Content-Type": "application/json"}
    return shop.api.ask(token, "POST", "/v1/app/sightings", content=body, headers=headers)


def heard(**changes: Any) -> bytes:
    return json.dumps({"sightings": [{**HEARD, **changes}]}).encode()


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (heard(rssi_dbm=float("nan")), "rssi_dbm"),
        (heard(rssi_dbm=float("-inf")), "rssi_dbm"),
        (heard(rssi_dbm=-500), "rssi_dbm"),
        (heard(rssi_dbm="-60"), "rssi_dbm"),
        (heard(beacon="my beacon"), "beacon"),
        (heard(at="yesterday"), "at"),
        (heard(count=10**30), "count"),
        (json.dumps({"sightings": [HEARD] * 501}).encode(), "sightings"),
        (b'{"sightings": [{}]}', "beacon"),
    ],
)
def test_an_app_that_sends_nonsense_is_told_where(shop: Shop, body: bytes, place: str) -> None:
    found = assert_problem(sightings(shop, body), status={422})

    assert any(place in error["where"] for error in found["errors"]), found


def test_sightings_that_cannot_count_are_refused_one_by_one(shop: Shop) -> None:
    shop.walk(1)
    now = {"at": f"2026-03-02T{9 + (shop.now_ms - 1_772_442_000_000) // 3_600_000:02d}:00:00Z"}
    burst = [
        {**HEARD, **now, "beacon": BEACON.replace(":1:1", ":9:9")},
        {**HEARD, "at": "2026-03-03T09:00:00Z"},
        {**HEARD, "at": "2026-03-01T09:00:00Z"},
        {**HEARD, **now, "rssi_dbm": 7.0},
        {**HEARD, **now},
    ]

    answer = sightings(shop, json.dumps({"sightings": burst}).encode())

    assert answer.status_code == 202
    assert answer.json()["accepted"] == 1
    refused = {one["index"]: one["code"] for one in answer.json()["refused"]}
    assert refused == {0: "unknown_beacon", 1: "in_the_future", 2: "too_old", 3: "absurd_rssi"}
    assert all(len(one["detail"]) > 10 for one in answer.json()["refused"])
