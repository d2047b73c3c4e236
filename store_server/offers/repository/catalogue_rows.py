"""The catalogue of an organisation in the database: offers, campaigns, experiments."""

import json
from collections.abc import Iterable

from sqlalchemy import update
from sqlmodel import Session, col, select

from store_server.database import insert_new, upsert
from store_server.ids import CampaignId, OfferId, Scope
from store_server.offers.campaign import Campaign
from store_server.offers.campaign_document import read_campaign, write_campaign
from store_server.offers.catalogue import Catalogue, catalogue_of
from store_server.offers.document import read_offer, write_offer
from store_server.offers.experiment import Experiment
from store_server.offers.experiment_document import read_experiment, write_experiment
from store_server.offers.offer import Offer
from store_server.offers.tables import CampaignRow, CatalogueStampRow, ExperimentRow, OfferRow


class OfferRepository:
    """The catalogue of the organisation of `scope`; every store of it sees the same."""

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
        self._move_stamp()

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
        self._move_stamp()

    def save_experiment(self, experiment: Experiment) -> None:
        """Write an experiment in place of the one of the same id."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "experiment": experiment.id,
            "document": json.dumps(write_experiment(experiment)),
        }
        upsert(self._session, ExperimentRow, [row], keys=["org", "experiment"])
        self._move_stamp()

    def experiment(self, name: str) -> Experiment | None:
        """The experiment as it stands in the database; locked until the transaction ends."""
        text = self._session.exec(
            select(ExperimentRow.document)
            .where(ExperimentRow.org == self._scope.org, ExperimentRow.experiment == name)
            .with_for_update()
        ).one_or_none()
        return None if text is None else read_experiment(json.loads(text))

    def campaign(self, name: CampaignId) -> Campaign | None:
        """The campaign as it stands in the database; locked until the transaction ends.

        Another server may have changed it since this one read its catalogue.
        """
        text = self._session.exec(
            select(CampaignRow.document)
            .where(CampaignRow.org == self._scope.org, CampaignRow.campaign == name)
            .with_for_update()
        ).one_or_none()
        return None if text is None else read_campaign(json.loads(text))

    def offer(self, name: OfferId) -> Offer | None:
        """The offer as it stands in the database; locked until the transaction ends."""
        text = self._session.exec(
            select(OfferRow.document)
            .where(OfferRow.org == self._scope.org, OfferRow.offer == name)
            .with_for_update()
        ).one_or_none()
        return None if text is None else read_offer(json.loads(text))

    def stamp(self) -> int:
        """A number that moves with every change of the catalogue; 0 before the first."""
        found = self._session.exec(
            select(CatalogueStampRow.number).where(CatalogueStampRow.org == self._scope.org)
        ).one_or_none()
        return found or 0

    def load_catalogue(self) -> Catalogue:
        """All offers, campaigns and experiments of the organisation."""
        org = self._scope.org
        offers = self._session.exec(select(OfferRow.document).where(OfferRow.org == org))
        campaigns = self._session.exec(select(CampaignRow.document).where(CampaignRow.org == org))
        tried = self._session.exec(select(ExperimentRow.document).where(ExperimentRow.org == org))
        return catalogue_of(
            [read_offer(json.loads(text)) for text in offers],
            [read_campaign(json.loads(text)) for text in campaigns],
            [read_experiment(json.loads(text)) for text in tried],
        )

    def _move_stamp(self) -> None:
        row: dict[str, object] = {"org": self._scope.org, "number": 0}
        insert_new(self._session, CatalogueStampRow, [row])
        self._session.connection().execute(
            update(CatalogueStampRow)
            .where(col(CatalogueStampRow.org) == self._scope.org)
            .values(number=col(CatalogueStampRow.number) + 1)
        )
