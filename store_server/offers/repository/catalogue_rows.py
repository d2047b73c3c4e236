"""The catalogue of an organisation in the database: offers and campaigns."""

import json
from collections.abc import Iterable

from sqlmodel import Session, select

from store_server.database import upsert
from store_server.ids import Scope
from store_server.offers.campaign import Campaign
from store_server.offers.campaign_document import read_campaign, write_campaign
from store_server.offers.catalogue import Catalogue, catalogue_of
from store_server.offers.document import read_offer, write_offer
from store_server.offers.offer import Offer
from store_server.offers.tables import CampaignRow, OfferRow


class OfferRepository:
    """Offers and campaigns of the organisation of `scope`; every store of it sees the same."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def save_offers(self, offers: Iterable[Offer]) -> None:
        """Write each offer in place of the one of the same id."""
        upsert(
            self._session,
            OfferRow,
            [
                {
                    "org": self._scope.org,
                    "offer": offer.id,
                    "document": json.dumps(write_offer(offer)),
                }
                for offer in offers
            ],
            keys=["org", "offer"],
        )

    def save_campaigns(self, campaigns: Iterable[Campaign]) -> None:
        """Write each campaign in place of the one of the same id; what it gave away stays."""
        upsert(
            self._session,
            CampaignRow,
            [
                {
                    "org": self._scope.org,
                    "campaign": campaign.id,
                    "document": json.dumps(write_campaign(campaign)),
                }
                for campaign in campaigns
            ],
            keys=["org", "campaign"],
        )

    def load_catalogue(self) -> Catalogue:
        """All offers and campaigns of the organisation."""
        org = self._scope.org
        offers = self._session.exec(select(OfferRow.document).where(OfferRow.org == org))
        campaigns = self._session.exec(select(CampaignRow.document).where(CampaignRow.org == org))
        return catalogue_of(
            [read_offer(json.loads(text)) for text in offers],
            [read_campaign(json.loads(text)) for text in campaigns],
        )
