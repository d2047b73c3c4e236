"""Which products the lines of a basket name: by id, or by a GTIN in any length."""

from collections.abc import Iterable

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.gtin import gtin_of, spellings
from store_server.shop.product import Product
from store_server.shop.repository import ProductRepository


def known_products(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, names: Iterable[str]
) -> dict[str, Product]:
    """The known products by these names; a name that nobody knows is not there."""
    ways = {name: (name, *_other_spellings(name)) for name in set(names)}
    repository = ProductRepository(uow.session, rooms.scope)
    found = repository.by_id(spelling for way in ways.values() for spelling in way)
    matches = (
        (name, next((found[x] for x in way if x in found), None)) for name, way in ways.items()
    )
    return {name: product for name, product in matches if product is not None}


def _other_spellings(name: str) -> tuple[str, ...]:
    gtin = gtin_of(name)
    return () if gtin is None else spellings(gtin)
