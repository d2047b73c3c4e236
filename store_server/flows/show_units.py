"""Every unit's outcome with its date: what goes into files for long spans."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_report import dated_outcomes
from store_server.reports.repository.unit_log import Span
from store_server.reports.unit_files import DatedUnit


def show_units(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> list[DatedUnit]:
    """All units of the store, oldest first. A read flow."""
    return [DatedUnit(*one) for one in dated_outcomes(uow, rooms, now=now, span=Span())]
