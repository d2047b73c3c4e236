"""How an offer is written down: as it stands, and its version."""

from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import OfferId
from store_server.offers.offer import Offer
from store_server.offers.offer_version import OfferVersion, is_same_promise
from store_server.offers.repository import OfferRepository, OfferVersionRepository


def offer_now(uow: UnitOfWork[StoreLive], rooms: StoreRooms, offer: OfferId) -> Offer | None:
    """The offer as it stands, locked until the transaction ends; None: there is none."""
    stored = OfferRepository(uow.session, rooms.scope).offer(offer)
    return stored if stored is not None else uow.live.catalogue.offers.get(offer)


def numbered(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, before: Offer | None, asked: Offer
) -> Offer:
    """What was asked for, under the number that it has: the next one where it promises anew."""
    if before is not None and is_same_promise(before, asked):
        return replace(asked, version=before.version)
    kept = OfferVersionRepository(uow.session, rooms.scope).versions(asked.id)
    numbers = [one.offer.version for one in kept]
    newest = max([*numbers, 0 if before is None else before.version], default=0)
    return replace(asked, version=newest + 1)


def put_offer(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    offer: Offer,
    before: Offer | None,
    by: str,
) -> None:
    """Have this offer stand from now on, and keep its version; the catalogue is the caller's.

    Args:
        uow: the transaction.
        rooms: the store.
        now: when.
        offer: as `numbered` gave it.
        before: as it stood; None: it is new. One of which no version was kept is kept now.
        by: who changes it.
    """
    versions = OfferVersionRepository(uow.session, rooms.scope)
    if before is not None:
        versions.add(OfferVersion(before, saved_by=None, saved_at=None))
    versions.add(OfferVersion(offer, by, now))
    OfferRepository(uow.session, rooms.scope).save_offers([offer])
