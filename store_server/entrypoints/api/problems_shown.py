"""Which refusals a route documents; all of them are answered alike."""

from http import HTTPStatus

from store_server.entrypoints.api.schemas.fields import ProblemAnswer

_TEXTS = {
    401: "No key or token, or one that is unknown or over.",
    403: "The key, token or session does not reach this far.",
    404: "Nothing of that name here.",
    409: "It contradicts what already stands.",
    413: "The body is above 256 kB.",
    422: "Values cannot be taken; `errors` names every one.",
    429: "The server is busy; try again after Retry-After seconds.",
}
_RETRY_AFTER = {
    "description": "After how many seconds the same may be sent again.",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
Responses = dict[int | str, dict[str, object]]


def refusals(*statuses: int) -> Responses:
    """The documented answers for these statuses."""
    return {status: _problem(status, _TEXTS[status]) for status in statuses}


def _problem(status: int, description: str) -> dict[str, object]:
    schema = {"$ref": f"#/components/schemas/{ProblemAnswer.__name__}"}
    answer: dict[str, object] = {
        "description": description,
        "content": {"application/problem+json": {"schema": schema}},
    }
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer["headers"] = {"Retry-After": _RETRY_AFTER}
    return answer


READING = refusals(401, 403, 422)
CHANGING = refusals(401, 403, 413, 422, 429)
