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
) -> None:
    """Let the holders of these keys in, each with the scope it is named after; safe to repeat."""
    access = AccessRepository(uow.session, rooms.scope)
    for scope, token in tokens.items():
        access.add_key(ApiKey(scope, hash_token(token), frozenset({scope}), system_now))
