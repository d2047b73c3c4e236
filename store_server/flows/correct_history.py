"""What a gateway tells too late corrects visits and statistics; it triggers nothing.

What the engine cannot take any more, be it seconds or hours old, waits (`StoreLive.late`,
journalled) until nothing late has come for a while, because a spool comes in batches and several
gateways may have been cut off together. A gateway that lags all day leaves no such pause: by the
system clock nothing waits longer than `LONGEST_MS`; by the event clock, which waits for gateways
that lag, the pause alone counts, because it is the same after a kill. Then each shopper's late
sightings are heard by themselves, and fill the gaps between what is known (`presence.history`).
By the system clock a job looks; by the event clock it is done as time passes, so that the same
day gives the same corrections. Where two visits turn out to be one, what refers to the one that
is gone refers to the other.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.decisions.repository import VisitNameRepository
from store_server.flows.advance_presence import save_progress, visit_rules
from store_server.flows.journal_presence import journal_step
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.presence.engine import PresenceEngine
from store_server.presence.history import corrected, late_stays
from store_server.presence.journal import joined
from store_server.presence.observation import Observation
from store_server.presence.repository import PresenceRepository

# Batches of a spool come many a second; a pause this long says that it is empty.
REST_MS = 10_000
# Long enough for a spool of hours; a slow gateway's part of a stay is cut in two at worst.
LONGEST_MS = 120_000
# A sighting costs about 150 us: a slice holds up a till for no more than 0.3 s.
AT_ONCE = 2_000


def set_aside_late(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    observations: Sequence[Observation],
) -> list[Observation]:
    """Keep what comes too late for the engine as history; the rest is returned.

    What the engine takes is none of it: the rest is observed in order of time, and hearing it
    makes nothing that comes after too old.
    """
    live = uow.live
    late = [one for one in observations if not live.presence.takes(one.device, one.t)]
    if not late:
        return list(observations)
    journal_step(uow, rooms, late=late)
    waiting, dropped = joined(live.late, late)
    counters = uow.live.counters.plus(pending_dropped=dropped) if dropped else uow.live.counters
    since_ms = live.late_since_ms if live.late else to_ms(now)
    uow.live = replace(
        uow.live, late=waiting, counters=counters, late_at_ms=to_ms(now), late_since_ms=since_ms
    )
    aside = set(late)
    return [one for one in observations if one not in aside]


def correct_history(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """By the system clock: conclude from what came late; how many sightings are left."""
    return correct_some(uow, rooms, now=now) if rooms.policy.clock == "system" else 0


def correct_some(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """Conclude from what came late, some shoppers at a time; how many sightings are left."""
    live, now_ms = uow.live, to_ms(now)
    if not live.late or not _is_due(live, now_ms=now_ms, clock=rooms.policy.clock):
        return 0
    # Of the last seconds the engine has not said all yet: what it will say comes first.
    settled = [one for one in live.late if one.t * 1000 <= now_ms - REST_MS]
    chosen = _next_devices(settled)
    engine = _blank(live.presence)
    for device in sorted(chosen):
        heard = [one for one in settled if one.device == device]
        _correct(uow, rooms, engine=engine.fork(), heard=heard)
    done = {one for one in settled if one.device in chosen}
    rest = tuple(one for one in live.late if one not in done)
    left = len(settled) - sum(one.device in chosen for one in settled)
    since_ms = live.late_since_ms if left else now_ms
    uow.live = replace(uow.live, late=rest, late_since_ms=since_ms)
    save_progress(uow, rooms)
    return left


def _is_due(live: StoreLive, *, now_ms: int, clock: str) -> bool:
    if now_ms - live.late_at_ms >= REST_MS:
        return True
    return clock == "system" and now_ms - live.late_since_ms >= LONGEST_MS


def _correct(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    engine: PresenceEngine,
    heard: Sequence[Observation],
) -> None:
    shopper, live = ShopperId(heard[0].device), uow.live
    repository = PresenceRepository(uow.session, rooms.scope)
    found = corrected(
        repository.visits_of(shopper),
        late_stays(engine, heard),
        shopper=shopper,
        rules=visit_rules(rooms, live.plan),
    )
    if not found.visits:
        return
    whose = {
        (stay.zone, stay.entered_at.timestamp()): visit.id
        for visit in found.visits
        for stay in visit.zones
    }
    named = [(one, whose.get((one.zone, one.entered_at_t))) for one in found.events]
    repository.add_zone_events(named, late={one.id for one in found.events})
    repository.save_visits(found.visits)
    for gone, kept in found.absorbed.items():
        repository.absorb_visit(gone, into=kept, shopper=shopper)
        VisitNameRepository(uow.session, rooms.scope).move(gone, to=kept, shopper=shopper)
    counters = live.counters.plus(
        zone_events=len(found.events),
        late_events=len(found.events),
        corrected_visits=len(found.visits),
    )
    uow.live = replace(live, visits=live.visits.corrected(found.visits), counters=counters)


def _next_devices(pending: Sequence[Observation]) -> frozenset[str]:
    """The devices whose sightings are next: about `AT_ONCE` of them, one device at least."""
    sizes: dict[str, int] = {}
    for one in pending:
        sizes[one.device] = sizes.get(one.device, 0) + 1
    chosen: list[str] = []
    total = 0
    for device in sorted(sizes):
        if chosen and total + sizes[device] > AT_ONCE:
            break
        chosen.append(device)
        total += sizes[device]
    return frozenset(chosen)


def _blank(engine: PresenceEngine) -> PresenceEngine:
    """The engine without devices."""
    blank = engine.fork()
    for device in engine.known():
        blank.forget(device)
    return blank
