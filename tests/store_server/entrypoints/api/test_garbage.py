"""Whatever is sent to whichever operation, with whichever key: the answer is never our fault."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store_server.database import open_database
from tests.store_server.entrypoints.web_builders import UUID, WebStore, a_web_store

Json = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]
OUR_FAULT = 500
EXAMPLES = 400
ODD_TEXTS = (
    "",
    "\x00",
    "\ud800",
    "ann",
    "manager",
    "٣",
    "../..",
    "%00",
    "x" * 300,
    "2026-03-04T12:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "999999999999999.a",
    "bakery",
    "rye",
)
ODD_NUMBERS = (0, -1, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 1e308, float("nan"))
# Named in no address: a forgotten shopper's token opens nothing any more.
NEVER_FORGOTTEN = "bob"
INSTANTS = (
    "2026-03-04T12:00:00Z",
    "2026-03-04T11:59:59.999999999+01:00",
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00+14:00",
    "2199-12-31T23:59:59-14:00",
)
# What fits where, so that some requests get past the door.
FITTING: dict[str, tuple[object, ...]] = {
    "at": INSTANTS,
    "since": INSTANTS,
    "until": INSTANTS,
    "starts_at": INSTANTS,
    "ends_at": INSTANTS,
    "shopper_id": ("ann",),
    "zone": ("bakery", "nowhere"),
    "beacon": (f"{UUID}:1:1", f"{UUID}:99999:99999"),
    "offers": (["rye"], ["rye", "rye"]),
    "url": ("http://127.0.0.1:1/", "https://[::1", "https://user@host:99999/", "http://\u00e9/"),
}
texts = st.sampled_from(ODD_TEXTS) | st.text(max_size=20)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(ODD_NUMBERS) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def web(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebStore]:
    """One store for all garbage: what it does to each other is part of it."""
    path = tmp_path_factory.mktemp("garbage") / "store.db"
    shutil.copy(sqlite_template, path)
    database = open_database(f"sqlite:///{path}")
    with a_web_store(database) as store:
        yield store
    database.close()


class Callers:
    """Who may call: the holder of each key, a shopper's app, a stranger."""

    def __init__(self, web: WebStore) -> None:
        self.document: Json = web.client().get("/openapi.json").json()
        self.clients: dict[str, TestClient] = {
            "backend": web.client("backend"),
            "till": web.client("till"),
            "ops": web.client("ops"),
            "stranger": web.client(),
            "shopper": web.client(token=web.token(NEVER_FORGOTTEN)),
        }
        self.operations = [
            (method.upper(), path, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        ]

    def schema(self, node: Json) -> Json:
        """The schema that a node stands for."""
        name = str(node.get("$ref", "")).rpartition("/")[2]
        return self.document["components"]["schemas"][name] if name else node

    def right(self, operation: Json) -> str:
        """The caller whom an operation is for, by its tag and path."""
        return self._by_operation[operation["operationId"]]

    @property
    def _by_operation(self) -> dict[str, str]:
        owners = {"/v1/app": "shopper", "/v1/till": "till", "/v1/shoppers": "backend"}
        owners |= {"/v1/webhook": "backend"}
        return {
            operation["operationId"]: next(
                (who for prefix, who in owners.items() if path.startswith(prefix)), "ops"
            )
            for _, path, operation in self.operations
        }

    def near(self, node: Json, draw: Draw, depth: int = 0) -> object:
        """A value that fits a schema, except where it does not: most garbage dies at the door."""
        schema = self.schema(node)
        if depth > 6 or draw(st.integers(0, 15)) == 0:
            return draw(anything)
        if "const" in schema or "enum" in schema:
            return draw(st.sampled_from(schema.get("enum") or [schema["const"]]))
        if "anyOf" in schema:
            return self.near(draw(st.sampled_from(schema["anyOf"])), draw, depth + 1)
        match schema.get("type"):
            case "object":
                return self._object(schema, draw, depth)
            case "array":
                one = schema.get("items", {})
                return [self.near(one, draw, depth + 1) for _ in range(draw(st.integers(0, 3)))]
            case kind:
                return draw(_plain(kind, schema.get("pattern")))

    def _object(self, schema: Json, draw: Draw, depth: int) -> Json:
        wanted = set(schema.get("required", ()))
        return {
            name: self.field_of(name, field, draw, depth)
            for name, field in schema.get("properties", {}).items()
            if name in wanted or draw(st.booleans())
        }

    def field_of(self, name: str, field: Json, draw: Draw, depth: int) -> object:
        """A value of a field or parameter, often one that fits."""
        if name in FITTING and draw(st.integers(0, 3)):
            return draw(st.sampled_from(FITTING[name]))
        return self.near(field, draw, depth + 1)


def _plain(kind: object, pattern: str | None) -> st.SearchStrategy[Any]:
    kinds: dict[object, st.SearchStrategy[Any]] = {
        "string": texts | st.from_regex(pattern) if pattern else texts,
        "integer": st.integers() | st.integers(0, 100),
        "number": st.floats() | st.floats(-100, 0),
        "boolean": st.booleans(),
    }
    return kinds.get(kind, anything)


@pytest.fixture(scope="module")
def callers(web: WebStore) -> Callers:
    return Callers(web)


def sent(callers: Callers, draw: Draw) -> tuple[str, str, str, Json]:
    """(caller, method, address, what goes with it) of one request."""
    method, path, operation = draw(st.sampled_from(callers.operations))
    right = callers.right(operation)
    who = right if draw(st.integers(0, 4)) else draw(st.sampled_from(sorted(callers.clients)))
    extra: Json = {"params": {}, "headers": {}}
    for one in operation.get("parameters", ()):
        value = callers.field_of(one["name"], one["schema"], draw, 0)
        text = value if isinstance(value, str) else json.dumps(value)
        if one["in"] == "path":
            known = draw(
                st.sampled_from(["ann", "gw-1", "bakery", "offers", "location"]) | st.none()
            )
            path = path.replace("{" + one["name"] + "}", _quoted(known or text))
        elif one["in"] == "query":
            extra["params"][one["name"]] = text.encode("utf-8", "replace").decode()
        else:
            extra["headers"][one["name"]] = text.encode("latin-1", "replace").replace(b"\n", b"")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        extra["content"] = json.dumps(callers.near(body["schema"], draw)).encode()
        extra["headers"]["content-type"] = "application/json"
    return who, method, path, extra


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "replace").decode(), safe="") or "-"


@given(drawn=st.data())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_makes_the_server_fail(callers: Callers, drawn: st.DataObject) -> None:
    who, method, path, extra = sent(callers, drawn.draw)

    answer = callers.clients[who].request(method, path, **extra)

    assert answer.status_code < OUR_FAULT, (who, method, path, extra)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"\\ud800"', b"[" * 9_000]
)
def test_a_body_that_is_no_document_is_refused(callers: Callers, raw: bytes) -> None:
    header = {"content-type": "application/json", "idempotency-key": "k"}
    for method, path, operation in callers.operations:
        if not operation.get("requestBody", {}).get("required"):
            continue
        address = path.replace("{purpose}", "offers").replace("{shopper_id}", "ann")
        caller = callers.clients[callers.right(operation)]

        answer = caller.request(method, address.partition("{")[0], content=raw, headers=header)

        assert 400 <= answer.status_code < OUR_FAULT, (method, path)
