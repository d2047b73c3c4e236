"""Versions of offers in the database."""

import json
from collections.abc import Collection

from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import OfferId, Scope
from store_server.offers.document import read_offer, write_offer
from store_server.offers.offer import Offer
from store_server.offers.offer_version import OfferVersion
from store_server.offers.tables import OfferVersionRow


class OfferVersionRepository:
    """What is kept of the organisation's offers; written once, never changed."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, version: OfferVersion) -> bool:
        """Keep a version; False and no change when its number is taken."""
        offer, saved_at = version.offer, version.saved_at
        row: dict[str, object] = {
            "org": self._scope.org,
            "offer": offer.id,
            "version": offer.version,
            "document": json.dumps(write_offer(offer)),
            "saved_by": version.saved_by,
            "saved_at_ms": None if saved_at is None else to_ms(saved_at),
        }
        return bool(insert_new(self._session, OfferVersionRow, [row]))

    def versions(self, offer: OfferId) -> list[OfferVersion]:
        """Every version of an offer, oldest first."""
        rows = self._session.exec(
            select(OfferVersionRow)
            .where(OfferVersionRow.org == self._scope.org, OfferVersionRow.offer == offer)
            .order_by(col(OfferVersionRow.version))
        )
        return [
            OfferVersion(
                read_offer(json.loads(row.document)),
                row.saved_by,
                None if row.saved_at_ms is None else from_ms(row.saved_at_ms),
            )
            for row in rows
        ]

    def of_all(self, offers: Collection[OfferId]) -> dict[OfferId, list[Offer]]:
        """Every version of each of these offers, oldest first."""
        rows = self._session.exec(
            select(OfferVersionRow.document)
            .where(OfferVersionRow.org == self._scope.org, col(OfferVersionRow.offer).in_(offers))
            .order_by(col(OfferVersionRow.offer), col(OfferVersionRow.version))
        )
        found: dict[OfferId, list[Offer]] = {}
        for text in rows:
            offer = read_offer(json.loads(text))
            found.setdefault(offer.id, []).append(offer)
        return found
