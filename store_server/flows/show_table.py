"""Any report as a table: for the API, for files, for print."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_days import show_days
from store_server.flows.show_report import campaign_of, question_of, show_report, unit_outcomes
from store_server.flows.show_slices import show_slices
from store_server.ids import CampaignId
from store_server.offers.repository import BudgetRepository
from store_server.reports.attribution_table import ATTRIBUTION, attribution_table
from store_server.reports.budget_advice import BUDGET, CampaignResult, budget_table
from store_server.reports.daily import DAILY, daily_table
from store_server.reports.funnel_table import FUNNEL, funnel_table
from store_server.reports.lift import lift_of
from store_server.reports.lift_tables import LIFT, SLICES, lift_table, slice_table
from store_server.reports.outcomes import Metric
from store_server.reports.own_categories import OWN_CATEGORIES, own_category_table
from store_server.reports.repository import (
    TasteLogRepository,
    UnitRepository,
    VisitLogRepository,
)
from store_server.reports.repository.unit_log import Span
from store_server.reports.table import Table, TableKind
from store_server.reports.traffic import (
    FLOWS,
    TRAFFIC,
    WEEKS_BACK,
    ZONES,
    SeenVisit,
    flow_table,
    traffic_table,
    zone_table,
)

# Traffic without a `since` is of the last week.
TRAFFIC_DAYS = 7


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


def _daily(uow: UnitOfWork[StoreLive], rooms: StoreRooms, now: datetime, ask: Ask) -> Table:
    asked = {"since": ask.since, "until": ask.until}
    return daily_table(show_days(uow, rooms, now=now, campaign=ask.campaign, **asked))


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


def _attribution(uow: UnitOfWork[StoreLive], rooms: StoreRooms, now: datetime, ask: Ask) -> Table:
    question = question_of(rooms, campaign_of(uow, ask.campaign), now=now)
    span = Span(ask.since, ask.until, ask.campaign)
    credited = UnitRepository(uow.session, rooms.scope, simulated=rooms.policy.simulated).credited(
        span
    )
    return attribution_table(credited, unit_outcomes(uow, rooms, now=now, span=span), question)


def _traffic(uow: UnitOfWork[StoreLive], rooms: StoreRooms, now: datetime, ask: Ask) -> Table:
    since, until = _span(now, ask)
    log = VisitLogRepository(uow.session, rooms.scope, simulated=rooms.policy.simulated)
    visits = log.visits(since=since - timedelta(weeks=WEEKS_BACK), until=until)
    zone = ZoneInfo(rooms.policy.timezone)
    return traffic_table(visits, since=since, until=until, zone=zone)


def _zones(uow: UnitOfWork[StoreLive], rooms: StoreRooms, now: datetime, ask: Ask) -> Table:
    return zone_table(_visits(uow, rooms, now, ask))


def _zone_flows(uow: UnitOfWork[StoreLive], rooms: StoreRooms, now: datetime, ask: Ask) -> Table:
    return flow_table(_visits(uow, rooms, now, ask))


def _visits(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, now: datetime, ask: Ask
) -> list[SeenVisit]:
    since, until = _span(now, ask)
    return VisitLogRepository(uow.session, rooms.scope, simulated=rooms.policy.simulated).visits(
        since=since, until=until
    )


def _span(now: datetime, ask: Ask) -> tuple[datetime, datetime]:
    until = ask.until or now
    return ask.since or until - timedelta(days=TRAFFIC_DAYS), until


def _own_categories(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, now: datetime, ask: Ask
) -> Table:
    log = TasteLogRepository(uow.session, rooms.scope)
    return own_category_table(log.bought(until=ask.until or now), log.stages())


def _budget(uow: UnitOfWork[StoreLive], rooms: StoreRooms, now: datetime, ask: Ask) -> Table:
    campaigns = uow.live.catalogue.campaigns
    names = [ask.campaign] if ask.campaign else list(campaigns)
    use = BudgetRepository(uow.session, rooms.scope).use_of(names)
    results = [
        CampaignResult(
            campaign=name,
            spent_minor=use[name].spent_minor,
            reserved_minor=use[name].reserved_minor,
            lift=lift_of(
                unit_outcomes(uow, rooms, now=now, span=Span(ask.since, ask.until, name)),
                question_of(rooms, campaign_of(uow, name), now=now),
            ),
        )
        for name in names
    ]
    return budget_table([one for one in results if one.lift.offered.units or one.spent_minor])


TABLES: Mapping[str, tuple[TableKind, _Making]] = {
    kind.name: (kind, making)
    for kind, making in (
        (FUNNEL, _funnel),
        (DAILY, _daily),
        (LIFT, _lift),
        (SLICES, _slices),
        (ATTRIBUTION, _attribution),
        (BUDGET, _budget),
        (TRAFFIC, _traffic),
        (ZONES, _zones),
        (FLOWS, _zone_flows),
        (OWN_CATEGORIES, _own_categories),
    )
}
