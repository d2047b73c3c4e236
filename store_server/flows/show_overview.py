"""Flow (read): the store's day at a glance: today against the usual, what needs somebody now."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from store_server.database import UnitOfWork
from store_server.decisions.repository import SwitchRepository
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_beacons import show_beacons, show_findings
from store_server.flows.show_campaigns import ShownCampaign, show_campaigns
from store_server.flows.show_fleet import GatewayStanding, fleet_of
from store_server.flows.show_people import people_in
from store_server.ids import CampaignId
from store_server.offers.campaign import CampaignState
from store_server.reports.funnel import Counts
from store_server.reports.repository import ReportRepository, VisitLogRepository
from store_server.reports.usual import DaySoFar, day_so_far, first_day_needed

NEEDS_SHOWN = 3
# From here on the rest of a budget is days, not weeks.
NEARLY_GONE = 0.9


class NeedKind(StrEnum):
    """What may need somebody, the most pressing first."""

    SILENCED = "silenced"
    GATEWAY_DOWN = "gateway_down"
    BUDGET_GONE = "budget_gone"
    NO_HOLDOUT = "no_holdout"
    NOT_AS_PLANNED = "not_as_planned"
    RESULT_READY = "result_ready"
    BATTERY = "battery"
    BUDGET_NEARLY = "budget_nearly"
    NO_CAMPAIGN = "no_campaign"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing: about what (a name of the installation, never a person), and how much.

    count: how many it is about; then `subject` names them all. Three gateways that are silent are
    one thing to look at, and must not hide the others.
    """

    kind: NeedKind
    subject: str = ""
    url: str = "/"
    share: float | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the first page; `needs` are the most pressing ones of `needs_in_all`."""

    at: datetime
    in_store: int
    visits: DaySoFar
    today: Counts
    week_before: Counts
    needs: tuple[Need, ...]
    needs_in_all: int
    campaigns: tuple[ShownCampaign, ...] = field(default=())


def show_overview(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    ready: Collection[CampaignId] = (),
) -> Overview:
    """The overview of the store's local day; `ready`: whose result can be read."""
    timezone = rooms.policy.timezone
    midnight = now.astimezone(ZoneInfo(timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    week = timedelta(days=7)
    reports = ReportRepository(uow.session, rooms.scope, simulated=rooms.policy.simulated)
    since = first_day_needed(now, timezone=timezone)
    log = VisitLogRepository(uow.session, rooms.scope, simulated=rooms.policy.simulated)
    campaigns = show_campaigns(uow, rooms, now=now)
    running = tuple(one for one in campaigns if one.campaign.state is CampaignState.LIVE)
    needs = list(_needs(uow, rooms, running, now=now, ready=ready))
    return Overview(
        at=now,
        in_store=len(people_in(uow.live, at_t=now.timestamp())),
        visits=day_so_far(log.began(since=since, until=now), now=now, timezone=timezone),
        today=reports.counts(since=midnight.astimezone(UTC), until=None),
        week_before=reports.counts(since=midnight.astimezone(UTC) - week, until=now - week),
        needs=tuple(needs[:NEEDS_SHOWN]),
        needs_in_all=len(needs),
        campaigns=running,
    )


def _needs(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    running: tuple[ShownCampaign, ...],
    *,
    now: datetime,
    ready: Collection[CampaignId],
) -> Iterator[Need]:
    """Every need, the most pressing first."""
    if SwitchRepository(uow.session, rooms.scope).is_on():
        yield Need(NeedKind.SILENCED, url="/settings/system")
    down = (GatewayStanding.OFFLINE, GatewayStanding.SILENT)
    silent = [line.id for line in fleet_of(uow.live, now=now) if line.standing in down]
    yield from _together(NeedKind.GATEWAY_DOWN, silent, "/store/devices")
    used = [(one, share) for one in running if (share := _used(one)) is not None]
    for one, share in used:
        if share >= 1:
            yield Need(NeedKind.BUDGET_GONE, one.campaign.name, f"/campaigns/at/{one.campaign.id}")
    blind = [one.campaign for one in running if _holds_out_nobody(one, rooms)]
    edit = f"/campaigns/at/{blind[0].id}/edit" if len(blind) == 1 else "/campaigns?state=live"
    yield from _together(NeedKind.NO_HOLDOUT, [one.name for one in blind], edit)
    yield from _less_pressing(uow, rooms, running, now=now, ready=ready)
    for one, share in used:
        if NEARLY_GONE <= share < 1:
            address = f"/campaigns/at/{one.campaign.id}"
            yield Need(NeedKind.BUDGET_NEARLY, one.campaign.name, address, share)
    if not running:
        yield Need(NeedKind.NO_CAMPAIGN, url="/campaigns")


def _less_pressing(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    running: tuple[ShownCampaign, ...],
    *,
    now: datetime,
    ready: Collection[CampaignId],
) -> Iterator[Need]:
    """What can wait for a day: findings, results to be read, batteries."""
    for finding in show_findings(uow, rooms, now=now):
        yield Need(NeedKind.NOT_AS_PLANNED, finding.subject, "/store/devices")
    for one in running:
        if one.campaign.id in ready:
            address = f"/campaigns/at/{one.campaign.id}/results"
            yield Need(NeedKind.RESULT_READY, one.campaign.name, address)
    low = [beacon.id for beacon in show_beacons(uow, rooms, now=now) if beacon.battery_low]
    yield from _together(NeedKind.BATTERY, low, "/store/devices")


def _together(kind: NeedKind, subjects: Sequence[str], url: str) -> Iterator[Need]:
    """One need about all of them; none about nothing."""
    if subjects:
        yield Need(kind, ", ".join(subjects), url, count=len(subjects))


def _holds_out_nobody(one: ShownCampaign, rooms: StoreRooms) -> bool:
    """Whether neither the store nor the campaign itself keeps anybody to compare with."""
    return rooms.policy.holdout_bp == 0 and one.campaign.holdout_bp == 0


def _used(one: ShownCampaign) -> float | None:
    """The share of its budget that a campaign has given away; None without a budget."""
    shares = []
    if one.campaign.budget_issues:
        shares.append(one.use.issues / one.campaign.budget_issues)
    if one.campaign.budget_minor:
        given = one.use.reserved_minor + one.use.spent_minor
        shares.append(given / one.campaign.budget_minor)
    return max(shares, default=None)
