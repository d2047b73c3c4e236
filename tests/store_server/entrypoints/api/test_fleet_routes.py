"""Codes by key or session, enrolment by code alone, revocation; guessing is bounded."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from fastapi.testclient import TestClient

from proximity_wire.enrolment import make_request, open_answer, read_code
from store_server.entrypoints.gateway_accounts import BrokerAddress, GatewayAccounts
from store_server.entrypoints.http_app import create_app
from store_server.first_run import Secrets
from tests.store_server.entrypoints.web_builders import HERE, KEYS, WebStore

SECRET, NONCE = bytes(range(32)), bytes(16)


class Door:
    """The application with accounts whose broker counts how often it was told."""

    def __init__(self, web: WebStore, folder: Path) -> None:
        self.secrets = Secrets(folder / "state")
        self.told = 0
        accounts = GatewayAccounts(
            self.secrets, HERE, address=BrokerAddress(None, 1883), reload=self._reload
        )
        app = create_app(replace(web.context, accounts=accounts))
        self.client = TestClient(app, raise_server_exceptions=False)
        self.ops = {"authorization": f"Bearer {KEYS['ops']}"}

    def _reload(self) -> bool:
        self.told += 1
        return True

    def code(self, gateway: str = "gw-1") -> str:
        answer = self.client.post(f"/v1/gateways/{gateway}/enrolment-codes", headers=self.ops)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    def enrol(self, code: str) -> tuple[int, bytes]:
        request = make_request(read_code(code), secret=SECRET, nonce=NONCE)
        answer = self.client.post("/v1/enrolments", json=msgspec.to_builtins(request))
        return answer.status_code, answer.content


@pytest.fixture
def door(web: WebStore, tmp_path: Path) -> Door:
    return Door(web, tmp_path)


def test_the_answer_is_signed_and_the_account_made(door: Door) -> None:
    code = door.code()

    status, answer = door.enrol(code)

    record = open_answer(answer, code=read_code(code), nonce=NONCE)
    assert (status, door.told) == (201, 1)
    assert (record.gateway, record.user, record.mqtt_port) == ("gw-1", "acme.demo.gw-1", 1883)
    assert door.secrets.path("broker/gw-1.password").read_text().strip() == SECRET.hex()


def test_a_revoked_gateway_has_no_account(door: Door) -> None:
    door.enrol(door.code())

    answer = door.client.post("/v1/gateways/gw-1/revocation", headers=door.ops)

    assert answer.json()["broker_told"] is True
    assert not door.secrets.path("broker/gw-1.password").exists()
    lines = door.client.get("/v1/gateways", headers=door.ops).json()["gateways"]
    assert lines[0]["standing"] == "revoked"


def test_a_gateway_that_is_not_there_gets_no_code(door: Door) -> None:
    for path in ("/v1/gateways/gw-99/enrolment-codes", "/v1/gateways/gw-99/revocation"):
        assert door.client.post(path, headers=door.ops).status_code == 404


def test_a_till_makes_no_codes(web: WebStore) -> None:
    for path in ("/v1/gateways/gw-1/enrolment-codes", "/v1/gateways/gw-1/revocation"):
        assert web.client("till").post(path).status_code == 403


def test_guessing_is_bounded_and_right_codes_do_not_count(door: Door) -> None:
    for _ in range(11):
        assert door.enrol(door.code())[0] == 201
    guess = "0" * 25

    statuses = [door.enrol(guess)[0] for _ in range(12)]

    assert statuses == [403] * 10 + [429] * 2


def test_a_server_without_a_broker_lets_nobody_in(web: WebStore) -> None:
    request = make_request(read_code("0" * 25), secret=SECRET, nonce=NONCE)

    answer = web.client().post("/v1/enrolments", json=msgspec.to_builtins(request))

    assert (answer.status_code, answer.json()["code"]) == (409, "no_broker")


def test_counts_of_foreign_devices_are_for_operators_alone(web: WebStore) -> None:
    answer = web.client("ops").get("/v1/fleet/foreign-counts?hours=48")

    assert answer.json() == {"counting": False, "counts": []}
    assert web.client("till").get("/v1/fleet/foreign-counts").status_code == 403
    assert web.client("ops").get("/v1/fleet/foreign-counts?hours=0").status_code == 422
