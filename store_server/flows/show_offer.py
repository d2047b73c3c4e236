"""Flow (read): the versions of one offer, and what two of them have otherwise."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import OfferId
from store_server.offers.offer_version import OfferVersion, promises
from store_server.offers.repository import OfferVersionRepository
from store_server.offers.version_difference import Difference, difference_of


def show_offer_versions(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    offer_id: str,
) -> list[OfferVersion]:
    """Every version of an offer, oldest first; at least the one that stands.

    Raises:
        NotFound: there is no such offer.
    """
    offer = uow.live.catalogue.offers.get(OfferId(offer_id))
    if offer is None:
        raise NotFound(f"there is no offer {offer_id[:64]!r}", code="unknown_offer")
    kept = OfferVersionRepository(uow.session, rooms.scope).versions(offer.id)
    if any(one.offer.version == offer.version for one in kept):
        return kept
    return [*kept, OfferVersion(offer, saved_by=None, saved_at=None)]


def show_offer_difference(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    offer_id: str,
    before: int,
    after: int,
) -> list[Difference]:
    """What two versions of an offer have otherwise.

    Raises:
        NotFound: there is no such offer or version.
    """
    found = show_offer_versions(uow, rooms, now=now, offer_id=offer_id)
    versions = {one.offer.version: promises(one.offer) for one in found}
    return difference_of(versions, before, after, named=f"offer {offer_id}")
