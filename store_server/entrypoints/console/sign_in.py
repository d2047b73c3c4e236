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
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from store_server.entrypoints.console.pages import page
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import SESSION_COOKIE, Context, require_own_page
from store_server.errors import Refusal, TooMany, Unprocessable
from store_server.flows.sign_in import (
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

# Guessing a 12-character password at this rate takes longer than the universe is old, and a
# person who mistypes is not kept waiting.
FAILURES_ALLOWED = 10
FAILURES_WINDOW_S = 60.0
LINK_TEXT = "This link works once. It opens the console of this store on this device."
LOGIN_TEXT = "With the user name and password chosen when the first link was used."
# One at a time: argon2 takes 64 MB for each, and whoever guesses has to queue.
_ARGON2 = ThreadPoolExecutor(1, thread_name_prefix="argon2")


@dataclass(slots=True)
class FailureCount:
    """How often a password or link was wrong of late, whoever tried."""

    failed_at: list[float] = field(default_factory=list)

    def begin(self, now_s: float) -> None:
        """Count a try as failed while there were few; `succeed` takes it back.

        Counted before the outcome is known: of many tries at once no more get through.

        Raises:
            TooMany: there were many within the last minute.
        """
        self.failed_at = [at for at in self.failed_at if now_s - at < FAILURES_WINDOW_S]
        if len(self.failed_at) >= FAILURES_ALLOWED:
            raise TooMany("too many failed logins; wait a minute", code="too_many_logins")
        self.failed_at.append(now_s)

    def succeed(self, began_s: float) -> None:
        """The try that began then was right."""
        if began_s in self.failed_at:
            self.failed_at.remove(began_s)


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
        user="",
        refusal=refusal,
    )
