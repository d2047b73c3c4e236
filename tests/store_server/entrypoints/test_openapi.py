"""What the OpenAPI document promises of every operation, alike."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from store_server.entrypoints.api.openapi import document_of
from store_server.entrypoints.http_app import ROUTERS

WRITING = {"post", "put", "delete"}
# They change nothing: a question with a body.
ASKING = {"preview_segment", "post_segment_preview"}


def document() -> dict[str, Any]:
    app = FastAPI(generate_unique_id_function=lambda route: route.name)
    for router in ROUTERS:
        app.include_router(router)
    return document_of(app.routes, title="Beaconry", version="1", description="Of the tests.")


DOCUMENT = document()
OPERATIONS = [
    pytest.param(method, operation, id=operation["operationId"])
    for methods in DOCUMENT["paths"].values()
    for method, operation in methods.items()
]
every_operation = pytest.mark.parametrize(("method", "operation"), OPERATIONS)


def test_operation_ids_are_each_ones_own() -> None:
    names = [param.id for param in OPERATIONS]

    assert len(names) > 70
    assert len(set(names)) == len(names)


@every_operation
def test_it_says_in_a_sentence_what_it_does(method: str, operation: dict[str, Any]) -> None:
    assert operation["description"].rstrip().endswith((".", ")"))
    assert operation["tags"]


@every_operation
def test_refusals_are_problems_and_busy_says_until_when(
    method: str, operation: dict[str, Any]
) -> None:
    for status, answer in operation["responses"].items():
        if status.startswith("4"):
            assert list(answer["content"]) == ["application/problem+json"], status
        if status == "429":
            assert answer["headers"]["Retry-After"]["schema"]["type"] == "integer"


@every_operation
def test_what_changes_something_may_be_told_to_wait(method: str, operation: dict[str, Any]) -> None:
    if (
        method in WRITING
        and ":preview" not in str(operation)
        and "429" not in operation["responses"]
    ):
        assert operation["operationId"] in ASKING


def bodies() -> Iterator[str]:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            if "$ref" in schema:
                yield schema["$ref"].split("/")[-1]


@pytest.mark.parametrize("name", sorted(set(bodies())))
def test_a_body_has_an_example(name: str) -> None:
    assert DOCUMENT["components"]["schemas"][name].get("examples")
