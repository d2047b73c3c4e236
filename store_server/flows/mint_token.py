"""A retailer's backend asks for a shopper's token: the app never holds a key."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.shop.access import TOKEN_LIFE, Minted, hash_token, new_token
from store_server.shop.repository import AccessRepository
from store_server.shoppers.repository import ShopperRepository
from store_server.shoppers.repository.merges import MergeRepository


def mint_token(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - tokens live by system time
    shopper: ShopperId,
    system_now: datetime,
) -> Minted:
    """A token that speaks for one shopper for 15 minutes of system time; the one they are by now.

    Raises:
        NotFound: the shopper is not known.
    """
    shopper = MergeRepository(uow.session, rooms.scope).current(shopper)
    if ShopperRepository(uow.session, rooms.scope).get(shopper) is None:
        raise NotFound("no such shopper; register it first", code="unknown_shopper")
    minted = Minted(new_token("shopper"), system_now + TOKEN_LIFE)
    AccessRepository(uow.session, rooms.scope).add_shopper_token(
        hash_token(minted.token), shopper=shopper, expires_at=minted.expires_at
    )
    return minted
