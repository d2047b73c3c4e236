"""Flow: an offer is made or changed; the next trigger already goes by it.

A change of what is promised is a new version; what was promised under an older one stays.
"""

from collections.abc import Mapping
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Unprocessable
from store_server.flows.follow_catalogue import publish_catalogue
from store_server.flows.keep_experiment import require_unbroken
from store_server.flows.keep_offer import numbered, offer_now, put_offer
from store_server.flows.preview_creative import require_words
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.campaign import CampaignState
from store_server.offers.document import read_offer
from store_server.offers.offer import Offer


def save_offer(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    offer_id: str,
    document: Mapping[str, object],
    by: str,
) -> Offer:
    """The offer as it stands now; coupons that were already promised keep their terms.

    Args:
        uow: the transaction; the live catalogue is replaced.
        rooms: the store.
        now: at which consent is asked for the sample of readers.
        offer_id: from the address.
        document: as in a seed file; `id` and `version` may be left out.
        by: who changes it.

    Raises:
        Unprocessable: it does not say what it must, an id other than the address's, or words that
            cannot be said while a live campaign makes the offer.
        Conflict: an experiment that runs would lose the words of an arm.
    """
    if document.get("id", offer_id) != offer_id:
        raise Unprocessable(
            f"id is {document['id']!r}; must be {offer_id!r} as in the address", code="bad_id"
        )
    asked = read_offer({**document, "id": offer_id})
    before = offer_now(uow, rooms, asked.id)
    offer = numbered(uow, rooms, before=before, asked=asked)
    if offer == before:
        return offer
    live = (c for c in uow.live.catalogue.campaigns.values() if c.state is CampaignState.LIVE)
    if any(offer.id in campaign.offers_named() for campaign in live):
        require_words(uow, rooms, now=now, offers=[offer])
    changed = uow.live.catalogue.with_offer(offer)
    require_unbroken(changed)
    put_offer(uow, rooms, now=now, offer=offer, before=before, by=by)
    publish_catalogue(uow, rooms, changed)
    return offer
