"""The profile and floor plan of each store: one document in one row."""

import json

from sqlmodel import Session, select

from store_server.database import upsert
from store_server.ids import Scope
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.plan_document import read_plan, write_plan
from store_server.shop.store_profile import Store
from store_server.shop.tables import StoreRow


class PlanRepository:
    """The profile and floor plan of one store."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def save(self, store: Store, plan: FloorPlan) -> None:
        """Put this store and plan in the place of the ones before."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "name": store.name,
            "document": json.dumps(write_plan(store, plan)),
        }
        upsert(self._session, StoreRow, [row], keys=["org", "store"])

    def load(self) -> tuple[Store, FloorPlan] | None:
        """The store and its plan; None before the first seed."""
        row = self._session.get(
            StoreRow, (self._scope.org, self._scope.store), populate_existing=True
        )
        return _store_and_plan(row) if row else None

    def stores(self) -> tuple[Store, ...]:
        """Every store of the organisation, by id."""
        rows = self._session.exec(
            select(StoreRow).where(StoreRow.org == self._scope.org).order_by(StoreRow.store)
        )
        return tuple(_store_and_plan(row)[0] for row in rows)


def _store_and_plan(row: StoreRow) -> tuple[Store, FloorPlan]:
    return read_plan(json.loads(row.document), where=f"database: store {row.store}")
