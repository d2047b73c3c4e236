"""What the retailer's backend does over HTTP: shoppers, consent, tokens, data, forgetting."""

from datetime import timedelta

import pytest

from tests.store_server.entrypoints.web_builders import WebStore

EID = {
    "identity_id": "phone-1",
    "kind": "eid",
    "key_hex": "000102030405060708090a0b0c0d0e0f",
    "label": "phone",
}
CONSENT = {"granted": True, "source": "app", "text_version": "1"}


def test_a_new_shopper_is_created_once(web: WebStore) -> None:
    backend = web.client("backend")

    first = backend.put("/v1/shoppers/s-1", json={"household_id": "h-1", "identities": [EID]})
    again = backend.put("/v1/shoppers/s-1", json={"language": "de-AT"})

    assert first.json() == {"shopper_id": "s-1", "created": True}
    assert again.json() == {"shopper_id": "s-1", "created": False}


def test_a_key_of_another_shopper_cannot_be_enrolled(web: WebStore) -> None:
    backend = web.client("backend")
    backend.put("/v1/shoppers/s-1", json={"identities": [EID]})

    answer = backend.put("/v1/shoppers/s-2", json={"identities": [EID]})

    assert answer.status_code == 409
    assert EID["key_hex"] not in answer.text


def test_an_identity_key_is_never_repeated_in_a_refusal(web: WebStore) -> None:
    wrong = {**EID, "key_hex": "000102030405060708090a0b0c0d0eZZ"}

    answer = web.client("backend").put("/v1/shoppers/s-1", json={"identities": [wrong]})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "body.identities.0.key_hex"
    assert "000102030405" not in answer.text


def test_consent_is_written_down_with_its_instant(web: WebStore) -> None:
    answer = web.client("backend").put("/v1/shoppers/ann/consents/offers", json=CONSENT)

    assert answer.json() == {
        "shopper_id": "ann",
        "purpose": "offers",
        "granted": True,
        "at": "2026-03-04T12:00:00Z",
    }


def test_consent_to_an_unknown_purpose_is_refused(web: WebStore) -> None:
    answer = web.client("backend").put("/v1/shoppers/ann/consents/everything", json=CONSENT)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "path.purpose"


def test_a_token_speaks_for_one_shopper_for_fifteen_minutes(web: WebStore) -> None:
    app = web.client(token=web.token("ann"))
    assert app.get("/v1/app/data").json()["shopper_id"] == "ann"

    web.later(timedelta(minutes=16))

    answer = app.get("/v1/app/data")
    assert (answer.status_code, answer.json()["code"]) == (401, "expired")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_there_is_no_token_for_a_stranger(web: WebStore) -> None:
    answer = web.client("backend").post("/v1/shoppers/nobody/tokens")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_shopper")


def test_a_forgotten_shopper_is_gone(web: WebStore) -> None:
    backend = web.client("backend")
    token = web.token("ann")

    first = backend.delete("/v1/shoppers/ann")
    again = backend.delete("/v1/shoppers/ann")

    assert (first.status_code, again.status_code) == (204, 404)
    assert backend.get("/v1/shoppers/ann/data").status_code == 404
    assert web.client(token=token).get("/v1/app/data").status_code == 401


@pytest.mark.parametrize("offset_s", [-(2**31), -(2**31) + 1, -1, 2**31 - 1, 2**31])
def test_a_clock_offset_is_taken_or_refused_and_never_breaks(web: WebStore, offset_s: int) -> None:
    identity = {**EID, "clock_offset_s": offset_s}

    answer = web.client("backend").put("/v1/shoppers/s-1", json={"identities": [identity]})

    assert answer.status_code == (422 if abs(offset_s) == 2**31 else 200)
