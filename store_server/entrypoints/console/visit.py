"""Who looks at a page, and the answers that pages give: rendered, refused, sent elsewhere.

`Visitor` is the one dependency of every page: it finds the session's user, asks for the right
that the route needs, and lets nothing be changed but from our own page.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute

from store_server.entrypoints.console.frame import group_at, groups_for, place_at
from store_server.entrypoints.console.languages import wanted
from store_server.entrypoints.console.rendering import html
from store_server.entrypoints.http_auth import (
    SAFE_METHODS,
    Context,
    manager_of,
    require_own_page,
    require_right,
)
from store_server.errors import NotAuthenticated, Refusal
from store_server.shop.access import Caller
from store_server.shop.roles import Right

LANGUAGE_COOKIE = "beaconry_language"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Visit:
    """A user of the console at a page; the store's words beside."""

    caller: Caller
    language: str
    path: str
    store_name: str
    timezone: str
    currency: str
    simulated: bool

    def can(self, right: str) -> bool:
        """Whether the user's role has a right; templates leave out what is not theirs."""
        return Right(right) in self.caller.rights

    def page(self, template: str, *, status: int = 200, **values: object) -> Response:
        """A page of the console inside its frame."""
        group = group_at(self.path)
        places = next((one.places for one in groups_for(self.caller) if one.icon == group.icon), ())
        return html(
            template,
            self.language,
            status=status,
            visit=self,
            groups=groups_for(self.caller),
            group=group,
            places=places,
            place=place_at(self.path, places),
            timezone=self.timezone,
            currency=self.currency,
            **values,
        )


async def visit_of(request: Request, context: Context) -> Visit:
    """The visit of a request; refuses whoever may not."""
    caller = await manager_of(request, context)
    visit = Visit(
        caller=caller,
        language=language_of(request, chosen=caller.language),
        path=request.url.path,
        store_name=context.rooms.live.plan.name,
        timezone=context.rooms.policy.timezone,
        currency=context.rooms.policy.currency,
        simulated=context.simulated,
    )
    request.state.visit = visit
    require_right(request, caller)
    if request.method not in SAFE_METHODS:
        require_own_page(request, context)
    return visit


Visitor = Annotated[Visit, Depends(visit_of)]


def language_of(request: Request, *, chosen: str | None = None) -> str:
    """The language that a browser is answered in: its cookie, the user's choice, its own wish."""
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    return wanted(cookie or chosen, request.headers.get("accept-language", ""))


class PageRoute(APIRoute):
    """A route that answers a person: what is refused is a page too, or the way to the login."""

    def get_route_handler(self) -> Handler:
        """The handler, with refusals turned into pages."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except NotAuthenticated as refusal:
                if request.method in SAFE_METHODS:
                    return RedirectResponse(_login_for(request), status_code=303)
                return refused(request, refusal)
            except Refusal as refusal:
                return refused(request, refusal)

        return answer


def refused(request: Request, refusal: Refusal) -> Response:
    """The page that says why not; inside the frame where the user is known."""
    visit = getattr(request.state, "visit", None)
    status = refusal.http_status
    if isinstance(visit, Visit):
        return visit.page("refused.html", status=status, refusal=refusal)
    return html("refused_outside.html", language_of(request), status=status, refusal=refusal)


def seen_other(url: str) -> Response:
    """What was sent is kept; look at `url` now (a reload sends nothing twice)."""
    return RedirectResponse(url, status_code=303)


def _login_for(request: Request) -> str:
    target = request.url.path
    return "/login" if target == "/" else f"/login?next={quote(target, safe='/')}"
