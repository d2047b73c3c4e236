"""The catalogue of this process is that of the database, also when another server changed it.

Servers of one organisation share offers and campaigns. Each change moves a stamp; a look at it
costs one row, so it is made every second, and a pause or an end is heeded everywhere by then.
"""

from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.catalogue import Catalogue
from store_server.offers.repository import OfferRepository


def follow_catalogue(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> bool:
    """Read the catalogue again when somebody else has changed it; whether it was."""
    repository = OfferRepository(uow.session, rooms.scope)
    stamp = repository.stamp()
    if stamp == uow.live.catalogue_stamp:
        return False
    uow.live = replace(uow.live, catalogue=repository.load_catalogue(), catalogue_stamp=stamp)
    return True


def publish_catalogue(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, catalogue: Catalogue, *, changes: int = 1
) -> None:
    """Put a changed catalogue in place; read it again when others have changed it meanwhile.

    Args:
        uow: the transaction; what changed is written already.
        rooms: the store.
        catalogue: this process' own, with the change.
        changes: how often the transaction moved the stamp for it.
    """
    repository = OfferRepository(uow.session, rooms.scope)
    stamp = repository.stamp()
    if stamp != uow.live.catalogue_stamp + changes:
        catalogue = repository.load_catalogue()
    uow.live = replace(uow.live, catalogue=catalogue, catalogue_stamp=stamp)
