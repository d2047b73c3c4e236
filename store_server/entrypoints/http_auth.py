"""Who asks over HTTP: keys and tokens in the Authorization header, managers by their session.

A route names what it needs by the type of a parameter (`BackendCaller`, `TillCaller`,
`OpsCaller`, `ShopperCaller`), so that a route without a check is a route without that parameter;
a test walks all routes. A session counts for the back office too: its role must have the right
that the route needs (`route_rights`), and where it changes something, the request must come from
our own page.
"""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Security
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.key_use import KeyUse
from store_server.entrypoints.route_rights import right_for
from store_server.errors import NotAllowed, NotAuthenticated
from store_server.flows.authenticate import authenticate, authenticate_session
from store_server.flows.save_key import note_key_use
from store_server.ids import ShopperId
from store_server.shop.access import Caller, KeyScope, hash_token
from store_server.writer import Priority

SESSION_COOKIE = "beaconry_session"
SAFE_METHODS = frozenset({"GET", "HEAD"})

_bearer = HTTPBearer(
    auto_error=False,
    description="An API key (backend, till, ops), or a shopper's token on /v1/app.",
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def context_of(connection: HTTPConnection) -> ServerContext:
    """The server's context, which `create_app` put on the application."""
    context = connection.app.state.context
    assert isinstance(context, ServerContext)
    return context


Context = Annotated[ServerContext, Depends(context_of)]


async def bearer_caller(
    request: Request, context: Context, credentials: Credentials
) -> Caller | None:
    """Who holds the key or token of the request; None without one.

    Raises:
        NotAuthenticated: it is unknown, revoked or over.
    """
    if credentials is None:
        return None
    at = context.system_now()
    caller = await context.read(authenticate, token=credentials.credentials, system_now=at)
    if caller.kind == "key":
        uses = request.app.state.key_use
        assert isinstance(uses, KeyUse)
        if due := uses.note(hash_token(credentials.credentials), at):
            # Nobody waits for it: what a key may do does not depend on it.
            context.writer.submit(Priority.SIGHTINGS, note_key_use, used=due)
    return caller


Bearer = Annotated[Caller | None, Depends(bearer_caller)]


def needs(scope: KeyScope) -> Callable[[Bearer], Caller]:
    """A dependency that lets pass who has this scope, and answers who it is."""

    def check(caller: Bearer) -> Caller:
        found = _present(caller)
        found.require(scope)
        return found

    return check


async def _ops_or_manager(request: Request, context: Context, caller: Bearer) -> Caller:
    if caller is None and SESSION_COOKIE in request.cookies:
        caller = await manager_of(request, context)
        require_right(request, caller)
        if request.method not in SAFE_METHODS:
            require_own_page(request, context)
    found = _present(caller)
    found.require("ops")
    return found


def require_right(connection: HTTPConnection, caller: Caller) -> None:
    """Let pass whose role has the right that this route needs: pages and API alike.

    Raises:
        NotAllowed: it does not.
    """
    method = str(connection.scope.get("method", "GET"))
    caller.require_right(right_for(method, connection.scope["route"].path))


def _shopper(caller: Bearer) -> ShopperId:
    return _present(caller).require_shopper()


BackendCaller = Annotated[Caller, Depends(needs("backend"))]
TillCaller = Annotated[Caller, Depends(needs("till"))]
OpsCaller = Annotated[Caller, Depends(_ops_or_manager)]
ShopperCaller = Annotated[ShopperId, Depends(_shopper)]


def _present(caller: Caller | None) -> Caller:
    if caller is None:
        raise NotAuthenticated(
            "this needs the header Authorization: Bearer <key or token>", code="no_credentials"
        )
    return caller


async def manager_of(connection: HTTPConnection, context: ServerContext) -> Caller:
    """The manager whose session the connection's cookie names.

    Raises:
        NotAuthenticated: there is no session, or it is over.
    """
    token = connection.cookies.get(SESSION_COOKIE)
    if not token:
        raise NotAuthenticated("log in to the console first", code="no_session")
    return await context.read(authenticate_session, token=token, system_now=context.system_now())


def same_origin(connection: HTTPConnection, context: ServerContext) -> bool:
    """Whether the browser says that the request comes from our own page.

    `Sec-Fetch-Site` cannot be set by a page's script; older browsers send `Origin` alone. A
    request with neither does not come from a browser's page.
    """
    site = connection.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = connection.headers.get("origin")
    if origin is None:
        return site == "same-origin"
    public = context.settings.http.public_url
    hosts = {connection.headers.get("host", "")} | ({urlsplit(public).netloc} if public else set())
    return urlsplit(origin).netloc in hosts - {""}


def require_own_page(connection: HTTPConnection, context: ServerContext) -> None:
    """Let pass what comes from our own page.

    Raises:
        NotAllowed: another site sent it, or it cannot be told.
    """
    if not same_origin(connection, context):
        raise NotAllowed("this must be sent by the console's own page", code="foreign_origin")
