"""After a restart: what presence knew to the last bit, how far batches are taken, what time it was.

The last checkpoint and the steps journalled since give the engine and what waits for the event
clock, exactly. Where they cannot be used (another engine or version of it, other settings, another
plan, older than raw data may live) the open stays of the database are taken up instead: nobody
enters twice, but a stay that had not been concluded yet is concluded anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.flows.rooms import Counters, StoreLive, StoreRooms
from store_server.presence.engine import PresenceEngine, Stay
from store_server.presence.gateway_live import board_of
from store_server.presence.journal import (
    Checkpoint,
    Journal,
    Step,
    replay,
    still_late,
    still_waiting,
)
from store_server.presence.repository import (
    IntakeRepository,
    JournalRepository,
    PresenceRepository,
    Progress,
)
from store_server.presence.visit import LOOK_BACK_S, Visit, VisitBook

log = structlog.get_logger(__name__)


def restore_presence(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, start_at: datetime
) -> StoreLive:
    """The live state of `rooms` with everything that the database knows of presence put in.

    For bootstrap, before the first flow: `rooms.live = reader.read(restore_presence, ...)`.

    Args:
        uow: a read transaction.
        rooms: the store, with a plan, an engine without devices, identities and catalogue.
        now: not used; the instant that the clock last showed counts.
        start_at: where the clock starts on the store's first day.
    """
    del now
    presence = PresenceRepository(uow.session, rooms.scope)
    journal = JournalRepository(uow.session, rooms.scope)
    intake = IntakeRepository(uow.session, rooms.scope)
    first_day = Progress(to_ms(start_at), {})
    progress = presence.progress() or first_day
    visits = presence.open_visits()
    ended = presence.ended_since(progress.event_now_ms - round(LOOK_BACK_S * 1000))
    last_seq = journal.last_seq()
    live = replace(
        uow.live,
        visits=VisitBook(
            {str(visit.shopper): visit for visit in visits},
            {str(visit.shopper): visit for visit in ended},
        ),
        gateways=board_of(intake.spools(), clocks=intake.clocks()),
        event_now_ms=progress.event_now_ms,
        counters=Counters(progress.counts),
        journal=Journal(last_seq, last_seq),
    )
    checkpoint = _usable(journal.checkpoint(), rooms)
    if checkpoint is None:
        return replace(live, presence=by_stays(live))
    steps = journal.steps(after_seq=checkpoint.seq)
    engine = _resumed(live, checkpoint, beliefs=journal.beliefs(checkpoint.seq))
    if engine is not None:
        engine = _caught_up(engine, checkpoint, steps=steps, presence=presence)
    return replace(
        live,
        presence=engine or by_stays(live),
        pending=still_waiting(checkpoint.pending, steps),
        late=still_late(checkpoint.late, steps),
        # Nobody knows how long it was quiet: what may still come is waited for once more.
        late_at_ms=progress.event_now_ms,
        late_since_ms=progress.event_now_ms,
    )


def _usable(checkpoint: Checkpoint | None, rooms: StoreRooms) -> Checkpoint | None:
    """The checkpoint, unless it is older than raw data may live."""
    if checkpoint is None:
        return None
    age_ms = to_ms(rooms.clock.now()) - checkpoint.written_at_ms
    if age_ms <= rooms.policy.raw_hours * 3_600_000:
        return checkpoint
    log.info("the journal is too old and not used", age_h=age_ms // 3_600_000)
    return None


def _resumed(
    live: StoreLive, checkpoint: Checkpoint, *, beliefs: Mapping[str, bytes]
) -> PresenceEngine | None:
    """The engine as it was at the checkpoint; None when that is not of this engine."""
    engine = live.presence.fork(dwell_marks_s=live.catalogue.dwell_marks_s())
    try:
        engine.resume(checkpoint.engine, beliefs)
    except ValueError as error:
        log.warning("beliefs are not taken up, open stays are", reason=str(error))
        return None
    return engine


def _caught_up(
    engine: PresenceEngine,
    checkpoint: Checkpoint,
    *,
    steps: Sequence[Step],
    presence: PresenceRepository,
) -> PresenceEngine:
    """The engine as it was at the last commit: what it concludes again is in the database."""
    engine, events = replay(engine, checkpoint.pending, steps=steps)
    unknown = {event.id for event in events} - presence.known_events(event.id for event in events)
    if unknown:
        log.error("the journal gave events that were never committed", events=len(unknown))
    log.info("presence taken up", steps=len(steps), events_seen_again=len(events))
    return engine


def by_stays(live: StoreLive) -> PresenceEngine:
    """An engine that knows the open stays, and until when others were spoken of."""
    engine = live.presence.fork(dwell_marks_s=live.catalogue.dwell_marks_s())
    visits = live.visits.open.values()
    ends_t = {
        str(visit.shopper): left.timestamp()
        for visit in (*live.visits.ended.values(), *visits)
        if (left := visit.last_left_at) is not None
    }
    last_t = live.event_now_ms / 1000
    engine.restore([stay for visit in visits for stay in _stay(visit, last_t)], ended=ends_t)
    return engine


def _stay(visit: Visit, last_t: float) -> list[Stay]:
    """The open stay of a visit, as if heard until the server stopped; none between zones."""
    if not visit.zones or visit.zones[-1].left_at is not None:
        return []
    zone, entered_at, _ = visit.zones[-1]
    entered_t = entered_at.timestamp()
    return [Stay(str(visit.shopper), zone, entered_t, max(entered_t, last_t))]
