"""The application as a whole: its OpenAPI document, its problems, its limits, its headers."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from openapi_spec_validator import validate
from starlette.types import Message
from structlog.testing import capture_logs

from store_server.database import Database
from store_server.entrypoints.http_app import create_app
from store_server.entrypoints.problem import MAX_BODY_BYTES
from store_server.flows.rooms import StoreLive
from store_server.flows.show_shop import show_stores
from store_server.writer import Priority, Writer
from tests.store_server.entrypoints.web_builders import KEYS, OWN_PAGE, WebStore, a_web_store

Json = dict[str, object]
BASKET = {
    "basket_id": "r1",
    "till": "till-1",
    "at": "2026-03-04T12:00:00Z",
    "lines": [{"product_id": "p1", "quantity": 1, "amount_minor": 300}],
}


@pytest.fixture
def web(database: Database) -> Iterator[WebStore]:
    with a_web_store(database) as store:
        yield store


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    paths = document["paths"]
    assert isinstance(paths, dict)
    for path, methods in paths.items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_the_openapi_document_is_valid(web: WebStore) -> None:
    document = web.client().get("/openapi.json").json()

    validate(document)


def test_every_operation_has_a_name_of_its_own(web: WebStore) -> None:
    document = web.client().get("/openapi.json").json()

    names = [operation["operationId"] for _, operation in operations(document)]

    assert len(names) >= 25
    assert len(set(names)) == len(names)


def test_every_operation_has_an_example(web: WebStore) -> None:
    document = web.client().get("/openapi.json").json()
    schemas = document["components"]["schemas"]

    bare = [name for name, operation in operations(document) if not _example(operation, schemas)]

    assert bare == []


def _example(node: object, schemas: Json) -> bool:
    """Whether an example stands in the node or in a schema that it names directly."""
    if isinstance(node, dict):
        if "example" in node or "examples" in node:
            return True
        name = str(node.get("$ref", "")).rpartition("/")[2]
        if name and name != "ProblemAnswer" and _example(schemas[name], schemas):
            return True
        return any(_example(value, schemas) for value in node.values())
    return isinstance(node, list) and any(_example(one, schemas) for one in node)


def test_every_route_of_the_api_asks_who_is_there(web: WebStore) -> None:
    document = web.client().get("/openapi.json").json()
    open_to_all = {"get /healthz", "get /metrics", "post /v1/enrolments"}
    stranger = web.client()

    for name, _ in operations(document):
        method, path = name.split(" ")
        concrete = path.replace("{purpose}", "offers")
        answer = stranger.request(method, concrete.replace("{", "").replace("}", ""))
        if name not in open_to_all:
            assert answer.status_code in (401, 422), name
            assert answer.json()["code"] in ("no_credentials", "invalid"), name


def test_all_mistakes_are_told_at_once_and_nothing_is_repeated(web: WebStore) -> None:
    body = {"basket_id": "", "till": 7, "at": 1772625600, "lines": [], "colour": "my-secret"}

    answer = web.client("till").post("/v1/till/baskets", json=body)

    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {one["where"] for one in problem["errors"]} == {
        *("body.basket_id", "body.till", "body.at", "body.lines", "body.colour"),
        "header.Idempotency-Key",
    }
    assert "my-secret" not in answer.text


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"lines": NaN}', b'"\\ud800"', b"9" * 10_000]
)
def test_a_body_that_is_not_json_is_refused(web: WebStore, body: bytes) -> None:
    answer = web.client("till").post(
        "/v1/till/baskets", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("text", [r"\ud800", r"\u0000", r"a\nb"])
def test_text_that_cannot_be_kept_is_refused(web: WebStore, text: str) -> None:
    body = '{"granted": true, "text_version": "1", "source": "' + text + '"}'

    answer = web.client("backend").put("/v1/shoppers/ann/consents/offers", content=body)

    assert answer.status_code == 422


@pytest.mark.parametrize("stated", [True, False])
def test_a_body_that_is_too_large_is_refused(web: WebStore, stated: bool) -> None:
    large = b" " * (MAX_BODY_BYTES + 1)
    content = large if stated else iter([large[:100_000], large[100_000:]])

    answer = web.client("till").post("/v1/till/baskets", content=content)

    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


@pytest.mark.parametrize("path", ["/v1/app/decisions", "/v1/till/baskets", "/login"])
def test_who_hangs_up_in_the_middle_of_a_body_is_no_fault_of_ours(web: WebStore, path: str) -> None:
    token = KEYS["till"] if "till" in path else web.token()
    headers = {**OWN_PAGE, "host": "testserver", "authorization": f"Bearer {token}"}
    headers |= {"content-length": "50", "content-type": "application/x-www-form-urlencoded"}

    with capture_logs() as logged:
        answer = asyncio.run(hung_up(web, path, headers))

    assert [one["event"] for one in logged if one["log_level"] not in ("debug", "info")] == []
    assert answer["status"] == 400


async def hung_up(web: WebStore, path: str, headers: dict[str, str]) -> Message:
    """How the answer begins when a client is gone after the first bytes of its body."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    heard: Iterator[Message] = iter(
        [
            {"type": "http.request", "body": b'{"request', "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    said: list[Message] = []

    async def receive() -> Message:
        return next(heard)

    async def send(message: Message) -> None:
        said.append(message)

    await web.app(scope, receive, send)
    return said[0]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/x", 404), ("PUT", "/", 405)])
def test_an_address_that_does_not_fit_is_a_problem_too(
    web: WebStore, method: str, path: str, status: int
) -> None:
    answer = web.client().request(method, path)

    assert answer.status_code == status
    assert answer.json()["status"] == status


def test_a_busy_writer_asks_to_come_back(web: WebStore, database: Database) -> None:
    full: Writer[StoreLive] = Writer(database.write, web.context.rooms, limit=1)
    full.submit(Priority.SIGHTINGS, show_stores)
    app = create_app(replace(web.context, writer=full))
    till = TestClient(app, headers=dict(web.client("till").headers))

    answer = till.post("/v1/till/baskets", json=BASKET, headers={"idempotency-key": "k"})

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["code"] == "busy"


def test_pages_may_load_nothing_from_elsewhere(web: WebStore) -> None:
    headers = web.client().get("/login").headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_metrics_are_not_for_strangers(web: WebStore) -> None:
    assert web.client().get("/metrics").status_code == 403
    assert web.client("till").get("/metrics").status_code == 403
    assert "beaconry_gateways_online" in web.client("ops").get("/metrics").text
