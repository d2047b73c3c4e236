"""Every unit's outcome with its date: what goes into files for long spans."""

from datetime import datetime, timedelta

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.reports.repository import UnitRepository
from store_server.reports.repository.unit_log import Span
from store_server.reports.unit_files import DatedUnit
from store_server.reports.unit_ledger import outcomes_of, reading_at


def show_units(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> list[DatedUnit]:
    """All units of the store, oldest first. A read flow."""
    units = UnitRepository(uow.session, rooms.scope)
    offers = uow.live.catalogue.offers
    promotions = units.promotions(Span(), {name: one.category for name, one in offers.items()})
    outcomes = outcomes_of(
        promotions,
        after=units.receipts(promotions),
        before=units.earlier(promotions),
        reading=reading_at(now, timedelta(hours=rooms.policy.window_hours)),
    )
    return [DatedUnit(one.at_ms, of) for one, of in zip(promotions, outcomes, strict=True)]
