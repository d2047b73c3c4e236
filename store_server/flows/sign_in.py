"""How a manager gets in: a one-time link first, a password of their own from then on.

There is no default password. Sessions live on the server, so that they can be ended there.
Hashing a password takes 50 to 100 ms on purpose, longer than the writer may work: no flow does
it. The door hashes; flows hand out, compare and keep hashes.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotAuthenticated
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.access import (
    LOGIN_LINK_LIFE,
    SESSION_LIFE,
    ConsoleSession,
    Minted,
    hash_token,
    is_token,
    new_token,
    same_token,
)
from store_server.shop.audit import AuditEntry, Deed
from store_server.shop.console_user import ConsoleUser
from store_server.shop.repository import (
    AccessRepository,
    AuditRepository,
    ConsoleUserRepository,
)
from store_server.shop.roles import Role

MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; the token goes into the cookie and is kept nowhere else."""

    token: str
    session: ConsoleSession

    def __repr__(self) -> str:
        return f"SignedIn({self.session.user_name!r})"


def make_login_link(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - links live by system time
    system_now: datetime,
    user_name: str = MANAGER,
) -> Minted:
    """A token for a link that lets `user_name` in once; the links before it are void."""
    minted = Minted(new_token("login_link"), system_now + LOGIN_LINK_LIFE)
    AccessRepository(uow.session, rooms.scope).add_login_link(
        hash_token(minted.token), user_name=user_name, expires_at=minted.expires_at
    )
    return minted


def sign_in_by_link(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - links live by system time
    token: str,
    system_now: datetime,
    password_hash: str | None = None,
) -> SignedIn:
    """A session for whoever comes first with a link's token.

    Args:
        uow: the transaction.
        rooms: the store.
        now: not used.
        token: the link's.
        system_now: the wall clock.
        password_hash: of the password that the user chose, in the place of the one before; None
            leaves that as it is.

    Raises:
        NotAuthenticated: the link is unknown, over or used.
    """
    access = AccessRepository(uow.session, rooms.scope)
    user_name = None
    if is_token(token, "login_link"):
        user_name = access.use_login_link(hash_token(token), at=system_now)
    if user_name is None:
        raise NotAuthenticated(
            "this link was used or is over; `store-server login-link` prints a new one",
            code="link_over",
        )
    users = ConsoleUserRepository(uow.session, rooms.scope)
    # The first link of an installation comes before its first user.
    users.add(ConsoleUser(user_name, Role.ADMIN, system_now))
    user = users.find(user_name)
    if user is None or user.disabled_at is not None:
        raise NotAuthenticated("this user may not come in any more", code="user_shut_out")
    if password_hash is not None:
        access.save_user(user_name, password_hash=password_hash, created_at=system_now)
    return _begin(uow, rooms, user_name=user_name, system_now=system_now)


def show_password_hash(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    user_name: str,
) -> str | None:
    """The hash to verify a user's password against; None without one, and for nobody."""
    return AccessRepository(uow.session, rooms.scope).password_hash(user_name)


def sign_in_by_password(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - sessions live by system time
    user_name: str,
    verified_hash: str,
    system_now: datetime,
) -> SignedIn:
    """A session for a user whose password the door verified against `verified_hash`.

    Raises:
        NotAuthenticated: the password was changed meanwhile.
    """
    access = AccessRepository(uow.session, rooms.scope)
    user = ConsoleUserRepository(uow.session, rooms.scope).find(user_name)
    shut_out = user is None or user.disabled_at is not None
    if shut_out or not same_token(access.password_hash(user_name) or "", verified_hash):
        raise passwords_differ()
    return _begin(uow, rooms, user_name=user_name, system_now=system_now)


def passwords_differ() -> NotAuthenticated:
    """The refusal of a wrong user name or password; it does not tell which."""
    return NotAuthenticated("user name and password do not fit", code="bad_password")


def sign_out(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    token: str,
) -> None:
    """End a session; nothing happens when there is none."""
    AccessRepository(uow.session, rooms.scope).end_session(hash_token(token))


def _begin(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, user_name: str, system_now: datetime
) -> SignedIn:
    session = ConsoleSession(user_name, secrets.token_urlsafe(24), system_now + SESSION_LIFE)
    token = new_token("session")
    AccessRepository(uow.session, rooms.scope).add_session(hash_token(token), session)
    entry = AuditEntry(secrets.token_hex(13), system_now, user_name, Deed.SIGNED_IN)
    AuditRepository(uow.session, rooms.scope).add(entry)
    return SignedIn(token, session)
