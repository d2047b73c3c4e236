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

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from store_server.entrypoints.console.pages import page
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

router = APIRouter()

LINK_TEXT = "This link works once. It opens the console of this store on this device."
LOGIN_TEXT = "With the user name and password chosen when the first link was used."
# One at a time: argon2 takes 64 MB for each, and whoever guesses has to queue.
_ARGON2 = ThreadPoolExecutor(1, thread_name_prefix="argon2")


@router.get("/login")
async def show_login() -> Response:
    """The form for user name and password."""
    return _login_page()


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
        return _login_page(user=user, refusal=str(refusal), status=refusal.http_status)
    failures.succeed(began_s)
    return _welcome(context, signed_in)


@router.get("/login/{link}")
async def show_link(link: str) -> Response:
    """Ask before a one-time link is used up."""
    return _link_page(link)


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
        return _link_page(link, refusal=str(refusal), status=refusal.http_status)
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
            code="bad_password",
        )


def _welcome(context: ServerContext, signed_in: SignedIn) -> Response:
    lives = signed_in.session.expires_at - context.system_now()
    answer = RedirectResponse("/", status_code=303)
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


def _login_page(*, user: str = "", refusal: str | None = None, status: int = 200) -> Response:
    return page(
        "gate.html",
        status=status,
        heading="Log in",
        explanation=LOGIN_TEXT,
        form="password",
        action="/login",
        user=user,
        refusal=refusal,
    )


def _link_page(link: str, *, refusal: str | None = None, status: int = 200) -> Response:
    return page(
        "gate.html",
        status=status,
        heading="Open the console",
        explanation=LINK_TEXT,
        form="link",
        action=f"/login/{link}",
        user=MANAGER,
        refusal=refusal,
    )
