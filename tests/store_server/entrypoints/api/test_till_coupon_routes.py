"""Coupons over HTTP: at the till, in the app, in the back office; guessing is limited."""

import random
from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from store_server.database import Database, unit_of_work
from store_server.entrypoints.api.schemas.till import EXAMPLE_BASKET
from store_server.entrypoints.api.schemas.till_coupons import ReturnAnswerBody, ReturnBody
from store_server.ids import CampaignId, OfferId, ShopperId
from store_server.redemptions.coupon_code import new_code, parse
from store_server.redemptions.coupon_ticket import read_ticket
from store_server.redemptions.repository import CouponRepository
from store_server.shop.access import KeyScope
from tests.store_server.entrypoints.api.test_till_routes import a_basket
from tests.store_server.entrypoints.web_builders import HERE, WebStore
from tests.store_server.offers.builders import NOON
from tests.store_server.redemptions.qr_reader import scan

Json = dict[str, Any]
FORGED = "YAKMVS9-EDD1RCR-G0FQ8WX"


def issue(database: Database, web: WebStore, seed: int = 1, *, shopper: str = "ann") -> str:
    key = web.context.rooms.coupon_keys.signing
    code = new_code(random.Random(seed), key=key)
    with unit_of_work(database.write, None) as uow:
        CouponRepository(uow.session, HERE).issue(
            code,
            shopper=ShopperId(shopper),
            offer=OfferId("rye"),
            campaign=CampaignId("bakery"),
            decision=f"d{seed}",
            face_value_minor=50,
            issued_at=NOON,
            expires_at=NOON + timedelta(hours=1),
            offer_version="v1",
            key=key,
        )
    return code


def example_of(body: type[BaseModel]) -> Json:
    """The example that the API's document shows of a body."""
    (example,) = body.model_json_schema()["examples"]
    return dict(example)


def test_a_coupon_is_held_given_back_and_used(web: WebStore, database: Database) -> None:
    code, till = issue(database, web), web.client("till")
    said = []
    for number, step in enumerate(("reserve", "release", "redeem", "redeem")):
        body = {"till": "till-1"} | ({"basket_id": "r1"} if step == "redeem" else {})
        key = {"idempotency-key": f"k{number}"}
        answer = till.post(f"/v1/till/coupons/{code}/{step}", json=body, headers=key)
        said.append(answer.json()["reason"] or answer.json()["status"])

    assert said == ["reserved", "released", "redeemed", "already_redeemed"]


def test_a_till_that_guesses_waits_and_still_sells(web: WebStore) -> None:
    till = web.client("till")

    def show(number: int, name: str = "till-1") -> int:
        basket = a_basket(basket_id=f"r{number}", till=name, coupon_codes=[FORGED])
        key = {"idempotency-key": f"k{number}"}
        return int(till.post("/v1/till/baskets", json=basket, headers=key).status_code)

    assert {show(number) for number in range(10)} == {201}
    answer = till.post(
        f"/v1/till/coupons/{FORGED}/reserve",
        json={"till": "till-1"},
        headers={"idempotency-key": "x"},
    )
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "300")
    assert answer.json()["code"] == "too_many_guesses"
    assert show(11, "till-2") == 201
    plain = till.post(
        "/v1/till/baskets", json=a_basket(basket_id="plain"), headers={"idempotency-key": "plain"}
    )
    assert plain.status_code == 201
    web.later(timedelta(minutes=5))
    assert show(12) == 201


def test_typing_errors_are_no_guesses(web: WebStore) -> None:
    till = web.client("till")
    for number in range(12):
        answer = till.post(
            "/v1/till/coupons/NONSENSE/reserve",
            json={"till": "till-1"},
            headers={"idempotency-key": f"k{number}"},
        )

    assert (answer.status_code, answer.json()["reason"]) == (200, "malformed")


def test_a_guess_in_a_batch_keeps_no_other_basket_out(web: WebStore) -> None:
    baskets = [a_basket(basket_id=f"r{n}", coupon_codes=[FORGED]) for n in range(11)]
    baskets.append(a_basket(basket_id="plain"))
    items = [{"idempotency_key": f"k{n}", "basket": basket} for n, basket in enumerate(baskets)]

    answer = web.client("till").post("/v1/till/baskets:batch", json={"baskets": items})

    statuses = [one["status"] for one in answer.json()["results"]]
    assert statuses == [201] * 10 + [429, 201]
    assert answer.json()["results"][10]["problem"]["code"] == "too_many_guesses"


