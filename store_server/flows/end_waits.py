"""Flow: a wait is over: what it waited for happened, or its time is up; then it is decided.

Each wait ends once: its row is held from the look to the commit, and the decision is made in the
same transaction. Two servers on one database, a double tick and a kill at any moment leave exactly
one decision for each wait that was not cancelled.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from store_server.database import UnitOfWork
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId, ZoneId
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.repository import WaitRepository
from store_server.offers.step import AwaitedKind, Happening
from store_server.offers.trigger import Trigger, Way
from store_server.offers.wait import Wait, WaitEnd, step_trigger
from store_server.presence.engine import ZoneEvent
from store_server.presence.visit import instant_of

# A slice of a tick: a decision is about a millisecond, a group of flows lasts twenty.
FIRED_AT_ONCE = 25
# Long enough to ask why somebody did not come back into a campaign; they are as many as triggers.
REFUSED_KEPT = timedelta(days=7)

_ENDS = {Way.EVENT: WaitEnd.EVENT, Way.TIMEOUT: WaitEnd.TIMEOUT}


def run_waits(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> bool:
    """End some of the waits whose time is up; True when there may be more."""
    due = WaitRepository(uow.session, rooms.scope).due(now, limit=FIRED_AT_ONCE)
    _end(uow, rooms, [(one, one.due_at) for one in due], way=Way.TIMEOUT, now=now)
    return len(due) == FIRED_AT_ONCE


def meet_waits(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    happenings: Iterable[Happening],
    *,
    now: datetime,
) -> int:
    """End the waits for what has happened; how many.

    A wait that another server is just ending is left to it.
    """
    catalogue, repository = uow.live.catalogue, WaitRepository(uow.session, rooms.scope)
    by_kind: dict[AwaitedKind, list[Happening]] = {}
    for one in sorted(happenings, key=lambda one: (one.at, one.id)):
        if catalogue.awaits(one.kind):
            by_kind.setdefault(one.kind, []).append(one)
    met: list[tuple[Wait, Happening]] = []
    for kind, told in by_kind.items():
        for wait in repository.awaiting(kind, {one.shopper for one in told}):
            first = next((one for one in told if wait.is_ended_by(one)), None)
            if first is not None:
                met.append((wait, first))
    events = {wait.id: happening for wait, happening in met}
    ended = [(wait, happening.at) for wait, happening in met]
    _end(uow, rooms, ended, way=Way.EVENT, now=now, events=events)
    return len(met)


def zones_entered(events: Iterable[ZoneEvent], *, late: frozenset[str]) -> list[Happening]:
    """The zones that shoppers entered, as happenings; not those that are history already."""
    return [
        Happening(
            shopper=ShopperId(event.device),
            kind=AwaitedKind.ZONE_ENTER,
            at=instant_of(event.t),
            id=event.id,
            zone=event.zone,
        )
        for event in events
        if event.kind == "enter" and event.id not in late
    ]


def _end(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    ended: Sequence[tuple[Wait, datetime]],
    *,
    way: Way,
    now: datetime,
    events: Mapping[str, Happening] | None = None,
) -> None:
    """Cancel those of which nothing may come any more, and decide on the others."""
    repository = WaitRepository(uow.session, rooms.scope)
    happened = {wait: one.id for wait, one in (events or {}).items()}
    triggers: list[Trigger] = []
    for wait, at in ended:
        campaign = uow.live.catalogue.campaigns.get(wait.campaign)
        stopped = _stopped(wait, campaign, at=at, now=now)
        repository.end([wait], stopped or _ENDS[way], at=at, happened=happened)
        if stopped is None:
            event = (events or {}).get(wait.id)
            triggers.append(_trigger(uow.live, wait, way, at=at, event=event))
    if triggers:
        for decision in decide_triggers(uow, rooms, now=now, triggers=triggers):
            names = (one.event_id for one in triggers if one.id == decision.trigger_id)
            for wait_id in names:
                repository.decided(wait_id, decision.id)


def _stopped(
    wait: Wait, campaign: Campaign | None, *, at: datetime, now: datetime
) -> WaitEnd | None:
    if campaign is None or campaign.state is CampaignState.ENDED or not _lasts(campaign, at):
        return WaitEnd.CAMPAIGN_ENDED
    if campaign.state is not CampaignState.LIVE:
        return WaitEnd.CAMPAIGN_PAUSED
    if campaign.step != wait.step:
        return WaitEnd.CAMPAIGN_CHANGED
    late = wait.is_late(now, at=at, moment_s=campaign.moment_s)
    return WaitEnd.MISSED if late else None


def _lasts(campaign: Campaign, at: datetime) -> bool:
    return campaign.ends_at is None or at < campaign.ends_at


def _trigger(
    live: StoreLive, wait: Wait, way: Way, *, at: datetime, event: Happening | None
) -> Trigger:
    """The question, asked where the shopper is by then."""
    visit = live.visits.of(wait.shopper)
    zone: ZoneId | None = event.zone if event is not None else None
    if zone is None and visit is not None and visit.zones and visit.zones[-1].left_at is None:
        zone = visit.zones[-1].zone
    visit_id = visit.id if visit is not None else None
    return step_trigger(wait, way, at=at, zone=zone, visit_id=visit_id)


def drop_old_waits(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """Take away refused entries of long ago; how many rows. What fired or waits stays."""
    return WaitRepository(uow.session, rooms.scope).drop_refused(before=now - REFUSED_KEPT)
