"""Requests have the form of the store's API, carry the right key, and fail with a clear text."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from firmware_sim.errors import OutletError
from firmware_sim.events import RangedBeacon
from firmware_sim.outlets.store_client import StoreClient, StoreKeys
from tests.firmware_sim.outlets.fake_store import FakeStore, running

KEYS = StoreKeys(backend="key-backend", till="key-till", ops="key-ops")
AT_MS = 1_767_607_200_250
AT = "2026-01-05T10:00:00.250Z"
BEACON = RangedBeacon("1e2feb89-414c-343c-1027-c4d1c386bbc4:25:7", -64, AT_MS, -59, 3)

Call = Callable[[StoreClient], object]


@pytest.fixture
def store() -> Iterator[FakeStore]:
    with running() as store:
        yield store


class Waits:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def monotonic(self) -> float:
        return sum(self.slept)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def client(store: FakeStore, waits: Waits) -> Iterator[StoreClient]:
    made = StoreClient(store.url, KEYS, patience_s=5, sleep=waits.sleep, monotonic=waits.monotonic)
    with closing(made):
        yield made


_CALLS: list[tuple[str, Call, tuple[str, str, Any]]] = [
    (
        "key-backend",
        lambda api: api.put_shopper("s-1", household="h-1", language="en", identities=[{"a": 1}]),
        (
            "PUT",
            "/v1/shoppers/s-1",
            {"household_id": "h-1", "language": "en", "identities": [{"a": 1}]},
        ),
    ),
    (
        "key-backend",
        lambda api: api.put_shopper("s/1?", household=None, language="de", identities=[]),
        ("PUT", "/v1/shoppers/s%2F1%3F", {"language": "de", "identities": []}),
    ),
    (
        "key-backend",
        lambda api: api.put_consent(
            "s-1", "offers", granted=True, at_ms=AT_MS, source="app", text="2026-01"
        ),
        (
            "PUT",
            "/v1/shoppers/s-1/consents/offers",
            {"granted": True, "at": AT, "source": "app", "text_version": "2026-01"},
        ),
    ),
    (
        "token",
        lambda api: api.install_app("token", platform="ios"),
        (
            "POST",
            "/v1/app/installs",
            {"platform": "ios", "app_version": "1.0.0", "push_capable": True},
        ),
    ),
    (
        "token",
        lambda api: api.post_sightings("token", [BEACON]),
        (
            "POST",
            "/v1/app/sightings",
            {
                "sightings": [
                    {
                        "beacon": BEACON.beacon,
                        "rssi_dbm": -64,
                        "at": AT,
                        "measured_power_dbm": -59,
                        "count": 3,
                    }
                ]
            },
        ),
    ),
    (
        "token",
        lambda api: api.post_opened("token", "n-1", at_ms=AT_MS),
        ("POST", "/v1/app/notifications/n-1/opened", {"at": AT}),
    ),
    (
        "token",
        lambda api: api.pull_decision("token", request_id="r-1", placement="qr"),
        ("POST", "/v1/app/decisions", {"request_id": "r-1", "placement": "qr"}),
    ),
    (
        "key-till",
        lambda api: api.post_basket({"basket_id": "b-1"}, idempotency_key="b-1"),
        ("POST", "/v1/till/baskets", {"basket_id": "b-1"}),
    ),
    (
        "key-ops",
        lambda api: api.get("/v1/report?days=1"),
        ("GET", "/v1/report?days=1", None),
    ),
    (
        "key-backend",
        lambda api: api.shopper_data("s-1"),
        ("GET", "/v1/shoppers/s-1/data", None),
    ),
]


@pytest.mark.parametrize(("key", "call", "expected"), _CALLS)
def test_a_request_has_the_form_of_the_api(
    store: FakeStore, client: StoreClient, key: str, call: Call, expected: tuple[str, str, Any]
) -> None:
    call(client)

    (asked,) = store.asked
    assert (asked.method, asked.path, asked.body) == expected
    assert asked.headers["authorization"] == f"Bearer {key}"


def test_token_and_secret_are_what_the_server_says(store: FakeStore, client: StoreClient) -> None:
    store.answers = [(201, {"token": "bt_1"}), (201, {"secret": "whsec_1"})]

    assert client.mint_token("s-1") == "bt_1"
    assert client.add_endpoint("http://127.0.0.1:1/webhooks", description="sim") == "whsec_1"


def test_a_basket_carries_its_idempotency_key(store: FakeStore, client: StoreClient) -> None:
    store.answers = [(201, {"total_minor": 299})]

    answer = client.post_basket({"basket_id": "b-1"}, idempotency_key="b-1")

    assert answer == {"total_minor": 299}
    assert store.asked[0].headers["idempotency-key"] == "b-1"


def test_an_empty_answer_is_an_empty_object(store: FakeStore, client: StoreClient) -> None:
    store.answers = [(204, b"")]

    assert client.get("/v1/ops/progress") == {}


def test_a_refusal_names_request_and_reason_but_no_secret(
    store: FakeStore, client: StoreClient
) -> None:
    store.answers = [(422, {"code": "invalid", "detail": "1 value", "errors": [{"where": "b"}]})]

    with pytest.raises(OutletError) as caught:
        client.post_opened("bt_secret", "n-1", at_ms=AT_MS)

    assert str(caught.value) == (
        "POST /v1/app/notifications/…/opened: 422 invalid: 1 value [{'where': 'b'}]"
    )


@pytest.mark.parametrize(
    ("status", "said"), [(500, b"oops"), (404, b"[]"), (200, b"[]"), (200, b"{")]
)
def test_an_answer_of_another_form_is_an_error(
    store: FakeStore, client: StoreClient, status: int, said: bytes
) -> None:
    store.answers = [(status, said)]

    with pytest.raises(OutletError, match=f"GET /healthz: {status}"):
        client.get("/healthz")


def test_an_answer_without_the_token_is_an_error(client: StoreClient) -> None:
    with pytest.raises(OutletError, match="no text 'token'"):
        client.mint_token("s-1")


def test_keys_are_never_printed() -> None:
    assert "key-" not in repr(KEYS)