def test_the_app_shows_a_coupon_in_every_spelling(web: WebStore, database: Database) -> None:
    code = issue(database, web)

    (shown,) = web.client(token=web.token()).get("/v1/app/coupons").json()["coupons"]

    assert shown["code"] == code
    assert parse(shown["gs1_128"]) == parse(shown["qr_text"]) == parse(code)
    ticket = read_ticket(shown["qr_text"], key=web.context.rooms.coupon_keys.signing)
    assert ticket is not None
    assert (ticket.face_value_minor, ticket.expires_at) == (50, NOON + timedelta(hours=1))


def test_the_app_gets_the_qr_code_as_a_picture(web: WebStore, database: Database) -> None:
    code, app = issue(database, web), web.client(token=web.token())
    (shown,) = app.get("/v1/app/coupons").json()["coupons"]

    answers = [app.get(f"/v1/app/coupons/{one}/qr.svg") for one in (code, shown["gs1_128"])]

    assert [scan(one.text).text for one in answers] == [shown["qr_text"]] * 2
    headers = answers[0].headers
    assert headers["content-type"] == "image/svg+xml"
    assert headers["cache-control"] == "private, max-age=300"
    assert headers["vary"] == "authorization"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_no_picture_of_a_coupon_that_is_not_ones_own_or_not_open(
    web: WebStore, database: Database
) -> None:
    bobs, over = issue(database, web, 1, shopper="bob"), issue(database, web, 2)
    web.client("ops").post("/v1/coupons:revoke", json={"code": over})
    app = web.client(token=web.token())

    answers = [app.get(f"/v1/app/coupons/{one}/qr.svg") for one in (bobs, over, FORGED, "NONSENSE")]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (404, "unknown_coupon")
    ] * 4
    assert len({one.text for one in answers}) == 1


def test_only_a_shopper_may_see_the_picture(web: WebStore, database: Database) -> None:
    address = f"/v1/app/coupons/{issue(database, web)}/qr.svg"

    keys: tuple[KeyScope | None, ...] = (None, "till", "backend", "ops")
    assert [web.client(key).get(address).status_code for key in keys] == [401, 403, 403, 403]


def test_the_documented_return_is_what_the_documented_basket_gives(web: WebStore) -> None:
    till, at = web.client("till"), {"at": NOON.isoformat()}
    basket = EXAMPLE_BASKET | at | {"coupon_codes": []}
    sold = till.post("/v1/till/baskets", json=basket, headers={"idempotency-key": "k1"})
    asked, told = example_of(ReturnBody) | at, example_of(ReturnAnswerBody)

    address = f"/v1/till/baskets/{told['basket_id']}/returns"
    back = till.post(address, json=asked, headers={"idempotency-key": "k2"})

    assert (sold.status_code, back.status_code) == (201, 201)
    # The example's coupon lies on the other line alone: what comes back is the same without it.
    assert back.json() == told | {"coupons": []}


def test_open_coupons_of_a_campaign_are_called_back(web: WebStore, database: Database) -> None:
    codes = [issue(database, web, seed) for seed in range(3)]
    ops = web.client("ops")

    one = ops.post("/v1/coupons:revoke", json={"code": codes[0]})
    rest = ops.post("/v1/coupons:revoke", json={"campaign_id": "bakery"})

    assert (one.json(), rest.json()) == ({"revoked": 1}, {"revoked": 2})
    assert ops.post("/v1/coupons:revoke", json={}).status_code == 422


def test_double_spends_of_offline_tills_are_reported(web: WebStore, database: Database) -> None:
    code, till = issue(database, web), web.client("till")
    online = a_basket(basket_id="r1", coupon_codes=[code])
    late = a_basket(
        basket_id="r2", till="till-2", offline_coupons=[{"code": code, "discount_minor": 50}]
    )
    for number, basket in enumerate((online, late)):
        till.post("/v1/till/baskets", json=basket, headers={"idempotency-key": f"k{number}"})

    told = web.client("ops").get("/v1/coupon-discrepancies").json()

    (found,) = told["discrepancies"]
    assert (found["reason"], found["first_basket_id"]) == ("already_redeemed", "r1")
    assert told["by_till"] == [
        {
            "till": "till-2",
            "reason": "already_redeemed",
            "times": 1,
            "given_minor": 50,
            "open_minor": 50,
        }
    ]
