"""Flows: a product is made or changed; a page of them is read."""

from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.product import Product
from store_server.shop.repository import ProductRepository


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Products by id; `next_after` is the last id when there are more."""

    products: tuple[Product, ...]
    next_after: str | None


def save_product(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    product: Product,
) -> Product:
    """The product as it stands now; the next basket already goes by its category."""
    ProductRepository(uow.session, rooms.scope).save([product])
    return product


def show_products(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    after: str,
    limit: int,
) -> ProductPage:
    """At most `limit` products of the organisation whose id comes behind `after`, by id."""
    repository = ProductRepository(uow.session, rooms.scope)
    behind = sorted(name for name in repository.categories() if name > after)
    names = behind[:limit]
    found = repository.by_id(names)
    return ProductPage(
        products=tuple(found[name] for name in names),
        next_after=names[-1] if len(behind) > limit else None,
    )
