"""The OpenAPI document: what FastAPI knows of its routes, and what it cannot know."""

from collections.abc import Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from store_server.entrypoints.api import pull_route
from store_server.entrypoints.api.schemas.fields import ProblemAnswer
from store_server.entrypoints.api.schemas.pull import shapes


def document_of(
    routes: Sequence[BaseRoute], *, title: str, version: str, description: str
) -> dict[str, Any]:
    """The document of these routes, with the thin route and the shape of a problem."""
    document = get_openapi(title=title, version=version, description=description, routes=routes)
    problem = ProblemAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
    named = document["components"]["schemas"]
    named.update(problem.pop("$defs", {}))
    named[ProblemAnswer.__name__] = problem
    named.update(shapes())
    for unused in ("HTTPValidationError", "ValidationError"):
        named.pop(unused, None)
    document["paths"][pull_route.PATH] = {"post": pull_route.OPERATION}
    return document
