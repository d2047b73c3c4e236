"""What a store has on its shelves, in the database."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from store_server.clock import to_ms
from store_server.database import upsert
from store_server.ids import Scope
from store_server.shop.tables import ProductStockRow

CHUNK_ROWS = 1_000
# Asked for every decision: prepared once.
_OUT = select_columns(col(ProductStockRow.product)).where(
    col(ProductStockRow.org) == bindparam("org"),
    col(ProductStockRow.store) == bindparam("store"),
    col(ProductStockRow.units) <= 0,
)


class StockRepository:
    """Units of products of one store; a product that nobody spoke of is taken to be there."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def say(self, units: Mapping[str, int], *, at: datetime) -> None:
        """Keep how many units of each product there are."""
        rows: list[dict[str, object]] = [
            {
                "org": self._scope.org,
                "store": self._scope.store,
                "product": product,
                "units": number,
                "said_at_ms": to_ms(at),
            }
            for product, number in sorted(units.items())
        ]
        for start in range(0, len(rows), CHUNK_ROWS):
            chunk = rows[start : start + CHUNK_ROWS]
            upsert(self._session, ProductStockRow, chunk, keys=["org", "store", "product"])

    def out(self) -> frozenset[str]:
        """The products of which there are none."""
        where = {"org": self._scope.org, "store": self._scope.store}
        return frozenset(self._session.connection().execute(_OUT, where).scalars())

    def units(self) -> dict[str, int]:
        """How many units there are of each product that somebody spoke of."""
        rows = self._session.exec(
            select(ProductStockRow.product, ProductStockRow.units)
            .where(
                ProductStockRow.org == self._scope.org, ProductStockRow.store == self._scope.store
            )
            .order_by(col(ProductStockRow.product))
        )
        return dict(rows.all())
