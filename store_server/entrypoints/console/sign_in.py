"""Getting into the console: by a link that works once, or by a password chosen there.

    link --GET--> a page that asks (mail scanners and previews open links too)
         --POST-> the link is used up, a session begins

Sessions live on the server; the cookie only names one. A password is hashed here, on a thread of
its own: neither the writer nor the loop waits for argon2.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from store_server.entrypoints.console.languages import OWN_NAMES, PSEUDO
from store_server.entrypoints.console.rendering import html
from store_server.entrypoints.console.visit import LANGUAGE_COOKIE, PageRoute, language_of
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.failure_count import FailureCount
from store_server.entrypoints.http_auth import SESSION_COOKIE, Context, require_own_page
from store_server.errors import Refusal, Unprocessable
from store_server.flows.sign_in import (
    MANAGER,
    SignedIn,
    passwords_differ,
    show_password_hash,
    sign_in_by_link,
    sign_in_by_password,
    sign_out,
)
from store_server.shop.access import MAX_PASSWORD, MIN_PASSWORD, hash_password, verify_password
from store_server.writer import Priority

T = TypeVar("T")

router = APIRouter(route_class=PageRoute)

# One at a time: argon2 takes 64 MB for each, and whoever guesses has to queue.
_ARGON2 = ThreadPoolExecutor(1, thread_name_prefix="argon2")


@router.get("/login")
async def show_login(request: Request) -> Response:
    """The form for user name and password."""
    return _login_page(request)


@router.post("/login")
async def log_in(request: Request, context: Context) -> Response:
    """Begin a session by password."""
    require_own_page(request, context)
    form = await request.form()
    user, password = str(form.get("user", ""))[:64], str(form.get("password", ""))
    failures, began_s = _failures(request), time.monotonic()
    try:
        failures.begin(began_s)
        hashed = await context.read(show_password_hash, user_name=user)
        fits = await _with_argon2(verify_password, password, hashed)
        if hashed is None or not fits:
            raise passwords_differ()
        signed_in = await context.write(
            Priority.APP,
            sign_in_by_password,
            user_name=user,
            verified_hash=hashed,
            system_now=context.system_now(),
        )
    except Refusal as refusal:
        return _login_page(request, user=user, refusal=refusal)
    failures.succeed(began_s)
    return _welcome(context, signed_in, target=own_target(request.query_params.get("next", "/")))


@router.get("/login/{link}")
async def show_link(link: str, request: Request) -> Response:
    """Ask before a one-time link is used up."""
    return _link_page(request, link)


@router.post("/login/{link}")
async def use_link(link: str, request: Request, context: Context) -> Response:
    """Use up a one-time link and begin a session."""
    require_own_page(request, context)
    form = await request.form()
    password = str(form.get("password", ""))
    failures, began_s = _failures(request), time.monotonic()
    try:
        failures.begin(began_s)
        _check_password(password)
        signed_in = await context.write(
            Priority.APP,
            sign_in_by_link,
            token=link,
            password_hash=await _with_argon2(hash_password, password) if password else None,
            system_now=context.system_now(),
        )
    except Refusal as refusal:
        return _link_page(request, link, refusal=refusal)
    failures.succeed(began_s)
    return _welcome(context, signed_in)


@router.post("/logout")
async def log_out(request: Request, context: Context) -> Response:
    """End the session on the server and forget its cookie."""
    require_own_page(request, context)
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        await context.write(Priority.APP, sign_out, token=token)
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return answer


async def _with_argon2(work: Callable[..., T], *arguments: str | None) -> T:
    return await asyncio.get_running_loop().run_in_executor(_ARGON2, partial(work, *arguments))


def _failures(request: Request) -> FailureCount:
    failures = request.app.state.login_failures
    assert isinstance(failures, FailureCount)
    return failures


def _check_password(password: str) -> None:
    """Look before the link is used up; none is fine, and a short one is not.

    Raises:
        Unprocessable: it is too short or too long.
    """
    if password and not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise Unprocessable(
            f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters; the link still works",
            code="short_password",
        )


def own_target(text: str) -> str:
    """Where to go after the login: a path of ours, else the overview.

    Example:
        >>> own_target("/settings"), own_target("//evil.example"), own_target("https://evil")
        ('/settings', '/', '/')
    """
    plain = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text[:200] if plain else "/"


def _welcome(context: ServerContext, signed_in: SignedIn, *, target: str = "/") -> Response:
    lives = signed_in.session.expires_at - context.system_now()
    answer = RedirectResponse(target, status_code=303)
    public = context.settings.http.public_url or ""
    answer.set_cookie(
        SESSION_COOKIE,
        signed_in.token,
        path="/",
        httponly=True,
        samesite="strict",
        secure=public.startswith("https://"),
        max_age=max(0, int(lives.total_seconds())),
    )
    return answer


def _login_page(request: Request, *, user: str = "", refusal: Refusal | None = None) -> Response:
    target = own_target(request.query_params.get("next", "/"))
    action = "/login" if target == "/" else f"/login?next={quote(target, safe='/')}"
    return _gate(request, form="password", action=action, user=user, refusal=refusal)


def _link_page(request: Request, link: str, *, refusal: Refusal | None = None) -> Response:
    action = f"/login/{quote(link, safe='')}"
    return _gate(request, form="link", action=action, user=MANAGER, refusal=refusal)


def _gate(request: Request, *, refusal: Refusal | None, **values: str) -> Response:
    """The page before the login; it keeps the language that was asked for."""
    asked = request.query_params.get("language", "")
    language = asked if asked in OWN_NAMES or asked == PSEUDO else language_of(request)
    status = refusal.http_status if refusal else 200
    answer = html("gate.html", language, status=status, refusal=refusal, **values)
    if asked == language:
        answer.set_cookie(
            LANGUAGE_COOKIE, language, path="/", samesite="strict", max_age=31_536_000
        )
    return answer
