"""Who may ask for what: API keys with scopes, shopper tokens, console users and their sessions.

Keys, tokens, sessions and login links are opaque random values: 256 bits that nobody can guess,
so a plain SHA-256 is kept, and a stolen database opens nothing. Passwords are chosen by people,
so they get argon2. How long a token or session lives goes by system time, also in a simulated
day: a stolen token must not live longer because the day is slow.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal, get_args

from pwdlib import PasswordHash

from store_server.errors import NotAllowed, NotAuthenticated, Unprocessable
from store_server.ids import OrgId, ShopperId
from store_server.shop.roles import Right

KeyScope = Literal["backend", "till", "ops"]
CallerKind = Literal["key", "shopper", "manager"]
KEY_SCOPES: tuple[KeyScope, ...] = get_args(KeyScope)

TOKEN_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(hours=12)
LOGIN_LINK_LIFE = timedelta(hours=24)
MIN_PASSWORD = 12
MAX_PASSWORD = 256

_PREFIXES = {"key": "bk_", "shopper": "bt_", "session": "bs_", "login_link": "bl_"}


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program's key: what it is called and which scopes it has; the secret is not here."""

    name: str
    token_hash: str
    scopes: frozenset[KeyScope]
    created_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `shopper` is set for a shopper token alone: it speaks for that one shopper.

    rights: of a console user by role, of a key with the scope "ops" all, of everybody else none.
    language: that a console user chose.
    """

    kind: CallerKind
    scopes: frozenset[KeyScope]
    org: OrgId
    shopper: ShopperId | None
    name: str
    rights: frozenset[Right] = frozenset()
    language: str | None = None

    def require_right(self, right: Right) -> None:
        """Let pass who has `right`.

        Raises:
            NotAllowed: the role does not have it.
        """
        if right not in self.rights:
            raise NotAllowed(
                f"this needs the right {right.value!r}, which the role of {self.name!r} does not "
                "have; an admin can change roles",
                code="right_missing",
            )

    def require(self, scope: KeyScope) -> None:
        """Let pass who has `scope`.

        Raises:
            NotAllowed: the key, token or session does not have it.
        """
        if scope not in self.scopes:
            raise NotAllowed(
                f"this needs a key with the scope {scope!r}; {self.kind} {self.name!r} has "
                f"{', '.join(sorted(self.scopes)) or 'none'}",
                code="scope_missing",
            )

    def require_shopper(self) -> ShopperId:
        """The shopper for whom the token speaks.

        Raises:
            NotAllowed: the caller is a program or a manager, not a shopper.
        """
        if self.shopper is None:
            raise NotAllowed(
                "this needs a shopper token; mint one with POST /v1/shoppers/{shopper_id}/tokens",
                code="shopper_token_needed",
            )
        return self.shopper


@dataclass(frozen=True, slots=True)
class ConsoleSession:
    """A manager's session; the CSRF token stands in every form of the console."""

    user_name: str
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Minted:
    """A fresh secret value and when it ends; handed out once, only its hash is kept."""

    token: str
    expires_at: datetime


def new_token(kind: Literal["key", "shopper", "session", "login_link"]) -> str:
    """A fresh opaque value of 256 random bits; the prefix tells a leak scanner what it is."""
    return _PREFIXES[kind] + secrets.token_urlsafe(32)


def is_token(token: str, kind: Literal["key", "shopper", "session", "login_link"]) -> bool:
    """Whether `token` looks like one of this kind; says nothing about whether it is known."""
    return token.startswith(_PREFIXES[kind]) and len(token) <= 100


def hash_token(token: str) -> str:
    """The SHA-256 of a token in lower hex: what is kept and looked up."""
    return hashlib.sha256(token.encode()).hexdigest()


def same_token(token: str, expected: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(token.encode(), expected.encode())


def check_alive(*, expires_at: datetime, now: datetime) -> None:
    """Let pass what has not ended; `now` is system time.

    Raises:
        NotAuthenticated: it is over.
    """
    if now >= expires_at:
        raise NotAuthenticated("the token or session is over; get a new one", code="expired")


@cache
def _argon2() -> PasswordHash:
    return PasswordHash.recommended()


def hash_password(password: str) -> str:
    """The argon2 hash of a password.

    Raises:
        Unprocessable: it is shorter than 12 or longer than 256 characters.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise Unprocessable(
            f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters", code="bad_password"
        )
    return _argon2().hash(password)


def verify_password(password: str, hashed: str | None) -> bool:
    """Whether `password` is the hashed one; takes as long when there is no such user (None)."""
    if len(password) > MAX_PASSWORD:
        return False
    if hashed is None:
        # Hashing is the same work as verifying, the first time too.
        _argon2().hash(password)
        return False
    return _argon2().verify(password, hashed)
