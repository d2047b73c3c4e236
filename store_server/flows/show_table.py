"""Any report as a table: for the API, for files, for print."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_report import show_report
from store_server.flows.show_slices import show_slices
from store_server.ids import CampaignId
from store_server.reports.funnel_table import FUNNEL, funnel_table
from store_server.reports.lift_tables import LIFT, SLICES, lift_table, slice_table
from store_server.reports.outcomes import Metric
from store_server.reports.table import Table, TableKind


@dataclass(frozen=True, slots=True)
class Ask:
    """Of which decisions a report is to be: [since, until), of a campaign; None: no limit."""

    since: datetime | None = None
    until: datetime | None = None
    campaign: CampaignId | None = None
    metric: Metric = Metric.CONVERSION


_Making = Callable[[UnitOfWork[StoreLive], StoreRooms, datetime, Ask], Table]


def show_table(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, name: str, ask: Ask
) -> Table:
    """The report of this name. A read flow.

    Raises:
        NotFound: `unknown_report`, `unknown_campaign`.
    """
    found = TABLES.get(name)
    if found is None:
        raise NotFound(
            f"there is no report {name!r}; there are {', '.join(TABLES)}", code="unknown_report"
        )
    return found[1](uow, rooms, now, ask)


def _funnel(uow: UnitOfWork[StoreLive], rooms: StoreRooms, now: datetime, ask: Ask) -> Table:
    found = show_report(uow, rooms, now=now, since=ask.since, until=ask.until)
    return funnel_table(found.funnel)


def _lift(uow: UnitOfWork[StoreLive], rooms: StoreRooms, now: datetime, ask: Ask) -> Table:
    found = show_report(
        uow, rooms, now=now, since=ask.since, until=ask.until, campaign=ask.campaign
    )
    return lift_table(found.lift)


def _slices(uow: UnitOfWork[StoreLive], rooms: StoreRooms, now: datetime, ask: Ask) -> Table:
    found = show_slices(
        uow,
        rooms,
        now=now,
        since=ask.since,
        until=ask.until,
        campaign=ask.campaign,
        metric=ask.metric,
    )
    return slice_table(found.slices)


TABLES: Mapping[str, tuple[TableKind, _Making]] = {
    kind.name: (kind, making)
    for kind, making in ((FUNNEL, _funnel), (LIFT, _lift), (SLICES, _slices))
}
