"""A message that cannot be read is remembered by its topic and hash, and counted."""

from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.advance_presence import save_progress
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.presence.quarantine import Refused
from store_server.presence.repository import IntakeRepository


def quarantine_payload(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    refused: Refused,
    received_at_ms: int,
) -> None:
    """Remember that a message was refused; nobody is answered.

    The gateway keeps what it got no acknowledgement for, and gives up by its own rule.
    """
    del now
    IntakeRepository(uow.session, rooms.scope).quarantine(refused, at_ms=received_at_ms)
    counters = uow.live.counters.plus(quarantined_messages=1)
    uow.live = replace(uow.live, counters=counters)
    save_progress(uow, rooms)
