"""Who asks: a program by its key, a shopper by a token, a manager by a session."""

from collections.abc import Collection
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotAuthenticated
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.shop.access import Caller, check_alive, hash_token, is_token
from store_server.shop.repository import AccessRepository, ConsoleUserRepository
from store_server.shop.roles import EVERY_RIGHT, RIGHTS_OF


def authenticate(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - tokens live by system time
    token: str,
    system_now: datetime,
) -> Caller:
    """The caller behind an API key or a shopper token.

    Raises:
        NotAuthenticated: nobody is behind it, it was revoked, or it is over; the text does not
            tell which of the first two.
    """
    access = AccessRepository(uow.session, rooms.scope)
    if is_token(token, "key"):
        key = access.key(hash_token(token))
        if key is not None and (key.revoked_at is None or system_now < key.revoked_at):
            rights = EVERY_RIGHT if "ops" in key.scopes else frozenset()
            return Caller("key", key.scopes, rooms.scope.org, None, key.name, rights)
    elif is_token(token, "shopper"):
        found = access.shopper_token(hash_token(token))
        if found is not None:
            shopper, expires_at = found
            check_alive(expires_at=expires_at, now=system_now)
            return Caller("shopper", frozenset(), rooms.scope.org, shopper, "app")
    raise NotAuthenticated("the key or token is unknown or revoked", code="unknown_token")


def shoppers_behind(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - tokens live by system time
    hashes: Collection[str],
) -> dict[str, tuple[ShopperId, datetime]]:
    """Whose tokens these are and when each ends, by hash; unknown ones are not there."""
    return AccessRepository(uow.session, rooms.scope).shoppers_of(hashes)


def authenticate_session(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - sessions live by system time
    token: str,
    system_now: datetime,
) -> Caller:
    """The console user behind a session's token, with the role of this moment.

    Raises:
        NotAuthenticated: there is no such session, it is over, or its user may not come in.
    """
    found = None
    if is_token(token, "session"):
        found = AccessRepository(uow.session, rooms.scope).session(hash_token(token))
    if found is None:
        raise NotAuthenticated("log in to the console first", code="no_session")
    check_alive(expires_at=found.expires_at, now=system_now)
    user = ConsoleUserRepository(uow.session, rooms.scope).find(found.user_name)
    if user is None or user.disabled_at is not None:
        raise NotAuthenticated("this user may not come in any more", code="user_shut_out")
    return Caller(
        "manager",
        frozenset({"ops"}),
        rooms.scope.org,
        None,
        user.name,
        RIGHTS_OF[user.role],
        user.language,
    )
