"""A shopper is not to be observed any more: their stay and visit end now, not by silence."""

from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.advance_presence import save_progress
from store_server.flows.journal_presence import strike_from_journal
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.presence.journal import without
from store_server.presence.repository import PresenceRepository
from store_server.presence.visit import break_off


def end_presence(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, shopper: ShopperId
) -> bool:
    """Know nothing of where a shopper is from `now` on; False when they were not in the store.

    What was heard and not taken yet is dropped. What is known already stands: the stay gets its
    exit, for the reason `withdrawn`, and nothing that comes late is put before it. No raw line of
    theirs outlives the transaction.
    """
    strike_from_journal(uow, rooms, shopper=shopper)
    live = uow.live
    presence = live.presence.fork(dwell_marks_s=live.catalogue.dwell_marks_s())
    presence.forget(shopper)
    pending, late = without(live.pending, shopper), without(live.late, shopper)
    uow.live = replace(live, presence=presence, pending=pending, late=late)
    visit = live.visits.of(shopper)
    if visit is None:
        return False
    ended, events = break_off(visit, at=now, scope=rooms.scope)
    assert ended.ended_at is not None
    presence.restore((), ended={shopper: ended.ended_at.timestamp()})
    repository = PresenceRepository(uow.session, rooms.scope)
    repository.add_zone_events([(event, ended.id) for event in events])
    repository.save_visits([ended])
    uow.live = replace(
        uow.live,
        visits=live.visits.without(shopper),
        counters=live.counters.plus(zone_events=len(events)),
    )
    save_progress(uow, rooms)
    return True
