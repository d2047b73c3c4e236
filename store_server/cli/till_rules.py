"""The rules of the till API, each tried against a running store as a till would meet it.

A rule is a function that asks the store something and says what was expected and what came. They
run in this order, each with baskets of its own; the names of a run never come twice.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx

from store_server.cli.played_till import Found, Json, PlayedTill, Verdict

PROBLEM = "application/problem+json"


def verdicts(till: PlayedTill) -> Iterator[Verdict]:
    """A verdict for each rule, as they come."""
    for rule, coupons in RULES:
        name = (rule.__doc__ or rule.__name__).strip().rstrip(".")
        if coupons > len(till.coupons):
            yield Verdict(name, None, "", "")
            continue
        try:
            found = rule(till)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            found = Found(False, "an answer of the documented form", f"{type(error).__name__}")
        yield Verdict(name, found.holds, found.expected, found.came)


def _same(expected: object, came: object) -> Found:
    return Found(expected == came, str(expected), str(came))


def _problem(answer: httpx.Response, status: int, code: str) -> Found:
    kind = answer.headers.get("content-type", "")
    came = (answer.status_code, kind, answer.json().get("code"))
    return _same((status, PROBLEM, code), came)


def basket_is_taken(till: PlayedTill) -> Found:
    """A basket is taken: 201, and what is to be paid line by line."""
    answer = till.sell("plain")
    body = answer.json()
    paid = [line["paid_minor"] for line in body["lines"]]
    return _same((201, 547, [349, 198]), (answer.status_code, body["total_minor"], paid))


def tax_is_at_the_line(till: PlayedTill) -> Found:
    """Tax in the price is rounded half up at the line."""
    return _same([23, None], [line["tax_minor"] for line in till.sell("tax").json()["lines"]])


def replay_is_byte_for_byte(till: PlayedTill) -> Found:
    """The same request again gets the first answer, byte for byte."""
    basket = till.basket("replay")
    first, again = (till.post("/v1/till/baskets", basket, key="replay") for _ in range(2))
    marked = again.headers.get("idempotency-replayed")
    return _same((201, first.content, "true"), (again.status_code, again.content, marked))


def key_is_for_one_basket(till: PlayedTill) -> Found:
    """A key that came with another basket is 409 idempotency_mismatch."""
    till.sell("mismatch")
    other = till.basket("mismatch-other")
    answer = till.post("/v1/till/baskets", other, key="mismatch")
    return _problem(answer, 409, "idempotency_mismatch")


def basket_id_is_used_once(till: PlayedTill) -> Found:
    """A basket id with other values under another key is 409 basket_taken."""
    till.sell("once")
    other = till.basket("once", lines=[{"product_id": "1", "quantity": 1, "amount_minor": 1}])
    return _problem(till.post("/v1/till/baskets", other, key="twice"), 409, "basket_taken")


def key_is_needed(till: PlayedTill) -> Found:
    """Without an Idempotency-Key nothing is taken: 422."""
    return _problem(till.post("/v1/till/baskets", till.basket("keyless")), 422, "invalid")


def wrong_api_key_is_refused(till: PlayedTill) -> Found:
    """An API key that is none is 401."""
    answer = till.post("/v1/till/baskets", till.basket("stranger"), key="x", bearer="bk_wrong")
    return _same((401, PROBLEM), (answer.status_code, answer.headers.get("content-type")))


def every_mistake_is_named(till: PlayedTill) -> Found:
    """All mistakes of a basket are told at once, by place."""
    lines = [
        {"product_id": "4006", "quantity": 0, "amount_minor": 349},
        {"gtin": "4006381333932", "quantity": 1, "amount_minor": 198},
    ]
    answer = till.sell("mistakes", lines=lines)
    places = [one["where"] for one in answer.json()["errors"]]
    wanted = ["body.lines.0.quantity", "body.lines.1.gtin"]
    return _same((422, wanted), (answer.status_code, places))


def clock_ahead_is_told(till: PlayedTill) -> Found:
    """A till whose clock is two days ahead learns it: 422 with clock_ahead."""
    at = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
    answer = till.sell("ahead", at=at)
    codes = [one["code"] for one in answer.json()["errors"]]
    return _same((422, ["clock_ahead"]), (answer.status_code, codes))


def late_basket_keeps_its_time(till: PlayedTill) -> Found:
    """A basket of yesterday is taken with its own time."""
    at = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    return _same(201, till.sell("late", at=at).status_code)


def bad_coupon_keeps_no_basket(till: PlayedTill) -> Found:
    """A mistyped coupon is refused with the reason, the basket is taken."""
    answer = till.sell("typo", coupon_codes=["NOT-A-COUPON"])
    coupons = [(one["status"], one["reason"]) for one in answer.json()["coupons"]]
    return _same((201, [("refused", "malformed")]), (answer.status_code, coupons))


def batch_has_one_result_each(till: PlayedTill) -> Found:
    """A batch answers each basket by itself; a bad one keeps no other from being taken."""
    names = ("batch-1", "batch-2", "batch-1")
    items: list[Json] = [
        {"idempotency_key": f"{till.run}-{name}", "basket": till.basket(name)} for name in names
    ]
    items[1]["basket"]["currency"] = "XTS"
    items[2]["basket"] = items[0]["basket"]
    results = till.post("/v1/till/baskets:batch", {"baskets": items}).json()["results"]
    came = [(one["status"], one["replayed"]) for one in results]
    return _same([(201, False), (422, False), (201, True)], came)


def returns_add_up(till: PlayedTill) -> Found:
    """Units that are brought back one by one are refunded to the last minor unit."""
    till.sell("back", lines=[{"product_id": "4006", "quantity": 3, "amount_minor": 100}])
    path = f"/v1/till/baskets/{till.run}-back/returns"
    refunds = [till.post(path, _a_return(till, n), key=f"back-{n}").json() for n in range(3)]
    return _same([33, 33, 34], [one["refund_minor"] for one in refunds])


def no_more_comes_back_than_was_sold(till: PlayedTill) -> Found:
    """More than was bought does not come back: 422."""
    path = f"/v1/till/baskets/{till.run}-back/returns"
    return _problem(till.post(path, _a_return(till, 9), key="back-9"), 422, "bad_return")


def held_coupon_is_kept_from_others(till: PlayedTill) -> Found:
    """A held coupon is refused to another till, and free again when it is given back."""
    code = till.coupons[0]
    asked = (("reserve", "c-1"), ("reserve", "c-2"), ("release", "c-1"), ("reserve", "c-2"))
    told = [till.ask(operation, code, till=name) for operation, name in asked]
    till.ask("release", code, till="c-2")
    came = [one["reason"] or one["status"] for one in told]
    return _same(["reserved", "reserved", "released", "reserved"], came)


def coupon_is_used_once(till: PlayedTill) -> Found:
    """A coupon is redeemed once; the second till hears already_redeemed."""
    code = till.coupons[0]
    first, second = (
        till.ask("redeem", code, till=name, basket_id=f"{till.run}-{name}")
        for name in ("c-1", "c-2")
    )
    came = (first["status"], second["status"], second["reason"])
    return _same(("redeemed", "refused", "already_redeemed"), came)


def discount_is_on_the_lines(till: PlayedTill) -> Found:
    """The lines come to what is to be paid, the coupon's discount on them."""
    body = till.sell("coupon", coupon_codes=[till.coupons[1]]).json()
    off = [one["discount_minor"] for one in body["coupons"]]
    lines = sum(line["discount_minor"] for line in body["lines"])
    paid = sum(line["paid_minor"] for line in body["lines"])
    return _same((547 - sum(off), sum(off), True), (paid, lines, sum(off) > 0))


