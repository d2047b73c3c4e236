"""Flow (read): what happened on each local day, of a campaign or of the whole store."""

from datetime import datetime
from zoneinfo import ZoneInfo

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId
from store_server.reports.daily import DayCounts, days_of
from store_server.reports.repository import DailyLogRepository
from store_server.reports.repository.unit_log import Span


def show_days(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    campaign: CampaignId | None = None,
) -> list[DayCounts]:
    """Every day of [since, until) from the first on which something happened, oldest first."""
    log = DailyLogRepository(uow.session, rooms.scope, simulated=rooms.policy.simulated)
    zone = ZoneInfo(rooms.policy.timezone)
    last = (until or now).astimezone(zone).date()
    return days_of(log.hours(Span(since, until, campaign)), zone=zone, today=last)
