"""API keys from the console: made, shown once, ended; and when each was used last."""

from collections.abc import Mapping
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotFound, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.access import KEY_SCOPES, ApiKey, hash_token, new_token
from store_server.shop.repository import AccessRepository, ApiKeyRepository

LONGEST_NAME = 40


def make_key(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - keys live by system time
    name: str,
    scope: str,
    system_now: datetime,
) -> str:
    """A fresh key of this name with one scope; handed out once, only its hash is kept.

    Raises:
        Unprocessable: name or scope cannot be.
        Conflict: a living key has the name; end it first.
    """
    wanted = next((one for one in KEY_SCOPES if one == scope), None)
    if wanted is None:
        raise Unprocessable(
            f"scope {scope[:40]!r}: must be one of {', '.join(KEY_SCOPES)}", code="bad_scope"
        )
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise Unprocessable(f"a key's name has 1 to {LONGEST_NAME} characters", code="bad_name")
    living = [one for one in show_keys(uow, rooms, now=system_now) if one.revoked_at is None]
    if any(one.name == name for one in living):
        raise Conflict(f"there is a key {name!r} already; end it first", code="key_exists")
    token = new_token("key")
    AccessRepository(uow.session, rooms.scope).add_key(
        ApiKey(name, hash_token(token), frozenset({wanted}), system_now)
    )
    return token


def revoke_key(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - keys live by system time
    name: str,
    system_now: datetime,
) -> None:
    """End the key of this name.

    Raises:
        NotFound: no living key has it.
    """
    if not ApiKeyRepository(uow.session, rooms.scope).revoke(name, at=system_now):
        raise NotFound(f"there is no living key {name[:40]!r}", code="unknown_key")


def note_key_use(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - keys live by system time
    used: Mapping[str, datetime],
) -> None:
    """Keep when keys, by their hash, were used last."""
    ApiKeyRepository(uow.session, rooms.scope).note_use(dict(used))


def show_keys(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> tuple[ApiKey, ...]:
    """Every key, the living first."""
    return tuple(ApiKeyRepository(uow.session, rooms.scope).all())
