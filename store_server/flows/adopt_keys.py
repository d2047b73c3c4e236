"""The API keys of `state_dir/secrets/keys/` become known: their hashes go to the database."""

from collections.abc import Mapping
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.access import ApiKey, KeyScope, hash_token
from store_server.shop.repository import AccessRepository


def adopt_keys(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - keys live by system time
    tokens: Mapping[KeyScope, str],
    system_now: datetime,
) -> tuple[KeyScope, ...]:
    """Let the holders of these keys in, each with the scope it is named after; safe to repeat.

    A new key ends the one before it. One that was ended stays so, and ends nothing: an old file
    that comes back must neither let a leaked key in nor shut the present one out.

    Returns:
        The scopes whose key was revoked before; they are not let in.
    """
    access = AccessRepository(uow.session, rooms.scope)
    refused: list[KeyScope] = []
    for scope, token in tokens.items():
        known = access.key(hash_token(token))
        if known is not None and known.revoked_at is not None:
            refused.append(scope)
            continue
        access.add_key(ApiKey(scope, hash_token(token), frozenset({scope}), system_now))
    return tuple(refused)
