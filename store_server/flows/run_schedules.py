"""Scheduled campaigns: at their hour, one decision about each shopper. A flow of the timetable.

The timetable only ticks; the work stands in tables, in three steps, one slice a transaction:

1. An occurrence that is due becomes a row, once for each store.
2. Its audience is written down: shoppers who agree to offers and were last in this store, or in
   none. Campaign, occurrence and shopper are one key in the whole organisation.
3. Those who wait are decided on, and no longer wait, in the same transaction.

So a double tick, two servers on one database and a kill at any moment leave exactly one decision
for each shopper and occurrence. What is not decided while its moment lasts is missed: an offer
for nine o'clock is not made at noon.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from store_server.database import UnitOfWork
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.campaign import CampaignState
from store_server.offers.repository import CampaignRecordRepository, ScheduleRepository
from store_server.offers.schedule import (
    OccurrenceState,
    OpenOccurrence,
    due,
    moment_s,
    schedule_trigger,
)
from store_server.offers.trigger import TriggerKind
from store_server.presence.repository import PresenceRepository
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ConsentRepository, ShopperRepository

# Writing down is a few statements for all of a slice, whose facts and budgets are read and taken
# together; a decision is then about half a millisecond.
ASKED_AT_ONCE = 500
DECIDED_AT_ONCE = 50
# Longer than any store is behind another with its clock.
ASKS_KEPT = timedelta(days=3)


def run_schedules(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> bool:
    """One slice of what is due; True when there may be more."""
    schedules = ScheduleRepository(uow.session, rooms.scope)
    _open_due(uow, rooms, now=now, schedules=schedules)
    occurrence = schedules.take_next()
    if occurrence is None:
        return False
    campaign = uow.live.catalogue.campaigns.get(occurrence.campaign)
    lasts_s = moment_s(campaign) if campaign is not None else 0
    if now > occurrence.at + timedelta(seconds=lasts_s):
        schedules.move(occurrence, OccurrenceState.MISSED)
    elif occurrence.state is OccurrenceState.ASKING:
        _ask(uow, rooms, now=now, occurrence=occurrence)
    else:
        _decide(uow, rooms, now=now, occurrence=occurrence)
    return True


def drop_old_asks(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """Take away who was asked about long ago: their decisions stay; how many rows."""
    schedules = ScheduleRepository(uow.session, rooms.scope)
    return schedules.drop_settled(before=now - ASKS_KEPT)


def _open_due(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, schedules: ScheduleRepository
) -> None:
    local = ZoneInfo(rooms.policy.timezone)
    records = CampaignRecordRepository(uow.session, rooms.scope)
    for campaign in uow.live.catalogue.heard(TriggerKind.SCHEDULE, None):
        if campaign.state is not CampaignState.LIVE or not campaign.is_running_at(now):
            continue
        found = due(campaign, local, now=now, live_since=None)
        known = schedules.known(campaign.id, [one.name for one in found]) if found else set()
        fresh = [one for one in found if one.name not in known]
        if fresh:
            since = records.live_since(campaign.id)
            schedules.open(campaign.id, [one for one in fresh if since is None or one.at >= since])


def _ask(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, occurrence: OpenOccurrence
) -> None:
    session, scope = uow.session, rooms.scope
    schedules = ScheduleRepository(session, scope)
    slice_ = ShopperRepository(session, scope).after(occurrence.through, limit=ASKED_AT_ONCE)
    if not slice_:
        schedules.move(occurrence, OccurrenceState.DECIDING)
        return
    agreed = ConsentRepository(session, scope).allowed_among(slice_, Purpose.OFFERS, at=now)
    last = PresenceRepository(session, scope).last_stores(agreed)
    ours = [one for one in slice_ if one in agreed and last.get(one, scope.store) == scope.store]
    asked = schedules.ask(occurrence, ours)
    schedules.move(occurrence, OccurrenceState.ASKING, through=slice_[-1], asked=asked)


def _decide(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, occurrence: OpenOccurrence
) -> None:
    schedules = ScheduleRepository(uow.session, rooms.scope)
    waiting = schedules.waiting(occurrence, limit=DECIDED_AT_ONCE)
    if not waiting:
        schedules.move(occurrence, OccurrenceState.DONE)
        return
    visits = {one: uow.live.visits.of(one) for one in waiting}
    triggers = [
        schedule_trigger(
            occurrence, one, scope=rooms.scope, visit_id=visit.id if visit is not None else None
        )
        for one, visit in visits.items()
    ]
    decided = decide_triggers(uow, rooms, now=now, triggers=triggers)
    schedules.settle(occurrence, waiting)
    schedules.move(occurrence, OccurrenceState.DECIDING, decided=len(decided))