def full_return_reverses_the_coupon(till: PlayedTill) -> Found:
    """A full return refunds what was paid and reverses the coupon, which is not good again."""
    body = {"return_id": f"{till.run}-all", "till": "c-1", "at": _now()}
    path = f"/v1/till/baskets/{till.run}-coupon/returns"
    told = till.post(path, body, key="all").json()
    after = till.ask("reserve", till.coupons[1], till="c-1")
    came = ([one["status"] for one in told["coupons"]], after["reason"])
    return _same((["reversed"], "reversed"), came)


def guessing_is_limited(till: PlayedTill) -> Found:
    """Made-up codes end in 429 with Retry-After; baskets without coupons are still taken."""
    name = f"guess-{till.run}"
    made_up = "YAKMVS9-EDD1RCR-G0FQ8WX"
    last = None
    for number in range(12):
        path = f"/v1/till/coupons/{made_up}/reserve"
        last = till.post(path, {"till": name}, key=f"guess-{number}")
    assert last is not None
    plain = till.sell("after-guessing", till=name).status_code
    wait = last.headers.get("retry-after", "")
    return _same((429, True, 201), (last.status_code, wait.isdigit() and int(wait) > 1, plain))


def _a_return(till: PlayedTill, number: int) -> Json:
    return {
        "return_id": f"{till.run}-ret-{number}",
        "till": "conformance-1",
        "at": _now(),
        "lines": [{"line": 0, "quantity": 1}],
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


# Each rule with how many coupons it needs.
RULES: tuple[tuple[Callable[[PlayedTill], Found], int], ...] = (
    (basket_is_taken, 0),
    (tax_is_at_the_line, 0),
    (replay_is_byte_for_byte, 0),
    (key_is_for_one_basket, 0),
    (basket_id_is_used_once, 0),
    (key_is_needed, 0),
    (wrong_api_key_is_refused, 0),
    (every_mistake_is_named, 0),
    (clock_ahead_is_told, 0),
    (late_basket_keeps_its_time, 0),
    (bad_coupon_keeps_no_basket, 0),
    (batch_has_one_result_each, 0),
    (returns_add_up, 0),
    (no_more_comes_back_than_was_sold, 0),
    (held_coupon_is_kept_from_others, 1),
    (coupon_is_used_once, 1),
    (discount_is_on_the_lines, 2),
    (full_return_reverses_the_coupon, 2),
    (guessing_is_limited, 0),
)
