"""Flow: a campaign is made or changed; the next trigger already goes by it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Unprocessable
from store_server.flows.preview_creative import require_words
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.campaign_document import read_campaign
from store_server.offers.repository import OfferRepository


def save_campaign(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    campaign_id: str,
    document: Mapping[str, object],
) -> Campaign:
    """The campaign as it stands now; its version counts the changes.

    Args:
        uow: the transaction; the live catalogue is replaced.
        rooms: the store.
        now: at which consent is asked for the sample of readers.
        campaign_id: from the address.
        document: as in a seed file; `id` and `version` may be left out.

    Raises:
        Unprocessable: it does not say what it must, names a zone, a segment or an offer that is
            not there, an id other than the address's, or goes live with words that cannot be said.
    """
    if document.get("id", campaign_id) != campaign_id:
        raise Unprocessable(
            f"id is {document['id']!r}; must be {campaign_id!r} as in the address", code="bad_id"
        )
    catalogue = uow.live.catalogue
    asked = read_campaign({**document, "id": campaign_id})
    _require_zone(asked, uow.live)
    if asked.segment is not None and asked.segment not in uow.live.segments.segments:
        raise Unprocessable(
            f"segment is {asked.segment!r}; there is no such segment", code="unknown_segment"
        )
    known = catalogue.campaigns.get(asked.id)
    if known is not None and replace(asked, version=known.version) == known:
        return known
    campaign = replace(asked, version=known.version + 1 if known is not None else 1)
    changed = catalogue.with_campaign(campaign)
    if campaign.state is CampaignState.LIVE:
        offers = [changed.offers[offer] for offer in campaign.offers_named()]
        require_words(uow, rooms, now=now, offers=offers)
    uow.live = replace(uow.live, catalogue=changed)
    OfferRepository(uow.session, rooms.scope).save_campaigns([campaign])
    return campaign


def _require_zone(campaign: Campaign, live: StoreLive) -> None:
    zone = campaign.trigger.zone
    names = [one.id for one in live.plan.zones]
    if zone is not None and zone not in names:
        raise Unprocessable(
            f"trigger.zone is {zone!r}; must be one of {', '.join(names)}", code="unknown_zone"
        )
