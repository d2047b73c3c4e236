"""The articles of the organisation."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlmodel import Session, col, select

from store_server.database import upsert
from store_server.ids import Scope
from store_server.shop.product import Product
from store_server.shop.tables import ProductRow

# SQLite takes 32,766 values in one statement; a product row has seven.
CHUNK_ROWS = 1_000


class ProductRepository:
    """The articles of the organisation."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def save(self, products: Iterable[Product]) -> None:
        """Insert these, or overwrite those of the same id; a later one of the same id wins."""
        values = {product.id: _product_values(self._scope, product) for product in products}
        rows = list(values.values())
        for start in range(0, len(rows), CHUNK_ROWS):
            chunk = rows[start : start + CHUNK_ROWS]
            upsert(self._session, ProductRow, chunk, keys=["org", "product"])

    def by_id(self, product_ids: Iterable[str]) -> dict[str, Product]:
        """The known ones of these products."""
        wanted = sorted(set(product_ids))
        found: dict[str, Product] = {}
        for start in range(0, len(wanted), CHUNK_ROWS):
            rows = self._session.exec(
                select(ProductRow).where(
                    ProductRow.org == self._scope.org,
                    col(ProductRow.product).in_(wanted[start : start + CHUNK_ROWS]),
                )
            )
            found.update({row.product: _product(row) for row in rows})
        return found

    def categories(self) -> dict[str, str]:
        """The category of every product, by product id."""
        statement = select(ProductRow.product, ProductRow.category).where(
            ProductRow.org == self._scope.org
        )
        return dict(self._session.exec(statement).all())


def _product_values(scope: Scope, product: Product) -> dict[str, object]:
    values: dict[str, object] = asdict(product)
    return {"org": scope.org, "product": values.pop("id"), **values}


def _product(row: ProductRow) -> Product:
    return Product(
        row.product, row.name, row.category, row.department, row.price_minor, row.margin_bp
    )
