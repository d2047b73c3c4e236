"""Time passes in a store: observations and silence become zone events, visits and decisions.

Two clocks. By the system clock an observation counts at once, and a job lets time pass each
second. By the event clock observations wait (`StoreLive.pending`) until every gateway that
counts has told up to their time; then all of them are taken in one order, whichever way the
messages came, time passes to that instant, and what follows is decided as of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from store_server.clock import from_ms, to_ms
from store_server.database import UnitOfWork
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.end_waits import meet_waits, zones_entered
from store_server.flows.follow_up import triggers_of_visits
from store_server.flows.journal_presence import journal_step
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.trigger_source import triggers_from
from store_server.presence.engine import ZoneEvent
from store_server.presence.event_clock import next_event_ms, outwaited, reached
from store_server.presence.journal import conclude, joined
from store_server.presence.observation import Observation
from store_server.presence.policy import PresencePolicy
from store_server.presence.repository import PresenceRepository, Progress
from store_server.presence.visit import VisitRules
from store_server.shop.floor_plan import FloorPlan

# By the system clock nobody promises that all was told: windows of gateways last up to a second.
TOLD_AFTER_MS = 1_000


def advance_presence(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """Let time pass to `now` (system clock) or as far as gateways have told (event clock).

    Returns:
        How many zone events followed.
    """
    before = uow.live.counters["zone_events"]
    if rooms.policy.clock == "event":
        move_clock(uow, rooms)
    else:
        _conclude(uow, rooms, now=now, observations=(), until_ms=to_ms(now) - TOLD_AFTER_MS)
        uow.live = replace(uow.live, event_now_ms=to_ms(now))
    events = uow.live.counters["zone_events"] - before
    if events:
        save_progress(uow, rooms)
    return events


def take_observations(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    observations: Sequence[Observation],
) -> None:
    """Hand observations to presence: at once, or to wait for the event clock."""
    if not observations:
        return
    if rooms.policy.clock == "event":
        journal_step(uow, rooms, observations=observations, until_ms=None)
        pending, dropped = joined(uow.live.pending, observations)
        counters = uow.live.counters.plus(pending_dropped=dropped) if dropped else None
        uow.live = replace(uow.live, pending=pending, counters=counters or uow.live.counters)
    else:
        due, _ = reached(observations, now.timestamp())
        _conclude(uow, rooms, now=now, observations=due, until_ms=None)
        uow.live = replace(uow.live, event_now_ms=to_ms(now))


def move_clock(uow: UnitOfWork[StoreLive], rooms: StoreRooms) -> bool:
    """Move the event clock as far as the gateways allow; False when it stands.

    By the system clock there is nothing to move.
    """
    live = uow.live
    if rooms.policy.clock != "event":
        return False
    lag_ms = round(rooms.policy.presence.clock_lag_s * 1000)
    for line in outwaited(live.gateways.values(), lag_ms=lag_ms):
        uow.live = live = live.with_gateway(line)
    event_ms = next_event_ms(live.event_now_ms, live.gateways.values(), lag_ms=lag_ms)
    if event_ms <= live.event_now_ms:
        return False
    due, rest = reached(live.pending, event_ms / 1000)
    uow.live = replace(live, pending=rest, event_now_ms=event_ms)
    _conclude(uow, rooms, now=from_ms(event_ms), observations=due, until_ms=event_ms)
    return True


def save_progress(uow: UnitOfWork[StoreLive], rooms: StoreRooms) -> None:
    """Write the counts and the clock down, with what they count."""
    repository = PresenceRepository(uow.session, rooms.scope)
    repository.save_progress(Progress(uow.live.event_now_ms, uow.live.counters.values))


def visit_rules(rooms: StoreRooms, plan: FloorPlan) -> VisitRules:
    """What visits of this store go by: one leaves through entrances and past checkouts."""
    ways_out = frozenset(
        str(zone.id) for zone in plan.zones if zone.kind in ("entrance", "checkout")
    )
    return VisitRules(rooms.scope, ways_out, rooms.policy.presence)


def _conclude(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    observations: Sequence[Observation],
    until_ms: int | None,
) -> None:
    """Observations in their order, then time to `until_ms`; keep and decide what follows."""
    live = uow.live
    engine = live.presence.fork(dwell_marks_s=live.catalogue.dwell_marks_s())
    events = conclude(engine, observations, until_ms=until_ms)
    _keep_step(uow, rooms, observations=observations, until_ms=until_ms, events=events)
    rules = visit_rules(rooms, live.plan)
    book, changes, visit_ids = live.visits.take(events, rules=rules)
    in_store = book.open
    if until_ms is not None:
        book, ended = book.end_overdue(until_ms / 1000, rules=rules)
        changes += ended
    uow.live = replace(uow.live, presence=engine, visits=book)
    if not events and not changes:
        return
    started = sum(change.kind == "started" for change in changes)
    late = _late(events, now=now, policy=rooms.policy.presence)
    counters = live.counters.plus(zone_events=len(events), visits=started, late_events=len(late))
    uow.live = replace(uow.live, counters=counters)
    repository = PresenceRepository(uow.session, rooms.scope)
    named = [(event, visit_ids.get(event.id)) for event in events]
    repository.add_zone_events(named, late=late)
    repository.save_visits([change.visit for change in changes])
    triggers = triggers_from(
        events,
        changes,
        catalogue=live.catalogue,
        visits=in_store,
        now=now,
        late_s=rooms.policy.presence.late_s,
        gap_s=rooms.policy.presence.visit_gap_s,
    )
    triggers += triggers_of_visits(uow, rooms, changes, now=now)
    if triggers:
        decide_triggers(uow, rooms, now=now, triggers=triggers)
    meet_waits(uow, rooms, zones_entered(events, late=late), now=now)


def _keep_step(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    observations: Sequence[Observation],
    until_ms: int | None,
    events: Sequence[ZoneEvent],
) -> None:
    """Journal what presence was given; time that passes in silence rides in the next step."""
    if observations or events:
        waited = rooms.policy.clock == "event"
        journal_step(uow, rooms, observations=() if waited else observations, until_ms=until_ms)
    elif until_ms is not None:
        uow.live = replace(uow.live, journal=uow.live.journal.advanced(until_ms))


def _late(events: Sequence[ZoneEvent], *, now: datetime, policy: PresencePolicy) -> frozenset[str]:
    """Those that are history already when they are known: they ask for nothing.

    That a stay ended by silence is known only when the silence has lasted: that is not late.
    """
    oldest_t = now.timestamp() - policy.late_s
    silence_s = max(policy.silence_s, policy.beacon_silence_s)
    return frozenset(
        event.id
        for event in events
        if event.t < oldest_t - (silence_s if event.kind == "exit" else 0.0)
    )
