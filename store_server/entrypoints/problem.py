"""How a request is refused: `application/problem+json` for every error there is.

All mistakes of a body are told at once, by place and code. What was sent is never repeated: it
may hold a key. `code` is stable and for programs, `detail` is for people.
Source: RFC 9457.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TypedDict

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from store_server.errors import StoreServerError, TooMany, fault_of

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
# A full queue drains within a second: at 20 ms a group that is fifty groups.
RETRY_AFTER_S = 1
# The largest honest body is 1,000 basket lines of about 120 bytes.
MAX_BODY_BYTES = 256 * 1024
# But where many things come at once: 500 baskets of 50 lines; or a file: a plan or its picture.
MAX_BODY_BYTES_AT = {
    "/v1/till/baskets:batch": 4 * 1024 * 1024,
    "/setup/plan/file": 11 * 1024 * 1024,
    "/store/editor/picture": 11 * 1024 * 1024,
}
TOO_LARGE = f"a body holds at most {MAX_BODY_BYTES} bytes; send less at once"
_CODES = {404: "not_found", 405: "method_not_allowed", 400: "malformed", 413: "too_large"}


class FieldError(TypedDict):
    """One mistake: where it stands (dotted, from `body`, `query`, `path` or `header`)."""

    where: str
    code: str
    detail: str


def problem(
    status: int,
    *,
    code: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer that refuses a request.

    Args:
        status: HTTP status.
        code: stable reason for programs.
        detail: what was wrong, what was expected and what to do.
        errors: every mistake of the request, where there can be several.
        headers: added to the answer.
    """
    content = problem_document(status, code=code, detail=detail, errors=errors)
    return JSONResponse(content, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def problem_document(
    status: int, *, code: str, detail: str, errors: Sequence[FieldError] = ()
) -> dict[str, object]:
    """The body of such an answer."""
    content: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return content | {"errors": list(errors)} if errors else content


def refusal_document(error: StoreServerError, *, where: str = "body") -> dict[str, object]:
    """The body of the answer to a request that a flow refused; mistakes lie below `where`."""
    errors = [
        FieldError(where=f"{where}.{one.where}", code=one.code, detail=one.text)
        for one in getattr(error, "problems", ())
    ]
    code = str(getattr(error, "code", error.reason))
    return problem_document(error.http_status, code=code, detail=str(error), errors=errors)


def install_problems(app: FastAPI) -> None:
    """Have `app` answer every error as a problem."""
    app.add_exception_handler(StoreServerError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ClientDisconnect, _hung_up)
    app.add_exception_handler(Exception, _broken)


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, StoreServerError)
    status = error.http_status
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return await _broken(_request, error)
    headers = _headers_for(status)
    if isinstance(error, TooMany) and error.retry_after_s is not None:
        headers = {"Retry-After": str(error.retry_after_s)}
    return JSONResponse(
        refusal_document(error), status_code=status, headers=headers, media_type=MEDIA_TYPE
    )


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return refused_fields([_field_error(one) for one in error.errors()])


def refused_fields(errors: Sequence[FieldError]) -> JSONResponse:
    """The answer to a request with these mistakes."""
    places = ", ".join(one["where"] for one in errors[:3])
    more = f" and {len(errors) - 3} more" if len(errors) > 3 else ""
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        code="invalid",
        detail=f"{len(errors)} value(s) cannot be taken: {places}{more}; see errors",
        errors=errors,
    )


def _field_error(error: Mapping[str, object]) -> FieldError:
    loc = error["loc"]
    assert isinstance(loc, tuple | list)
    if error["type"] == "json_invalid":
        return FieldError(where="body", code="json_invalid", detail="the body is not JSON")
    return FieldError(
        where=".".join(str(part) for part in loc),
        code=str(error["type"]),
        detail=str(error["msg"]).removeprefix("Value error, "),
    )


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    details = {
        404: "there is nothing at this address; /openapi.json lists what there is",
        405: f"{request.method} is not done here; the Allow header says what is",
        413: TOO_LARGE,
        400: "the body cannot be read as JSON",
    }
    return problem(
        status,
        code=_CODES.get(status, "refused"),
        detail=details.get(status, str(error.detail)),
        headers={**dict(error.headers or {}), **(_headers_for(status) or {})},
    )


async def _hung_up(_request: Request, _error: Exception) -> JSONResponse:
    """The caller's doing, and nobody is there to read this: no line in the log."""
    return problem(
        HTTPStatus.BAD_REQUEST,
        code=_CODES[HTTPStatus.BAD_REQUEST],
        detail="the caller hung up before the body was whole; send it again",
    )


async def _broken(request: Request, error: Exception) -> JSONResponse:
    """Our own fault: the log says where, the caller only learns that it is ours.

    Neither the error's text nor the frames' values are logged: they may hold a body.
    """
    log.error(
        "request failed",
        method=request.method,
        route=getattr(request.scope.get("route"), "path", "?"),
        error=fault_of(error),
    )
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="internal",
        detail="the server failed at this; its log has the reason",
    )


def _headers_for(status: int) -> dict[str, str] | None:
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return {"Retry-After": str(RETRY_AFTER_S)}
    return None
