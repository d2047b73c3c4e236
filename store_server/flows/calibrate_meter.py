"""The meter proves itself: which placebo campaigns are to be run, and what they came to.

Two flows, with the seconds of computing between them and no transaction open: `shapes_to_prove`
reads what the store's data look like, `keep_calibration` writes what was found.
"""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_report import question_of, unit_outcomes
from store_server.reports.meter_shape import DataShape, shape_of
from store_server.reports.placebo import Calibration
from store_server.reports.repository import CalibrationRepository
from store_server.reports.repository.unit_log import Span


def shapes_to_prove(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, again: bool = False
) -> list[DataShape]:
    """The shapes of the store's data and of each campaign's that are not calibrated yet.

    Args:
        uow: a read transaction.
        rooms: the store.
        now: the instant that outcomes are read at.
        again: also those that are calibrated already.
    """
    kept = CalibrationRepository(uow.session, rooms.scope)
    campaigns = uow.live.catalogue.campaigns
    shapes = {
        shape
        for name in (None, *campaigns)
        if (
            shape := shape_of(
                unit_outcomes(uow, rooms, now=now, span=Span(campaign=name)),
                question_of(rooms, campaigns[name] if name else None, now=now),
            )
        )
    }
    return sorted(shape for shape in shapes if again or kept.find(shape) is None)


def keep_calibration(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, calibration: Calibration
) -> None:
    """Write down what the placebo shop found."""
    CalibrationRepository(uow.session, rooms.scope).keep(calibration, at=now)
