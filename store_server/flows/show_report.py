"""What the store's offers did and what they were worth, over a span of time."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.reports.funnel import funnel_of
from store_server.reports.lift import lift_of
from store_server.reports.report import Report
from store_server.reports.repository import ReportRepository


def show_report(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Report:
    """The funnel and the lift of [since, until); None: no limit. A read flow."""
    repository = ReportRepository(uow.session, rooms.scope)
    counts = repository.counts(since=since, until=until)
    return Report(
        org=rooms.scope.org,
        store=rooms.scope.store,
        made_at=now,
        since=since,
        until=until,
        currency=rooms.policy.currency,
        counts=counts,
        funnel=funnel_of(counts),
        lift=lift_of(
            repository.unit_outcomes(since=since, until=until),
            control_share=rooms.policy.holdout_bp / 10_000,
        ),
    )
