"""Flow (read): the versions of one offer, and what two of them have otherwise."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import OfferId
from store_server.offers.campaign_record import Difference, differences
from store_server.offers.offer_version import OfferVersion, promises
from store_server.offers.repository import OfferVersionRepository


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
    by_number = {one.offer.version: one.offer for one in found}
    for number in (before, after):
        if number not in by_number:
            raise NotFound(
                f"offer {offer_id} has no version {number}; it has "
                f"{', '.join(map(str, by_number))}",
                code="unknown_version",
            )
    return differences(promises(by_number[before]), promises(by_number[after]))
