"""A deed of somebody in the console and its entry in the audit log, in one transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.audit import AuditEntry
from store_server.shop.repository import AuditRepository

T = TypeVar("T")


def audited(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    entry: AuditEntry,
    act: Callable[..., T],
    **arguments: Any,  # noqa: ANN401 - what the act takes is its own signature
) -> T:
    """What the flow `act` answers; it and `entry` are kept together or not at all."""
    answer = act(uow, rooms, now=now, **arguments)
    AuditRepository(uow.session, rooms.scope).add(entry)
    return answer


def note_deed(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - entries carry the machine's time
    entry: AuditEntry,
) -> None:
    """Write down a deed that changes no row itself: somebody looked at something."""
    AuditRepository(uow.session, rooms.scope).add(entry)
