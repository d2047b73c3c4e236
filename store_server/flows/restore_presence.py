"""After a restart: who was where, how far batches are taken, what time it was."""

from dataclasses import replace
from datetime import datetime

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.flows.rooms import Counters, StoreLive, StoreRooms
from store_server.presence.engine import Stay
from store_server.presence.gateway_live import board_of
from store_server.presence.repository import IntakeRepository, PresenceRepository, Progress
from store_server.presence.visit import Visit, VisitBook

# What comes late may not be put before what was said of a shopper within this time.
LOOK_BACK_MS = 3_600_000


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
    first_day = Progress(to_ms(start_at), {})
    progress = presence.progress() or first_day
    visits = presence.open_visits()
    ended = presence.ended_since(progress.event_now_ms - LOOK_BACK_MS)
    engine = uow.live.presence.fork(dwell_marks_s=uow.live.catalogue.dwell_marks_s())
    ends_t = {shopper: at_ms / 1000 for shopper, at_ms in ended.items()}
    for visit in visits:
        if (left := visit.last_left_at) is not None:
            ends_t[visit.shopper] = left.timestamp()
    last_t = progress.event_now_ms / 1000
    engine.restore([stay for visit in visits for stay in _stay(visit, last_t)], ended=ends_t)
    return replace(
        uow.live,
        presence=engine,
        visits=VisitBook({str(visit.shopper): visit for visit in visits}),
        gateways=board_of(IntakeRepository(uow.session, rooms.scope).spools()),
        event_now_ms=progress.event_now_ms,
        counters=Counters(progress.counts),
    )


def _stay(visit: Visit, last_t: float) -> list[Stay]:
    """The open stay of a visit, as if heard until the server stopped; none between zones."""
    if not visit.zones or visit.zones[-1].left_at is not None:
        return []
    zone, entered_at, _ = visit.zones[-1]
    entered_t = entered_at.timestamp()
    return [Stay(str(visit.shopper), zone, entered_t, max(entered_t, last_t))]
