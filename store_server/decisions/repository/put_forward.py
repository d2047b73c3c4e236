"""What decisions of one store put forward: what baskets are credited by."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, union
from sqlmodel import Session, col

from store_server.clock import from_ms, to_ms
from store_server.decisions.decision import Outcome
from store_server.decisions.put_forward import PutForward
from store_server.decisions.tables import DecisionRow
from store_server.ids import HouseholdId, OfferId, Scope, ShopperId


class PutForwardRepository:
    """The decisions of one store, as much of them as a basket is credited by."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def find(
        self,
        *,
        shoppers: Collection[ShopperId],
        households: Collection[HouseholdId],
        since: datetime,
        decisions: Collection[str],
    ) -> list[PutForward]:
        """What was put forward, oldest first: for attribution.

        Offered and held-out decisions of these shoppers and households since then, and these
        `decisions` whenever they were made.
        """
        row = DecisionRow
        mine = col(row.org) == self._scope.org, col(row.store) == self._scope.store
        # A branch for each index: joined by OR, none of them would be used.
        conditions = (
            col(row.shopper).in_(sorted(shoppers)) & (col(row.at_ms) >= to_ms(since)),
            col(row.household).in_(sorted(households)) & (col(row.at_ms) >= to_ms(since)),
            col(row.id).in_(sorted(decisions)),
        )
        branches = [
            select(
                col(row.id),
                col(row.at_ms),
                col(row.shopper),
                col(row.household),
                col(row.visit_id),
                col(row.offer),
                col(row.offer_version),
            ).where(*mine, condition, col(row.outcome) != Outcome.NOTHING)
            for condition in conditions
        ]
        found = self._session.connection().execute(union(*branches))
        return [
            PutForward(
                name,
                from_ms(at_ms),
                ShopperId(shopper),
                None if household is None else HouseholdId(household),
                visit_id,
                None if offer is None else OfferId(offer),
                version,
            )
            for name, at_ms, shopper, household, visit_id, offer, version in sorted(
                found, key=lambda one: (one[1], one[0])
            )
        ]
