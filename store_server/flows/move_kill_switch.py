"""Flow: somebody silences the store, or lets it speak again; the next decision goes by it."""

from datetime import datetime

import structlog

from store_server.database import UnitOfWork
from store_server.decisions.kill_switch import NOTE_LIMIT, KillSwitch
from store_server.decisions.repository import SwitchRepository
from store_server.errors import Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.repository import WaitRepository
from store_server.offers.wait import WaitEnd
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.repository import OutboxRepository

log = structlog.get_logger(__name__)


def move_kill_switch(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    is_on: bool,
    note: str = "",
) -> KillSwitch:
    """Where the switch stands now; moved to where it stands already, it keeps its instant.

    Offers that wait to be sent are suppressed for good, those that are being sent are cut short;
    nobody waits in the step of a campaign any more.

    Args:
        uow: the transaction.
        rooms: the store.
        now: since when.
        is_on: True silences the store.
        note: why, at most 200 printable characters; shown in the progress, kept out of the log.

    Raises:
        Unprocessable: the note is too long or not printable.
    """
    if len(note) > NOTE_LIMIT or not note.isprintable():
        raise Unprocessable(
            f"note has {len(note)} characters; must be at most {NOTE_LIMIT}, all printable",
            code="bad_note",
        )
    switches = SwitchRepository(uow.session, rooms.scope)
    known = switches.read()
    if known.is_on == is_on and known.since is not None and note in ("", known.note):
        return known
    moved = KillSwitch(is_on, now, note)
    switches.move(moved)
    if is_on:
        # Said two minutes later, a wrong price is as wrong.
        rooms.flights.recall_all()
        OutboxRepository(uow.session, rooms.scope).suppress_offers(
            reason=DeliveryReason.KILL_SWITCH
        )
        WaitRepository(uow.session, rooms.scope).cancel_store(WaitEnd.KILL_SWITCH, at=now)
    if known.is_on != is_on:
        uow.after_commit(lambda: log.warning("kill switch moved", is_on=is_on))
    return moved
