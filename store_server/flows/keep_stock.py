"""Flows: the retailer says what is on the shelves; what there is none of is not offered."""

from collections.abc import Mapping
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.repository import StockRepository

MOST_PRODUCTS = 10_000
MOST_UNITS = 10**9


def keep_stock(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    units: Mapping[str, int],
) -> int:
    """Keep how many units of each product this store has; how many products were said.

    Others keep what was said of them; one that nobody ever spoke of is taken to be there.

    Raises:
        Unprocessable: too many products at once, or a number that cannot be.
    """
    if not 0 < len(units) <= MOST_PRODUCTS:
        raise Unprocessable(
            f"units has {len(units)} products; must be 1..{MOST_PRODUCTS}", code="bad_stock"
        )
    for product, number in units.items():
        if not 0 <= number <= MOST_UNITS:
            raise Unprocessable(
                f"units of {product[:64]!r} is {number}; must be 0..{MOST_UNITS}", code="bad_stock"
            )
    StockRepository(uow.session, rooms.scope).say(units, at=now)
    return len(units)


def show_stock(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> dict[str, int]:
    """Units of each product that somebody spoke of, by product."""
    return StockRepository(uow.session, rooms.scope).units()
